// Package ledger turns the facts of the register into entries of the audit log, and entries
// back into facts. The log, read from its beginning, is the register: Replay makes the
// records of what the entries say.
package ledger

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Entries returns the entries that tell facts, so that the entries, read in their order by
// [Facts], bring about the same record. Values that one person gave at one time in one place
// are one entry; every other fact that people are told of is an entry of its own, and what
// follows from it by itself goes along with it. The caller gives subject and origin.
//
// A value that was there before is no fact: it changes nothing (register.Record.Take). A
// person who decided on it is told of all the same.
func Entries(facts []register.Fact) []audit.Entry {
	var out []told
	var hands []register.Fact // who had a hand in the value that comes next
	for _, f := range facts {
		n := len(out)
		switch {
		case f.Kind == register.FactSet && f.Before == f.After && f.Event == "":
			continue
		case f.Kind == register.FactInvolved && (n == 0 || !out[n-1].values()):
			hands = append(hands, f)
			continue
		case f.Kind == register.FactSet && len(hands) == 0 && joined(out, f):
			continue
		case f.Kind == register.FactSet:
			e := entry(f)
			e.Changes = []audit.FieldChange{change(f)}
			out = append(out, told{entry: e, numbers: maps.Clone(f.Numbers), contained: f.Contained})
		case follows(f) && n > 0 && len(hands) == 0:
			out[n-1].facts = append(out[n-1].facts, f)
			continue
		default:
			if len(hands) > 0 {
				out, hands = append(out, told{entry: entry(hands[0]), facts: hands}), nil
			}
			out = append(out, told{entry: entry(f), facts: []register.Fact{f}})
		}
		out[len(out)-1].facts = append(out[len(out)-1].facts, hands...)
		hands = nil
	}
	if len(hands) > 0 {
		out = append(out, told{entry: entry(hands[0]), facts: hands})
	}
	byTime(out)
	entries := make([]audit.Entry, 0, len(out))
	for _, t := range out {
		if len(t.numbers) > 0 {
			t.facts = append([]register.Fact{{Kind: register.FactNumbered, Numbers: t.numbers}}, t.facts...)
		}
		if t.contained != nil {
			t.facts = append([]register.Fact{{Kind: register.FactContained, Contained: t.contained}}, t.facts...)
		}
		t.entry.Facts = Text(t.facts)
		entries = append(entries, t.entry)
	}
	return entries
}

// joined adds a value to the entry of what the same person gave at the same time, if nothing
// but other values came between: the order of different fields does not matter.
func joined(out []told, f register.Fact) bool {
	for i := len(out) - 1; i >= 0 && out[i].values(); i-- {
		if out[i].joins(f) {
			out[i].entry.Changes = append(out[i].entry.Changes, change(f))
			out[i].number(f)
			return true
		}
		if out[i].has(f.Field) || out[i].numbersOf(f) || out[i].involves(f.By, f.Field) {
			return false // what was made of the field later stands there
		}
	}
	return false
}

// byTime puts values that stand side by side in the order in which they were given, unless
// that would turn the steps of one field around.
func byTime(all []told) {
	for from := 0; from < len(all); from++ {
		to := from
		for to < len(all) && all[to].values() {
			to++
		}
		sorted := slices.Clone(all[from:to])
		slices.SortStableFunc(sorted, func(a, b told) int { return a.entry.Occurred.Compare(b.entry.Occurred) })
		if sameSteps(all[from:to], sorted) {
			copy(all[from:to], sorted)
		}
		from = to
	}
}

