package store

import (
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/plan"
)

type storedRecord struct {
	versioned
	ID           string                   `json:"id"`
	Ref          string                   `json:"ref"`
	State        string                   `json:"state"`
	Requested    string                   `json:"requested,omitempty"`
	Fields       map[string]string        `json:"fields"`
	Actions      []storedAction           `json:"actions,omitempty"`
	Approvals    []storedApproval         `json:"approvals,omitempty"`
	Round        int                      `json:"round,omitempty"`
	Attempts     []storedAttempt          `json:"attempts,omitempty"`
	Numbers      map[string]storedNumbers `json:"numbers,omitempty"`
	Removed      []string                 `json:"removed,omitempty"`
	Lost         *storedLoss              `json:"lost,omitempty"`
	Proposals    []storedProposal         `json:"proposals,omitempty"`
	Involved     []storedInvolved         `json:"involved,omitempty"`
	Links        []storedLink             `json:"links,omitempty"`
	SmallOrg     []storedSmallOrg         `json:"small_org,omitempty"`
	Dates        []storedDate             `json:"dates,omitempty"`
	Extensions   []storedExtension        `json:"extensions,omitempty"`
	Acceptances  []storedAcceptance       `json:"acceptances,omitempty"`
	Sent         []storedSending          `json:"sent,omitempty"`         // since form 6
	Recurrences  []storedRecurrence       `json:"recurrences,omitempty"`  // since form 6
	Measurements []storedMeasurement      `json:"measurements,omitempty"` // since form 7
	Figures      []storedFigures          `json:"figures,omitempty"`      // since form 7
	RequestedAt  time.Time                `json:"requested_at,omitzero"`
	Recorded     time.Time                `json:"recorded_at"`
	Confirmed    time.Time                `json:"confirmed_at,omitzero"`
	Contained    time.Time                `json:"contained_at,omitzero"` // since form 5
	Done         time.Time                `json:"implemented_at,omitzero"`
	Closed       time.Time                `json:"closed_at,omitzero"`
}

// form is 2 since the register decides by facts: decisions cover what they were about and may
// be void, proposals wait, and who is involved is kept. It is 3 since causes, corrections,
// lines of the plan and evidence keep their numbers; a record of an earlier form has none,
// and its things count from 1. Form 3 also keeps the links to
// other records, and the closings of a small organisation without an independent review. It is
// 4 since a proposal of a set says what it adds and removes (an earlier one is taken in whole) and
// since milestones have dates and extensions (an earlier record has none). It is 5 since it keeps
// when it was contained, and its exceptions. It is 6 since it keeps what was sent to a party outside,
// of which closed records it may be a recurrence, and what set a review off. It is 7 since it keeps the
// values that were entered, and the figures that a management review had before it.
func (*storedRecord) form() int { return 7 }

type storedNumbers struct {
	Next  int              `json:"next"`
	Items []storedNumbered `json:"items,omitempty"`
}

type storedNumbered struct {
	N      int       `json:"n"`
	Causes []string  `json:"causes,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at,omitzero"`
}

type storedAction struct {
	ID        string               `json:"id"`
	Kind      register.ActionKind  `json:"kind"`
	Title     string               `json:"title"`
	Assignee  string               `json:"assignee,omitempty"`
	Due       string               `json:"due,omitempty"`
	State     register.ActionState `json:"state"`
	Evidence  string               `json:"evidence,omitempty"`
	Addresses []string             `json:"addresses,omitempty"`
	Reason    string               `json:"cancel_reason,omitempty"`
	Done      time.Time            `json:"done_at,omitzero"`
}

type storedApproval struct {
	Event   string                 `json:"event"`
	Subject register.Subject       `json:"subject"`
	Outcome register.Outcome       `json:"outcome"`
	Trigger register.ReviewTrigger `json:"trigger,omitempty"` // since form 6
	By      string                 `json:"by"`
	Account string                 `json:"account,omitempty"`
	At      time.Time              `json:"at"`
	How     register.ApprovalHow   `json:"how"`
	Reason  string                 `json:"reason,omitempty"`
	Round   int                    `json:"round,omitempty"`
	Refused string                 `json:"refused,omitempty"`
	Covers  string                 `json:"covers,omitempty"`
	Until   string                 `json:"until,omitempty"` // of a deferral
	Void    string                 `json:"void,omitempty"`
	Told    string                 `json:"told,omitempty"`
}

