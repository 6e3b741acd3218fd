package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
)

// listWithin is the time limit for listing the repositories of one organisation.
const listWithin = 30 * time.Second

// expand returns the configuration with a binding for each repository that its patterns
// stand for. It asks the trackers and stores the answer in the register, so that a repository
// keeps the id of its binding when it is renamed, and keeps its binding when the tracker
// cannot be asked. Beside a running daemon it uses the stored answer.
func (a *App) expand(ctx context.Context, c *config.Config, o Options) (*config.Config, error) {
	if len(c.Patterns) == 0 || o.Beside {
		return Remembered(ctx, c, a.Store)
	}
	a.credentials = newCredentials(c, o.Now)
	was, err := a.Store.Repositories(ctx)
	if err != nil {
		return nil, err
	}
	known := slices.Clone(was)
	var found [][]config.Repository
	for _, p := range c.Patterns {
		listed, idle, err := a.list(ctx, p, o)
		if err != nil {
			a.Unlisted = append(a.Unlisted, fmt.Sprintf("the repositories %s of %s could not be listed (%v): the repositories that were bound before stay bound, and the next start asks again", p.Glob, p.Entry, err))
			a.Log.Warn("repositories could not be listed", zap.String("binding", p.Entry), zap.String("pattern", p.Glob), zap.Error(err))
		}
		these := c.Expand(p, of(p, known), listed, func(r config.Repository) bool { return !idle[r.Number] })
		for _, r := range these {
			known = a.learn(known, r)
		}
		found = append(found, these)
	}
	if !slices.Equal(was, known) {
		err = a.Store.Write(ctx, func(t *store.Tx) error { return t.RememberRepositories(ctx, known) })
	}
	return c.With(found), err
}

// learn adds a repository to those that are known, or notes its new name.
func (a *App) learn(known []store.Repository, r config.Repository) []store.Repository {
	now := store.Repository{Binding: r.Binding, Name: r.Name, ID: r.Number}
	i := slices.IndexFunc(known, func(k store.Repository) bool { return k.Binding == r.Binding })
	if i < 0 {
		a.Log.Info("a repository is bound", zap.String("binding", r.Binding), zap.String("repository", r.Name))
		return append(known, now)
	}
	if known[i].Name != r.Name {
		a.Log.Info("a bound repository was renamed", zap.String("binding", r.Binding), zap.String("from", known[i].Name), zap.String("repository", r.Name))
	}
	known[i] = now
	return known
}

// list asks the tracker of a pattern which repositories its organisation has and which of
// them are idle. Listed is nil after an error.
func (a *App) list(ctx context.Context, p config.Pattern, o Options) (listed []config.Repository, idle map[int64]bool, err error) {
	b := p.Template()
	b.ID = p.Entry
	t, _, err := a.bind(&b, o)
	if err != nil {
		return nil, nil, err
	}
	catalogue, ok := t.Tracker.(connectors.Catalogue)
	if !ok {
		return nil, nil, fmt.Errorf("the tracker %s has no repositories", p.Template().Site)
	}
	ctx, cancel := context.WithTimeout(ctx, listWithin)
	defer cancel()
	rs, err := catalogue.Repositories(ctx, p.Owner())
	if err != nil {
		return nil, nil, err
	}
	listed, idle = []config.Repository{}, map[int64]bool{}
	for _, r := range rs {
		listed = append(listed, config.Repository{Name: r.Name, Number: r.ID})
		idle[r.ID] = r.Idle
	}
	return listed, idle, nil
}

// Remembered returns the configuration with the repositories that its patterns stood for
// when the trackers were last asked. Commands that ask no tracker use it.
func Remembered(ctx context.Context, c *config.Config, st *store.Store) (*config.Config, error) {
	if len(c.Patterns) == 0 {
		return c, nil
	}
	known, err := st.Repositories(ctx)
	if err != nil {
		return nil, err
	}
	var found [][]config.Repository
	for _, p := range c.Patterns {
		found = append(found, c.Expand(p, of(p, known), nil, nil))
	}
	return c.With(found), nil
}

// of returns the repositories that were bound by the entry of a pattern.
func of(p config.Pattern, known []store.Repository) []config.Repository {
	var out []config.Repository
	for _, k := range known {
		if strings.HasPrefix(k.Binding, p.Entry+"/") {
			out = append(out, config.Repository{Binding: k.Binding, Name: k.Name, Number: k.ID})
		}
	}
	return out
}

// renamed sets the remedy for a repository that was renamed and is one of several of an entry.
// The id of its binding was made from its first name, so that writing the new name in its
// place would make another binding.
func (a *App) renamed(binding string, problems []connectors.Problem) {
	own := func(e config.Entry) bool { return e.ID == binding }
	if !strings.Contains(binding, "/") || slices.ContainsFunc(a.Config.Entries, own) {
		return
	}
	for i, p := range problems {
		if p.Code == "repository-renamed" {
			problems[i].Remedy = "if a pattern stands for it, the next start notes the new name; otherwise take it out of repositories, and give it an entry of its own with id: " + binding + " and the new name"
		}
	}
}
