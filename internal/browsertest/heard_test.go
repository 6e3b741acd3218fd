package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
)

// A heard is one thing of a page as a screen reader is given it: Chromium's own accessibility tree, without
// what is hidden from it.
type heard struct {
	role, name, description string
	properties              map[string]string
	within                  []*heard // from the page to the parent
}

// is reports whether the thing has one of some roles.
func (h *heard) is(roles ...string) bool { return slices.Contains(roles, h.role) }

// inside returns the nearest thing of a role that h is in, nil for none.
func (h *heard) inside(roles ...string) *heard {
	for _, w := range slices.Backward(h.within) {
		if w.is(roles...) {
			return w
		}
	}
	return nil
}

func (h *heard) String() string { return fmt.Sprintf("%s %q", h.role, h.name) }

// hear returns what a screen reader is given of the page, in the order in which it reads.
func (b *tab) hear() []*heard {
	b.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		b.Fatal(err)
	}
	nodes := map[accessibility.NodeID]*accessibility.Node{}
	for _, n := range tree.Nodes {
		nodes[n.NodeID] = n
	}
	var out []*heard
	var walk func(n *accessibility.Node, within []*heard)
	walk = func(n *accessibility.Node, within []*heard) {
		if !n.Ignored {
			h := &heard{role: textOf(n.Role), name: textOf(n.Name), description: textOf(n.Description), properties: map[string]string{}, within: within}
			if h.role == "InlineTextBox" {
				return
			}
			for _, p := range n.Properties {
				h.properties[string(p.Name)] = textOf(p.Value)
			}
			out, within = append(out, h), append(slices.Clip(within), h)
		}
		for _, id := range n.ChildIDs {
			if c := nodes[id]; c != nil {
				walk(c, within)
			}
		}
	}
	if len(tree.Nodes) == 0 {
		b.Fatal("the page has no accessibility tree")
	}
	walk(tree.Nodes[0], nil)
	return out
}

// textOf is a value of the tree as text.
func textOf(v *accessibility.Value) string {
	if v == nil {
		return ""
	}
	var s string
	if json.Unmarshal(v.Value, &s) == nil {
		return strings.Join(strings.Fields(s), " ")
	}
	return string(v.Value)
}

// marks stand beside a word that says the same, for eyes. A screen reader would spell them.
const marks = "▲◆●◐○⇄✓✗"

// whole are the roles whose name has to say what they do, each its own.
var whole = []string{"button", "textbox", "searchbox", "combobox", "checkbox", "radio", "DisclosureTriangle", "link"}

// named reports whether what h is in gives it its name: a table alone in a group, which is heard before it,
// and a group of nothing but lines.
func named(h *heard) bool {
	g := h.inside("group")
	return h.is("table") && g != nil && g.name != "" || h.is("group") && h.inside("form") == nil
}

// confusing says what of a page misleads a person who hears it.
func confusing(page []*heard) []string {
	var out []string
	fault := func(h *heard, what string) { out = append(out, h.String()+": "+what) }
	known := map[string]string{}
	level := 0
	for _, h := range page {
		if h.is("StaticText", "heading", "link", "button") && strings.ContainsAny(h.name, marks) {
			fault(h, "a mark is read out")
		}
		if h.is(append(whole, "table", "heading", "image", "region", "navigation", "columnheader", "rowheader", "progressbar", "group")...) && h.name == "" && !named(h) {
			fault(h, "has no name")
		}
		switch {
		case h.is("heading"):
			next := len(h.properties["level"])
			_, _ = fmt.Sscan(h.properties["level"], &next)
			if next > level+1 {
				fault(h, fmt.Sprintf("comes after a heading of level %d", level))
			}
			level = next
		case h.is("region", "navigation", "table"), h.is(whole...):
			key, does := h.role+" "+h.name, h.properties["url"]
			if g := h.inside("radiogroup", "group"); h.is("radio") && g != nil {
				key += " of " + g.name
			}
			if before, twice := known[key]; twice && h.name != "" && (does == "" || does != before) && h.name != "Sign out" {
				fault(h, "another one has the same name")
			}
			known[key] = does
		}
		if h.is("DisclosureTriangle") && h.properties["expanded"] == "" {
			fault(h, "does not say whether it is open")
		}
	}
	return out
}
