// Package cheats holds the ways in which people have tried, or would try, to close a record
// without the evidence, and plays them against the rules of an organisation. One file tells
// one story, for an auditor to read; README.md says how to read it. A few stories are honest:
// a policy that stops them is as wrong as one that lets a cheat pass.
//
// The stories go through register.Decide, as everything does that reaches the register.
package cheats

import (
	"embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/register"
)

//go:embed *.txtar
var corpus embed.FS

// A Story is one file of the corpus.
type Story struct {
	Name   string // of the file, without its ending: "owner-hands-over"
	Tells  string // what happens, in a sentence or two
	Clause string // of ISO/IEC 27001:2022 that it would break: "10.2 d"
	Honest bool   // nobody cheats: the record must be closed (or accepted), with nothing held or flagged
	Wants  string // what the cheater wants to come true: "closed", "Grade is minor"
	// Expects are the guards that hold or flag it under the rules as they are shipped; More
	// says that others may do so, too.
	Expects []string
	Flagged bool // it is flagged, not held
	More    bool

	people map[string]register.Person
	others map[string]register.Other // records that exist, by number
	closed []register.Record         // records that were closed before
	fields map[register.Field]string
	steps  []step
}

// A step is one line of a story.
type step struct {
	day  int
	line string // "erik moves it to closed"
}

// All returns the corpus, by name. The error names the file and the line that cannot be
// read.
func All() ([]Story, error) {
	files, err := corpus.ReadDir(".")
	if err != nil {
		return nil, fmt.Errorf("the corpus of cheats: %w", err)
	}
	var out []Story
	for _, f := range files {
		data, err := corpus.ReadFile(f.Name())
		if err != nil {
			return nil, fmt.Errorf("the corpus of cheats: %w", err)
		}
		s, err := Parse(strings.TrimSuffix(f.Name(), ".txtar"), data)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Parse reads a story.
func Parse(name string, data []byte) (Story, error) {
	ar := txtar.Parse(data)
	s := Story{Name: name, people: cast(), others: map[string]register.Other{}, fields: usualFields()}
	tells, head, _ := strings.Cut(string(ar.Comment), "\n\n")
	s.Tells = strings.Join(strings.Fields(tells), " ")
	if err := s.head(head); err != nil {
		return s, err
	}
	for _, f := range ar.Files {
		read, ok := map[string]func(string) error{
			"people": s.readPeople, "record": s.readRecord, "other records": s.readOthers, "closed records": s.readClosed, "story": s.readStep,
		}[f.Name]
		if !ok {
			return s, s.fault("a part %q, which no story has", f.Name)
		}
		if f.Name == "people" {
			s.people = map[string]register.Person{}
		}
		for line := range strings.Lines(string(f.Data)) {
			if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
				continue
			}
			if err := read(line); err != nil {
				return s, err
			}
		}
	}
	return s, s.complete()
}

func (s *Story) fault(format string, args ...any) error {
	return fmt.Errorf("the cheat %s: "+format, append([]any{s.Name}, args...)...)
}

// head reads what stands above the parts.
func (s *Story) head(text string) error {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "":
		case !ok:
			return s.fault("the line %q is no \"name: value\"", line)
		case key == "clause":
			s.Clause = value
		case key == "wants":
			s.Wants = value
		case key == "held by", key == "flagged by":
			s.Flagged = key == "flagged by"
			value, s.More = strings.CutSuffix(value, " and others")
			s.Expects = strings.Split(value, ", ")
		case key == "honest":
			s.Honest, s.Wants = true, "closed"
			if value == "accepted" {
				s.Wants = value
			}
		default:
			return s.fault("%q is no line of its head", key)
		}
	}
	return nil
}

func (s *Story) readPeople(line string) error {
	id, roles, _ := strings.Cut(line, ":")
	p := register.Person{ID: strings.TrimSpace(id), Name: strings.ToUpper(id[:1]) + id[1:]}
	if roles = strings.TrimSpace(roles); roles != "" {
		p.Roles = strings.Split(roles, ", ")
	}
	s.people[p.ID] = p
	return nil
}

func (s *Story) readOthers(line string) error {
	ref, leads, _ := strings.Cut(line, ", ")
	o := register.Other{ID: ref, Ref: ref}
	if kind, to, ok := strings.Cut(strings.TrimPrefix(leads, "a "), " of "); leads != "" {
		k, known := register.LinkKindNamed(kind + " of")
		if !ok || !known {
			return s.fault("%q is no link of another record", leads)
		}
		o.Leads = map[register.LinkKind][]string{k: {to}}
	}
	s.others[ref] = o
	return nil
}

// readClosed reads a record that was closed before the story, and says the usual things:
// "NC-2025-0031, owned by olga, 60 days before".
func (s *Story) readClosed(line string) error {
	var days int
	ref, rest, _ := strings.Cut(line, ", owned by ")
	who, when, ok := strings.Cut(rest, ", ")
	if _, err := fmt.Sscanf(when, "%d days before", &days); err != nil || !ok {
		return s.fault("the closed record %q does not say who owned it and when it was closed", line)
	}
	r := register.Record{ID: ref, Ref: ref, State: register.Closed, Fields: usualFields(), Closed: began.AddDate(0, 0, -days), Recorded: began.AddDate(0, 0, -days-90)}
	r.Fields[register.FieldOwner] = strings.TrimSpace(who)
	s.closed = append(s.closed, r)
	s.others[ref] = register.Other{ID: ref, Ref: ref, State: register.Closed}
	return nil
}

func (s *Story) readRecord(line string) error {
	name, value, ok := strings.Cut(line, ":")
	f, known := register.FieldNamed(name)
	if !ok || !known {
		return s.fault("%q is no field of a record", name)
	}
	s.fields[f] = unfold(strings.TrimSpace(value))
	return nil
}

func (s *Story) readStep(line string) error {
	var x step
	when, what, ok := strings.Cut(line, ": ")
	if _, err := fmt.Sscanf(when, "day %d", &x.day); err != nil || !ok {
		return s.fault("the line %q does not begin with a day", line)
	}
	if n := len(s.steps); n > 0 && s.steps[n-1].day > x.day {
		return s.fault("day %d comes after day %d", x.day, s.steps[n-1].day)
	}
	x.line = what
	s.steps = append(s.steps, x)
	return nil
}

// complete says what a story lacks.
func (s *Story) complete() error {
	switch {
	case s.Tells == "":
		return s.fault("it does not say what happens")
	case s.Clause == "":
		return s.fault("it names no clause")
	case len(s.steps) == 0:
		return s.fault("nothing happens in it")
	case s.Wants == "":
		return s.fault("nobody wants anything")
	case !s.Honest && len(s.Expects) == 0:
		return s.fault("it names no guard")
	}
	return nil
}

// unfold writes a text of several lines as one: "\n" stands for the end of a line, and
// "\u200b" for a character that shows nothing.
func unfold(s string) string {
	for _, r := range []struct{ shown, meant string }{{`\n`, "\n"}, {`\u200b`, "\u200b"}} {
		s = strings.ReplaceAll(s, r.shown, r.meant)
	}
	return s
}

// labels are the names of all fields, longest first, so that none is taken for another.
func labels() []string {
	var out []string
	for _, info := range register.Fields() {
		out = append(out, regexp.QuoteMeta(info.Label))
	}
	slices.SortFunc(out, func(a, b string) int { return len(b) - len(a) })
	return out
}
