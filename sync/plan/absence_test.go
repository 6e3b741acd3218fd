package plan_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// form is a binding as GitHub has them: an issue form, labels, an assignee.
func form() *mapping.Profile {
	p := wide("form", mapping.MarkupGFM)
	for i := range p.Fields {
		switch m := &p.Fields[i]; m.Field {
		case register.FieldGrade, register.FieldRisk:
			m.Remote = mapping.Remote{Kind: mapping.KindLabel, Name: string(m.Field) + "/"}
		case register.FieldOwner:
			m.Remote = mapping.Remote{Kind: mapping.KindAssignee}
		}
	}
	return p
}

// custom is a binding as Jira has them: a field for each value.
func custom() *mapping.Profile {
	p := wide("custom", mapping.MarkupWiki)
	for i := range p.Fields {
		switch m := &p.Fields[i]; {
		case m.Field == register.FieldProblem:
			m.Remote = mapping.Remote{Kind: mapping.KindBody}
		case m.Field == register.FieldOwner:
			m.Remote = mapping.Remote{Kind: mapping.KindAssignee}
		case m.Remote.Kind == mapping.KindSection:
			m.Remote = mapping.Remote{Kind: mapping.KindField, Name: m.Remote.Name}
		}
	}
	return p
}

// blank returns an issue of a profile with every place there and empty.
func blank(p *mapping.Profile) *connectors.Issue {
	is := &connectors.Issue{
		Ref: connectors.Ref{ID: p.Binding, Key: p.Binding}, Status: connectors.Status{Name: p.States[0].Status},
		Fields: map[connectors.Field]connectors.Value{connectors.Body: {}, connectors.Labels: {}, connectors.Assignee: {}, connectors.Title: {Text: "new"}},
	}
	for _, m := range p.Fields {
		if m.Remote.Kind == mapping.KindField {
			is.Fields[connectors.Custom(m.Remote.Name)] = connectors.Value{}
		}
	}
	return is
}

// agreed returns a side that shows a record and agreed with it.
func agreed(t fataler, p *mapping.Profile, rec register.Record) plan.Side {
	t.Helper()
	is := blank(p)
	want := map[register.Field]string{}
	for f, v := range rec.Fields {
		if raw, ok := p.Project(f, v); ok {
			want[f] = raw
		}
	}
	want[register.FieldState], _ = p.Project(register.FieldState, string(rec.State))
	change(t, p, &is, want)
	return side(p, is, rec)
}

// A harm is something that people or administrators do to an issue that takes no value
// away.
type harm struct {
	name string
	do   func(r *rand.Rand, is *connectors.Issue)
}

// rewrite returns a harm to a description at one of its headings.
func rewrite(name string, f func(r *rand.Rand, heading, text string) string) harm {
	at := regexp.MustCompile(`(?m)^(### [^\n]+)\n\n([\s\S]*?)(\n\n### |\n*\z)`)
	return harm{name, func(r *rand.Rand, is *connectors.Issue) {
		body := is.Fields[connectors.Body].Text
		all := at.FindAllStringSubmatchIndex(body, -1)
		if len(all) == 0 {
			return
		}
		m := all[r.IntN(len(all))]
		is.Fields[connectors.Body] = connectors.Value{Text: body[:m[2]] + f(r, body[m[2]:m[3]], body[m[4]:m[5]]) + body[m[5]:]}
	}}
}

// hide returns a harm that leaves a field out of the answers.
func hide(name string, may func(connectors.Field) bool) harm {
	return harm{name, func(r *rand.Rand, is *connectors.Issue) {
		fs := slices.DeleteFunc(slices.Sorted(maps.Keys(is.Fields)), func(f connectors.Field) bool { return !may(f) })
		if len(fs) > 0 {
			delete(is.Fields, fs[r.IntN(len(fs))])
		}
	}}
}

func label(name string, f func(r *rand.Rand, label string) []string) harm {
	return harm{name, func(r *rand.Rand, is *connectors.Issue) {
		all := is.Fields[connectors.Labels].Items
		if len(all) == 0 {
			return
		}
		i := r.IntN(len(all))
		next := slices.Concat(all[:i], f(r, all[i]), all[i+1:])
		is.Fields[connectors.Labels] = connectors.Value{Items: next}
	}}
}