type storedProposal struct {
	Field   register.Field `json:"field"`
	Value   string         `json:"value"`
	By      string         `json:"by,omitempty"`
	At      time.Time      `json:"at,omitzero"`
	From    string         `json:"from"`
	Amends  bool           `json:"amends,omitempty"`
	Adds    string         `json:"adds,omitempty"`
	Removes string         `json:"removes,omitempty"`
}

type storedInvolved struct {
	Person string                 `json:"person,omitempty"`
	As     register.InvolvementAs `json:"as"`
	Field  register.Field         `json:"field,omitempty"`
	Since  time.Time              `json:"since,omitzero"`
}

type storedLink struct {
	Kind   register.LinkKind   `json:"kind"`
	To     string              `json:"to"`
	Ref    string              `json:"ref"`
	Source register.LinkSource `json:"source"`
	By     string              `json:"by,omitempty"`
	At     time.Time           `json:"at,omitzero"`
	Event  string              `json:"event,omitempty"`
	Reason string              `json:"reason,omitempty"`
	Void   string              `json:"void,omitempty"`
	VoidBy string              `json:"void_by,omitempty"`
	VoidAt time.Time           `json:"void_at,omitzero"`
}

type storedSmallOrg struct {
	Reviewer string    `json:"reviewer"`
	Was      string    `json:"was"`
	By       string    `json:"countersigned_by"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
}

type storedDate struct {
	Milestone register.Milestone `json:"milestone"`
	Round     int                `json:"round,omitempty"`
	Date      string             `json:"date"`
	Start     time.Time          `json:"start"`
}

type storedExtension struct {
	Milestone register.Milestone      `json:"milestone"`
	Round     int                     `json:"round,omitempty"`
	Before    string                  `json:"before"`
	To        string                  `json:"to"`
	Reason    string                  `json:"reason"`
	By        string                  `json:"by"`
	At        time.Time               `json:"at"`
	Event     string                  `json:"event"`
	From      string                  `json:"from"`
	State     register.ExtensionState `json:"state"`
	Date      string                  `json:"date,omitempty"`
	DecidedBy string                  `json:"decided_by,omitempty"`
	DecidedAt time.Time               `json:"decided_at,omitzero"`
	Decision  string                  `json:"decision,omitempty"`
	Because   string                  `json:"because,omitempty"`
}

type storedAcceptance struct {
	Round    int                      `json:"round,omitempty"`
	Asked    string                   `json:"asked"`
	Until    string                   `json:"until"`
	Reason   string                   `json:"reason"`
	Measures string                   `json:"measures,omitempty"`
	RiskRef  string                   `json:"risk_ref,omitempty"`
	By       string                   `json:"by"`
	At       time.Time                `json:"at"`
	Event    string                   `json:"event"`
	From     string                   `json:"from"`
	State    register.AcceptanceState `json:"state"`
	Approved []storedAcceptedBy       `json:"approved,omitempty"`
	EndedBy  string                   `json:"ended_by,omitempty"`
	EndedAt  time.Time                `json:"ended_at,omitzero"`
	Because  string                   `json:"because,omitempty"`
}

type storedAcceptedBy struct {
	Person string       `json:"person"`
	Act    register.Act `json:"act"`
	At     time.Time    `json:"at"`
	Event  string       `json:"event"`
}

type storedMeasurement struct {
	Period string    `json:"period"`
	Value  string    `json:"value,omitempty"`
	Target string    `json:"target,omitempty"`
	Met    bool      `json:"met,omitempty"`
	Note   string    `json:"note,omitempty"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at"`
	Source string    `json:"source"`
	Digest string    `json:"digest,omitempty"`
	Event  string    `json:"event"`
}

