package app

import (
	"cmp"
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// Teller returns what tells people of the dates of a register. Without a mail server and a
// webhook it composes messages and has nobody to send them to.
func Teller(c *config.Config, st *store.Store, r *service.Register, log *zap.Logger) *notices.Teller {
	n := c.Notices
	t := &notices.Teller{
		Store: st, Names: func(ctx context.Context) (present.Names, error) { return r.Names(ctx) }, Link: c.PublicURL, Origin: c.Audit.Origin, Now: r.Now, Log: log,
		Rules: notices.Rules{Before: n.Before(), Escalation: n.Steps(), People: r.People, Policy: r.Policy},
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	t.Hours.From, t.Hours.Until, t.Hours.Zone = n.Hours()
	t.Hours.Calendar = r.Policy.Calendar
	for _, b := range c.Bindings {
		t.Bindings = append(t.Bindings, b.ID)
	}
	names, addresses := map[string]string{}, map[string]string{}
	t.Languages = map[string]*catalogue.Language{}
	for _, p := range c.People {
		t.Languages[p.ID] = c.Speaks(cmp.Or(p.Language, c.Language))
		names[p.ID], addresses[p.ID] = p.Name, p.Email
	}
	if m := n.Mail; m.Server != "" {
		host, port := m.Address()
		t.Channels = append(t.Channels, &notices.Mail{
			Host: host, Port: port, TLS: notices.TLS(m.TLS), From: m.From, User: m.User, Password: current(m.Password), Addresses: addresses,
		})
	}
	if h := n.Webhook; h.URL.Given() {
		t.Channels = append(t.Channels, &notices.Webhook{URL: current(h.URL), Form: notices.Form(h.Form), Names: names, Client: notices.NewWebhookClient()})
	}
	return t
}

// current returns a secret as it is kept now: it may have been replaced since the start.
func current(s config.Secret) func() string {
	return func() string {
		if v, ok := s.Again(); ok {
			return v
		}
		return s.Reveal()
	}
}

// tellEvery is how often the daemon looks whether somebody is to be told of something.
const tellEvery = time.Minute

// teller returns the teller of the daemon.
func (a *App) teller(ctx context.Context) (*notices.Teller, error) {
	t, _, err := a.composer(ctx)
	if err != nil {
		return nil, err
	}
	if err := t.Begin(ctx); err != nil {
		return nil, err // another one begins anew
	}
	return t, nil
}

// composer returns what composes messages, and the register that they are about. It sends none: the teller of the daemon may be
// sending one.
func (a *App) composer(ctx context.Context) (*notices.Teller, *service.Register, error) {
	r, err := Register(ctx, a.Config, a.Store)
	if err != nil {
		return nil, nil, err
	}
	r.Now = a.Reconciler.Now
	return Teller(a.Config, a.Store, r, a.Log.Named("notices")), r, nil
}

// tell tells people of their dates, until ctx is done.
func (a *App) tell(ctx context.Context) {
	every := time.NewTicker(tellEvery)
	defer every.Stop()
	var t *notices.Teller
	for {
		var err error
		if t == nil {
			t, err = a.teller(ctx)
		}
		if err == nil {
			err = t.Tell(ctx)
		}
		if err != nil && ctx.Err() == nil {
			a.Log.Error("people were not told of their dates", zap.Error(err))
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Tell tells people of their dates once, and waits for no second attempt.
func (a *App) Tell(ctx context.Context) error {
	if !a.Config.Notices.Tells() {
		return nil
	}
	t, err := a.teller(ctx)
	if err != nil {
		return err
	}
	return t.Tell(ctx)
}
