package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// tell sets What of an event from its entry, and whether it asks for attention. An unknown
// verb is shown as it stands in the log.
func tell(v *Event, e *audit.Entry) {
	switch e.Verb {
	case audit.RecordCreated:
		v.What = "filed the record" + in(v)
	case audit.RecordUpdated, audit.SyncPulled:
		tellChanged(v, e)
	case audit.RecordTransitioned:
		v.What = "moved the record" + fromTo(v.Changes) + in(v)
		v.Changes = nil
		if v.Binding != "" {
			v.Reason = "" // the place says it
		}
	case audit.RecordRefused:
		tellRefused(v, e)
	case audit.ApprovalGiven, audit.ApprovalIgnored:
		tellApproval(v, e)
	case audit.ApprovalVoided:
		v.What, v.Attention = voided(e)+" counts no longer", true
		v.Changes = nil
	case audit.RecordProposed:
		v.What, v.Attention = "proposed another "+labels(e)+in(v)+"; it waits for a decision", true
		if ofState(e) {
			v.What = "asked to reopen the record" + in(v) + "; it waits for a decision"
		}
	case audit.RecordSettled:
		tellSettled(v, e)
	case audit.RecordLinked, audit.RecordUnlinked:
		tellLinked(v, e)
	case audit.DueSet:
		v.What = "set dates: " + dueDates(e)
		v.Changes = nil
	case audit.ExtensionAsked, audit.ExtensionApproved, audit.ExtensionDeclined, audit.ExtensionWithdrawn:
		tellExtension(v, e)
	case audit.AcceptanceAsked, audit.AcceptanceApproved, audit.AcceptanceDeclined, audit.AcceptanceWithdrawn, audit.AcceptanceEnded, audit.AcceptanceRevoked:
		tellAcceptance(v, e)
	case audit.RecordSent:
		tellSent(v, e)
	case audit.MeasurementEntered, audit.MeasurementMissed:
		tellMeasurement(v, e)
	case audit.FiguresFrozen:
		tellFigures(v, e)
	case audit.AuditDayOpened, audit.AuditDayClosed:
		tellAuditDay(v, e)
	case audit.RecurrenceProposed, audit.RecurrenceConfirmed, audit.RecurrenceRefused:
		tellRecurrence(v, e)
	case audit.RecordCarried:
		v.What = "took the record over as an earlier version of conformd left it"
	case audit.SyncConflict:
		v.What, v.Attention = "found different values of "+labels(e)+in(v), true
	case audit.SyncConflictResolved:
		v.What = "found equal values of " + labels(e) + " again"
		v.Reason = ""
	case audit.SyncContested:
		v.What, v.Attention = "stopped putting back "+labels(e)+in(v), true
	case audit.SyncOrphaned:
		v.What, v.Attention = cmp.Or(v.Where, "the issue")+" is gone or out of reach", true
	case audit.SyncMoved:
		tellMoved(v)
	case audit.SyncProblem:
		tellProblem(v, e)
	case audit.WriteOutcome, audit.WriteResolved:
		v.What = fmt.Sprintf("found out what became of the write that entry %d announced: %s", e.Intent, e.Outcome)
		v.Attention = e.Outcome != audit.Done && e.Outcome != audit.Found && e.Outcome != audit.Adopted
	case audit.NoticeAsked:
		v.What = "reminded the people of the record"
	case audit.NoticeSent:
		v.What = "told a person of dates"
	case audit.NoticeFailed:
		v.What, v.Attention = "could not tell a person of dates: the message was not accepted", true
	case audit.NoticeUnknown:
		v.What, v.Attention = "told a person of dates, and had no answer: the message may have arrived, and is not sent again", true
	case audit.ExportMade:
		tellExport(v, e)
	case audit.AccountInvited, audit.AccountSetUp, audit.SessionOpened, audit.SessionEnded, audit.SessionRefused, audit.AccessDenied, audit.PageRead, audit.TokenMade, audit.TokenRevoked:
		tellSignIn(v, e)
	case audit.DisclosureErased:
		v.What = "erased the personal data of " + Entries(e.Cause)
	default:
		v.What = line(string(e.Verb))
	}
}

// tellChanged tells what came from a tracker, or what the register changed by itself.
func tellChanged(v *Event, e *audit.Entry) {
	if len(e.Changes) == 0 {
		v.What, v.Reason = cmp.Or(v.Reason, "took in the issue")+in(v), ""
		return
	}
	v.What = "changed " + labels(e) + in(v)
	said := e.Actor.How == audit.ByComment && e.Reason != asCommanded // a decision has a reason of its own
	if slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.After != nil }) && v.Binding != "" && !said {
		v.Reason = "" // who and where say it
	}
}

// asCommanded is the reason of a value that a command gave: who and where say it.
const asCommanded = "given by a comment command"

