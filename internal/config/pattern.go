package config

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// A Pattern stands for the repositories of one organisation that have certain names. Only
// the tracker knows them: see With.
type Pattern struct {
	Entry  string   // id of the entry of bindings
	Glob   string   // owner/*, owner/svc-*
	Except []string // repositories that it leaves out, as names or patterns

	binding Binding // of each repository, without id and repository
}

// A Repository is one that a pattern stands for.
type Repository struct {
	// Binding is the id of its binding, which stays when the repository is renamed.
	Binding string
	Name    string // owner/name, as it is called now
	Number  int64  // what identifies the repository for ever: GitHub's id
}

// isPattern reports whether the name of a repository holds a star.
func isPattern(name string) bool { return strings.Contains(name, "*") }

// Owner returns the organisation whose repositories the pattern is about.
func (p Pattern) Owner() string {
	owner, _, _ := strings.Cut(p.Glob, "/")
	return owner
}

// Template returns the binding of a repository, without an id and with the pattern in the
// place of the name.
func (p Pattern) Template() Binding { return p.binding }

// Key returns where the pattern stands in the file.
func (p Pattern) Key() string { return p.binding.at.target }

// matches reports whether the pattern stands for a repository, by its name.
func (p Pattern) matches(name string) bool {
	return match(p.Glob, name) && !slices.ContainsFunc(p.Except, func(x string) bool { return match(x, name) })
}

// match reports whether a name fits a pattern. GitHub's names are the same in upper and
// lower case.
func match(glob, name string) bool {
	ok, err := path.Match(strings.ToLower(glob), strings.ToLower(name))
	return err == nil && ok
}

// Expand returns the repositories that a pattern stands for, in the order of their ids.
// Known holds the repositories that it stood for before, and listed those that the
// organisation has now; fresh reports whether a listed one may be bound anew. If the
// tracker could not be asked, listed is nil, and Expand returns the known ones.
//
// A bound repository keeps its binding id when it is renamed, archived or no longer listed,
// as long as the pattern and its exceptions select it. A new repository with the former name
// of another gets an id of its own: an id is never given twice.
func (c *Config) Expand(p Pattern, known, listed []Repository, fresh func(Repository) bool) []Repository {
	taken := map[string]bool{}
	for _, b := range c.Bindings {
		taken[b.ID] = true
	}
	var out []Repository
	bound := map[int64]bool{}
	for _, k := range known {
		owner, _, _ := strings.Cut(k.Name, "/")
		was := owner + "/" + firstName(k.Binding)
		taken[k.Binding] = true
		bound[k.Number] = true
		if i := slices.IndexFunc(listed, func(r Repository) bool { return r.Number == k.Number }); i >= 0 {
			k.Name = listed[i].Name
		}
		if (p.matches(k.Name) || p.matches(was)) && !p.excepts(k.Name) && !c.named(p, k.Name) {
			out = append(out, k)
		}
	}
	for _, r := range listed {
		if bound[r.Number] || !p.matches(r.Name) || c.named(p, r.Name) || !fresh(r) {
			continue
		}
		first := BindingID(p.Entry, r.Name)
		r.Binding = first
		for n := 2; taken[r.Binding]; n++ {
			r.Binding = first + "~" + strconv.Itoa(n)
		}
		taken[r.Binding], bound[r.Number] = true, true
		out = append(out, r)
	}
	slices.SortStableFunc(out, func(a, b Repository) int { return strings.Compare(a.Binding, b.Binding) })
	return out
}

// firstName returns the name that a repository had when its binding got its id.
func firstName(binding string) string {
	_, name, _ := strings.Cut(binding, "/")
	name, _, _ = strings.Cut(name, "~")
	return name
}

func (p Pattern) excepts(name string) bool {
	return slices.ContainsFunc(p.Except, func(x string) bool { return match(x, name) })
}

// named reports whether another entry names a repository for the same role. It then belongs
// to that entry and not to the pattern.
func (c *Config) named(p Pattern, name string) bool {
	return slices.ContainsFunc(c.Bindings, func(b Binding) bool {
		return strings.EqualFold(b.Repo, name) && b.Role == p.binding.Role && address(b.Tracker, b.URL) == address(p.binding.Tracker, p.binding.URL)
	})
}

// With returns the configuration with further bindings for the repositories that its patterns
// stand for. Found has the repositories of each pattern, in the order of Patterns. If two
// patterns select the same issues the first one counts, because an issue is bound at most
// once.
func (c *Config) With(found [][]Repository) *Config {
	out := *c
	out.Bindings = slices.Clone(c.Bindings)
	ids, targets := map[string]bool{}, map[string]bool{}
	for i := range c.Bindings {
		ids[c.Bindings[i].ID], targets[c.Bindings[i].target()] = true, true
	}
	for i, repositories := range found {
		for _, r := range repositories {
			b := c.Patterns[i].binding
			b.ID, b.Repo = r.Binding, r.Name
			if ids[b.ID] || targets[b.target()] {
				continue
			}
			ids[b.ID], targets[b.target()] = true, true
			out.Bindings = append(out.Bindings, b)
		}
	}
	return &out
}