const (
	removed   = "a section is taken away"
	doubled   = "a heading is doubled"
	exclusive = "two labels exclude each other"
	headed    = "a heading of the person's own follows directly"
)

var double = rewrite("", func(_ *rand.Rand, h, s string) string { return h + "\n\n" + s + "\n\n" + h + "\n\nanother text" })

var harmsToForms = []harm{
	rewrite("a heading is reworded", func(_ *rand.Rand, h, s string) string { return h + " (5 whys)\n\n" + s }),
	rewrite("a heading is replaced", func(_ *rand.Rand, _, s string) string { return "### Notes of the meeting\n\n" + s }),
	rewrite("a heading is taken away", func(_ *rand.Rand, _, s string) string { return s }),
	rewrite(removed, func(_ *rand.Rand, _, _ string) string { return "" }),
	{doubled, func(r *rand.Rand, is *connectors.Issue) {
		if !strings.ContainsAny(is.Fields[connectors.Body].Text, "`<>") { // else the second may be the only one that is shown
			double.do(r, is)
		}
	}},
	rewrite("a section is folded", func(_ *rand.Rand, h, s string) string {
		return "<details><summary>x</summary>\n\n" + h + "\n\n" + s + "\n\n</details>"
	}),
	rewrite("a section is quoted", func(_ *rand.Rand, h, s string) string {
		return "> " + h + "\n>\n> " + strings.ReplaceAll(s, "\n", "\n> ")
	}),
	rewrite("a section is code", func(_ *rand.Rand, h, s string) string { return "````\n" + h + "\n\n" + s + "\n````" }),
	rewrite("a code block never ends", func(_ *rand.Rand, h, s string) string { return "```\nls\n\n" + h + "\n\n" + s }),
	rewrite("a comment never ends", func(_ *rand.Rand, h, s string) string { return "<!-- old\n\n" + h + "\n\n" + s }),
	rewrite(headed, func(_ *rand.Rand, h, s string) string { return h + "\n\n### Summary of it\n\n" + s }),
	rewrite("a greater heading follows directly", func(_ *rand.Rand, h, s string) string { return h + "\n\n# Summary of it\n\n" + s }),
	rewrite("a heading becomes bold", func(_ *rand.Rand, h, s string) string { return "**" + strings.TrimPrefix(h, "### ") + "**\n\n" + s }),
	{"the description is replaced", func(_ *rand.Rand, is *connectors.Issue) {
		is.Fields[connectors.Body] = connectors.Value{Text: "Dear all,\n\nplease see the attached mail."}
	}},
	{"the description is emptied", func(_ *rand.Rand, is *connectors.Issue) { is.Fields[connectors.Body] = connectors.Value{} }},
	label("a label is renamed", func(_ *rand.Rand, l string) []string { return []string{"severity-" + l} }),
	label("a label has another value", func(_ *rand.Rand, l string) []string {
		prefix, _, ok := strings.Cut(l, "/")
		if !ok {
			return []string{l}
		}
		return []string{prefix + "/" + "no-such"}
	}),
	label("a label is taken off", func(_ *rand.Rand, l string) []string {
		if !strings.Contains(l, "/") {
			return []string{l}
		}
		return nil
	}),
	label(exclusive, func(_ *rand.Rand, l string) []string {
		prefix, _, _ := strings.Cut(l, "/")
		return []string{l, prefix + "/" + "critical", prefix + "/" + "observation"}
	}),
	{"the status is none that is mapped", func(_ *rand.Rand, is *connectors.Issue) { is.Status.Name = "Waiting for the supplier" }},
	hide("labels or the description are not shown", func(f connectors.Field) bool { return f == connectors.Labels || f == connectors.Body }),
}

var harmsToFields = []harm{
	hide("a field is hidden", func(f connectors.Field) bool { return f != connectors.Title }),
	hide("another field is hidden", func(f connectors.Field) bool { return f != connectors.Title && f != connectors.Body }),
	{"a field cannot be read", func(r *rand.Rand, is *connectors.Issue) {
		fs := slices.Sorted(maps.Keys(is.Fields))
		f := fs[r.IntN(len(fs))]
		delete(is.Fields, f)
		is.Unreadable = map[connectors.Field]string{f: "fields of type any are not supported"}
	}},
	{"an option is renamed", func(_ *rand.Rand, is *connectors.Issue) {
		is.Fields[connectors.Custom("Grade")] = connectors.Value{Text: "Class B"}
	}},
	{"a date is in another form", func(_ *rand.Rand, is *connectors.Issue) {
		is.Fields[connectors.Custom("Date identified")] = connectors.Value{Text: "in July"}
	}},
	{"the status is none that is mapped", func(_ *rand.Rand, is *connectors.Issue) { is.Status.Name = "Waiting for the supplier" }},
}

