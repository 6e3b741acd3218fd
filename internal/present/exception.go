package present

import (
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// exceptionProposal is an exception that waits for approvals.
func exceptionProposal(r register.Record, a register.Acceptance, n Names, p register.Policy) Proposal {
	return Proposal{
		Field: register.Field(register.AcceptanceChange()), Label: "exception", Value: a.Until, By: n.Person(a.By), Where: n.Place(a.From), Since: a.At,
		Who: p.Accepts(r), Take: "/capa accept until " + a.Until + " because …", Keep: "/capa keep state because …", Why: line(a.Reason),
	}
}

// Exception says until when a record is or was accepted, who asked, who approved and why:
// "accepted until 2026-07-01, asked for by Ana Owner, approved by Rob Risk (accept): …". The act
// of each approval stands behind its person.
func Exception(a register.Acceptance, n Names) string {
	s := "accepted until " + a.Until
	switch a.State {
	case register.AcceptanceAsked:
		s = "not yet accepted until " + a.Until
	case register.AcceptanceDeclined, register.AcceptanceWithdrawn:
		s = "not accepted until " + a.Until
	case register.AcceptanceEnded, register.AcceptanceRevoked:
		s = "was accepted until " + a.Until
	case register.AcceptanceApproved:
	}
	s += ", asked for by " + n.Person(a.By)
	var by []string
	for _, x := range a.Approved {
		by = append(by, n.Person(x.Person)+" ("+string(x.Act)+")")
	}
	if len(by) > 0 {
		s += ", approved by " + Join(by)
	}
	if !a.EndedAt.IsZero() {
		s += ", " + string(a.State) + " on " + day(a.EndedAt)
	}
	s += ": " + line(a.Reason)
	if a.Measures != "" {
		s += "; meanwhile: " + line(a.Measures)
	}
	if a.RiskRef != "" {
		s += "; risk " + line(a.RiskRef)
	}
	return s
}

// tellAcceptance tells that somebody asked for an exception, or what became of that.
func tellAcceptance(v *Event, e *audit.Entry) {
	until := ""
	for _, c := range e.Changes {
		if register.IsAcceptanceChange(c.Field) && c.After != nil {
			until = " until " + line(c.After.Value)
		}
	}
	switch e.Verb {
	case audit.AcceptanceAsked:
		v.What, v.Attention = "asked for an exception"+until+"; it waits for approval", true
	case audit.AcceptanceApproved:
		v.What = "approved an exception" + until
	case audit.AcceptanceDeclined:
		v.What = "declined an exception" + until
	case audit.AcceptanceEnded:
		v.What, v.Attention, v.Reason = strings.TrimRight("ended the exception"+until+": "+v.Reason, ": "), true, ""
	case audit.AcceptanceRevoked:
		v.What, v.Attention = "revoked the exception"+until, true
	default:
		v.What = "took back the wish for an exception" + until
	}
	v.What += in(v)
	v.Changes = nil
}
