package ledger

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register/kpi"
)

// Words that begin or end the reason of an entry and say whether something begins or ends. A log that
// was written keeps them: with other words its figures would change.
const (
	Waits    = "nothing is overwritten until a person decides" // ends that of a conflict
	Differs  = "changed to different values; "                 // begins that of a conflict
	PutRight = "put right: "                                   // begins that of a problem which ends
	ReadOn   = "over: "                                        // begins that of a binding which is read again
	Back     = "the issue is back"
	Unfiled  = "the issue is quarantined: it "
)

// stranger begins the id of an account that belongs to no person.
const stranger = "account:"

// DiscrepancyOf returns what an entry says about the trust that the synchronisation deserves; false
// for nothing. It asks for nothing that an entry loses when it is made to fit. An entry of the first
// version of the format says nothing, as for the other figures.
func DiscrepancyOf(e *audit.Entry) (kpi.Discrepancy, bool) {
	d := kpi.Discrepancy{At: e.At.UTC().Truncate(time.Millisecond)}
	if e.Subject.Type == audit.SubjectRecord {
		d.Record = e.Subject.ID
	}
	if e.Format == 1 {
		return d, false
	}
	switch e.Verb {
	case audit.SyncConflict:
		conflictOf(&d, e)
	case audit.SyncConflictResolved:
		d.Kind, d.Thing, d.Ends = kpi.Conflict, d.Record+" "+fieldOf(e), true
	case audit.SyncProblem:
		problemOf(&d, e)
	case audit.SyncContested:
		d.Kind, d.Thing = kpi.Contested, d.Record+" "+fieldOf(e)
	case audit.SyncOrphaned:
		d.Kind, d.Thing = kpi.Gone, issueOf(e)
	case audit.WriteOutcome, audit.WriteResolved:
		outcomeOf(&d, e)
	case audit.SyncPulled, audit.RecordProposed:
		changeOf(&d, e)
	default:
	}
	if d.Kind == "" && e.Actor.Kind == audit.Person && strings.HasPrefix(e.Actor.ID, stranger) {
		d.Kind, d.Thing = kpi.Unmapped, e.Actor.ID
	}
	return d, d.Kind != ""
}

// conflictOf reads a conflict. The one of a value that a person saved while conformd wrote it has no
// beginning in the register: it was overwritten.
func conflictOf(d *kpi.Discrepancy, e *audit.Entry) {
	d.Thing = d.Record + " " + fieldOf(e)
	switch {
	case strings.HasSuffix(e.Reason, Waits):
		d.Kind = kpi.Conflict
	case strings.HasPrefix(e.Reason, Differs):
		d.Kind = kpi.Decided
	default:
		d.Kind = kpi.Overwritten
	}
}

// problemOf reads a problem: of a binding, of a value, or of an issue.
func problemOf(d *kpi.Discrepancy, e *audit.Entry) {
	value := len(e.Changes) > 0 && (e.Changes[0].Before != nil || e.Changes[0].After != nil)
	switch {
	case e.Subject.Type == audit.SubjectBinding:
		d.Kind, d.Thing, d.Ends = kpi.Unread, e.Subject.ID, strings.HasPrefix(e.Reason, ReadOn)
	case value:
		d.Kind, d.Thing = kpi.Dropped, issueOf(e)
	case len(e.Changes) > 0:
		d.Kind, d.Ends = kpi.Problem, strings.HasPrefix(e.Reason, PutRight)
		d.Thing = strings.Join([]string{d.Record, e.Origin.Binding, e.Origin.Key, fieldOf(e)}, " ")
	case strings.HasPrefix(e.Reason, Unfiled):
		d.Kind, d.Thing = kpi.Unfiled, issueOf(e)
	default: // several issues have the marker of one record, which nobody has to decide
	}
}

// outcomeOf reads what became of a write.
func outcomeOf(d *kpi.Discrepancy, e *audit.Entry) {
	d.Thing = fmt.Sprint(e.Intent)
	switch {
	case e.Outcome == audit.Refused:
		d.Kind = kpi.Refused
	case e.Outcome == audit.Unknown:
		d.Kind = kpi.Unanswered
	case e.Verb == audit.WriteResolved:
		d.Kind, d.Ends = kpi.Unanswered, true
	default: // a write that was answered
	}
}

// changeOf reads a change that came from a tracker, or that an issue is there again.
func changeOf(d *kpi.Discrepancy, e *audit.Entry) {
	switch {
	case e.Subject.Type == audit.SubjectIssue && e.Reason == Back:
		d.Kind, d.Thing, d.Ends = kpi.Gone, issueOf(e), true
	case e.Actor.Kind == audit.Unattributed && (len(e.Changes) > 0 || e.Full != nil):
		d.Kind, d.Thing = kpi.Unattributed, issueOf(e)
	default: // somebody's change
	}
}

// fieldOf is the field that an entry is about, without the place of a value.
func fieldOf(e *audit.Entry) string {
	if len(e.Changes) == 0 {
		return ""
	}
	name := e.Changes[0].Field
	if i := strings.LastIndex(name, "@"); i >= 0 && e.Verb == audit.SyncConflict {
		name = name[:i]
	}
	return name
}

// issueOf names the issue that an entry comes from.
func issueOf(e *audit.Entry) string { return e.Origin.Binding + ":" + e.Origin.Issue }