// tellSettled tells how a proposal ended: accepted, declined, or withdrawn because the issue
// shows the register's value again.
func tellSettled(v *Event, e *audit.Entry) {
	var before, after *audit.Text
	for _, c := range e.Changes {
		before, after = c.Before, c.After
	}
	proposed := ""
	if len(v.Changes) > 0 {
		proposed = ", " + orEmpty(v.Changes[0].Before)
	}
	same := before != nil && after != nil && before.Value == after.Value && before.SHA256 == after.SHA256 && before.Commitment == after.Commitment
	switch {
	case ofState(e) && before == nil:
		v.What = "moved the issue to its end again" + in(v) + "; nobody asks to reopen the record any more"
	case ofState(e) && same:
		v.What = "settled the request to reopen the record: it is open again"
	case ofState(e):
		v.What = "did not reopen the record as it was asked" + in(v)
	case before == nil:
		v.What = "withdrew the proposal of another " + labels(e) + in(v)
	case same:
		v.What = "took the proposed " + labels(e) + proposed + in(v)
	default:
		v.What = "did not take the proposed " + labels(e) + proposed + in(v)
	}
	v.Changes = nil
}

// ofState reports whether an entry is about the state that somebody wants a record to be in.
func ofState(e *audit.Entry) bool {
	return slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == string(register.FieldState) })
}

// voided names the decision that an entry says counts no longer.
func voided(e *audit.Entry) string {
	for _, c := range e.Changes {
		if subject, ok := strings.CutPrefix(c.Field, "approval."); ok {
			return "the decision on the " + decision(subject)
		}
	}
	return "an earlier decision"
}

func tellRefused(v *Event, e *audit.Entry) {
	asked := "another state"
	if i := slices.IndexFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == string(register.FieldState) && c.After != nil }); i >= 0 {
		asked = Request(register.State(e.Changes[i].After.Value))
		if b := e.Changes[i].Before; b != nil {
			v.What = "held the record in " + line(b.Value) + ": "
		}
	}
	if v.What == "" {
		v.What = "held the record: "
	}
	v.What += asked
	lacking := 0
	for _, r := range e.Rules {
		if !r.OK {
			lacking++
		}
	}
	if lacking > 0 {
		v.What += ", " + Things(lacking).String()
		v.Reason = "" // the rules say it
	}
	v.Changes, v.Attention = nil, true
}

func tellApproval(v *Event, e *audit.Entry) {
	var said []string
	for _, c := range v.Changes {
		said = append(said, c.Field+": "+orEmpty(c.After))
	}
	switch {
	case decides(e, register.SubjectTriage):
		v.What = "triaged the record"
	case decides(e, register.SubjectReopening):
		v.What = "reopened the record"
	case decides(e, register.SubjectPromotion):
		v.What = "promoted the record" + promotedTo(e)
	case decides(e, register.SubjectSigning):
		v.What = "signed the management review"
	case decides(e, register.SubjectAdoption):
		v.What = tellAdoption(e)
	case len(said) > 0:
		v.What = "decided on the " + strings.Join(said, ", ")
	default:
		v.What = "decided"
	}
	v.What += in(v)
	if e.Verb == audit.ApprovalIgnored {
		v.What += "; it does not count"
		v.Attention = true
	}
	v.Changes = nil
}

func decides(e *audit.Entry, s register.Subject) bool {
	return slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == "approval."+string(s) })
}

func tellMoved(v *Event) {
	issue := cmp.Or(v.Where, "the issue")
	v.What = issue + " moved"
	if len(v.Changes) != 1 {
		return
	}
	switch c := v.Changes[0]; c.Field {
	case label("record"):
		v.What += " from " + orEmpty(c.Before) + " to " + orEmpty(c.After)
	case label("key"):
		v.What = "the issue " + orEmpty(c.Before) + " became " + orEmpty(c.After)
	default:
		return
	}
	v.Changes = nil
}

func tellProblem(v *Event, e *audit.Entry) {
	v.What, v.Attention = "found a problem", true
	if len(e.Changes) > 0 {
		v.What += " with " + labels(e)
	}
	v.What += in(v)
}

// in returns where an event happened: " in ISMS-3".
func in(v *Event) string {
	if v.Where == "" {
		return ""
	}
	return " in " + v.Where
}

// fromTo says the change of a state: " from reported to planning".
func fromTo(cs []Change) string {
	i := slices.IndexFunc(cs, func(c Change) bool { return c.Field == label(string(register.FieldState)) })
	switch {
	case i < 0:
		return ""
	case cs[i].Before == "":
		return " to " + cs[i].After
	default:
		return " from " + cs[i].Before + " to " + cs[i].After
	}
}

// labels names the fields that an entry is about, or says how many there are.
func labels(e *audit.Entry) string {
	const mostNamed = 3
	var out []string
	for _, c := range e.Changes {
		f := parse(c.Field)
		f.place = ""
		if l := f.label(); !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	switch {
	case len(out) == 0:
		return "a field"
	case len(out) > mostNamed:
		return fmt.Sprintf("%d fields", len(out))
	default:
		return Join(out)
	}
}

// binding returns the binding that an entry is about, "" if it is about none.
func (n Names) binding(e *audit.Entry) string {
	if e.Origin.Binding != "" || e.Origin.Event == "" {
		return e.Origin.Binding
	}
	binding, _, ok := strings.Cut(e.Origin.Event, ":") // "gh-isms:comment:101568:0"
	if _, known := n.Issues[binding]; !ok || !known {
		return ""
	}
	return binding
}

// where returns the key of the issue that an entry is about, "" if it is about none.
func (n Names) where(e *audit.Entry) string {
	switch {
	case e.Origin.Key != "":
		return line(e.Origin.Key)
	case e.Subject.Type == audit.SubjectIssue:
		return line(e.Subject.Ref)
	default:
		return line(n.Issues[n.binding(e)])
	}
}
