package app

import (
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// Register returns what answers people's questions about the register in a store that
// is worked with under a configuration.
func Register(c *config.Config, st *store.Store) *service.Register {
	r := &service.Register{Store: st, People: map[string]string{}}
	for _, b := range c.Bindings {
		if b.Repo != "" {
			r.Repos = append(r.Repos, b.Repo)
		}
	}
	for _, p := range c.People {
		r.People[p.ID] = p.Name
	}
	return r
}
