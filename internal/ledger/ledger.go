// Package ledger turns the facts of the register into entries of the audit log, and entries
// back into facts. The log, read from its beginning, is the register: Replay makes the
// records of what the entries say.
package ledger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Entries returns the entries that tell facts, in their order. Values that one person gave
// at one time in one place are one entry; every other fact that people are told of is an
// entry of its own, and what follows from it by itself goes along with it. The caller gives
// subject and origin.
func Entries(facts []register.Fact) []audit.Entry {
	var out []audit.Entry
	var told [][]register.Fact // the facts that stand in each entry as facts
	last := func() *audit.Entry { return &out[len(out)-1] }
	for _, f := range facts {
		n := len(out)
		switch {
		case f.Kind == register.FactSet && n > 0 && joins(last(), f):
			last().Changes = append(last().Changes, change(f))
			continue
		case f.Kind == register.FactSet:
			if f.Before == f.After {
				continue // it is known to be empty now, and was not known before
			}
			e := entry(f)
			e.Changes = []audit.FieldChange{change(f)}
			out, told = append(out, e), append(told, nil)
			continue
		case follows(f) && n > 0:
		default:
			out, told = append(out, entry(f)), append(told, nil)
			n++
		}
		i := max(n, 1) - 1
		told[i] = append(told[i], f)
	}
	for i := range out {
		out[i].Facts = Text(told[i])
	}
	return out
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

// joins reports whether a value belongs to the entry of the values before it.
func joins(e *audit.Entry, f register.Fact) bool {
	return (e.Verb == audit.SyncPulled || e.Verb == audit.RecordUpdated) && f.Before != f.After &&
		e.Actor == Actor(f) && e.Occurred.Equal(f.At) && e.Origin.Binding == place(f) && e.Reason == f.Why &&
		!slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == string(f.Field) })
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
		e.Origin.Event = ""
		if e.Actor.Kind == audit.Daemon && e.Reason == "" {
			e.Reason = "the rules allow the state that was asked for"
		}
	case register.FactRequested:
		e.Reason = "no other state is asked for any more"
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
			out = append(out, audit.Verdict{Rule: v.Rule.ID, Why: l.What})
		}
	}
	return out
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
	doc, err := json.Marshal(facts)
	if err != nil {
		panic(fmt.Sprintf("facts are always JSON: %v", err)) // texts, times and lists of them
	}
	return audit.NewText(string(doc))
}
