package config

import (
	"slices"
	"strings"
)

// checkMappings checks the ids of mappings and whether bindings use them. Their content is
// checked with each binding.
func (c *Config) checkMappings() {
	ids := map[string]string{}
	for i, m := range c.Mappings {
		key := join(Key("mappings", i), "id")
		c.checkID(key, m.ID)
		c.once(ids, m.ID, key, "mapping "+quote(m.ID))
		if uses := func(e Entry) bool { return e.Mapping == m.ID }; m.ID != "" && !slices.ContainsFunc(c.Entries, uses) {
			c.source.fail(CodeReference, key, "no binding uses the mapping "+quote(m.ID), "write mapping: "+m.ID+" in a binding, or remove it")
		}
	}
}

// checkBindings checks the entries, and then each binding that they make.
func (c *Config) checkBindings() {
	entries, ids, targets := map[string]string{}, map[string]string{}, map[string]string{}
	for i := range c.Entries {
		key := Key("bindings", i)
		c.checkEntry(&c.Entries[i], key)
		c.once(entries, c.Entries[i].ID, join(key, "id"), "binding "+quote(c.Entries[i].ID))
	}
	for i := range c.Bindings {
		b := &c.Bindings[i]
		at := b.at.target
		if at == b.at.entry {
			at = join(at, "id")
		}
		c.once(ids, b.ID, at, "binding "+quote(b.ID))
		c.once(targets, b.target(), b.at.target, "a binding of the same issues")
		c.checkBinding(b)
	}
	for i := range c.Patterns {
		c.checkBinding(&c.Patterns[i].binding)
	}
}

// checkEntry judges what an entry refers to.
func (c *Config) checkEntry(e *Entry, key string) {
	fail := c.source.fail
	c.checkBindingID(join(key, "id"), e.ID)
	if e.Tracker != "" && c.Site(e.Tracker) == nil {
		fail(CodeReference, join(key, "tracker"), "there is no tracker "+quote(e.Tracker), suggestion(e.Tracker, c.siteIDs()))
	}
	if e.Mapping != "" && c.mapping(e.Mapping) < 0 {
		var known []string
		for _, m := range c.Mappings {
			known = append(known, m.ID)
		}
		fail(CodeReference, join(key, "mapping"), "there is no mapping "+quote(e.Mapping), suggestion(e.Mapping, known))
	}
	if e.Repository != "" && len(e.Repositories) > 0 {
		fail(CodeMisplaced, join(key, "repositories"), "the entry has repository and repositories", "keep one of them")
	}
	if several := len(e.Repositories) > 0 || isPattern(e.Repository); several && strings.Contains(e.ID, "/") {
		fail(CodeForm, join(key, "id"), quote(e.ID)+" cannot be the id of several repositories", "leave the slash and what follows out; each repository adds its name")
	}
	pattern := isPattern(e.Repository) || slices.ContainsFunc(e.Repositories, isPattern)
	if len(e.Except) > 0 && !pattern {
		fail(CodeMisplaced, join(key, "except"), "repositories has no pattern from which to leave anything out", "remove it, or write a pattern such as acme/* under repositories")
	}
	for i, x := range e.Except {
		if !repository(x) {
			fail(CodeForm, Key(join(key, "except"), i), quote(x)+" is not a repository", "write owner/name, or a pattern such as acme/old-*")
		}
	}
}

// checkBinding checks one binding, or the common part of the bindings of a pattern.
func (c *Config) checkBinding(b *Binding) {
	of, known := trackers()[b.Tracker]
	if !known {
		return // reported already
	}
	of.target(c, b)
	c.foreign(b)
	c.checkTwin(b, b.at.entry)
	if c.source.failed(b.at.entry + ".mapping") {
		return // its mapping is unknown
	}
	for _, part := range []struct {
		name string
		none bool
	}{{"states", len(b.States) == 0}, {"fields", len(b.Fields) == 0}} {
		if part.none {
			c.source.fail(CodeMissing, join(b.at.entry, part.name), "the binding has no "+part.name, "add "+part.name+", or mapping: the id of an entry of mappings that has them")
		}
	}
	c.checkStates(b)
	c.checkFields(b)
	c.checkApprovals(b)
}

// target identifies the issues that a binding selects, "" while it names none.
func (b *Binding) target() string {
	if b.URL == "" || b.Project+b.Repo == "" {
		return ""
	}
	labels := slices.Clone(b.Labels)
	slices.Sort(labels)
	return strings.Join([]string{
		address(b.Tracker, b.URL), b.Project, b.IssueType, b.Select, strings.ToLower(b.Repo), strings.Join(labels, "\x00"),
	}, "\x01")
}

// foreign reports keys of an entry, and of its mapping, that belong to another kind of
// tracker.
func (c *Config) foreign(b *Binding) {
	own := trackers()[b.Tracker].keys
	if len(b.Labels) > 0 && !slices.Contains(own, "labels") && !c.source.written(b.at.entry+".labels") {
		c.source.fail(CodeMisplaced, parent(b.at.states)+".labels", "a binding of "+b.Tracker+" uses the mapping, and labels do not select its issues", "remove them, or give that binding a mapping of its own")
	}
	for _, kind := range TrackerKinds() {
		of := trackers()[kind]
		for _, k := range of.keys {
			key := join(b.at.entry, k)
			if kind != b.Tracker && !slices.Contains(own, k) && c.source.written(key) {
				c.source.fail(CodeMisplaced, key, "the key is for "+of.name+" and this binding is "+b.Tracker, "remove it, or name another tracker")
			}
		}
	}
}

// checkTwin checks whether records of other bindings can get twins in this one.
func (c *Config) checkTwin(b *Binding, key string) {
	if !b.CreateTwin {
		return
	}
	key += ".create_twin"
	if b.Role == "action" {
		c.source.fail(CodeMisplaced, key, "an action has no twin", "remove it, or write role: record")
		return
	}
	sources := 0
	for i := range c.Patterns {
		if c.Patterns[i].binding.Role == "record" {
			sources++
		}
	}
	for i := range c.Bindings {
		if c.Bindings[i].Role == "record" {
			sources++
		}
	}
	if sources < 2 {
		c.source.fail(CodeReference, key, "no other binding has records that could get a twin here", "add a second binding with role: record, or remove it")
	}
}
