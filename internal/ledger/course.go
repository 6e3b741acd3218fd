package ledger

import (
	"iter"
	"strings"
	"time"

	"github.com/conformd/conformd/register/kpi"
)

// settle brings the course of a record to the entry that was applied last. The entries of one
// transaction are of one moment, and one step of it.
func (x *replayed) settle() *kpi.Course {
	if !x.moved.IsZero() {
		x.course.Take(x.moved, x.record)
		x.moved = time.Time{}
	}
	return &x.course
}

// Courses yields the course of every record that the log tells of, with the id of the record, in
// no order. It is called after all entries.
func (r *Replay) Courses() iter.Seq2[string, *kpi.Course] {
	return func(yield func(string, *kpi.Course) bool) {
		for id, x := range r.records {
			c := x.settle()
			c.Record = id
			if !yield(id, c) {
				return
			}
		}
	}
}

// firstDifference returns the first lines in which two texts differ, "" for one that has ended.
func firstDifference(a, b string) (string, string) {
	for a != b {
		var x, y string
		x, a, _ = strings.Cut(a, "\n")
		y, b, _ = strings.Cut(b, "\n")
		if x != y {
			return x, y
		}
	}
	return "", ""
}
