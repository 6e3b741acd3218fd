package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/terminal"
)

// A reading is the register as it stands, without the trackers.
type reading struct {
	config   *config.Config
	store    *store.Store
	register *service.Register
}

// read opens the register for reading, under the policy in force. The caller closes its
// store.
func (s *session) read(ctx context.Context) (*reading, error) {
	c, st, err := s.readStore(ctx)
	if err != nil {
		return nil, err
	}
	reg, err := app.Register(ctx, c, st)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	return &reading{config: c, store: st, register: reg}, nil
}

// readRecord is read, and finds the record that a person names. The caller closes the store.
func (s *session) readRecord(ctx context.Context, name string) (*reading, store.Row, error) {
	r, err := s.read(ctx)
	if err != nil {
		return nil, store.Row{}, err
	}
	row, err := s.find(ctx, r, name)
	if err != nil {
		return nil, store.Row{}, errors.Join(err, r.store.Close())
	}
	return r, row, nil
}

// readStore opens the store for reading. The caller closes it.
func (s *session) readStore(ctx context.Context) (*config.Config, *store.Store, error) {
	c, err := config.LoadOffline(s.path(), s.lookup)
	if err != nil {
		return nil, nil, err
	}
	st, err := store.OpenReader(ctx, c.DataDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, &fault{
			Code: "CLI-010", Exit: ExitFailed, What: "there is no register in " + c.DataDir, Err: err,
			Why: "the daemon has not run with this configuration yet, or data_dir is another", Remedy: "conformd run --once, or give --data-dir",
		}
	}
	if err != nil {
		return nil, nil, err
	}
	if err := st.CheckSchema(ctx); err != nil {
		return nil, nil, &fault{
			Code: "CLI-021", Exit: ExitFailed, What: "the register in " + c.DataDir + " cannot be read yet", Err: errors.Join(err, st.Close()),
			Why: "another version of conformd has written it", Remedy: "conformd migrate; the start of conformd run, and of conformd run --once, does the same",
		}
	}
	if c, err = app.Remembered(ctx, c, st); err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return c, st, nil
}

// logger writes the log of the daemon to standard error.
func (s *session) logger(c config.Log) (*zap.Logger, error) {
	level, err := zapcore.ParseLevel(c.Level)
	if err != nil {
		return nil, fmt.Errorf("log.level: %w", err)
	}
	e := zap.NewProductionEncoderConfig()
	e.EncodeTime = zapcore.RFC3339TimeEncoder
	e.EncodeDuration = zapcore.StringDurationEncoder
	enc := zapcore.NewJSONEncoder(e)
	var to io.Writer = terminal.JSONWriter{W: s.streams.Stderr}
	if c.Format == "console" {
		e.EncodeLevel = zapcore.CapitalLevelEncoder
		enc, to = zapcore.NewConsoleEncoder(e), s.Stderr
	}
	return zap.New(zapcore.NewCore(enc, zapcore.Lock(zapcore.AddSync(to)), level)), nil
}

// beside runs a command that writes while a daemon may be running in the same data
// directory. Where none is, it keeps others out and brings the schema up to date; beside
// one it leaves the schema alone.
func (s *session) beside(ctx context.Context, do func(*app.App) error) error {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	unlock, err := s.lock(c.DataDir)
	f, _ := errors.AsType[*fault](err)
	running := f != nil && f.Code == codeLocked
	if err != nil && !running {
		return err
	}
	if !running {
		defer unlock()
	}
	a, err := app.Open(ctx, c, app.Options{Beside: running, Version: s.version().Version})
	if err != nil {
		return err
	}
	if who, err := account(); err == nil { // else the log says that an operator did it
		a.Operator.Account = "os:" + who.ID
	}
	return errors.Join(do(a), a.Close())
}

// person holds that a person sits at this terminal, and has the log name them for what is
// decided here; "" is nobody in particular.
func (s *session) person(a *app.App, as string) error {
	if as == "" {
		return nil
	}
	who, err := account()
	if err != nil {
		return err
	}
	if err := app.AtTerminal(a.Config, as, who); err != nil {
		return denied(err)
	}
	a.Operator.ID = as
	return nil
}
