// Package catalogue puts messages into the language of the people who read them.
//
// A catalogue is a file of github.com/nicksnyder/go-i18n for one language: the English sentence
// as the id of each message, and what stands for it. English needs none. German is part of
// conformd; an operator can bring other languages as files.
package catalogue

import (
	"embed"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/conformd/conformd/register/message"
)

// A Language puts messages into words. The nil Language is English.
type Language struct {
	code  string
	bound *i18n.Localizer
}

// English is the code of the language that needs no catalogue.
const English = "en"

//go:embed active.de.yaml
var files embed.FS

// builtIn are the languages that are part of conformd.
var builtIn = sync.OnceValue(func() map[string]*Language { //nolint:gochecknoglobals // a constant
	const german = "active.de.yaml"
	b, err := files.ReadFile(german)
	if err != nil {
		return nil
	}
	l, faults := read(b, german)
	if len(faults) > 0 {
		return nil // a test reads it
	}
	return map[string]*Language{l.code: l}
})

// Languages are the languages that can be chosen: those of conformd, and those of files.
type Languages map[string]*Language

// In returns a language by its code; "" and "en" are English. It is false for a language
// without a catalogue.
func (ls Languages) In(code string) (*Language, bool) {
	if code == "" || code == English {
		return nil, true
	}
	if l, ok := ls[code]; ok {
		return l, true
	}
	l, ok := builtIn()[code]
	return l, ok
}

// In is Languages.In of the languages that are part of conformd.
func In(code string) (*Language, bool) { return Languages(nil).In(code) }

// Code is the code of the language, "" for English.
func (l *Language) Code() string {
	if l == nil {
		return ""
	}
	return l.code
}

// Say puts a message into words. What the catalogue does not have stays English.
func (l *Language) Say(m *message.Message) string {
	if m == nil {
		return ""
	}
	if l == nil {
		return m.String()
	}
	data := map[string]string{}
	var count any
	for _, a := range m.Args {
		data[a.Name] = l.arg(a)
		if a.Kind == message.Number && m.One != "" {
			count, _ = strconv.Atoi(a.Text)
		}
	}
	s, err := l.bound.Localize(&i18n.LocalizeConfig{MessageID: m.ID, TemplateData: data, PluralCount: count})
	if err == nil {
		return s
	}
	return message.Fill(m.ID, func(name string) (string, bool) {
		v, ok := data[name]
		return v, ok
	})
}

// New is Say for a message that is made at once.
func (l *Language) New(id string, args ...any) string { return l.Say(message.New(id, args...)) }

// Text says a text that was stored. Without one it says the English words as they are, or as
// the catalogue has them.
func (l *Language) Text(t message.Text, english string) string {
	if t == "" {
		return l.Term(english)
	}
	return l.Say(t.Message())
}

// Term translates a word or a whole sentence without places.
func (l *Language) Term(word string) string {
	if l == nil || word == "" {
		return word
	}
	s, err := l.bound.Localize(&i18n.LocalizeConfig{MessageID: word})
	if err != nil {
		return word
	}
	return s
}

// Day writes a day, 2026-11-28, as people do. What is no day stays as it is.
func (l *Language) Day(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format(l.Term(time.DateOnly))
}

// DateOrder says which number of 03.04.2026 is the month, as people of the language write dates:
// "day_first", "month_first", or "iso" if they do not write dates so.
func (l *Language) DateOrder() string {
	switch form := l.Term(time.DateOnly); {
	case strings.HasPrefix(form, "02"), strings.HasPrefix(form, "2."), strings.HasPrefix(form, "2/"):
		return "day_first"
	case strings.HasPrefix(form, "01"), strings.HasPrefix(form, "1/"):
		return "month_first"
	default:
		return "iso"
	}
}

// Join lists words for a sentence.
func (l *Language) Join(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + l.Term(" and ") + words[last]
}

// roled begins the name of a role that an organisation made.
const roled = "somebody with the role "

// Who translates the names of roles with "or" and "and" between them.
func (l *Language) Who(names string) string {
	if l == nil {
		return names
	}
	for _, sep := range []string{" and ", " or "} {
		if a, b, ok := strings.Cut(names, sep); ok {
			return l.Who(a) + l.Term(sep) + l.Who(b)
		}
	}
	if role, own := strings.CutPrefix(names, roled); own {
		return l.New(roled+"{{.Role}}", "Role", role)
	}
	return l.Term(names)
}

// Command writes a command as people of the language may type it, its name and what stands
// for their own words.
func (l *Language) Command(c string) string {
	words := strings.Fields(c)
	if l == nil || len(words) < 2 {
		return c
	}
	for i, w := range words {
		if i == 1 {
			w = strings.Join(words[:2], " ")
		}
		if i > 0 {
			words[i] = l.Term(w)
		}
	}
	return strings.Join(words[1:], " ")
}

func (l *Language) arg(a message.Arg) string {
	switch a.Kind {
	case message.Word:
		return l.Term(a.Text)
	case message.Quoted:
		return l.New(`"{{.Words}}"`, "Words", a.Text)
	case message.Date:
		return l.Day(a.Text)
	case message.Who:
		return l.Who(a.Text)
	case message.Typed:
		return l.Command(a.Text)
	case message.Nested, message.All:
		return message.Join(a.Of, l.Term(" and "), l.Say)
	case message.Any:
		return message.Join(a.Of, l.Term(" or "), l.Say)
	case message.Verbatim, message.Number:
	}
	return a.Text
}

func newLanguage(tag language.Tag, messages []*i18n.Message) (*Language, error) {
	bundle := i18n.NewBundle(tag)
	if err := bundle.AddMessages(tag, messages...); err != nil {
		return nil, err
	}
	return &Language{code: tag.String(), bound: i18n.NewLocalizer(bundle, tag.String())}, nil
}
