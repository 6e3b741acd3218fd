package app

import (
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// Register returns what answers people's questions about the register in a store that
// is worked with under a configuration.
func Register(c *config.Config, st *store.Store) (*service.Register, error) {
	p, err := Policy(c)
	if err != nil {
		return nil, err
	}
	r := &service.Register{Store: st, People: People(c), Policy: p, SmallOrg: c.Register.SmallOrg, Sites: map[string]string{}}
	for i := range c.Bindings {
		b := &c.Bindings[i]
		r.Sites[b.ID] = b.Site
		if b.Repo != "" {
			r.Repos = append(r.Repos, b.Repo)
		}
		r.Profiles = append(r.Profiles, profile(b, c, connectors.Capabilities{Markup: markup(b)}))
	}
	return r, nil
}

// markup is how the tracker of a binding writes text. It is known without the secrets
// that a connector takes.
func markup(b *config.Binding) string { return drivers()[b.Tracker].markup }
