// Package register defines the canonical register of ISO/IEC 27001 clause 10:
// records of nonconformities, potential nonconformities, improvements and
// observations, their actions and approvals, the lifecycle they go through, and
// the guards that hold a record back until the evidence is there.
//
// The package is pure: values in, values out. It imports nothing of this module,
// does no I/O and never asks for the time; a rule that needs it takes it as an
// argument.
package register

import (
	"maps"
	"slices"
	"time"
)

// A Record is one entry of the register.
type Record struct {
	// ID is a UUID, never shown to people and never reused.
	ID string `json:"id"`
	// Ref is the number people use, "NC-2026-0007", never reused.
	Ref string `json:"ref"`
	// State is where the record stands by its own guards, whatever a tracker shows.
	State State `json:"state"`
	// Requested is the state that a tracker asks for and that the guards do not
	// yet allow; "" when there is no pending request. A record with Requested
	// Closed is shown as "close requested" and does not count as closed.
	Requested State `json:"requested,omitempty"`
	// Fields holds the documented information. A missing key is an unknown value,
	// an empty string one that is known to be empty.
	Fields map[Field]string `json:"fields"`
	// Actions are the corrective, preventive and improvement actions, oldest first.
	Actions []Action `json:"actions,omitempty"`
	// Approvals are the decisions of attributable people, oldest first. They are
	// appended to and never changed.
	Approvals []Approval `json:"approvals,omitempty"`
	// Round counts how often the record left verification for renewed work. Only
	// approvals of the current round count, so that an old review never closes a
	// reopened record.
	Round int `json:"round,omitempty"`
	// Attempts are what was tried and found not to work, oldest first.
	Attempts []Attempt `json:"attempts,omitempty"`

	// Numbers are those of the things that the texts of the record name, by their source: a
	// field, or the id of an action for its evidence. See Record.Things.
	Numbers map[string]Numbers `json:"numbers,omitempty"`

	// Removed are the titles of open actions that were taken out of an approved plan, until
	// somebody approves the plan without them.
	Removed []string `json:"removed,omitempty"`
	// Proposals are changes that wait for somebody who may decide them, oldest first.
	Proposals []Proposal `json:"proposals,omitempty"`
	// Involved are the people who may not review the record, and why. It grows.
	Involved []Involvement `json:"involved,omitempty"`

	// Links are the references to other records, oldest first.
	Links []Link `json:"links,omitempty"`

	// SmallOrg are the closings on a review that was not independent, oldest first.
	SmallOrg []SmallOrgUse `json:"small_org,omitempty"`

	// Dates are the original dates of milestones, oldest first.
	Dates []MilestoneDate `json:"dates,omitempty"`

	// Extensions are the wishes for later dates and what became of them, oldest first.
	Extensions []Extension `json:"extensions,omitempty"`

	// Acceptances are the wishes for an exception and what became of them, oldest first.
	Acceptances []Acceptance `json:"acceptances,omitempty"`

	// Sent are the documents about the record that went to a party outside, oldest first.
	Sent []Sending `json:"sent,omitempty"`
	// Recurrences are the closed records that this one may be again, and what people answered,
	// oldest first.
	Recurrences []Recurrence `json:"recurrences,omitempty"`

	// Measurements are the values that were entered, in the order of their entry. They are appended
	// to and never changed.
	Measurements []Measurement `json:"measurements,omitempty"`
	// Figures are those that a management review had before it, oldest first.
	Figures []Figures `json:"figures,omitempty"`

	// Lost is why the record went back, until it is where it was; nil if it did not.
	Lost *Loss `json:"lost,omitempty"`

	// RequestedAt is when Requested was asked for.
	RequestedAt time.Time `json:"requested_at,omitzero"`

	Recorded  time.Time `json:"recorded_at"`             // when conformd first saw it
	Confirmed time.Time `json:"confirmed_at,omitzero"`   // first entered analysis; starts the clock, never set back
	Contained time.Time `json:"contained_at,omitzero"`   // the correction was stated; not known of records from before conformd kept it
	Done      time.Time `json:"implemented_at,omitzero"` // entered verifying; starts the waiting time
	Closed    time.Time `json:"closed_at,omitzero"`      // entered closed
}

