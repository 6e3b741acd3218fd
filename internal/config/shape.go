package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A member is one key of a mapping, read from the tags of its struct field. Only the tags
// describe the shape of the file: this file, the JSON Schema and docs/configuration.md all
// read them.
type member struct {
	name     string
	typ      reflect.Type
	index    int
	doc      string
	required bool
	enum     []string
	min, max int64 // inclusive, seconds of a time; both 0 for no limit
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

// members returns the keys of a mapping in their order.
func members(t reflect.Type) []member {
	var out []member
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		m := member{name: name, typ: f.Type, index: i, doc: f.Tag.Get("jsonschema_description")}
		for opt := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
			k, v, _ := strings.Cut(opt, "=")
			switch k {
			case "required":
				m.required = true
			case "enum":
				m.enum = append(m.enum, v)
			case "minimum":
				m.min, _ = strconv.ParseInt(v, 10, 64) // TestTags checks that it is a number
			case "maximum":
				m.max, _ = strconv.ParseInt(v, 10, 64) // as above
			}
		}
		out = append(out, m)
	}
	return out
}

func names(ms []member) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.name
	}
	return out
}

// object checks the mapping n against the struct type t. It removes unknown keys and values
// of the wrong type, so that the rest can be decoded and checked.
func (s *source) object(n *yaml.Node, t reflect.Type, key string) {
	ms := members(t)
	seen := map[string]*yaml.Node{}
	var kept []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		path := join(key, k.Value)
		j := slices.IndexFunc(ms, func(m member) bool { return m.name == k.Value })
		if j < 0 {
			s.note(path, k)
			what, remedy := unknown(k.Value, ms)
			s.fail(CodeUnknownKey, path, what, remedy)
			continue
		}
		if first := seen[k.Value]; first != nil {
			s.errs = append(s.errs, Error{
				Code: CodeTwice, File: s.file, Line: k.Line, Column: k.Column, Key: path,
				What: fmt.Sprintf("the key stands twice, first on line %d", first.Line), Remedy: "keep one of them",
			})
			continue
		}
		seen[k.Value] = k
		s.note(path, k)
		if v.Kind == yaml.ScalarNode && v.Tag == "!!null" {
			continue // the same as leaving the key out
		}
		if s.value(v, ms[j], path) {
			kept = append(kept, k, v)
		}
	}
	n.Content = kept
	for _, m := range ms {
		if m.required && !has(n, m.name) {
			s.missing(join(key, m.name), m)
		}
	}
}

// missing reports that a needed key is not there, or empty.
func (s *source) missing(key string, m member) {
	if s.written(key) {
		s.fail(CodeMissing, key, "the key is needed and is empty", "write "+lower(m.doc))
		return
	}
	s.fail(CodeMissing, key, "the key is needed and is not there", "add "+m.name+": "+lower(m.doc))
}

// otherType reports that the value of key is of another type than its member.
func (s *source) otherType(v *yaml.Node, m member, key string) bool {
	f := otherType(v, want(m.typ))
	s.fail(f.code, key, f.what, f.remedy)
	return false
}

// has reports whether the mapping n holds something under name.
func has(n *yaml.Node, name string) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			v := n.Content[i+1]
			return v.Value != "" || len(v.Content) > 0
		}
	}
	return false
}

// value checks the value v of a key and reports whether it can be decoded.
func (s *source) value(v *yaml.Node, m member, key string) bool {
	switch {
	case m.typ == typeOf[Secret]():
		return s.secret(v, key)
	case m.typ.Kind() == reflect.Struct:
		if v.Kind != yaml.MappingNode {
			return s.otherType(v, m, key)
		}
		s.object(v, m.typ, key)
		return true
	case m.typ.Kind() == reflect.Slice:
		if v.Kind != yaml.SequenceNode {
			return s.otherType(v, m, key)
		}
		item := m
		item.typ = m.typ.Elem()
		for i, c := range v.Content {
			k := Key(key, i)
			s.note(k, c)
			if !s.value(c, item, k) {
				v.Content[i] = blank(item.typ, c) // keeps the numbers of the others
			}
		}
		return true
	}
	if f, ok := scalar(v, m); !ok {
		s.fail(f.code, key, f.what, f.remedy)
		return false
	}
	return true
}

// blank returns an empty value of type t in the place of n.
func blank(t reflect.Type, n *yaml.Node) *yaml.Node {
	if t.Kind() == reflect.Struct {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Line: n.Line, Column: n.Column}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Line: n.Line, Column: n.Column}
}
