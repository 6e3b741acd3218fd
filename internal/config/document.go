package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxNodes is how many values a file may have after its aliases were written
// out. It stops a small file from becoming a huge one.
const maxNodes = 200_000

// document returns the mapping that the file consists of, free of aliases.
func document(file string, data []byte) (*yaml.Node, error) {
	fail := func(line, column int, what, remedy string) (*yaml.Node, error) {
		return nil, Errors{{Code: CodeSyntax, File: file, Line: line, Column: column, What: what, Remedy: remedy}}
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}, nil
	case err != nil:
		return fail(syntax(err))
	}
	if err := dec.Decode(&more); !errors.Is(err, io.EOF) {
		return fail(0, 0, "the file holds a second document", "remove what follows the line with three dashes")
	}
	budget := maxNodes
	root := expand(doc.Content[0], &budget)
	if budget <= 0 {
		return fail(root.Line, root.Column, "the aliases of the file make it too large", "write the values out instead of using *aliases")
	}
	switch {
	case root.Kind == yaml.ScalarNode && root.Tag == "!!null":
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: 1, Column: 1}, nil
	case root.Kind != yaml.MappingNode:
		return fail(root.Line, root.Column, "the file is not a mapping of keys to values", "start from configs/conformd.example.yaml")
	}
	return root, nil
}

// syntax returns the place, the message and the remedy for an error of the YAML parser. It
// does not repeat the name of an alias: a secret may begin with a star.
func syntax(err error) (line, column int, what, remedy string) {
	what = strings.TrimPrefix(err.Error(), "yaml: ")
	m := regexp.MustCompile(`(?s)^(?:unmarshal errors:\s*)?line (\d+): (.*)$`).FindStringSubmatch(what)
	line = 1
	if m != nil {
		line, _ = strconv.Atoi(m[1]) // digits, by the pattern
		what = m[2]
	}
	if strings.HasPrefix(what, "unknown anchor") {
		return line, 1, "an alias (*name) refers to no anchor (&name)", "put a text that begins with a star in quotes"
	}
	return max(line, 1), 1, "not YAML: " + what, "check the indentation and the quotes of this line and the one above it"
}

// expand returns n with aliases and merge keys (<<) written out. It takes one
// off the budget for each value and stops when there is none left.
func expand(n *yaml.Node, budget *int) *yaml.Node {
	if *budget--; *budget <= 0 {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: n.Line, Column: n.Column}
	}
	if n.Kind == yaml.AliasNode {
		return expand(n.Alias, budget)
	}
	out := *n
	out.Anchor, out.Content = "", nil
	out.HeadComment, out.LineComment, out.FootComment = "", "", ""
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			out.Content = append(out.Content, expand(c, budget))
		}
		return &out
	}
	var merged []*yaml.Node
	have := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], expand(n.Content[i+1], budget)
		if k.Tag == "!!merge" {
			merged = append(merged, v)
			continue
		}
		have[k.Value] = true
		out.Content = append(out.Content, expand(k, budget), v)
	}
	for len(merged) > 0 {
		m := merged[0]
		merged = merged[1:]
		if m.Kind == yaml.SequenceNode {
			merged = append(merged, m.Content...)
			continue
		}
		for i := 0; i+1 < len(m.Content); i += 2 {
			if k := m.Content[i]; !have[k.Value] {
				have[k.Value] = true
				out.Content = append(out.Content, k, m.Content[i+1])
			}
		}
	}
	return &out
}
