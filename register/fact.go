package register

import (
	"maps"
	"slices"
	"time"
)

// A Fact is one thing that the register holds to be so. Facts are the only way a record
// changes (Apply), and the audit log carries them: the log, read from its beginning, is
// the register.
type Fact struct {
	Kind FactKind `json:"kind"`
	// By is the person or the account that brought it about, "" where the tracker names
	// nobody and for what follows from other facts by itself.
	By string `json:"by,omitempty"`
	// At is when, by the clock of the tracker where the tracker tells, else conformd's.
	At    time.Time `json:"at,omitzero"`
	From  string    `json:"from,omitempty"`  // the binding, or "register"
	Event string    `json:"event,omitempty"` // the id of the event that it came in; of FactVoided, of the decision
	Why   string    `json:"why,omitempty"`   // in words: of the person for a decision

	Field  Field  `json:"field,omitempty"` // of a value
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`

	Action    *Action         `json:"action,omitempty"`
	Decision  *Approval       `json:"decision,omitempty"` // of FactDecided; of FactVoided, as it stood before
	Move      *Moved          `json:"move,omitempty"`
	Attempt   *Attempt        `json:"attempt,omitempty"`
	Proposal  *Proposal       `json:"proposal,omitempty"`
	Link      *Link           `json:"link,omitempty"`      // of FactUnlinked, the link that ends
	State     State           `json:"state,omitempty"`     // that is requested
	Due       []MilestoneDate `json:"due,omitempty"`       // of FactDue
	Extension *Extension      `json:"extension,omitempty"` // of FactExtension, as it is now
	// Acceptance is that of FactAcceptance, as it is now; with it, Decision is an approval of it.
	Acceptance  *Acceptance  `json:"acceptance,omitempty"`
	Sending     *Sending     `json:"sending,omitempty"`     // of FactSent
	Measurement *Measurement `json:"measurement,omitempty"` // of FactMeasured
	Figures     *Figures     `json:"figures,omitempty"`     // of FactFigures
	// Recurrence is that of FactRecurrence, as it is now.
	Recurrence *Recurrence `json:"recurrence,omitempty"`
	// Numbers are those of the things that a value or an action names, where they differ from
	// before; see Record.Numbers.
	Numbers map[string]Numbers `json:"numbers,omitempty"`
	// Contained comes with a correction that is stated now and was not before, or the other way
	// round.
	Contained *Containment `json:"contained,omitempty"`

	Record *Record `json:"record,omitempty"` // of FactCarried

	// Unmet are the rules that did not hold, of a request; Met those that did, of a move.
	Unmet []Violation `json:"-"`
	Met   []string    `json:"-"`
	// Account, Means and Bot are those of the Author.
	Account string `json:"-"`
	Means   string `json:"-"`
	Bot     bool   `json:"-"`
}

// A FactKind is a sort of fact.
type FactKind string

// The kinds of fact.
const (
	FactSet       FactKind = "set"       // a field has a value
	FactAction    FactKind = "action"    // an action is so
	FactDropped   FactKind = "dropped"   // an action belongs to the record no longer
	FactDecided   FactKind = "decided"   // a person decided, or tried to (Approval.Refused)
	FactVoided    FactKind = "voided"    // a decision counts no longer
	FactProposed  FactKind = "proposed"  // a change waits for somebody who may decide it
	FactSettled   FactKind = "settled"   // it does not wait any longer
	FactRestarted FactKind = "restarted" // the waiting time begins anew
	FactRound     FactKind = "round"     // renewed work begins; earlier decisions of the round count no longer
	FactMoved     FactKind = "moved"     // the record is in another state
	FactRequested FactKind = "requested" // a state is asked for that the rules do not allow yet, or no longer
	FactRefused   FactKind = "refused"   // somebody tried to decide who may not; nothing changed
	FactInvolved  FactKind = "involved"  // somebody had a hand in a value; with After, a place named them as the owner, or gave them an action
	FactNumbered  FactKind = "numbered"  // the things that a value names have these numbers; in the log, beside the value
	FactContained FactKind = "contained" // the record is contained, or no longer; in the log, beside the correction
	FactLinked    FactKind = "linked"    // the record refers to another one
	FactUnlinked  FactKind = "unlinked"  // it does so no longer
	FactDue       FactKind = "due"       // milestones have dates
	FactExtension FactKind = "extension" // somebody asks for a later date, or it is decided
	// FactAcceptance says that somebody asks for an exception, approves one, or what became of it.
	FactAcceptance FactKind = "acceptance"
	FactSent       FactKind = "sent"     // a document about the record went to a party outside
	FactMeasured   FactKind = "measured" // a value was entered, or a source did not answer
	FactFigures    FactKind = "figures"  // a management review has these figures before it
	// FactRecurrence says that a closed record may have come up again as this one, or what a
	// person answered.
	FactRecurrence FactKind = "recurrence"
	FactCarried    FactKind = "carried" // the whole record, as an earlier version of conformd left it
)

// A Moved is a change of state with the times that go with it.
type Moved struct {
	From      State     `json:"from"`
	To        State     `json:"to"`
	Confirmed time.Time `json:"confirmed_at,omitzero"`
	Done      time.Time `json:"implemented_at,omitzero"`
	Closed    time.Time `json:"closed_at,omitzero"`
	// Lost is why the record goes back, of a move for evidence that is gone.
	Lost *Loss `json:"lost,omitempty"`
	// SmallOrg is the use that a closing makes of the rules for a small organisation.
	SmallOrg *SmallOrgUse `json:"small_org,omitempty"`
}

// A Proposal is a change of a value that a decision stands against: triage for the kind,
// the grade and the like, closing for all evidence. The register keeps its value until
// somebody who may decides.
type Proposal struct {
	Field Field     `json:"field"`
	Value string    `json:"value"`
	By    string    `json:"by,omitempty"` // "" where the tracker names nobody
	At    time.Time `json:"at,omitzero"`
	From  string    `json:"from"` // the binding
	// Amends says that the record was closed: taking the change in amends it.
	Amends bool `json:"amends,omitempty"`
	// Adds and Removes are the members by which a proposed set differs from the set that the
	// register had.
	Adds    string `json:"adds,omitempty"`
	Removes string `json:"removes,omitempty"`
}

// An Involvement is why a person may not judge a record. It grows and never shrinks.
type Involvement struct {
	Person string        `json:"person,omitempty"` // "" is somebody whom the tracker does not name
	As     InvolvementAs `json:"as"`
	Field  Field         `json:"field,omitempty"` // of InvolvedAuthor
	Since  time.Time     `json:"since,omitzero"`
}

// An InvolvementAs is a sort of involvement.
type InvolvementAs string

// The sorts of involvement.
const (
	InvolvedOwner    InvolvementAs = "owner"
	InvolvedAssignee InvolvementAs = "assignee"
	InvolvedAuthor   InvolvementAs = "author"
)

// Apply returns r with a fact. It is total: every fact can be applied to every record.
func Apply(r Record, f Fact) Record {
	r = r.Clone()
	r.Take(f)
	return r
}

// Take is Apply on r itself.
func (r *Record) Take(f Fact) {
	r.apply(f)
	r.take(f.Numbers)
	r.contain(f.Contained)
}

func (r *Record) apply(f Fact) {
	switch f.Kind {
	case FactCarried:
		if f.Record != nil {
			*r = f.Record.Clone()
		}
	case FactSet:
		r.set(f)
	case FactInvolved:
		switch {
		case f.Field == FieldOwner:
			r.involve(f.After, InvolvedOwner, "", time.Time{})
		case f.After != "":
			r.involve(f.After, InvolvedAssignee, "", time.Time{})
		default:
			r.involve(f.By, InvolvedAuthor, f.Field, f.At)
		}
	case FactAction:
		if f.Action != nil {
			r.setAction(f)
		}
	case FactDropped:
		before := r.Clone()
		r.Actions = slices.DeleteFunc(r.Actions, func(a Action) bool { return a.ID == f.Event })
		r.noteRemoved(before)
	case FactDecided:
		if f.Decision != nil {
			r.decide(*f.Decision)
		}
	case FactVoided:
		for i, a := range r.Approvals {
			if a.Event == f.Event && a.Void == "" {
				r.Approvals[i].Void = f.Why
			}
		}
	case FactProposed:
		if f.Proposal != nil {
			r.unpropose(f.Proposal.Field, f.Proposal.From)
			r.Proposals = append(r.Proposals, *f.Proposal)
		}
	case FactSettled:
		r.unpropose(f.Field, f.From)
	case FactLinked:
		if f.Link != nil {
			r.link(*f.Link)
		}
	case FactUnlinked:
		if f.Link != nil {
			r.unlink(f)
		}
	case FactDue:
		for _, d := range f.Due {
			r.date(d)
		}
	case FactExtension:
		if f.Extension != nil {
			r.extend(*f.Extension)
		}
	case FactAcceptance:
		if f.Decision != nil {
			r.decide(*f.Decision)
		}
		if f.Acceptance != nil {
			r.accept(*f.Acceptance)
		}
	case FactSent:
		if f.Sending != nil {
			r.Sent = append(r.Sent, *f.Sending)
		}
	case FactMeasured:
		if f.Measurement != nil {
			r.Measurements = append(r.Measurements, *f.Measurement)
		}
	case FactFigures:
		if f.Figures != nil {
			r.Figures = append(r.Figures, *f.Figures)
		}
	case FactRecurrence:
		if f.Recurrence != nil {
			r.recur(*f.Recurrence)
		}
	case FactRestarted:
		r.Done = f.At
	case FactRound:
		if f.Attempt != nil {
			r.Attempts = append(r.Attempts, *f.Attempt)
		}
		r.Round++
		r.Done, r.Removed = time.Time{}, nil
	case FactMoved:
		if f.Move != nil {
			r.State, r.Confirmed, r.Done, r.Closed = f.Move.To, f.Move.Confirmed, f.Move.Done, f.Move.Closed
			r.lose(*f.Move)
			if f.Move.SmallOrg != nil {
				r.SmallOrg = append(r.SmallOrg, *f.Move.SmallOrg)
			}
		}
	case FactRequested:
		r.Requested, r.RequestedAt = f.State, f.At
		if f.State == "" {
			r.RequestedAt = time.Time{}
		}
	}
}

// Replay applies facts, oldest first.
func Replay(r Record, facts []Fact) Record {
	r = r.Clone()
	for _, f := range facts {
		r.Take(f)
	}
	return r
}

// set gives a field a value. One that it has already changes nothing and involves nobody,
// so that the log need not tell of it.
func (r *Record) set(f Fact) {
	if r.Fields == nil {
		r.Fields = map[Field]string{}
	}
	if f.Before == f.After {
		r.Fields[f.Field] = f.After
		return
	}
	r.involveAll() // who stands in the record now remains involved
	before := *r
	if f.Field == FieldActionPlan {
		before.Fields = maps.Clone(r.Fields)
	}
	r.Fields[f.Field] = f.After
	if f.Field == FieldActionPlan {
		r.noteRemoved(before)
	}
	if involving(f.Field) && f.After != "" {
		r.involve(f.By, InvolvedAuthor, f.Field, f.At)
	}
	if f.Field == FieldOwner || f.Field == FieldActionPlan {
		r.involveAll() // no other field says who they are
	}
}

func (r *Record) setAction(f Fact) {
	r.involveAll()
	if i := slices.IndexFunc(r.Actions, func(a Action) bool { return a.ID == f.Action.ID }); i >= 0 {
		r.Actions[i] = *f.Action
	} else {
		r.Actions = append(r.Actions, *f.Action)
	}
	r.involveAll()
}

func (r *Record) decide(a Approval) {
	if !slices.ContainsFunc(r.Approvals, func(known Approval) bool { return known.Event == a.Event }) {
		r.Approvals = append(r.Approvals, a)
	}
	if a.Subject == SubjectPlan && a.Counts() {
		r.Removed = nil
	}
}

func (r *Record) unpropose(f Field, from string) {
	r.Proposals = slices.DeleteFunc(r.Proposals, func(p Proposal) bool { return p.Field == f && (from == "" || p.From == from) })
}
