package config

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// A source knows where each key was written and collects the mistakes.
type source struct {
	file string
	at   map[string]position
	bad  map[string]bool // keys a mistake was reported for
	errs Errors
}

// A position is where a key was written.
type position struct {
	file         string
	line, column int
	variable     string // of an override from the environment
}

// name returns what the key is called where it was written.
func (p position) name(key string) string {
	if p.variable != "" {
		return p.variable
	}
	return key
}

func newSource(file string) *source {
	return &source{
		file: file,
		at:   map[string]position{"": {file: file, line: 1, column: 1}},
		bad:  map[string]bool{},
	}
}

// note remembers where the key was written.
func (s *source) note(key string, n *yaml.Node) {
	s.at[key] = position{file: s.file, line: n.Line, column: n.Column}
}

// written reports whether the key stands in the file or the environment.
func (s *source) written(key string) bool {
	_, ok := s.at[key]
	return ok
}

// position returns where the key, or else its nearest parent, was written.
func (s *source) position(key string) position {
	for {
		if p, ok := s.at[key]; ok {
			return p
		}
		key = parent(key)
	}
}

// parent returns the key that holds key, "" for one at the top.
func parent(key string) string { return key[:max(strings.LastIndexAny(key, ".["), 0)] }

// failed reports whether a mistake was reported for the key itself.
func (s *source) failed(key string) bool { return s.bad[key] }

// failedIn reports whether a mistake was reported for a key within key.
func (s *source) failedIn(key string) bool {
	for k := range s.bad {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// fail reports a mistake about key, unless one was reported for it or for a parent of it: a
// value that could not be read gets no second mistake.
func (s *source) fail(code Code, key, what, remedy string) {
	for k := key; k != ""; k = parent(k) {
		if s.bad[k] {
			return
		}
	}
	s.bad[key] = true
	p := s.position(key)
	s.errs = append(s.errs, Error{
		Code: code, File: p.file, Line: p.line, Column: p.column, Key: p.name(key), What: what, Remedy: remedy,
	})
}

// join returns the key name within the mapping at key.
func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
