package app

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/internal/store"
)

// Configured has every record looked at if what the configuration wants of records, or
// the rules, are not those of the last time: without it, a binding that is switched from observe to
// remind would stay silent about what it holds already.
func (a *App) Configured(ctx context.Context) error {
	return a.Store.Write(ctx, func(t *store.Tx) error { return a.configured(ctx, t) })
}

func (a *App) configured(ctx context.Context, t *store.Tx) error {
	if a.unworkable != nil {
		return a.unworkable
	}
	var places []store.Place
	for _, b := range a.Bindings {
		for _, f := range b.Profile.Fields {
			places = append(places, store.Place{Binding: b.ID, Field: f.Field, As: fmt.Sprint(f.Remote, f.Values)})
		}
	}
	changed, err := t.Configured(ctx, fmt.Sprint(a.Config.PlanDigest(), a.Reconciler.Policy.Document().Digest()), places)
	if changed {
		a.Log.Info("the configuration is new or was changed: every record is looked at")
	}
	return err
}
