package plan_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

// now is when the tests take place.
var now = time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)

// profile returns a binding that shows a title, labels, a root cause and a state.
func profile(id string) *mapping.Profile {
	return &mapping.Profile{
		Binding: id, Role: mapping.RoleRecord, Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"}, OwnLabels: []string{"conformd:"},
		Fields: []mapping.FieldMap{
			{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
			{Field: register.FieldLabels, Remote: mapping.Remote{Kind: mapping.KindLabels}},
			{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Root cause"}},
		},
		States: []mapping.StateMap{{Status: "open", State: register.Reported}, {Status: "closed", State: register.Closed}},
	}
}

func issue(id, title, cause, status string, labels ...string) *connectors.Issue {
	return &connectors.Issue{
		Ref: connectors.Ref{ID: id, Key: id}, Status: connectors.Status{Name: status},
		Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: title}, connectors.Labels: {Items: slices.Clone(labels)},
			connectors.Body: {Text: "### Root cause\n\n" + cause + "\n"},
		},
	}
}

// side returns an issue that agreed with rec last, whatever it shows now.
func side(p *mapping.Profile, is *connectors.Issue, rec register.Record) plan.Side {
	s := plan.Side{Binding: p.Binding, Issue: is, Profile: p, Mode: plan.Remind, Grace: time.Hour, Base: plan.Base{}}
	s.Reading = p.Read(is)
	for f := range s.Reading.View {
		v := rec.Fields[f]
		if f == register.FieldState {
			v = string(rec.State)
		}
		if raw, ok := p.Project(f, v); ok {
			s.Base[f] = plan.Agreed{Side: raw, Register: v}
		}
	}
	return s
}

func record(title, cause, labels string) register.Record {
	return register.Record{Ref: "NC-2026-0001", State: register.Reported, Fields: map[register.Field]string{
		register.FieldTitle: title, register.FieldRootCause: cause, register.FieldLabels: labels,
	}}
}

func input(rec register.Record, sides ...plan.Side) plan.Input {
	return plan.Input{
		Record: rec, Sides: sides, Policy: register.DefaultPolicy(), MaxReverts: 3,
		Context: register.Context{At: now, People: map[string]register.Person{"ana": {ID: "ana"}}},
	}
}

// A fataler is a test or a check of a property.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// settle plays package apply: it stores the record and the bases, makes the writes
// through mapping, and returns the input of the next plan.
func settle(t fataler, in plan.Input, p plan.Plan) plan.Input {
	t.Helper()
	in.Record, in.Events = p.Record, nil
	in.Sides = slices.Clone(in.Sides)
	for i := range in.Sides {
		s := &in.Sides[i]
		s.Base, s.Fresh = maps.Clone(p.Bases[s.Binding]), false
		for _, a := range p.Actions {
			if a.Header().Binding != s.Binding || a.Header().Withheld != "" {
				continue
			}
			switch a := a.(type) {
			case plan.Update:
				patch, err := s.Profile.Patch(s.Issue, a.Want)
				if err != nil {
					t.Fatalf("Patch(%v) = %v, want no error", a.Want, err)
				}
				s.Issue = patched(s.Issue, patch, a)
				maps.Copy(s.Base, a.Agree)
			case plan.Comment:
				s.Comment = sticky.State{ID: "1", Says: &a.Says}
			}
		}
		s.Reading = s.Profile.Read(s.Issue)
	}
	return in
}

func patched(is *connectors.Issue, p connectors.Patch, w plan.Update) *connectors.Issue {
	next := *is
	next.Fields = maps.Clone(is.Fields)
	maps.Copy(next.Fields, p.Set)
	labels := slices.Concat(next.Fields[connectors.Labels].Items, p.AddLabels, w.AddLabels)
	labels = slices.DeleteFunc(labels, func(l string) bool {
		return slices.Contains(p.RemoveLabels, l) || slices.Contains(w.RemoveLabels, l)
	})
	slices.Sort(labels)
	next.Fields[connectors.Labels] = connectors.Value{Items: slices.Compact(labels)}
	if p.Status != nil {
		next.Status = connectors.Status{Name: p.Status.Name, Reason: p.Status.Reason}
	}
	return &next
}

// of returns the action of one kind that a plan has for a binding.
func of[A plan.Action](p plan.Plan, binding string) (found A, ok bool) {
	for _, a := range p.Actions {
		if x, is := a.(A); is && a.Header().Binding == binding {
			return x, true
		}
	}
	return found, false
}

// wrote returns what a plan writes into the fields of a binding's issue.
func wrote(p plan.Plan, binding string) plan.Update {
	u, _ := of[plan.Update](p, binding)
	return u
}

// said returns what a plan makes conformd's comment in a binding say, "" if it leaves
// the comment alone.
func said(p plan.Plan, binding string) string {
	c, ok := of[plan.Comment](p, binding)
	if !ok {
		return ""
	}
	return c.Says.Markdown(nil)
}

// still reports whether a plan changes no issue; it may tell people something.
func still(p plan.Plan) bool {
	return !slices.ContainsFunc(p.Actions, func(a plan.Action) bool {
		_, tells := a.(plan.Comment)
		return !tells
	})
}

func BenchmarkMake(b *testing.B) {
	rec := record("a", "", "x")
	in := input(rec, side(profile("jira"), issue("1", "b", "", "closed", "x"), rec), side(profile("github"), issue("2", "a", "", "open", "x", "y"), rec))
	b.ReportAllocs()
	for b.Loop() {
		plan.Make(in)
	}
}
