package config

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// plainly returns n with aliases and merge keys written out, and with its comments. The
// conversion moves parts of the file, and an alias must not come before its anchor. Each
// value takes one off the budget, as in expand.
func plainly(n *yaml.Node, budget *int) *yaml.Node {
	if *budget--; *budget <= 0 {
		return n // document has refused such a file
	}
	if n.Kind == yaml.AliasNode {
		out := plainly(n.Alias, budget)
		out.HeadComment, out.LineComment, out.FootComment = n.HeadComment, n.LineComment, n.FootComment
		return out
	}
	out := *n
	out.Anchor, out.Content = "", nil
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			out.Content = append(out.Content, plainly(c, budget))
		}
		return &out
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], plainly(n.Content[i+1], budget)
		switch {
		case k.Tag != "!!merge":
			out.Content = append(out.Content, plainly(k, budget), v)
		case v.Kind == yaml.SequenceNode:
			merged = append(merged, v.Content...)
		default:
			merged = append(merged, v)
		}
	}
	for _, m := range merged {
		for i := 0; i+1 < len(m.Content); i += 2 {
			if child(&out, m.Content[i].Value) == nil {
				out.Content = append(out.Content, m.Content[i], m.Content[i+1])
			}
		}
	}
	return &out
}

// meaning returns a value in a form for comparing: without comments and style, and
// independent of the order of keys.
func meaning(n *yaml.Node) string {
	switch {
	case n == nil:
		return ""
	case n.Kind == yaml.ScalarNode:
		return fmt.Sprintf("%q", n.Value)
	case n.Kind == yaml.MappingNode:
		var parts []string
		for i := 0; i+1 < len(n.Content); i += 2 {
			parts = append(parts, n.Content[i].Value+": "+meaning(n.Content[i+1]))
		}
		slices.Sort(parts)
		return "{" + strings.Join(parts, ", ") + "}"
	}
	var parts []string
	for _, c := range n.Content {
		parts = append(parts, meaning(c))
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// pair returns a key of a mapping and its value, or nil.
func pair(n *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; n != nil && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// put adds a key to a mapping.
func put(n, key, value *yaml.Node) { n.Content = append(n.Content, key, value) }

// take removes a key from a mapping.
func take(n *yaml.Node, name string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}

// rename gives a key of a mapping another name.
func rename(n *yaml.Node, from, to string) {
	if k, _ := pair(n, from); k != nil {
		k.Value = to
	}
}

// insert puts a key before another one of a mapping. The comment at the head of the file
// stays there.
func insert(n *yaml.Node, before, name string, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == before {
			key := plainNode("!!str", name)
			if i == 0 { // what stands first is about the file
				key.HeadComment, n.Content[0].HeadComment = n.Content[0].HeadComment, ""
			}
			n.Content = slices.Insert(n.Content, i, key, value)
			return
		}
	}
}