// sameSteps reports whether the steps of each field, those of the numbers of each source, and
// the times at which each person had a hand in a field stand in the same order in both: the
// record keeps the first of these times.
func sameSteps(a, b []told) bool {
	of := func(all []told) steps {
		out := steps{}
		for _, t := range all {
			for _, c := range t.entry.Changes {
				out[c.Field] = append(out[c.Field], c.After.Value+c.After.SHA256)
				out.hand(t.entry.Actor.ID, c.Field, t.entry.Occurred)
			}
			for _, f := range t.facts {
				out.hand(f.By, string(f.Field), f.At)
			}
			for source, n := range t.numbers {
				out["numbers of "+source] = append(out["numbers of "+source], text(n))
			}
			if t.contained != nil {
				out["contained"] = append(out["contained"], text(t.contained))
			}
		}
		return out
	}
	return maps.EqualFunc(of(a), of(b), slices.Equal)
}

// steps are what happened to each thing, in order.
type steps map[string][]string

// hand notes when somebody had a hand in a field.
func (s steps) hand(person, field string, at time.Time) {
	key := "the hand of " + person + " in " + field
	s[key] = append(s[key], at.Format(time.RFC3339Nano))
}

// has reports whether the entry tells of a field.
func (t *told) has(f register.Field) bool {
	return slices.ContainsFunc(t.entry.Changes, func(c audit.FieldChange) bool { return c.Field == string(f) })
}

// involves reports whether the entry tells that somebody had a hand in a field.
func (t *told) involves(person string, field register.Field) bool {
	return slices.ContainsFunc(t.facts, func(f register.Fact) bool {
		return f.Kind == register.FactInvolved && f.By == person && f.Field == field
	})
}

// numbersOf reports whether the entry tells the numbers of a source that f tells, too.
func (t *told) numbersOf(f register.Fact) bool {
	for source := range f.Numbers {
		if _, ok := t.numbers[source]; ok {
			return true
		}
	}
	return false
}

// A told is an entry in the making: values in its changes, and then facts.
type told struct {
	entry audit.Entry
	facts []register.Fact
	// numbers are those of the things that the values name. No two values have numbers of the
	// same source but the root cause and its method, of which the later one counts.
	numbers map[string]register.Numbers
	// contained is that of the correction, if it is one of the values.
	contained *register.Containment
}

// number notes the numbers of the things that a value names, and what else comes with it.
func (t *told) number(f register.Fact) {
	if t.numbers == nil && len(f.Numbers) > 0 {
		t.numbers = map[string]register.Numbers{}
	}
	maps.Copy(t.numbers, f.Numbers)
	if f.Contained != nil {
		t.contained = f.Contained
	}
}

// values reports whether the entry tells of values, and of nothing after them but who had a
// hand in them. It does not matter which of the two comes first.
func (t *told) values() bool {
	return (t.entry.Verb == audit.SyncPulled || t.entry.Verb == audit.RecordUpdated) && len(t.entry.Changes) > 0 &&
		!slices.ContainsFunc(t.facts, func(f register.Fact) bool { return f.Kind != register.FactInvolved })
}

// joins reports whether a value belongs to the entry of the values before it.
func (t *told) joins(f register.Fact) bool {
	e := &t.entry
	return t.values() && f.Before != f.After && !t.involves(f.By, f.Field) &&
		e.Actor == Actor(f) && e.Occurred.Equal(f.At) && e.Origin.Binding == place(f) && e.Reason == f.Why &&
		!slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == string(f.Field) })
}

// follows reports whether a fact follows from the one before it by itself.
func follows(f register.Fact) bool {
	switch f.Kind {
	case register.FactRestarted, register.FactRound, register.FactRequested, register.FactInvolved:
		return true
	default:
		return false
	}
}

// place is the binding that a fact comes from, "" for the register itself.
func place(f register.Fact) string {
	if f.From == "register" {
		return ""
	}
	return f.From
}

