package register

import (
	"slices"
	"strings"
	"time"
)

// A Recurrence is the question whether a nonconformity is one that was closed before and came
// up again (ISO/IEC 27001, 10.2 b 3 and d), and what a person answered.
type Recurrence struct {
	To    string `json:"to"`              // id of the closed record
	Ref   string `json:"ref"`             // its number
	Owner string `json:"owner,omitempty"` // who owned the closed record when the question was put
	// Why says what the two records have in common: "the same requirement (a.5.18) and cause
	// category (process)".
	Why string    `json:"why"`
	Put time.Time `json:"put"` // when the register, or the person who answered, put the question

	State RecurrenceState `json:"state"`
	By    string          `json:"by,omitempty"` // who answered
	At    time.Time       `json:"at,omitzero"`
	Event string          `json:"event,omitempty"` // of the answer
	// Reason is the answer in the words of the person.
	Reason string `json:"reason,omitempty"`
}

// A RecurrenceState is what became of a candidate for a recurrence.
type RecurrenceState string

// The states of a candidate.
const (
	RecurrenceProposed  RecurrenceState = "proposed"  // it waits for an answer
	RecurrenceConfirmed RecurrenceState = "confirmed" // it came up again
	RecurrenceRefused   RecurrenceState = "refused"   // it is another matter
)

// AnswerRecurrence is the answer of a person to a candidate, or names one that the register
// did not propose: the new record is the closed one again, or it is not.
type AnswerRecurrence struct {
	By     Author
	Name   string // number of the closed record, or the key of an issue of it
	Again  bool   // it came up again
	Reason string
}

// Recur tells a closed record that another one is the same nonconformity again. It is what the
// confirmation of a candidate does to the old record.
type Recur struct {
	By     Author
	ID     string // of the new record
	Ref    string // its number
	Reason string // of the confirmation
}

func (c AnswerRecurrence) author() Author { return c.By }
func (c Recur) author() Author            { return c.By }

// Author returns who answered, of a fact that carries an answer.
func (f Fact) Author() Author {
	return Author{Person: f.By, At: f.At, How: ApprovalHow(f.Means), Event: f.Event, From: f.From, Account: f.Account, Means: f.Means}
}

// recurrenceChange is the name by which the log calls the answer to a candidate.
const recurrenceChange = "recurrence"

// RecurrenceChange is the name by which the log calls the answer to a candidate.
func RecurrenceChange() string { return recurrenceChange }

// IsRecurrenceChange reports whether the log calls the answer to a candidate so.
func IsRecurrenceChange(name string) bool { return name == recurrenceChange }

// UnansweredRecurrences returns the candidates of r that wait for an answer, oldest first.
func UnansweredRecurrences(r Record) []Recurrence {
	return recurrencesIn(r, RecurrenceProposed)
}

// ConfirmedRecurrences returns the closed records that r is known to be again.
func ConfirmedRecurrences(r Record) []Recurrence { return recurrencesIn(r, RecurrenceConfirmed) }

func recurrencesIn(r Record, s RecurrenceState) []Recurrence {
	return slices.DeleteFunc(slices.Clone(r.Recurrences), func(x Recurrence) bool { return x.State != s })
}

// recur takes a candidate in, as it is now.
func (r *Record) recur(x Recurrence) {
	if i := r.recurrenceOf(x.To, ""); i >= 0 {
		r.Recurrences[i] = x
		return
	}
	r.Recurrences = append(r.Recurrences, x)
}

// recurrenceOf returns the place of the candidate with the id or the number of a closed record,
// -1 if there is none.
func (r *Record) recurrenceOf(id, ref string) int {
	return slices.IndexFunc(r.Recurrences, func(x Recurrence) bool {
		return id != "" && x.To == id || ref != "" && strings.EqualFold(x.Ref, ref)
	})
}
