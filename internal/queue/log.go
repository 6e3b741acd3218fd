package queue

import (
	"context"
	"log/slog"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// logger passes River's warnings and errors to the daemon's log. Its lower levels are about
// River itself.
func logger(l *zap.Logger) *slog.Logger {
	return slog.New(handler{l.Named("queue")})
}

// A handler is a slog.Handler on zap.
type handler struct{ log *zap.Logger }

func (h handler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (h handler) Handle(_ context.Context, r slog.Record) error {
	level := zapcore.WarnLevel
	if r.Level >= slog.LevelError {
		level = zapcore.ErrorLevel
	}
	fields := make([]zap.Field, 0, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		fields = append(fields, zap.Any(a.Key, a.Value.Any()))
		return true
	})
	h.log.Log(level, r.Message, fields...)
	return nil
}

func (h handler) WithAttrs(as []slog.Attr) slog.Handler {
	fields := make([]zap.Field, 0, len(as))
	for _, a := range as {
		fields = append(fields, zap.Any(a.Key, a.Value.Any()))
	}
	return handler{h.log.With(fields...)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.log.Named(name)} }