// Clone returns a deep copy of r.
func (r Record) Clone() Record {
	r.Fields = maps.Clone(r.Fields)
	if r.Fields == nil {
		r.Fields = map[Field]string{}
	}
	r.Actions = slices.Clone(r.Actions)
	for i := range r.Actions {
		r.Actions[i].Addresses = slices.Clone(r.Actions[i].Addresses)
	}
	r.Approvals = slices.Clone(r.Approvals)
	r.Numbers = maps.Clone(r.Numbers) // what it holds is replaced and never changed
	r.Proposals, r.Involved = slices.Clone(r.Proposals), slices.Clone(r.Involved)
	r.Removed, r.Links, r.SmallOrg = slices.Clone(r.Removed), slices.Clone(r.Links), slices.Clone(r.SmallOrg)
	r.Dates, r.Extensions = slices.Clone(r.Dates), slices.Clone(r.Extensions)
	r.Acceptances, r.Sent = slices.Clone(r.Acceptances), slices.Clone(r.Sent)
	for i := range r.Acceptances {
		r.Acceptances[i].Approved = slices.Clone(r.Acceptances[i].Approved)
	}
	r.Recurrences = slices.Clone(r.Recurrences)
	r.Measurements, r.Figures = slices.Clone(r.Measurements), slices.Clone(r.Figures)
	r.Attempts = slices.Clone(r.Attempts)
	for i := range r.Attempts {
		r.Attempts[i].Actions = slices.Clone(r.Attempts[i].Actions)
	}
	return r
}

// Grade returns the grade of r as rules see it, "" while it has none.
func (r Record) Grade() Grade { return Grade(CountsAs(FieldGrade, r.Fields[FieldGrade])) }

// A Grade is how serious a nonconformity is.
type Grade string

// The grades.
const (
	Major            Grade = "major"
	Minor            Grade = "minor"
	GradeObservation Grade = "observation"
	GradeOFI         Grade = "ofi"
)

// An Action is a piece of corrective, preventive or improvement work.
type Action struct {
	ID        string      `json:"id"`
	Kind      ActionKind  `json:"kind"`
	Title     string      `json:"title"`
	Assignee  string      `json:"assignee,omitempty"` // person id
	Due       string      `json:"due,omitempty"`      // date, 2006-01-02
	State     ActionState `json:"state"`
	Evidence  string      `json:"evidence,omitempty"`      // link or text; needed to count as done
	Addresses []string    `json:"addresses,omitempty"`     // causes: by id, and as written in what ParseActions returns
	Reason    string      `json:"cancel_reason,omitempty"` // needed when cancelled
	Done      time.Time   `json:"done_at,omitzero"`
}

// An ActionKind is a sort of action.
type ActionKind string

// The kinds of action.
const (
	Corrective        ActionKind = "corrective"
	Preventive        ActionKind = "preventive"
	ImprovementAction ActionKind = "improvement"
	ChangeAction      ActionKind = "isms_change" // of a management review: a change to the ISMS (9.3.3)
	ResourceAction    ActionKind = "resource"    // of a management review: people, money or tools
)

// An ActionState is a stage of an action.
type ActionState string

// The states of an action.
const (
	ActionProposed   ActionState = "proposed"
	ActionInProgress ActionState = "in_progress"
	ActionDone       ActionState = "done"
	ActionCancelled  ActionState = "cancelled"
)