// TestNothingIsLostByAbsence does all sorts of things to an issue that take no value
// away. Whatever they are, the register keeps what it has, and the other issue keeps
// what it shows; a text may grow by what now stands in its place. A place that is
// emptied in the same breath is emptied, and no other.
func TestNothingIsLostByAbsence(t *testing.T) {
	drawn := map[string]int{}
	emptied := 0
	for seed := range uint64(*cases) {
		r := rand.New(rand.NewPCG(seed, 8))
		rec := verified()
		profiles := []*mapping.Profile{form(), custom()}
		in := input(rec, agreed(t, profiles[0], rec), agreed(t, profiles[1], rec))
		in.Context.People = map[string]register.Person{"ana": {ID: "ana"}, "ben": {ID: "ben"}, "cem": {ID: "cem"}}
		hurt := r.IntN(2)
		s := &in.Sides[hurt]
		is := *s.Issue
		is.Fields = maps.Clone(is.Fields)
		took := register.Field("")
		if r.IntN(3) == 0 {
			took = register.FieldCorrection
			change(t, s.Profile, &s.Issue, map[register.Field]string{took: ""})
			is.Fields = maps.Clone(s.Issue.Fields)
		}
		harms := [][]harm{harmsToForms, harmsToFields}[hurt]
		var names []string
		var chosen []harm
		for range 1 + r.IntN(3) {
			chosen = append(chosen, harms[r.IntN(len(harms))])
		}
		slices.SortStableFunc(chosen, func(a, b harm) int { return cmp.Compare(last(a), last(b)) })
		for _, h := range chosen {
			h.do(r, &is)
			names = append(names, h.name)
			drawn[h.name]++
		}
		s.Issue, s.Reading = &is, s.Profile.Read(&is)
		p := plan.Make(in)
		if p.Record.Fields[register.FieldCorrection] == "" {
			emptied++
		}
		what := fmt.Sprintf("seed %d: %s", seed, strings.Join(names, ", then "))
		for f, old := range rec.Fields {
			if now := p.Record.Fields[f]; f != took && !holds(now, old) {
				t.Errorf("%s: the register has %q for %s, want %q", what, now, f, old)
			}
		}
		other := in.Sides[1-hurt]
		if state := p.Record.State; took == "" && state != rec.State {
			t.Errorf("%s: the record is in %s, want %s", what, state, rec.State)
		}
		for f, raw := range wrote(p, other.Binding).Want {
			if f == register.FieldState && took != "" {
				continue // what was emptied is asked for again
			}
			if was := other.Reading.View[f].Raw; f != took && !holds(raw, was) {
				t.Errorf("%s: %s would be written to the other issue for %s, want %q left", what, raw, f, was)
			}
		}
		if t.Failed() {
			t.Fatalf("the description:\n%s", is.Fields[connectors.Body].Text)
		}
	}
	for _, h := range slices.Concat(harmsToForms, harmsToFields) {
		if drawn[h.name] == 0 {
			t.Errorf("%q was never drawn", h.name)
		}
	}
	if emptied == 0 {
		t.Error("no place was emptied, want some: emptying is no absence")
	}
}

// last ranks the harms: what is doubled is doubled last, or one of the two would be taken
// away and the other be an answer. A section is taken away before a text can have moved
// into it, or an empty place would be left. A heading is put in after a section became
// code, or what it divides off would be code that stands in the section before.
func last(h harm) int {
	if h.name == doubled || h.name == exclusive || h.name == headed {
		return 1
	}
	if h.name == removed {
		return -1
	}
	return 0
}

// holds reports whether a value still says what it said: it is the same, or a text
// with more around it.
func holds(now, was string) bool {
	flat := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "\u200b", "")), " ") }
	return was == "" || strings.Contains(flat(now), flat(was))
}