type storedFigures struct {
	Period string    `json:"period"`
	AsOf   time.Time `json:"as_of"`
	Digest string    `json:"digest"`
	IDs    []string  `json:"ids"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
}

type storedSending struct {
	To     string    `json:"to"`
	On     string    `json:"on"`
	File   string    `json:"file,omitempty"`
	SHA256 string    `json:"sha256,omitempty"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"`
}

type storedRecurrence struct {
	To     string                   `json:"to"`
	Ref    string                   `json:"ref"`
	Owner  string                   `json:"owner,omitempty"`
	Why    string                   `json:"why"`
	Put    time.Time                `json:"put"`
	State  register.RecurrenceState `json:"state"`
	By     string                   `json:"by,omitempty"`
	At     time.Time                `json:"at,omitzero"`
	Event  string                   `json:"event,omitempty"`
	Reason string                   `json:"reason,omitempty"`
}

type storedLoss struct {
	From  register.State `json:"from"`
	To    register.State `json:"to"`
	At    time.Time      `json:"at"`
	By    string         `json:"by,omitempty"`
	Rules []string       `json:"rules"`
	What  []string       `json:"what"`
	Said  []message.Text `json:"said,omitempty"`
}

type storedAttempt struct {
	Round     int      `json:"round"`
	Review    string   `json:"review"`
	RootCause string   `json:"root_cause,omitempty"`
	Actions   []string `json:"actions,omitempty"`
}

func encodeRecord(r register.Record) (string, error) {
	return encode(&storedRecord{
		ID: r.ID, Ref: r.Ref, State: string(r.State), Requested: string(r.Requested), Fields: texts[string](r.Fields),
		Actions:   each(r.Actions, func(a register.Action) storedAction { return storedAction(a) }),
		Approvals: each(r.Approvals, func(a register.Approval) storedApproval { return storedApproval(a) }),
		Round:     r.Round,
		Attempts:  each(r.Attempts, func(a register.Attempt) storedAttempt { return storedAttempt(a) }),
		Numbers: eachOf[string, string](r.Numbers, func(n register.Numbers) storedNumbers {
			return storedNumbers{n.Next, each(n.Items, func(x register.Numbered) storedNumbered { return storedNumbered(x) })}
		}),
		Removed:    r.Removed,
		Lost:       (*storedLoss)(r.Lost),
		Proposals:  each(r.Proposals, func(p register.Proposal) storedProposal { return storedProposal(p) }),
		Involved:   each(r.Involved, func(i register.Involvement) storedInvolved { return storedInvolved(i) }),
		Links:      each(r.Links, func(l register.Link) storedLink { return storedLink(l) }),
		SmallOrg:   each(r.SmallOrg, func(u register.SmallOrgUse) storedSmallOrg { return storedSmallOrg(u) }),
		Dates:      each(r.Dates, func(d register.MilestoneDate) storedDate { return storedDate(d) }),
		Extensions: each(r.Extensions, func(e register.Extension) storedExtension { return storedExtension(e) }),
		Acceptances: each(r.Acceptances, func(a register.Acceptance) storedAcceptance {
			return storedAcceptance{
				a.Round, a.Asked, a.Until, a.Reason, a.Measures, a.RiskRef, a.By, a.At, a.Event, a.From, a.State,
				each(a.Approved, func(b register.AcceptedBy) storedAcceptedBy { return storedAcceptedBy(b) }), a.EndedBy, a.EndedAt, a.Because,
			}
		}),
		Sent:         each(r.Sent, func(x register.Sending) storedSending { return storedSending(x) }),
		Recurrences:  each(r.Recurrences, func(x register.Recurrence) storedRecurrence { return storedRecurrence(x) }),
		Measurements: each(r.Measurements, func(x register.Measurement) storedMeasurement { return storedMeasurement(x) }),
		Figures:      each(r.Figures, func(x register.Figures) storedFigures { return storedFigures(x) }),

		RequestedAt: r.RequestedAt, Recorded: r.Recorded, Confirmed: r.Confirmed, Contained: r.Contained, Done: r.Done, Closed: r.Closed,
	})
}

