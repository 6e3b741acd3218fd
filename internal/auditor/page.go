package auditor

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"
	"unicode"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/response"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

//go:embed dossier.html
var dossierPage string

// A sheet is what the page of a dossier shows.
type sheet struct {
	response.Response
	Issues  []issue
	Rules   []present.Told // what the record still needs
	Refused []string       // decisions that did not count, and why
	Events  []present.Event
	Source  string
	Risk    string
	More    []further
}

// A further is a field that has no place of its own on the page.
type further struct{ Label, Clause, Value string }

type issue struct{ Binding, Key, URL string }

// page returns a record as a page in the order of the clauses, with all that happened to it. It
// needs nothing else: no script, no image, no font and no address.
func page(answer response.Response, e service.Entry, events []present.Event, edition register.Edition) ([]byte, error) {
	s := sheet{Response: answer, Events: events, Source: e.Record.Fields[register.FieldSource], Risk: e.Record.Fields[register.FieldRisk], Rules: e.View.Needs}
	for _, info := range register.FieldsOf(e.Record) {
		if v := e.Record.Fields[info.Field]; v != "" && !placed(info.Field) {
			s.More = append(s.More, further{info.Label, register.Clauses(info.Requirement, e.Record, edition), e.Names.Value(info.Field, v)})
		}
	}
	for _, l := range e.Links {
		i := issue{Binding: l.Binding, Key: l.Ref.Key}
		if l.Issue != nil {
			i.URL = l.Issue.URL
		}
		s.Issues = append(s.Issues, i)
	}
	for _, a := range e.Record.Approvals {
		if counts, says := present.Stands(a, e.Record); !counts {
			s.Refused = append(s.Refused, present.Decision(a)+" by "+e.Names.Person(a.By)+", "+present.Minute(a.At)+", "+says)
		}
	}
	t, err := template.New("dossier").Funcs(template.FuncMap{
		"minute": present.Minute,
		"stamp":  func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"second": func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
		"clause": func(key string) string { return register.Clauses(key, e.Record, edition) },
		"plain":  plain,
		"words":  present.Words,
		"about":  present.Entries,
	}).Parse(dossierPage)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, s)
	return b.Bytes(), err
}

// placed reports whether a field has a place of its own on the page, or is derived from others.
func placed(f register.Field) bool {
	switch f {
	case register.FieldScope, register.FieldReporter, register.FieldOwner, register.FieldDriver, register.FieldBenefit, register.FieldLikelihood, register.FieldEffect,
		register.FieldExtent, register.FieldDirectCause, register.FieldEscapeCause, register.FieldLabels, register.FieldRejectReason:
		return false
	default:
		return !register.Custom(f)
	}
}

// plain is a text without characters that nobody sees, and with a mark in the place of those that
// turn a text around.
func plain(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff':
			return -1
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return '\uFFFD'
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "\uFFFD")))
}
