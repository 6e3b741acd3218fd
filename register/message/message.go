// Package message is what a person is told, before it is put into a language: a sentence in
// English with places in it, and what stands in these places.
//
// The English sentence is the key of the message, as in gettext. So the register, the log and
// the command line need no catalogue, and a sentence that changes has no translation until
// somebody has looked at it.
package message

import (
	"slices"
	"strconv"
	"strings"
)

// A Message is a sentence, or a part of one, that people read. The nil Message says nothing.
type Message struct {
	// ID is the sentence in English. A place in it is written "{{.Name}}".
	ID string
	// One is the sentence for one thing, "" if the number does not matter.
	One  string
	Args []Arg
}

// An Arg is what stands in a place of a message.
type Arg struct {
	Name string
	Kind Kind
	Text string
	Of   []*Message // of Nested, All and Any
}

// A Kind says how an argument is put into a language.
type Kind string

// The kinds of arguments.
const (
	Verbatim Kind = ""       // the words of people, numbers of records, commands
	Word     Kind = "word"   // a word of conformd: the name of a field, a state
	Quoted   Kind = "quoted" // the words of people in quotation marks
	Date     Kind = "date"   // a day, as 2026-11-28
	Who      Kind = "who"    // the names of roles, with "or" and "and" between them
	Number   Kind = "number" // decides between the forms of the sentence
	Typed    Kind = "typed"  // a command, as people of the language may type it
	Nested   Kind = "nested" // another message
	All      Kind = "all"    // several messages, with "and" before the last
	Any      Kind = "any"    // several messages, with "or" before the last
)

// The types of values by which New knows the kind of an argument. A string is verbatim, a
// *Message nested, and a list of them joined by "and".
type (
	// Term is a Word.
	Term string
	// Quote is Quoted.
	Quote string
	// Day is a Date.
	Day string
	// Roles is a Who.
	Roles string
	// Command is Typed.
	Command string
	// Count is a Number.
	Count int
	// Either is Any.
	Either []*Message
)

// New returns a message with arguments: a name and a value in turn.
func New(id string, args ...any) *Message { return Plural("", id, args...) }

// Plural is New for a sentence that counts; one is its form for one thing.
func Plural(one, id string, args ...any) *Message {
	m := &Message{ID: id, One: one}
	for pair := range slices.Chunk(args, 2) {
		name, _ := pair[0].(string)
		a := Arg{Name: name}
		switch v := pair[1].(type) {
		case string:
			a.Text = v
		case int:
			a.Text = strconv.Itoa(v)
		case Term:
			a.Kind, a.Text = Word, string(v)
		case Quote:
			a.Kind, a.Text = Quoted, string(v)
		case Day:
			a.Kind, a.Text = Date, string(v)
		case Roles:
			a.Kind, a.Text = Who, string(v)
		case Command:
			a.Kind, a.Text = Typed, string(v)
		case Count:
			a.Kind, a.Text = Number, strconv.Itoa(int(v))
		case Text:
			a.Kind, a.Of = Nested, []*Message{v.Message()}
		case *Message:
			a.Kind, a.Of = Nested, []*Message{v}
		case []*Message:
			a.Kind, a.Of = All, v
		case Either:
			a.Kind, a.Of = Any, v
		}
		m.Args = append(m.Args, a)
	}
	return m
}

// String says the message in English.
func (m *Message) String() string {
	if m == nil {
		return ""
	}
	id := m.ID
	if m.One != "" && slices.ContainsFunc(m.Args, func(a Arg) bool { return a.Kind == Number && a.Text == "1" }) {
		id = m.One
	}
	return Fill(id, func(name string) (string, bool) {
		for _, a := range m.Args {
			if a.Name == name {
				return a.english(), true
			}
		}
		return "", false
	})
}

// MarshalText writes the message in English, as the log and the documents for programs have
// it.
func (m *Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText takes a text as it is.
func (m *Message) UnmarshalText(b []byte) error {
	*m = Message{ID: string(b)}
	return nil
}

func (a Arg) english() string {
	switch a.Kind {
	case Quoted:
		return `"` + a.Text + `"`
	case Nested, All:
		return Join(a.Of, " and ", (*Message).String)
	case Any:
		return Join(a.Of, " or ", (*Message).String)
	case Verbatim, Word, Date, Who, Number, Typed:
	}
	return a.Text
}

// Join lists messages: "a, b and c" with " and " as last.
func Join(of []*Message, last string, say func(*Message) string) string {
	var b strings.Builder
	for i, m := range of {
		switch {
		case i == 0:
		case i == len(of)-1:
			b.WriteString(last)
		default:
			b.WriteString(", ")
		}
		b.WriteString(say(m))
	}
	return b.String()
}

// Fill replaces the places of a sentence by what value returns. A place without a value stays
// as it is: people wrote it.
func Fill(s string, value func(name string) (string, bool)) string {
	if !strings.Contains(s, "{{.") {
		return s
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(s, "{{.")
		name, after, closed := strings.Cut(rest, "}}")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if v, ok := value(name); ok && closed {
			b.WriteString(v)
			s = after
			continue
		}
		b.WriteString("{{.")
		s = rest
	}
}

// Places returns the names of the places of a sentence, sorted, each once.
func Places(s string) []string {
	var out []string
	Fill(s, func(name string) (string, bool) {
		out = append(out, name)
		return "", true
	})
	slices.Sort(out)
	return slices.Compact(out)
}
