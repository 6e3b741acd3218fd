package register

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register/wording"
)

// recurrenceDays are the days after the closing of a record in which another one may be the
// same nonconformity again.
const recurrenceDays = 365

// mostCandidates is how many candidates are proposed for a record, and how many more once its
// cause category is known. People answer a few questions, and not a hundred.
const mostCandidates = 5

// Candidates returns the closed records of which r may be a recurrence, the most alike first.
// A closed nonconformity is a candidate if it was closed before r was recorded and at most 365
// days before r was found, and if one of these holds:
//   - both break the same requirement and have the same cause category, or a part of the scope
//     in common;
//   - a link of r says that it is a recurrence of the other one;
//   - the problem of r, alone or with its root cause, and the problem and root cause of the
//     other one share two thirds of the words of the shorter text.
//
// An early date of identification never takes a candidate away. A record that is open,
// accepted or rejected is no candidate, and neither is r itself.
func Candidates(r Record, closed []Record) []Recurrence {
	if !MayRecur(r) {
		return nil
	}
	type candidate struct {
		Recurrence
		grounds int
		closed  time.Time
	}
	var all []candidate
	for _, old := range closed {
		if why := alike(r, old); len(why) > 0 && inReach(r, old) {
			all = append(all, candidate{Recurrence{
				To: old.ID, Ref: old.Ref, Owner: old.Fields[FieldOwner], Why: strings.Join(why, "; "), State: RecurrenceProposed,
			}, len(why), old.Closed})
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int {
		return cmp.Or(b.grounds-a.grounds, b.closed.Compare(a.closed), strings.Compare(a.Ref, b.Ref), strings.Compare(a.To, b.To))
	})
	var out []Recurrence
	for _, c := range all {
		out = append(out, c.Recurrence)
	}
	return out
}

// MayRecur reports whether r is of a kind and in a state in which it may be a recurrence.
func MayRecur(r Record) bool {
	return r.Kind() == Nonconformity && !r.State.Ended() && !r.Recorded.IsZero()
}

// inReach reports whether an old record was closed when r may be its recurrence.
func inReach(r, old Record) bool {
	from, to := ClosedBetween(r)
	return old.ID != r.ID && old.State == Closed && old.Kind() == Nonconformity && !old.Closed.Before(from) && old.Closed.Before(to)
}

// ClosedBetween returns from when on, and before when, a record was closed of which r may be a
// recurrence. A date of identification counts if it is earlier than the record, up to a year.
func ClosedBetween(r Record) (from, to time.Time) {
	found := r.Recorded
	if d, ok := date(r.Fields[FieldIdentified]); ok && d.Before(found) {
		found = d
	}
	if earliest := r.Recorded.AddDate(0, 0, -recurrenceDays); found.Before(earliest) {
		found = earliest
	}
	return found.AddDate(0, 0, -recurrenceDays), r.Recorded
}

// alike says what two records have in common that makes one a candidate for the other.
func alike(r, old Record) []string {
	var why []string
	theirs := requirementsOf(old)
	both := slices.DeleteFunc(requirementsOf(r), func(q string) bool { return !slices.Contains(theirs, q) })
	if len(both) > 0 {
		if c := r.Fields[FieldCategory]; c != "" && c == old.Fields[FieldCategory] {
			why = append(why, "the same requirement ("+both[0]+") and cause category ("+c+")")
		}
		for _, part := range members(r.Fields[FieldScope]) {
			if slices.ContainsFunc(members(old.Fields[FieldScope]), func(p string) bool { return strings.EqualFold(p, part) }) {
				why = append(why, "the same requirement ("+both[0]+") and scope ("+part+")")
				break
			}
		}
	}
	if _, linked := linkedTo(r, RecurrenceOf, old.ID); linked {
		why = append(why, linkNames)
	}
	if overlap(textWords(r.Fields[FieldProblem]), wordsOf(old)) || overlap(wordsOf(r), wordsOf(old)) {
		why = append(why, sameWords)
	}
	return why
}

// overlap reports whether two texts share two thirds of the words of the shorter one.
func overlap(a, b []string) bool {
	n := shared(a, b)
	return n > wording.Floor && 3*n >= 2*min(len(a), len(b))
}
