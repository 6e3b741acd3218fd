package app

import (
	"context"

	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// Programs returns what programs are served with.
func (a *App) Programs() server.Interface {
	return server.Interface{Policy: a.adopted}
}

// adopted returns the policies that were adopted, for programs.
func (a *App) adopted(ctx context.Context) (api.Policies, error) {
	p, err := Policies(ctx, a.Config, a.Store)
	if err != nil {
		return api.Policies{}, err
	}
	out := api.Policies{InForce: p.InForce(), Versions: append([]store.Adopted{}, p.Versions...)}
	if out.Document, err = p.Document(out.InForce); err != nil {
		return out, err
	}
	differences, err := p.Differences()
	if err != nil {
		return out, err
	}
	out.Differences = append([]register.Difference{}, differences...)
	notices, err := p.Notices()
	out.Notices = append([]string{}, notices...)
	return out, err
}
