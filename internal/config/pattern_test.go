package config

import (
	"strings"
	"testing"
)

// patterns is a configuration with patterns of repositories.
func patterns(t *testing.T, repositories, except string) *Config {
	t.Helper()
	c, err := parse("c.yaml", []byte(`
trackers:
  - {id: github, kind: github, url: https://api.github.com, auth: {kind: token, token: {env: T}}}
mappings:
  - id: actions
    states: [{status: open, state: proposed}, {status: closed, state: done}]
    fields: [{field: title, from: {kind: title}}]
bindings:
  - {id: own, tracker: github, repository: acme/Own, role: action, mapping: actions}
  - {id: teams/kept, tracker: github, repository: acme/moved, role: action, mapping: actions}
  - {id: teams, tracker: github, repositories: [`+repositories+`], except: [`+except+`], role: action, mapping: actions}
`), environment(), reading{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// started plays one start: what the organisation has, as "number name" or "number name idle".
func started(c *Config, known []Repository, has ...string) []Repository {
	var listed []Repository
	idle := map[int64]bool{}
	for _, h := range has {
		f := strings.Fields(h)
		n := int64(len(f[0]))
		listed = append(listed, Repository{Name: f[1], Number: n})
		idle[n] = len(f) > 2
	}
	return c.Expand(c.Patterns[0], known, listed, func(r Repository) bool { return !idle[r.Number] })
}

func show(rs []Repository) string {
	var out []string
	for _, r := range rs {
		out = append(out, r.Binding+"="+r.Name)
	}
	return strings.Join(out, " ")
}

// A repository is bound under the name that it has first, and keeps that id whatever
// becomes of it, until the configuration says otherwise.
func TestExpand(t *testing.T) {
	all := patterns(t, `"acme/*"`, `acme/handbook, "acme/archive-*"`)
	first := started(all, nil, "i acme/Web", "ii acme/own", "iii acme/handbook", "iiii acme/archive-1", "iiiii acme/old idle", "iiiiii other/x", "iiiiiii acme/moved", "iiiiiiii acme/api")
	const want = "teams/api=acme/api teams/web=acme/Web"
	if got := show(first); got != want {
		t.Fatalf("at first %q, want %q: neither what another entry names, nor exceptions, nor what is archived", got, want)
	}
	for _, x := range []struct {
		name string
		c    *Config
		has  []string
		want string
	}{
		{"nothing new", all, []string{"i acme/Web", "iiiiiiii acme/api"}, want},
		{"could not be asked", all, nil, want},
		{"renamed", all, []string{"i acme/site", "iiiiiiii acme/api"}, "teams/api=acme/api teams/web=acme/site"},
		{"renamed, and another takes the name", all, []string{"i acme/site", "iiiiiiii acme/api", "iiiiiiiii acme/web"}, "teams/api=acme/api teams/web=acme/site teams/web~2=acme/web"},
		{"renamed out of the pattern", patterns(t, `"acme/w*"`, ""), []string{"i acme/site"}, "teams/web=acme/site"},
		{"renamed into the exceptions", all, []string{"i acme/archive-2"}, "teams/api=acme/api"},
		{"archived", all, []string{"i acme/Web idle", "iiiiiiii acme/api idle"}, want},
		{"gone", all, []string{"iiiiiiii acme/api"}, want},
		{"a new one under the name of another binding", all, []string{"i acme/Web", "iiiiiiii acme/api", "iiiiiiiiiii acme/kept"}, "teams/api=acme/api teams/kept~2=acme/kept teams/web=acme/Web"},
		{"another pattern", patterns(t, `"acme/a*"`, ""), []string{"i acme/Web", "iiiiiiii acme/api"}, "teams/api=acme/api"},
		{"an exception more", patterns(t, `"acme/*"`, "acme/web"), []string{"i acme/Web", "iiiiiiii acme/api"}, "teams/api=acme/api"},
		{"another organisation", patterns(t, `"other/*"`, ""), nil, ""},
	} {
		if got := show(started(x.c, first, x.has...)); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

// Each repository becomes a binding like those that are named, and the configuration that
// was read stays as it is.
func TestWith(t *testing.T) {
	c := patterns(t, `"acme/*", "acme/svc-*"`, "")
	found := [][]Repository{{{"teams/svc-a", "acme/svc-a", 1}, {"teams/web", "acme/web", 2}}, {{"teams/svc-a", "acme/svc-a", 1}}}
	d := c.With(found)
	if len(c.Bindings) != 2 || len(d.Bindings) != 4 {
		t.Fatalf("%d bindings, with repositories %d; want 2 and 4, each repository once", len(c.Bindings), len(d.Bindings))
	}
	b := d.Bindings[3]
	if b.ID != "teams/web" || b.Repo != "acme/web" || b.Role != "action" || b.URL == "" || len(b.States) != 2 || b.Site != "github" {
		t.Errorf("the binding is %+v", b)
	}
	if c.Digest() != d.Digest() || c.PlanDigest() != d.PlanDigest() {
		t.Error("a new repository is another configuration")
	}
}

// Two entries whose patterns overlap do not bind an issue twice: the first one has it,
// unless they select by different labels.
func TestPatternsThatOverlap(t *testing.T) {
	c := patterns(t, `"acme/*"`, "")
	second := c.Patterns[0]
	second.Entry = "others"
	third := second
	third.Entry, third.binding.Labels = "labelled", []string{"urgent"}
	c.Patterns = append(c.Patterns, second, third)
	d := c.With([][]Repository{{{"teams/web", "acme/web", 2}}, {{"others/web", "acme/Web", 2}, {"others/api", "acme/api", 3}}, {{"labelled/web", "acme/web", 2}}})
	var got []string
	for _, b := range d.Bindings[2:] {
		got = append(got, b.ID)
	}
	if strings.Join(got, " ") != "teams/web others/api labelled/web" {
		t.Errorf("bindings %q, want acme/web bound by the first entry alone, and once more by another label", got)
	}
}
