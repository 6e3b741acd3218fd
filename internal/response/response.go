// Package response is what an organisation answers to a finding of its certification body: what
// the finding says, what was corrected, why it could happen, what is done about the cause and
// how it is shown that it worked. It is one page that prints, or the same as data. What is not
// known yet is said, and never left out.
package response

import (
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// A Response is the answer to one finding as the register has it at one moment.
type Response struct {
	Record  string `json:"record"`  // our number
	Finding string `json:"finding"` // the body's
	Title   string `json:"title"`
	Kind    string `json:"kind"`
	Grade   string `json:"grade"`
	State   string `json:"state"`

	AsOf    time.Time `json:"as_of"`
	Version int64     `json:"version"`             // of the record
	Entry   int64     `json:"log_entry,omitempty"` // the last one of the audit log about this version

	Requirement string `json:"requirement"`
	Standards   string `json:"standards,omitempty"` // that the record names, one a line
	Text        string `json:"finding_text"`
	Location    string `json:"location"`
	Identified  string `json:"identified_at"`

	Correction   *Correction `json:"correction,omitempty"` // nil for a kind that has none
	Consequences *Statement  `json:"consequences,omitempty"`
	Cause        *Cause      `json:"cause,omitempty"`
	Similar      *Statement  `json:"similar,omitempty"`

	Actions  []Action `json:"actions"`
	NoAction string   `json:"no_action_reason,omitempty"`
	Evidence []Item   `json:"evidence"`

	Effect     Effect     `json:"effectiveness"`
	ISMSChange string     `json:"isms_change"`
	Closing    string     `json:"close_summary"`
	Deadline   string     `json:"deadline"` // the body's date
	Dates      []Date     `json:"dates"`
	Decisions  []Decision `json:"decisions"`
	Exceptions []string   `json:"exceptions,omitempty"`
	Sent       []string   `json:"sent"`
	Values     []string   `json:"values,omitempty"` // that were entered, and the figures of a management review
}

// A Statement is a text that a kind of record has; "" while nobody wrote it.
type Statement struct {
	Text string `json:"text"`
}

// A Correction is what was done at once.
type Correction struct {
	Items []Item `json:"items"`
	Since string `json:"since"` // the day on which it was stated
}

// A Cause is why it could happen.
type Cause struct {
	Method   string `json:"method"`
	Category string `json:"category"`
	Items    []Item `json:"items"`
}

// An Item is one thing with its id: a correction, a cause, a piece of evidence.
type Item struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	Of   string `json:"of,omitempty"` // of evidence: what it shows; of a cause: the actions for it; of a correction: what shows it
	By   string `json:"by,omitempty"`
	On   string `json:"on,omitempty"`
}

// An Action is what is done about a cause.
type Action struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	For      string `json:"for"`
	Person   string `json:"person"`
	Due      string `json:"due"`
	State    string `json:"state"`
	Evidence string `json:"evidence"`
}

// An Effect is how it is shown that the actions worked.
type Effect struct {
	Criteria string     `json:"criteria"`
	Reviewer string     `json:"reviewer"`
	After    string     `json:"not_before"`
	Reviews  []Decision `json:"reviews"`
}

// A Date is a milestone.
type Date struct {
	Step     string `json:"step"`
	Original string `json:"original"`
	Present  string `json:"present"`
	Standing string `json:"standing"`
}

// A Decision is what a person decided about the record, and what counts.
type Decision struct {
	What   string `json:"what"`
	By     string `json:"by"`
	At     string `json:"at"`
	Reason string `json:"reason"`
}

// A Source is what a response is made of.
type Source struct {
	Record  register.Record
	View    present.View
	Names   present.Names
	At      time.Time
	Version int64
	Entry   int64
}

// New makes the response of a record.
func New(s Source) Response {
	r := s.Record
	field := func(f register.Field) string { return shown(s.Names.Value(f, r.Fields[f])) }
	out := Response{
		Record: shown(r.Ref), Finding: field(register.FieldSourceRef), Title: field(register.FieldTitle),
		Kind: present.Words(string(r.Kind())), Grade: field(register.FieldGrade), State: present.Standing(r.State, r.Requested),
		AsOf: s.At.UTC().Truncate(time.Second), Version: s.Version, Entry: s.Entry,
		Requirement: field(register.FieldRequirements), Standards: field(register.FieldStandards), Text: field(register.FieldProblem), Location: field(register.FieldLocation), Identified: field(register.FieldIdentified),
		NoAction: field(register.FieldNoAction), ISMSChange: field(register.FieldISMSChange), Closing: field(register.FieldCloseSummary), Deadline: field(register.FieldDeadline),
		Actions: s.actions(), Evidence: s.evidence(), Dates: s.dates(), Exceptions: all(s.View.Exceptions), Sent: all(s.View.Sent), Values: all(s.View.Values),
		Effect: Effect{Criteria: field(register.FieldCriteria), Reviewer: field(register.FieldReviewer), After: field(register.FieldReviewDue)},
	}
	out.Decisions, out.Effect.Reviews = s.decisions()
	kind := r.Kind()
	if kind == register.Nonconformity || r.Fields[register.FieldCorrection] != "" {
		out.Correction = s.correction()
	}
	if text := field(register.FieldConsequences); kind == register.Nonconformity || text != "" {
		out.Consequences = &Statement{text}
	}
	analysed := kind == register.Nonconformity || kind == register.PotentialNonconformity
	if analysed || r.Fields[register.FieldRootCause] != "" {
		out.Cause = s.cause(field)
	}
	if text := field(register.FieldSimilarity); analysed || text != "" {
		out.Similar = &Statement{text}
	}
	return out
}

// shown is a text as a page shows it: without controls, and with a mark in the place of each
// character that would turn the direction of the text around. Zero-width characters keep copied
// names from calling people, and have no place in a document.
func shown(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case dropped(r):
			return -1
		case turns(r):
			return '\uFFFD'
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "\uFFFD")))
}

func all(texts []string) []string {
	out := []string{}
	for _, t := range texts {
		out = append(out, shown(t))
	}
	return out
}
