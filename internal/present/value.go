package present

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// A Change is a field with its value before and after, shortened. "" is no value.
type Change struct {
	Field  string `json:"field"` // label for people
	Before string `json:"before"`
	After  string `json:"after"`
	// First says that the entry holds a first value, with no value before it.
	First bool `json:"-"`
}

// Words puts a change into words: "Owner: (empty) → Olga".
func (c Change) Words() string {
	if c.First {
		return c.Field + ": " + orEmpty(c.After)
	}
	return c.Field + ": " + orEmpty(c.Before) + " → " + orEmpty(c.After)
}

func orEmpty(s string) string {
	if s == "" {
		return "(empty)"
	}
	return s
}

// How many characters of a value are shown, and of a reason.
const (
	most       = 160
	mostReason = 600
)

// changes returns the changes of an entry that have a value.
func (n Names) changes(e *audit.Entry) []Change {
	first := e.Verb == audit.RecordCreated || e.Verb == audit.SyncConflictResolved
	var out []Change
	for _, c := range e.Changes {
		if c.Before == nil && c.After == nil {
			continue
		}
		f := parse(c.Field)
		before, after := shorten(n.value(f, c.Before), n.value(f, c.After))
		out = append(out, Change{f.label(), before, after, first})
	}
	return out
}

// value returns the value of a field on one line, in full.
func (n Names) value(f field, t *audit.Text) string {
	switch {
	case t == nil:
		return ""
	case t.Commitment != "":
		return "(personal data, kept beside the log)"
	case t.SHA256 != "":
		return fmt.Sprintf("(a text of %d bytes)", t.Length)
	case f.person() && t.Value != "":
		return n.person(t.Value)
	case f.name == "record":
		return n.record(t.Value)
	default:
		return line(t.Value)
	}
}

// line returns a text on one line, without characters that move a terminal's cursor,
// change the direction of the text or cannot be seen.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		default:
			return r
		}
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// shorten cuts two values to a readable length, and keeps the part where they differ.
func shorten(before, after string) (string, string) {
	b, a := []rune(before), []rune(after)
	if len(b) <= most && len(a) <= most {
		return before, after
	}
	const context = 30
	same := 0
	for same < len(b) && same < len(a) && b[same] == a[same] {
		same++
	}
	if from := same - context; from > 0 {
		b, a = append([]rune("…"), b[from:]...), append([]rune("…"), a[from:]...)
	}
	return cut(b, most), cut(a, most)
}

func cut(r []rune, most int) string {
	if len(r) <= most {
		return string(r)
	}
	return strings.TrimRight(string(r[:most-1]), " ") + "…"
}

// reason returns the reason of an entry on one line, cut to a readable length.
func reason(s string) string { return cut([]rune(line(s)), mostReason) }

// A field is the parsed name of a field in an entry.
type field struct {
	name   string // a field of the register, or another name
	action string // key of the issue of the action that has the field
	place  string // in a conflict: the binding that shows the value
}

// inRegister is the place of a value that the register holds.
const inRegister = "register"

// parse parses a field name of the log: "title", "title@gh-isms", "action.OPS-4.due",
// "approval.plan".
func parse(name string) field {
	if rest, ok := strings.CutPrefix(name, "action."); ok {
		if i := strings.LastIndexByte(rest, '.'); i > 0 {
			return field{name: rest[i+1:], action: rest[:i]}
		}
	}
	name, place, _ := strings.Cut(name, "@")
	return field{name: name, place: place}
}

// person reports whether the values of the field are ids of people.
func (f field) person() bool {
	if f.action != "" {
		return f.name == "assignee"
	}
	info, ok := register.Info(register.Field(f.name))
	return ok && info.Type == register.TypePerson
}

// FieldName names a field of an entry for people: "Owner (in gh-isms)" for
// "owner@gh-isms".
func FieldName(name string) string { return parse(name).label() }

// label names a field for people.
func (f field) label() string {
	switch {
	case f.action != "":
		return "action " + line(f.action) + ": " + strings.ReplaceAll(line(f.name), "_", " ")
	case f.place == inRegister:
		return label(f.name) + " (in the register)"
	case f.place != "":
		return label(f.name) + " (in " + line(f.place) + ")"
	default:
		return label(f.name)
	}
}

func label(name string) string {
	if subject, ok := strings.CutPrefix(name, "approval."); ok {
		return decision(subject)
	}
	if info, ok := register.Info(register.Field(name)); ok {
		return info.Label
	}
	switch name {
	case "notice":
		return "Comment of conformd"
	case "label":
		return "Label"
	case "key":
		return "Key"
	case "record":
		return "Record"
	default:
		return line(name)
	}
}

// decision names the subject of an approval.
func decision(subject string) string {
	switch register.Subject(subject) {
	case register.SubjectPlan:
		return "action plan"
	case register.SubjectEffectiveness:
		return "effectiveness review"
	case register.SubjectRejection:
		return "rejection"
	case register.SubjectTriage:
		return "triage"
	case register.SubjectReopening:
		return "reopening"
	case register.SubjectAcceptance:
		return "exception"
	case register.SubjectPromotion:
		return "promotion"
	case register.SubjectAdoption:
		return "improvement"
	case register.SubjectSigning:
		return "signature"
	default:
		if info, ok := register.Info(register.Field(subject)); ok {
			return info.Label
		}
		return line(subject)
	}
}
