package present

import (
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Date says when a milestone is due and whether it was met: "implementation, due 2026-06-08
// (first 2026-05-09), missed".
func Date(d register.Deadline) string {
	s := d.Milestone.Words() + ", due " + d.Present
	switch {
	case d.External:
		s += " (by the certification body; first " + d.Original + ")"
	case d.Extended > 0:
		moved := ", extended "
		if d.Milestone == register.MilestoneDecision {
			moved = ", deferred again "
		}
		s += " (first " + d.Original + moved + Count(d.Extended, "time", "times") + ")"
	}
	switch {
	case d.Met && d.Missed:
		s += ", met too late on " + d.MetAt.UTC().Format(time.DateOnly)
	case d.Met && !d.MetAt.IsZero():
		s += ", met on " + d.MetAt.UTC().Format(time.DateOnly)
	case d.Met:
		s += ", met"
	case d.Missed:
		s += ", missed"
	}
	if d.Asked != nil {
		s += ", " + d.Asked.To + " is asked for"
	}
	return s
}

// dueDates says which dates an entry sets: "triage by 2026-03-07, containment by 2026-03-24".
func dueDates(e *audit.Entry) string {
	var out []string
	for _, c := range e.Changes {
		if m, ok := register.MilestoneOfChange(c.Field); ok && c.After != nil {
			out = append(out, m.Words()+" by "+line(c.After.Value))
		}
	}
	return strings.Join(out, ", ")
}

// extensionProposal is a later date that waits for somebody with the role.
func extensionProposal(r register.Record, e register.Extension, n Names, p register.Policy) Proposal {
	return Proposal{
		Field: register.Field(e.Milestone.Change()), Label: "date of " + e.Milestone.Words(), Now: e.Before, Value: e.To, By: n.Person(e.By), Where: n.Place(e.From),
		Since: e.At, Who: p.Extends(r), Take: "/capa extend " + string(e.Milestone) + " " + e.To + " because …", Keep: "/capa keep " + string(e.Milestone) + " because …",
		Why: line(e.Reason),
	}
}

// tellExtension tells that somebody asked for a later date, or what became of that.
func tellExtension(v *Event, e *audit.Entry) {
	v.What = "decided about a later date"
	for _, c := range e.Changes {
		m, ok := register.MilestoneOfChange(c.Field)
		if !ok || c.Before == nil || c.After == nil {
			continue
		}
		of, to := m.Words(), line(c.After.Value)
		switch e.Verb {
		case audit.ExtensionAsked:
			v.What, v.Attention = "asked for a later date of "+of+": "+line(c.Before.Value)+" → "+to+"; it waits for a decision", true
		case audit.ExtensionApproved:
			v.What = "moved the date of " + of + ": " + line(c.Before.Value) + " → " + to
		case audit.ExtensionDeclined:
			v.What = "kept the date of " + of + ", " + line(c.Before.Value) + ", against " + to
		default:
			v.What = "took back the wish for a later date of " + of
		}
		v.What += in(v)
	}
	v.Changes = nil
}

// DueStanding says what people must know of an item beside its date: "missed, extended 2 times,
// escalated to top management". Escalated are the roles to which it is escalated.
func DueStanding(d register.DueItem, escalated ...string) string {
	var out []string
	for _, m := range dueStanding(d, escalated...) {
		out = append(out, m.String())
	}
	return strings.Join(out, ", ")
}

func dueStanding(d register.DueItem, escalated ...string) []*message.Message {
	var out []*message.Message
	add := func(m *message.Message) { out = append(out, m) }
	if d.Missed && d.Exception {
		add(message.New("over"))
	} else if d.Missed {
		add(message.New("missed"))
	}
	if d.External {
		add(message.New("the certification body's date"))
	}
	if d.Extended > 0 {
		add(message.Plural("extended {{.N}} time", "extended {{.N}} times", "N", message.Count(d.Extended)))
	}
	if d.Asked != "" {
		add(message.New("{{.Date}} is asked for", "Date", message.Day(d.Asked)))
	}
	for _, role := range escalated {
		add(message.New("escalated to {{.Roles}}", "Roles", message.Roles(register.RoleName(role))))
	}
	return out
}
