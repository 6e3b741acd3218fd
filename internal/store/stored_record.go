package store

import (
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

type storedRecord struct {
	versioned
	ID          string                   `json:"id"`
	Ref         string                   `json:"ref"`
	State       string                   `json:"state"`
	Requested   string                   `json:"requested,omitempty"`
	Fields      map[string]string        `json:"fields"`
	Actions     []storedAction           `json:"actions,omitempty"`
	Approvals   []storedApproval         `json:"approvals,omitempty"`
	Round       int                      `json:"round,omitempty"`
	Attempts    []storedAttempt          `json:"attempts,omitempty"`
	Numbers     map[string]storedNumbers `json:"numbers,omitempty"`
	Removed     []string                 `json:"removed,omitempty"`
	Proposals   []storedProposal         `json:"proposals,omitempty"`
	Involved    []storedInvolved         `json:"involved,omitempty"`
	Links       []storedLink             `json:"links,omitempty"`
	SmallOrg    []storedSmallOrg         `json:"small_org,omitempty"`
	Dates       []storedDate             `json:"dates,omitempty"`
	Extensions  []storedExtension        `json:"extensions,omitempty"`
	RequestedAt time.Time                `json:"requested_at,omitzero"`
	Recorded    time.Time                `json:"recorded_at"`
	Confirmed   time.Time                `json:"confirmed_at,omitzero"`
	Done        time.Time                `json:"implemented_at,omitzero"`
	Closed      time.Time                `json:"closed_at,omitzero"`
}

// form is 2 since the register decides by facts: decisions cover what they were about and may
// be void, proposals wait, and who is involved is kept. It is 3 since causes, corrections,
// lines of the plan and evidence keep their numbers; a record of an earlier form has none,
// and its things count from 1. Form 3 also keeps the links to
// other records, and the closings of a small organisation without an independent review. It is
// 4 since a proposal of a set says what it adds and removes, an earlier one is taken in whole, and
// since milestones have dates, which can be extended, and of which an earlier record has none.
func (*storedRecord) form() int { return 4 }

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
	Event   string               `json:"event"`
	Subject register.Subject     `json:"subject"`
	Outcome register.Outcome     `json:"outcome"`
	By      string               `json:"by"`
	Account string               `json:"account,omitempty"`
	At      time.Time            `json:"at"`
	How     register.ApprovalHow `json:"how"`
	Reason  string               `json:"reason,omitempty"`
	Round   int                  `json:"round,omitempty"`
	Refused string               `json:"refused,omitempty"`
	Covers  string               `json:"covers,omitempty"`
	Void    string               `json:"void,omitempty"`
	Told    string               `json:"told,omitempty"`
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
		Proposals:  each(r.Proposals, func(p register.Proposal) storedProposal { return storedProposal(p) }),
		Involved:   each(r.Involved, func(i register.Involvement) storedInvolved { return storedInvolved(i) }),
		Links:      each(r.Links, func(l register.Link) storedLink { return storedLink(l) }),
		SmallOrg:   each(r.SmallOrg, func(u register.SmallOrgUse) storedSmallOrg { return storedSmallOrg(u) }),
		Dates:      each(r.Dates, func(d register.MilestoneDate) storedDate { return storedDate(d) }),
		Extensions: each(r.Extensions, func(e register.Extension) storedExtension { return storedExtension(e) }),

		RequestedAt: r.RequestedAt, Recorded: r.Recorded, Confirmed: r.Confirmed, Done: r.Done, Closed: r.Closed,
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
		Proposals:  each(s.Proposals, func(p storedProposal) register.Proposal { return register.Proposal(p) }),
		Involved:   each(s.Involved, func(i storedInvolved) register.Involvement { return register.Involvement(i) }),
		Links:      each(s.Links, func(l storedLink) register.Link { return register.Link(l) }),
		SmallOrg:   each(s.SmallOrg, func(u storedSmallOrg) register.SmallOrgUse { return register.SmallOrgUse(u) }),
		Dates:      each(s.Dates, func(d storedDate) register.MilestoneDate { return register.MilestoneDate(d) }),
		Extensions: each(s.Extensions, func(e storedExtension) register.Extension { return register.Extension(e) }),

		RequestedAt: s.RequestedAt, Recorded: s.Recorded, Confirmed: s.Confirmed, Done: s.Done, Closed: s.Closed,
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

func storeProblem(p plan.Problem) storedProblem  { return storedProblem(p) }
func (p storedProblem) problem() present.Problem { return present.Problem(p) }
func problemOf(p storedProblem) plan.Problem     { return p.problem() }
