package app

import (
	"context"
	"maps"
	"slices"

	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// Register returns the service that answers people's questions about the register in a store,
// with a configuration and by the policy in force.
func Register(ctx context.Context, c *config.Config, st *store.Store) (*service.Register, error) {
	policies, err := Policies(ctx, c, st)
	if err != nil {
		return nil, err
	}
	p, err := policies.Policy(policies.InForce())
	if err != nil {
		return nil, err
	}
	r := &service.Register{Store: st, People: People(c), Policy: p, SmallOrg: p.SmallOrg, Sites: map[string]string{}, Speaks: c.Speaks, Under: under(c, p)}
	if c.Notices.Tells() {
		r.Escalation = c.Notices.Steps()
	}
	for _, kind := range slices.Sorted(maps.Keys(drivers())) {
		r.References = append(r.References, drivers()[kind].reads)
	}
	for i := range c.Bindings {
		b := &c.Bindings[i]
		r.Sites[b.ID] = b.Site
		if b.Repo != "" {
			r.Repos = append(r.Repos, b.Repo)
		}
		r.Profiles = append(r.Profiles, profile(b, c, drivers()[b.Tracker].traits))
	}
	return r, nil
}

// Acts returns the service through which people change the register without a tracker.
func (a *App) Acts() *service.Acts {
	r := a.Reconciler
	return &service.Acts{
		Store: a.Store, People: r.People, Policy: r.Policy, SmallOrg: r.SmallOrg, Now: r.Now,
		Prefixes: r.Ingest.Prefix, Typing: Typing(a.Config, r.Policy),
		Register: func(ctx context.Context) (*service.Register, error) { return Register(ctx, a.Config, a.Store) },
	}
}
