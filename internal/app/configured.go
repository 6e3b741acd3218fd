package app

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/internal/store"
)

// Configured marks every record dirty if the configuration or the rules have changed since
// the last start. Without it, a binding that was switched from observe to remind would stay
// silent about the records that it holds already.
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