// entry begins the entry that a fact is told by.
func entry(f register.Fact) audit.Entry {
	e := audit.Entry{Verb: audit.RecordUpdated, Actor: Actor(f), Occurred: f.At, Reason: f.Why}
	e.Origin.Binding, e.Origin.Event = place(f), f.Event
	switch f.Kind {
	case register.FactSet, register.FactAction, register.FactDropped:
		if e.Origin.Binding != "" {
			e.Verb = audit.SyncPulled
		}
		e.Origin.Event = ""
	case register.FactDecided:
		e.Verb = audit.ApprovalGiven
		if f.Decision.Refused != "" {
			e.Verb, e.Reason = audit.ApprovalIgnored, f.Decision.Refused
		}
		e.Changes = []audit.FieldChange{{Field: "approval." + string(f.Decision.Subject), After: audit.NewText(string(f.Decision.Outcome))}}
		if f.Decision.Until != "" {
			e.Changes = append(e.Changes, audit.FieldChange{Field: register.MilestoneDecision.Change(), After: audit.NewText(f.Decision.Until)})
		}
	case register.FactRefused:
		e.Verb = audit.ApprovalIgnored
		e.Changes = []audit.FieldChange{{Field: "approval." + string(f.Field), After: audit.NewText(f.After)}}
	case register.FactVoided:
		e.Verb = audit.ApprovalVoided
		if d := f.Decision; d != nil {
			e.Changes = []audit.FieldChange{{Field: "approval." + string(d.Subject), Before: audit.NewText(string(d.Outcome))}}
		}
	case register.FactProposed:
		e.Verb = audit.RecordProposed
		e.Changes = []audit.FieldChange{change(f)}
	case register.FactSettled:
		e.Verb = audit.RecordSettled
		e.Changes = []audit.FieldChange{change(f)}
	case register.FactMoved:
		e.Verb = audit.RecordTransitioned
		e.Changes = []audit.FieldChange{{Field: string(register.FieldState), Before: audit.NewText(string(f.Move.From)), After: audit.NewText(string(f.Move.To))}}
		e.Rules = Verdicts(f.Met, f.Unmet)
		if use := f.Move.SmallOrg; use != nil {
			e.Rules = append(e.Rules, audit.Verdict{Rule: "G15", OK: true, Why: use.Words()})
		}
		e.Origin.Event = ""
		if e.Actor.Kind == audit.Daemon && e.Reason == "" {
			e.Reason = "the rules allow the state that was asked for"
		}
	case register.FactRequested:
		e.Reason = "no other state is asked for any more"
	case register.FactLinked:
		e.Verb = audit.RecordLinked
		e.Changes = []audit.FieldChange{{Field: f.Link.Kind.Change(), After: audit.NewText(f.Link.Ref)}}
	case register.FactUnlinked:
		e.Verb = audit.RecordUnlinked
		e.Changes = []audit.FieldChange{{Field: f.Link.Kind.Change(), Before: audit.NewText(f.Link.Ref)}}
	case register.FactDue:
		e.Verb = audit.DueSet
		for _, d := range f.Due {
			e.Changes = append(e.Changes, audit.FieldChange{Field: d.Milestone.Change(), After: audit.NewText(d.Date)})
		}
	case register.FactExtension:
		e.Verb = map[register.ExtensionState]audit.Verb{
			register.ExtensionAsked: audit.ExtensionAsked, register.ExtensionApproved: audit.ExtensionApproved,
			register.ExtensionDeclined: audit.ExtensionDeclined, register.ExtensionWithdrawn: audit.ExtensionWithdrawn,
		}[f.Extension.State]
		e.Changes = []audit.FieldChange{{
			Field: f.Extension.Milestone.Change(), Before: audit.NewText(f.Extension.Before), After: audit.NewText(cmp.Or(f.Extension.Date, f.Extension.To)),
		}}
	case register.FactAcceptance:
		e.Verb = map[register.AcceptanceState]audit.Verb{
			register.AcceptanceAsked: audit.AcceptanceAsked, register.AcceptanceDeclined: audit.AcceptanceDeclined, register.AcceptanceWithdrawn: audit.AcceptanceWithdrawn,
			register.AcceptanceEnded: audit.AcceptanceEnded, register.AcceptanceRevoked: audit.AcceptanceRevoked,
		}[f.Acceptance.State]
		if f.Decision != nil {
			e.Verb = audit.AcceptanceApproved
		}
		e.Changes = []audit.FieldChange{{Field: register.AcceptanceChange(), After: audit.NewText(f.Acceptance.Until)}}
	case register.FactSent:
		e.Verb = audit.RecordSent
		for _, c := range f.Sending.Changes() {
			e.Changes = append(e.Changes, audit.FieldChange{Field: c[0], After: audit.NewText(c[1])})
		}
	case register.FactMeasured:
		e.Verb = audit.MeasurementEntered
		if f.Measurement.Missed() {
			e.Verb = audit.MeasurementMissed
		}
		for _, c := range f.Measurement.Changes() {
			e.Changes = append(e.Changes, audit.FieldChange{Field: c[0], After: audit.NewText(c[1])})
		}
	case register.FactFigures:
		e.Verb = audit.FiguresFrozen
		for _, c := range f.Figures.Changes() {
			e.Changes = append(e.Changes, audit.FieldChange{Field: c[0], After: audit.NewText(c[1])})
		}
	case register.FactRecurrence:
		e.Verb = map[register.RecurrenceState]audit.Verb{
			register.RecurrenceProposed: audit.RecurrenceProposed, register.RecurrenceConfirmed: audit.RecurrenceConfirmed, register.RecurrenceRefused: audit.RecurrenceRefused,
		}[f.Recurrence.State]
		e.Changes = []audit.FieldChange{{Field: register.RecurrenceChange(), After: audit.NewText(f.Recurrence.Ref)}}
	case register.FactCarried:
		e.Verb = audit.RecordCarried
	}
	return e
}

