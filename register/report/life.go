package report

import (
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A Life is a record as the facts of the log made it, with what its present form no longer tells. The
// zero value is a record that the log does not tell of.
type Life struct {
	Record register.Record
	// Lost says that the log no longer has some of the texts of the record: they were erased.
	Lost bool

	reviews map[string]circumstance // by the event of the review
}

// A circumstance is how a record stood when a review of it was given.
type circumstance struct {
	done     time.Time // the end of the work that was reviewed
	involved string    // how the reviewer was involved, "" if not
	criteria string
}

// Take brings a record to a fact.
func (l *Life) Take(f register.Fact) {
	if d := f.Decision; f.Kind == register.FactDecided && d != nil && d.Subject == register.SubjectEffectiveness {
		if l.reviews == nil {
			l.reviews = map[string]circumstance{}
		}
		l.reviews[d.Event] = circumstance{l.Record.Done, register.InvolvedIn(l.Record, d.By, d.At), l.Record.Fields[register.FieldCriteria]}
	}
	l.Record.Take(f)
}

// Erase takes away a value that the log no longer has.
func (l *Life) Erase(f register.Field) {
	delete(l.Record.Fields, f)
	l.Lost = true
}

// A Known is a record with what the figures count of it, both as of the same moment.
type Known struct {
	kpi.Line
	Life
}

// A Past is the part of the register that a report is made of, as the log had it at a moment.
type Past struct {
	Sheet kpi.Sheet
	// Root is the root of the tree over the entries of the log up to the moment, as a checkpoint of
	// that length has it.
	Root  string
	Known []Known // those that [Report.Wants], in the order of their filing
	// Others are the records that those refer to, by id: see [Report.Refers].
	Others map[string]Known
}