// An Approval is a decision that one person took in an attributable event: a
// workflow transition or a comment command. Nothing typed into a body is ever an
// approval, and nothing a bot did.
type Approval struct {
	// Event identifies the event, so that it counts once however often it is seen.
	Event   string  `json:"event"`
	Subject Subject `json:"subject"`
	Outcome Outcome `json:"outcome"`
	// Trigger is what set a review off, "" for the planned one.
	Trigger ReviewTrigger `json:"trigger,omitempty"`
	By      string        `json:"by"`                // person id
	Account string        `json:"account,omitempty"` // with which they did, "gh-isms:1001"
	At      time.Time     `json:"at"`
	How     ApprovalHow   `json:"how"`
	Reason  string        `json:"reason,omitempty"` // the person's own words; the evidence of a review
	Round   int           `json:"round,omitempty"`  // the record's round in which it was given
	// Refused says why the approval does not count ("G15: the reviewer owns the
	// record"); "" when it counts.
	Refused string `json:"refused,omitempty"`
	// Covers is the digest of what its author saw, see PlanDigest and EvidenceDigest; ""
	// where it covers nothing.
	Covers string `json:"covers,omitempty"`
	// Until is the day on which a deferred improvement is decided anew, 2006-01-02.
	Until string `json:"until,omitempty"`
	// Void says why the decision counted and does so no longer ("Root cause changed after
	// it"); "" while it stands.
	Void string `json:"void,omitempty"`
	// Told says the same to the person, with what to do instead.
	Told string `json:"told,omitempty"`
}

// A ReviewTrigger is what sets an effectiveness review off that was not planned.
type ReviewTrigger string

// TriggerRecurrence sets a review off because the nonconformity came up again.
const TriggerRecurrence ReviewTrigger = "recurrence"

// An Attempt is a cause and its actions that an effectiveness review found not to
// have worked.
type Attempt struct {
	Round     int      `json:"round"`
	Review    string   `json:"review"` // the event of the review
	RootCause string   `json:"root_cause,omitempty"`
	Actions   []string `json:"actions,omitempty"` // titles
}

// A Subject is what an approval is about.
type Subject string

// The subjects of approvals.
const (
	SubjectPlan          Subject = "plan"
	SubjectEffectiveness Subject = "effectiveness"
	SubjectRejection     Subject = "rejection"
	SubjectTriage        Subject = "triage"
	SubjectReopening     Subject = "reopening"
	SubjectAcceptance    Subject = "acceptance"
	SubjectAdoption      Subject = "adoption"  // whether an improvement is made
	SubjectPromotion     Subject = "promotion" // an observation or a signal is more: the outcome is the kind that is filed
	SubjectSigning       Subject = "signing"   // top management signs a management review
)

// An Outcome is what an approval says.
type Outcome string

// The outcomes.
const (
	Approved    Outcome = "approved"
	Effective   Outcome = "effective"
	Partially   Outcome = "partially"
	Ineffective Outcome = "ineffective"
	Rejected    Outcome = "rejected"
	Adopted     Outcome = "adopted"
	Declined    Outcome = "declined"
	Deferred    Outcome = "deferred" // until a day on which it is decided anew
)

// An ApprovalHow is the kind of event an approval was given by.
type ApprovalHow string

// The attributable events.
const (
	ByTransition ApprovalHow = "transition"
	ByComment    ApprovalHow = "comment"
	ByEdit       ApprovalHow = "changelog" // an edit of the issue, by the tracker's history; it enters values and decides nothing
	ByTerminal   ApprovalHow = "terminal"  // at conformd's own command line, by the account of the operating system
	BySignIn     ApprovalHow = "sign_in"   // in the pages of conformd, signed in
	ByAPI        ApprovalHow = "api"       // by a program with a token of the person
)

// atRegister reports whether the event happened at conformd itself and not in a tracker.
func (h ApprovalHow) atRegister() bool { return h == ByTerminal || h == BySignIn || h == ByAPI }

// decides reports whether a person decides by such an event.
func (h ApprovalHow) decides() bool { return h == ByTransition || h.says() }

// says reports whether a person says something in words by such an event, as in a comment.
func (h ApprovalHow) says() bool { return h == ByComment || h.atRegister() }

// A Person is somebody known to the register.
type Person struct {
	ID    string   `json:"id"`
	Name  string   `json:"name,omitempty"`
	Roles []string `json:"roles,omitempty"`
}