func decodeRecord(doc string) (register.Record, error) {
	var s storedRecord
	if err := decode(doc, "record", &s); err != nil {
		return register.Record{}, err
	}
	return register.Record{
		ID: s.ID, Ref: s.Ref, State: register.State(s.State), Requested: register.State(s.Requested), Fields: texts[register.Field](s.Fields),
		Actions:   each(s.Actions, func(a storedAction) register.Action { return register.Action(a) }),
		Approvals: each(s.Approvals, func(a storedApproval) register.Approval { return register.Approval(a) }),
		Round:     s.Round,
		Attempts:  each(s.Attempts, func(a storedAttempt) register.Attempt { return register.Attempt(a) }),
		Numbers: eachOf[string, string](s.Numbers, func(n storedNumbers) register.Numbers {
			return register.Numbers{Next: n.Next, Items: each(n.Items, func(x storedNumbered) register.Numbered { return register.Numbered(x) })}
		}),
		Removed:    s.Removed,
		Lost:       (*register.Loss)(s.Lost),
		Proposals:  each(s.Proposals, func(p storedProposal) register.Proposal { return register.Proposal(p) }),
		Involved:   each(s.Involved, func(i storedInvolved) register.Involvement { return register.Involvement(i) }),
		Links:      each(s.Links, func(l storedLink) register.Link { return register.Link(l) }),
		SmallOrg:   each(s.SmallOrg, func(u storedSmallOrg) register.SmallOrgUse { return register.SmallOrgUse(u) }),
		Dates:      each(s.Dates, func(d storedDate) register.MilestoneDate { return register.MilestoneDate(d) }),
		Extensions: each(s.Extensions, func(e storedExtension) register.Extension { return register.Extension(e) }),
		Acceptances: each(s.Acceptances, func(a storedAcceptance) register.Acceptance {
			return register.Acceptance{
				Round: a.Round, Asked: a.Asked, Until: a.Until, Reason: a.Reason, Measures: a.Measures, RiskRef: a.RiskRef, By: a.By, At: a.At, Event: a.Event, From: a.From, State: a.State,
				Approved: each(a.Approved, func(b storedAcceptedBy) register.AcceptedBy { return register.AcceptedBy(b) }), EndedBy: a.EndedBy, EndedAt: a.EndedAt, Because: a.Because,
			}
		}),
		Sent:         each(s.Sent, func(x storedSending) register.Sending { return register.Sending(x) }),
		Recurrences:  each(s.Recurrences, func(x storedRecurrence) register.Recurrence { return register.Recurrence(x) }),
		Measurements: each(s.Measurements, func(x storedMeasurement) register.Measurement { return register.Measurement(x) }),
		Figures:      each(s.Figures, func(x storedFigures) register.Figures { return register.Figures(x) }),

		RequestedAt: s.RequestedAt, Recorded: s.Recorded, Confirmed: s.Confirmed, Contained: s.Contained, Done: s.Done, Closed: s.Closed,
	}, nil
}

// texts converts the keys of a map of texts.
func texts[K2, K1 ~string](in map[K1]string) map[K2]string {
	return eachOf[K1, K2](in, same[string])
}

// The problems of a record are a list without a version: an empty one is searched for.
type storedProblem struct {
	Binding string         `json:"binding"`
	Issue   string         `json:"issue"`
	Field   register.Field `json:"field"`
	Code    string         `json:"code"`
	What    string         `json:"what"`
	Remedy  string         `json:"remedy"`
	Mild    bool           `json:"mild,omitempty"`
}

func storeProblem(p plan.Problem) storedProblem {
	return storedProblem{Binding: p.Binding, Issue: p.Issue, Field: p.Field, Code: p.Code, What: p.What, Remedy: p.Remedy, Mild: p.Mild}
}

func (p storedProblem) problem() present.Problem {
	return present.Problem{Binding: p.Binding, Issue: p.Issue, Field: p.Field, Code: p.Code, What: p.What, Remedy: p.Remedy, Mild: p.Mild}
}

func problemOf(p storedProblem) plan.Problem { return p.problem() }
