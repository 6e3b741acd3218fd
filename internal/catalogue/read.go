package catalogue

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"

	"github.com/conformd/conformd/register/message"
)

// A Fault is a mistake in a catalogue.
type Fault struct {
	File string
	Line int
	What string
	// Remedy says what to do.
	Remedy string
}

func (f Fault) Error() string { return fmt.Sprintf("%s:%d: %s; %s", f.File, f.Line, f.What, f.Remedy) }

// An entry is a message of a file, with the line where it stands.
type entry struct {
	i18n.Message
	line int
}

// Read reads the catalogue of a further language. It has every message of the German one, with
// the same places, and no other. The name of the file is active.<code>.yaml.
func Read(content []byte, file string) (*Language, []Fault) {
	l, faults := read(content, file)
	if len(faults) > 0 {
		return nil, faults
	}
	given, _ := parse(content, file)
	have := map[string]entry{}
	known := reference()
	for _, e := range given {
		have[e.ID] = e
		if !slices.Contains(known, e.ID) {
			faults = append(faults, Fault{file, e.line, fmt.Sprintf("conformd says no such message: %q", e.ID), "take it out, or write its id as in active.de.yaml"})
		}
	}
	for _, id := range known {
		if _, ok := have[id]; !ok {
			faults = append(faults, Fault{file, 1, fmt.Sprintf("the message is missing: %q", id), "add it with id: and other:"})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	return l, nil
}

// reference lists the ids of the German catalogue, which a test compares with the code.
func reference() []string {
	b, err := files.ReadFile("active.de.yaml")
	if err != nil {
		return nil
	}
	es, _ := parse(b, "active.de.yaml")
	ids := make([]string, len(es))
	for i, e := range es {
		ids[i] = e.ID
	}
	return ids
}

// read reads a catalogue by itself: its form, and that each message has the places of its id.
func read(content []byte, file string) (*Language, []Fault) {
	tag, err := language.Parse(code(file))
	if err != nil {
		return nil, []Fault{{file, 1, "the name of the file says no language", "name it active.<code>.yaml, such as active.fr.yaml"}}
	}
	es, faults := parse(content, file)
	var all []*i18n.Message
	seen := map[string]bool{}
	for _, e := range es {
		if seen[e.ID] {
			faults = append(faults, Fault{file, e.line, fmt.Sprintf("the message stands here twice: %q", e.ID), "keep one of them"})
		}
		seen[e.ID] = true
		faults = append(faults, e.check(file)...)
		all = append(all, &e.Message)
	}
	if len(faults) > 0 {
		return nil, faults
	}
	l, err := newLanguage(tag, all)
	if err != nil {
		return nil, []Fault{{file, 1, err.Error(), "see the form of active.de.yaml"}}
	}
	return l, nil
}

// check compares the places of a translation with those of its id.
func (e entry) check(file string) []Fault {
	if e.Other == "" {
		return []Fault{{file, e.line, fmt.Sprintf("other is missing: %q", e.ID), "write what stands for the sentence"}}
	}
	var out []Fault
	want := message.Places(e.ID)
	for _, s := range []string{e.Zero, e.One, e.Two, e.Few, e.Many, e.Other} {
		if got := message.Places(s); s != "" && !slices.Equal(got, want) {
			out = append(out, Fault{file, e.line, fmt.Sprintf("the places are %s: %q", places(got), s), "write the places of its id: " + places(want)})
		}
	}
	return out
}

// places lists places as they are written.
func places(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return "{{." + strings.Join(names, "}}, {{.") + "}}"
}

func code(file string) string {
	name := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	_, code, _ := strings.Cut(name, ".")
	return code
}

// parse reads the messages of a file: a list, each with id and other, and further plural forms
// where it counts.
func parse(content []byte, file string) ([]entry, []Fault) {
	var list []yaml.Node
	if err := yaml.Unmarshal(content, &list); err != nil {
		return nil, []Fault{{file, 1, "it is no list of messages: " + err.Error(), "see the form of active.de.yaml"}}
	}
	var out []entry
	var faults []Fault
	for _, n := range list {
		var fields map[string]string
		if err := n.Decode(&fields); err != nil {
			faults = append(faults, Fault{file, n.Line, "it is no message", "write id: and other:, each a text"})
			continue
		}
		e := entry{line: n.Line}
		places := map[string]*string{"id": &e.ID, "zero": &e.Zero, "one": &e.One, "two": &e.Two, "few": &e.Few, "many": &e.Many, "other": &e.Other}
		for k, v := range fields {
			if p, ok := places[k]; ok {
				*p = v
			} else {
				faults = append(faults, Fault{file, n.Line, fmt.Sprintf("unknown key %q", k), "the keys are id, zero, one, two, few, many and other"})
			}
		}
		out = append(out, e)
	}
	return out, faults
}
