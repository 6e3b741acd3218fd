package kpi

import (
	"iter"
	"time"
)

// A Discrepancy is what one entry of the log says about the trust that the synchronisation deserves:
// something begins or ends that keeps the register and the trackers apart, or happens once.
type Discrepancy struct {
	At   time.Time // when the log recorded it
	Kind DiscrepancyKind
	// Record is the id of the record that it is about, "" where the entry names none.
	Record string
	// Thing is what it is about. What ends has the kind and the thing of what began.
	Thing string
	Ends  bool
}

// A DiscrepancyKind is a kind of discrepancy. It is stored.
type DiscrepancyKind string

// The kinds that begin and end.
const (
	Conflict   DiscrepancyKind = "conflict"   // both sides changed a value differently, and a person has to decide
	Problem    DiscrepancyKind = "problem"    // an issue does not tell or does not take a value; there may be several of one thing
	Gone       DiscrepancyKind = "gone"       // an issue is gone or out of reach
	Unanswered DiscrepancyKind = "unanswered" // a write had no answer, and nobody knows yet whether it took effect
	Unread     DiscrepancyKind = "unread"     // a binding cannot be read
)

// The kinds that happen once.
const (
	Decided      DiscrepancyKind = "decided"      // a policy decided a conflict; one that waited for a person ends
	Overwritten  DiscrepancyKind = "overwritten"  // a person saved a value while conformd wrote it
	Dropped      DiscrepancyKind = "dropped"      // a tracker did not keep a value that it was sent
	Contested    DiscrepancyKind = "contested"    // a value was put back too often; a person decides
	Refused      DiscrepancyKind = "refused"      // a tracker refused a write; one without an answer ends
	Unattributed DiscrepancyKind = "unattributed" // a change came from a tracker that does not say whose it is
	Unmapped     DiscrepancyKind = "unmapped"     // an account acted that belongs to no person
	Unfiled      DiscrepancyKind = "unfiled"      // an issue could not become a record
)

// inOrder yields discrepancies with times that never go back within a record, or within a thing of no
// record: a clock that went back counts as one that stood still, as in a course.
func inOrder(all iter.Seq2[Discrepancy, error]) iter.Seq2[Discrepancy, error] {
	return func(yield func(Discrepancy, error) bool) {
		last := map[string]time.Time{}
		for d, err := range all {
			about := d.Record
			if about == "" {
				about = d.Thing
			}
			if d.At.Before(last[about]) {
				d.At = last[about]
			}
			last[about] = d.At
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}
