package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ErrPresentShape is the error of Migrate for a file that needs no conversion.
var ErrPresentShape = errors.New("the file has the present shape already")

// Migrate converts a file of the shape up to version 0.1, in which each binding held its
// address and credential, to the present one. Comments stay with their keys; empty lines and
// the style of indentation are lost. Ids of bindings stay, because the register and the audit
// log hold them.
//
// The notes name the settings in which bindings of one site differed, for a person to check.
// An error is Errors, with the place where the file cannot be read, or ErrPresentShape.
func Migrate(file string, data []byte) (out []byte, notes []string, err error) {
	if _, err := document(file, data); err != nil {
		return nil, nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, nil, fmt.Errorf("config: %w", err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, nil, ErrPresentShape // there is nothing in it
	}
	budget := maxNodes
	doc.Content[0] = plainly(doc.Content[0], &budget)
	root := doc.Content[0]
	if _, old := isOld(root); !old {
		return nil, nil, ErrPresentShape
	}
	m := &migration{bindings: child(root, "bindings"), siteOf: map[string]string{}, first: map[string]string{}}
	m.findSites()
	m.shareMappings()
	m.moveAccounts(child(root, "people"))
	insert(root, "bindings", "trackers", m.sites)
	if len(m.mappings.Content) > 0 {
		insert(root, "bindings", "mappings", m.mappings)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(&doc), enc.Close()); err != nil {
		return nil, nil, fmt.Errorf("config: print: %w", err)
	}
	return b.Bytes(), m.notes, nil
}

// A migration is one conversion.
type migration struct {
	bindings, sites, mappings *yaml.Node
	siteOf                    map[string]string // id of the site of accounts, by id of the binding
	first                     map[string]string // id of the first tracker of an address
	notes                     []string
}

// findSites makes a tracker of each address and credential of the bindings.
func (m *migration) findSites() {
	m.sites = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	byKey := map[string]*yaml.Node{}
	for _, b := range m.bindings.Content {
		if b.Kind != yaml.MappingNode {
			continue
		}
		id, kind := text(b, "id"), text(b, "tracker")
		var key strings.Builder
		for _, name := range []string{"tracker", "url", "browse_url", "auth"} {
			key.WriteString(name + "\x00" + meaning(child(b, name)) + "\x00")
		}
		site := byKey[key.String()]
		if site == nil {
			site = m.newSite(kind, b)
			byKey[key.String()] = site
		} else {
			m.join(site, b, id)
		}
		// Two credentials of one address are two trackers, and one site of people's accounts.
		at := address(kind, text(b, "url"))
		if m.first[at] == "" {
			m.first[at] = text(site, "id")
		}
		m.siteOf[id] = m.first[at]
		for _, name := range oldKeys() {
			take(b, name)
		}
		rename(b, "repo", "repository")
		if t := child(b, "tracker"); t != nil && t.Kind == yaml.ScalarNode {
			t.Value, t.Tag, t.Style = text(site, "id"), "!!str", 0
		}
	}
}

// newSite makes a tracker from the settings of its first binding.
func (m *migration) newSite(kind string, b *yaml.Node) *yaml.Node {
	site := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	put(site, plainNode("!!str", "id"), plainNode("!!str", m.freeName(kind)))
	put(site, plainNode("!!str", "kind"), plainNode("!!str", kind))
	for _, name := range oldKeys() {
		if k, v := pair(b, name); k != nil {
			put(site, k, v)
		}
	}
	m.sites.Content = append(m.sites.Content, site)
	return site
}

// freeName returns an id for a site that neither a site nor a binding has.
func (m *migration) freeName(kind string) string {
	taken := func(name string) bool {
		has := func(n *yaml.Node) bool { return text(n, "id") == name }
		return slices.ContainsFunc(m.sites.Content, has) || slices.ContainsFunc(m.bindings.Content, has)
	}
	name := kind
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", kind, n)
	}
	return name
}