// Verdicts returns what rules said: those that let something through, and those that did
// not, with what is missing.
func Verdicts(met []string, unmet []register.Violation) []audit.Verdict {
	var out []audit.Verdict
	for _, id := range met {
		out = append(out, audit.Verdict{Rule: id, OK: true})
	}
	for _, v := range unmet {
		for _, l := range v.Lacks {
			out = append(out, audit.Verdict{Rule: v.Rule.ID, Why: l.What.String()})
		}
	}
	return out
}

// Filed returns what the entry of a new record says of it: the values that it begins with, and
// its state.
func Filed(r register.Record) []audit.FieldChange {
	var out []audit.FieldChange
	for _, info := range register.FieldsOf(r) {
		if v, ok := r.Fields[info.Field]; ok {
			out = append(out, audit.FieldChange{Field: string(info.Field), After: audit.NewText(v)})
		}
	}
	return append(out, audit.FieldChange{Field: string(register.FieldState), After: audit.NewText(string(r.State))})
}

// Actor is who brought a fact about, as the log names them.
func Actor(f register.Fact) audit.Actor {
	switch {
	case f.By == "" && place(f) != "":
		return audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}
	case f.By == "":
		return audit.Actor{Kind: audit.Daemon, How: audit.ByNone}
	}
	a := audit.Actor{Kind: audit.Person, ID: f.By, How: audit.How(cmp.Or(f.Means, string(audit.ByChangelog))), Account: f.Account}
	switch register.ApprovalHow(f.Means) {
	case register.ByTransition:
		a.How = audit.ByChangelog
	case register.ByTerminal:
		a.Kind, a.How = audit.Operator, audit.ByLocal
	}
	if f.Bot {
		a.Kind = audit.TrackerApp
	}
	return a
}

// change is the value that a fact gives a field.
func change(f register.Fact) audit.FieldChange {
	c := audit.FieldChange{Field: string(f.Field), After: audit.NewText(f.After)}
	if f.Before != "" {
		c.Before = audit.NewText(f.Before)
	}
	return c
}

// Text returns facts as an entry carries them, nil for none.
func Text(facts []register.Fact) *audit.Text {
	if len(facts) == 0 {
		return nil
	}
	return audit.NewText(strings.TrimSuffix(string(line(facts)), "\n"))
}

// line returns a value as a line of JSON, with <, > and & as they are.
func line(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("facts and records are always JSON: %v", err)) // texts, times and lists of them
	}
	return b.Bytes()
}
