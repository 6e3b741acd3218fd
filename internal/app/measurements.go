package app

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/measuring"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// measureEvery is how often the daemon looks whether a source is to be asked for a value.
const measureEvery = time.Hour

// measuring returns what asks the configured sources for values.
func (a *App) measuring(ctx context.Context) (*measuring.Runner, error) {
	reg, err := Register(ctx, a.Config, a.Store)
	if err != nil {
		return nil, err
	}
	reg.Now = a.Reconciler.Now
	r := &measuring.Runner{Store: a.Store, Now: a.Reconciler.Now, Every: measureEvery, Log: a.Log.Named("measuring")}
	r.Enter = func(ctx context.Context, id, key string, e register.Enter) error {
		_, err := a.Acts().Measured(ctx, id, key, e)
		return err
	}
	client := measuring.NewClient(userAgent)
	for _, m := range a.Config.Measurements {
		x := measuring.Measure{Record: m.Measure}
		switch {
		case m.KPI.Figure != "":
			x.Source = &measuring.KPI{Figure: m.KPI.Figure, Value: m.KPI.Value, Figures: reg.Figures}
		case m.Count.Binding != "":
			x.Source = &measuring.Count{Binding: m.Count.Binding, Query: m.Count.Query, Counter: a.counter(m.Count.Binding), Now: r.Now}
		case m.File.Path != "":
			x.Source = &measuring.File{Path: m.File.Path, Pointer: m.File.Pointer, Now: r.Now}
		default:
			x.Source = &measuring.HTTP{URL: m.HTTP.URL, Pointer: m.HTTP.Pointer, Header: m.HTTP.Header, Token: token(m.HTTP.Token), Client: client, Now: r.Now}
		}
		r.Measures = append(r.Measures, x)
	}
	return r, nil
}

// token returns the token of an address as it is kept now, nil for an address without one.
func token(s config.Secret) func() string {
	if !s.Given() {
		return nil
	}
	return current(s)
}

// counter returns what counts the issues of a binding, nil if there is none.
func (a *App) counter(binding string) connectors.Counter {
	for _, b := range a.Bindings {
		if b.ID == binding {
			c, _ := b.Tracker.(connectors.Counter)
			return c
		}
	}
	return nil
}

// Measure asks the configured sources for the values that are due. With dry it enters none.
func (a *App) Measure(ctx context.Context, dry bool) ([]measuring.Result, error) {
	if len(a.Config.Measurements) == 0 {
		return []measuring.Result{}, nil
	}
	r, err := a.measuring(ctx)
	if err != nil {
		return nil, err
	}
	return r.Run(ctx, dry)
}

// measure asks for values every measureEvery until ctx is done.
func (a *App) measure(ctx context.Context) {
	every := time.NewTicker(measureEvery)
	defer every.Stop()
	for {
		if _, err := a.Measure(ctx, false); err != nil && ctx.Err() == nil {
			a.Log.Error("not every value was entered", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// takesValues returns what takes values of programs.
func (a *App) takesValues() server.Measurements {
	m := server.Measurements{Enter: a.put}
	for _, t := range a.Config.MeasurementTokens {
		m.Tokens = append(m.Tokens, server.MeasureToken{Name: t.Name, Person: t.Person, Token: t.Token.Reveal(), Measures: t.Measures})
	}
	return m
}

// put enters a value that a program sent.
func (a *App) put(ctx context.Context, by server.MeasureToken, m server.Measured) (server.Taken, error) {
	row, err := a.Store.Record(ctx, m.Measure)
	if errors.Is(err, store.ErrNotFound) {
		return server.Taken{}, &service.RefusedError{Refusal: register.Refusal{What: "the register has no record " + m.Measure}}
	}
	if err != nil {
		return server.Taken{}, err
	}
	key := m.Key
	if key == "" {
		key = uuid.NewString()
	}
	who := service.By{Person: by.Person, Account: "ci:" + by.Name, Key: "ci " + by.Name + " " + row.Record.ID + " " + key}
	acted, err := a.Acts().Put(ctx, row.Record.ID, who, register.Enter{Period: m.Period, Value: m.Value, Note: m.Note, Source: "ci " + by.Name})
	if err != nil {
		return server.Taken{}, err
	}
	out := server.Taken{Again: len(acted.Facts) == 0}
	for _, x := range acted.Record.Measurements {
		if strings.HasSuffix(x.Event, who.Key) {
			out.Measurement = x
		}
	}
	return out, nil
}
