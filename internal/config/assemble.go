package config

import (
	"cmp"
	"slices"
	"strings"
)

// assemble makes the bindings and patterns of the entries. The settings of an entry override
// those of its mapping.
func (c *Config) assemble() {
	c.Bindings, c.Patterns = nil, nil
	for i := range c.Entries {
		e, key := &c.Entries[i], Key("bindings", i)
		b := c.binding(e, key)
		if len(e.Repositories) == 0 && !isPattern(e.Repository) {
			c.Bindings = append(c.Bindings, b)
			continue
		}
		names, at := e.Repositories, func(j int) string { return Key(key+".repositories", j) }
		if len(names) == 0 {
			names, at = []string{e.Repository}, func(int) string { return key + ".repository" }
		}
		for j, name := range names {
			one := b
			one.at.target = at(j)
			one.Repo = name
			if isPattern(name) {
				one.ID = ""
				c.Patterns = append(c.Patterns, Pattern{Entry: e.ID, Glob: name, Except: e.Except, binding: one})
				continue
			}
			one.ID = BindingID(e.ID, name)
			c.Bindings = append(c.Bindings, one)
		}
	}
}

// BindingID returns the id of the binding of one of several repositories of an entry. It is
// made of the repository's name at the time of its first binding.
func BindingID(entry, repository string) string {
	_, name, _ := strings.Cut(repository, "/")
	return entry + "/" + strings.ToLower(name)
}

// binding returns the binding of one project or repository, from its entry, site and mapping.
func (c *Config) binding(e *Entry, key string) Binding {
	b := Binding{
		ID: e.ID, Site: e.Tracker, Project: e.Project, IssueType: e.IssueType, Select: e.Select, Repo: e.Repository, Labels: e.Labels,
		Role: e.Role, Language: cmp.Or(e.Language, c.Language), Enforcement: e.Enforcement, CreateTwin: e.CreateTwin, Commands: e.Commands, Scope: e.Scope, OwnLabels: e.OwnLabels,
		States: e.States, Approvals: e.Approvals,
		at: written{entry: key, target: key, states: key + ".states", fields: key + ".fields", approvals: key + ".approvals"},
	}
	b.sign(c)
	of, at := Mapping{}, ""
	if m := c.mapping(e.Mapping); m >= 0 {
		of, at = c.Mappings[m], Key("mappings", m)
	}
	if len(b.States) == 0 && len(of.States) > 0 {
		b.States, b.at.states = of.States, at+".states"
	}
	if len(b.Approvals) == 0 && len(of.Approvals) > 0 {
		b.Approvals, b.at.approvals = of.Approvals, at+".approvals"
	}
	if len(b.Labels) == 0 {
		b.Labels = of.Labels
	}
	if len(b.OwnLabels) == 0 {
		b.OwnLabels = of.OwnLabels
	}
	if len(of.Fields) > 0 && len(e.Fields) == 0 {
		b.at.fields = at + ".fields"
	}
	for i, f := range of.Fields {
		b.Fields = append(b.Fields, f)
		b.at.field = append(b.at.field, Key(at+".fields", i))
	}
	for i, f := range e.Fields {
		where := Key(key+".fields", i)
		same := func(x Field) bool { return x.Field == f.Field }
		// The entry replaces a field of the mapping. A field that stands twice in the entry is
		// a mistake, which is reported elsewhere.
		if j := slices.IndexFunc(b.Fields[:len(of.Fields)], same); j >= 0 && strings.HasPrefix(b.at.field[j], at+".") {
			b.Fields[j], b.at.field[j] = f, where
			continue
		}
		b.Fields, b.at.field = append(b.Fields, f), append(b.at.field, where)
	}
	return b
}

// sign copies the address, the credential and the limits of the site into the binding.
func (b *Binding) sign(c *Config) {
	for i, s := range c.Trackers {
		if s.ID == b.Site && s.ID != "" {
			b.Tracker, b.URL, b.BrowseURL = s.Kind, s.URL, s.BrowseURL
			b.Auth, b.Webhook, b.Limits = s.Auth, s.Webhook, s.Limits
			b.at.site = Key("trackers", i)
			return
		}
	}
}

// settle copies the secrets of the sites into their bindings after they were read.
func (c *Config) settle() {
	for i := range c.Bindings {
		c.Bindings[i].sign(c)
	}
	for i := range c.Patterns {
		c.Patterns[i].binding.sign(c)
	}
}

// mapping returns the place of the mapping with an id, or -1.
func (c *Config) mapping(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(c.Mappings, func(m Mapping) bool { return m.ID == id })
}

// address identifies the site of a tracker: two credentials for one address are two
// entries of trackers and one site.
func address(kind, url string) string {
	return kind + " " + strings.ToLower(strings.TrimSuffix(url, "/"))
}