// join adds the settings of one more binding to a site: its webhook secrets, and its limits
// where they are lower. The lowest limits counted for all bindings of a credential before,
// too.
func (m *migration) join(site, b *yaml.Node, id string) {
	if secrets := child(child(b, "webhook"), "secrets"); secrets != nil {
		have := child(child(site, "webhook"), "secrets")
		if have == nil {
			k, v := pair(b, "webhook")
			put(site, k, v)
		} else {
			for _, s := range secrets.Content {
				if !slices.ContainsFunc(have.Content, func(x *yaml.Node) bool { return meaning(x) == meaning(s) }) {
					have.Content = append(have.Content, s)
					m.notes = append(m.notes, fmt.Sprintf("the tracker %s takes the webhook secrets of all its bindings, also that of %s: keep one or two", text(site, "id"), id))
				}
			}
		}
	}
	if m.lower(site, b) {
		m.notes = append(m.notes, fmt.Sprintf("the bindings of the tracker %s had different limits: the lowest are kept, as they counted for all before", text(site, "id")))
	}
}

// lower makes the limits of a site the lowest of its own and those of a binding. It
// reports whether they differ.
func (m *migration) lower(site, b *yaml.Node) (differ bool) {
	was, other := child(site, "limits"), child(b, "limits")
	if meaning(was) == meaning(other) {
		return false
	}
	lowest := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Style: yaml.FlowStyle}
	for _, l := range []struct {
		name  string
		usual int
	}{{"writes_per_minute", 60}, {"writes_per_hour", 500}, {"concurrency", 4}} {
		n := min(number(was, l.name, l.usual), number(other, l.name, l.usual))
		put(lowest, plainNode("!!str", l.name), plainNode("!!int", strconv.Itoa(n)))
	}
	take(site, "limits")
	put(site, plainNode("!!str", "limits"), lowest)
	return true
}

// number returns the number that a mapping holds under a key, or another if it has none.
func number(n *yaml.Node, name string, otherwise int) int {
	if v := child(n, name); v != nil {
		if x, err := strconv.Atoi(v.Value); err == nil {
			return x
		}
	}
	return otherwise
}

// shareMappings makes one mapping of the states, fields and approvals that are equal in
// several bindings.
func (m *migration) shareMappings() {
	m.mappings = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	parts := []string{"own_labels", "states", "fields", "approvals"}
	same := map[string][]*yaml.Node{}
	var order []string
	for _, b := range m.bindings.Content {
		if b.Kind != yaml.MappingNode || child(b, "fields") == nil {
			continue
		}
		var key strings.Builder
		for _, name := range parts {
			key.WriteString(name + "\x00" + meaning(child(b, name)) + "\x00")
		}
		if len(same[key.String()]) == 0 {
			order = append(order, key.String())
		}
		same[key.String()] = append(same[key.String()], b)
	}
	for _, key := range order {
		users := same[key]
		if len(users) < 2 {
			continue
		}
		mapping := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		id := text(users[0], "id")
		put(mapping, plainNode("!!str", "id"), plainNode("!!str", id))
		for _, name := range parts {
			if k, v := pair(users[0], name); k != nil {
				put(mapping, k, v)
			}
		}
		m.mappings.Content = append(m.mappings.Content, mapping)
		for _, b := range users {
			for _, name := range parts {
				take(b, name)
			}
			put(b, plainNode("!!str", "mapping"), plainNode("!!str", id))
		}
	}
}

// moveAccounts gives each person one account for each site.
func (m *migration) moveAccounts(people *yaml.Node) {
	if people == nil || people.Kind != yaml.SequenceNode {
		return
	}
	for _, p := range people.Content {
		accounts := child(p, "accounts")
		if accounts == nil || accounts.Kind != yaml.SequenceNode {
			continue
		}
		var kept []*yaml.Node
		for _, a := range accounts.Content {
			if site, ok := m.siteOf[text(a, "binding")]; ok && site != "" {
				child(a, "binding").Value = site
			}
			rename(a, "binding", "site")
			i := slices.IndexFunc(kept, func(x *yaml.Node) bool { return sameAccount(x, a) })
			if i < 0 {
				kept = append(kept, a)
				continue
			}
			for _, name := range []string{"id", "login"} {
				if k, v := pair(a, name); k != nil && child(kept[i], name) == nil {
					put(kept[i], k, v)
				}
			}
		}
		accounts.Content = kept
	}
}

// sameAccount reports whether two entries name one account: they have the same id, or the
// same login if one of them has no id.
func sameAccount(a, b *yaml.Node) bool {
	if text(a, "site") != text(b, "site") {
		return false
	}
	if text(a, "id") != "" && text(b, "id") != "" {
		return text(a, "id") == text(b, "id")
	}
	return text(a, "login") != "" && strings.EqualFold(text(a, "login"), text(b, "login"))
}
