package register

import (
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A RigourRow is one row of the rigour matrix: how much is asked of some records, so that the work
// fits the effects of the nonconformity (nc.proportion).
type RigourRow struct {
	When  Condition   `json:"when,omitzero"`
	Cause CauseDemand `json:"cause_method"`
	// Whys is how often a cause asks why at least, unless a diagram is linked; 0 for no such demand.
	Whys    int           `json:"whys,omitempty"`
	Actions ActionsDemand `json:"actions"`
	// OrReason lets a written reason stand in the place of an action.
	OrReason   bool             `json:"or_reason,omitempty"`
	Similarity SimilarityDemand `json:"similarity"`
	// PlanApproval are the roles that may approve the plan, and Extension those that may approve a
	// later date; without any, those of the policy. The third and later extensions of a major take the
	// roles of [ActExtendAgain] in every row.
	PlanApproval []string     `json:"plan_approval,omitempty"`
	Extension    []string     `json:"extension,omitempty"`
	Review       ReviewDemand `json:"review"`
}

// A CauseDemand says what is asked of the cause analysis (nc.cause).
type CauseDemand string

// The demands on the cause analysis.
const (
	CauseNone  CauseDemand = "none"  // no cause is asked for
	CauseAny   CauseDemand = "any"   // a cause, found in any way
	CauseNamed CauseDemand = "named" // a cause, and the method by which it was found
)

// An ActionsDemand says how many actions are asked for (nc.action).
type ActionsDemand string

// The demands on actions.
const (
	ActionsNone     ActionsDemand = "none"
	ActionsOne      ActionsDemand = "one"
	ActionsPerCause ActionsDemand = "per_cause"
)

// A SimilarityDemand says when it is found out whether similar ones exist (nc.similar).
type SimilarityDemand string

// The demands on the search for similar ones.
const (
	SimilarOptional        SimilarityDemand = "optional"
	SimilarBeforeVerifying SimilarityDemand = "before_verifying"
	SimilarBeforePlan      SimilarityDemand = "before_plan" // and so before verifying, too
)

// A ReviewDemand says who finds out whether the actions worked (nc.effective).
type ReviewDemand string

// The demands on the review.
const (
	ReviewAnyone                ReviewDemand = "anyone"
	ReviewIndependent           ReviewDemand = "independent"             // the reviewer was never involved
	ReviewIndependentAndManager ReviewDemand = "independent_and_manager" // and an ISMS manager confirms the review
	ReviewOwnerAndManager       ReviewDemand = "owner_and_manager"       // the owner reviews, and an ISMS manager confirms it
)

// independent reports whether the reviewer must never have been involved.
func (d ReviewDemand) independent() bool {
	return d == ReviewIndependent || d == ReviewIndependentAndManager
}

// confirmed reports whether an ISMS manager confirms the review.
func (d ReviewDemand) confirmed() bool {
	return d == ReviewIndependentAndManager || d == ReviewOwnerAndManager
}

// DefaultRigour returns the rigour matrix that conformd ships. Its rows ask for what the rules asked
// for before there was a matrix; docs/iso27001.md has a stricter one to copy.
func DefaultRigour() []RigourRow { return slices.Clone(rigourBefore()) }

// rigourBefore is the matrix of a policy that has none. It never changes: people adopted such
// policies with these demands.
var rigourBefore = sync.OnceValue(func() []RigourRow { //nolint:gochecknoglobals // a constant
	major, lesser := []Grade{Major}, []Grade{Minor, GradeObservation, GradeOFI}
	return []RigourRow{
		{When: Condition{Kind: []Kind{Nonconformity}, Grade: major}, Cause: CauseNamed, Actions: ActionsPerCause, Similarity: SimilarBeforePlan, Review: ReviewIndependent},
		{When: Condition{Kind: []Kind{PotentialNonconformity}, Grade: major}, Cause: CauseNamed, Actions: ActionsPerCause, Similarity: SimilarBeforeVerifying, Review: ReviewIndependent},
		{When: Condition{Kind: causeKinds(), Grade: lesser}, Cause: CauseAny, Actions: ActionsPerCause, OrReason: true, Similarity: SimilarBeforeVerifying, Review: ReviewIndependent},
		{When: Condition{Kind: causeKinds()}, Cause: CauseAny, Actions: ActionsPerCause, Similarity: SimilarBeforeVerifying, Review: ReviewIndependent},
		{When: Condition{Kind: []Kind{Improvement}, Grade: major}, Cause: CauseNone, Actions: ActionsPerCause, Similarity: SimilarOptional, Review: ReviewAnyone},
		{When: Condition{Kind: []Kind{Improvement}}, Cause: CauseNone, Actions: ActionsPerCause, OrReason: true, Similarity: SimilarOptional, Review: ReviewAnyone},
		{Cause: CauseNone, Actions: ActionsNone, Similarity: SimilarOptional, Review: ReviewAnyone},
	}
})

// RigourFor returns the row of the matrix for r: the first one whose condition holds. A record that
// no row is about is asked for the most.
func (p Policy) RigourFor(r Record) RigourRow {
	rows := p.Rigour
	if len(rows) == 0 {
		rows = rigourBefore()
	}
	for i := range rows {
		if rows[i].When.Holds(r) {
			return rows[i]
		}
	}
	return RigourRow{Cause: CauseNamed, Actions: ActionsPerCause, Similarity: SimilarBeforePlan, Review: ReviewIndependent}
}

// asks reports whether the row asks a rule. Rules that the matrix does not speak of are always asked.
func (x *RigourRow) asks(id string) bool {
	switch id {
	case "G07":
		return x.Cause != CauseNone
	case "G08":
		return x.Actions != ActionsNone
	case "G11":
		return x.Similarity == SimilarBeforePlan
	case "G13":
		return x.Similarity != SimilarOptional
	case "G15", "G26", "G29":
		return x.Review.independent()
	case "G32":
		return x.Review.confirmed()
	case "G33":
		return x.Whys > 0
	default:
		return true
	}
}

// Words says for people what the row asks for: "cause by a named method, an action for each cause, …".
func (x RigourRow) Words() string {
	return strings.Join(slices.DeleteFunc([]string{x.causeWords(), x.actionWords(), x.similarityWords(), x.planWords(), x.reviewWords(), x.extensionWords()},
		func(s string) bool { return s == "" }), "; ")
}

func (x RigourRow) condition() Condition { return x.When }

// name says which row asks for something: "rigour: nonconformity, grade major".
func (x *RigourRow) name() *Message { return say("rigour: {{.Row}}", "Row", x.When.says()) }

func (x RigourRow) causeWords() string {
	switch {
	case x.Cause == CauseNone:
		return "no cause asked for"
	case x.Cause == CauseAny:
		return "a cause by any method"
	case x.Whys > 0:
		return "a cause by a named method, with " + strconv.Itoa(x.Whys) + " whys or a link to its diagram"
	default:
		return "a cause by a named method"
	}
}

func (x RigourRow) actionWords() string {
	var what string
	switch x.Actions {
	case ActionsNone:
		return "no action asked for"
	case ActionsOne:
		what = "an action"
	default:
		what = "an action for each cause"
	}
	if x.OrReason {
		what += ", or a reason for none"
	}
	return what
}

func (x RigourRow) similarityWords() string {
	switch x.Similarity {
	case SimilarBeforePlan:
		return "similar ones looked for before the plan is approved"
	case SimilarBeforeVerifying:
		return "similar ones looked for before verifying"
	default:
		return "similar ones looked for or not"
	}
}

func (x RigourRow) planWords() string {
	if len(x.PlanApproval) == 0 {
		return ""
	}
	return "plan approved by " + RoleList(x.PlanApproval)
}

func (x RigourRow) reviewWords() string {
	switch x.Review {
	case ReviewIndependent:
		return "an independent review"
	case ReviewIndependentAndManager:
		return "an independent review, confirmed by an ISMS manager"
	case ReviewOwnerAndManager:
		return "a review by the owner, confirmed by an ISMS manager"
	default:
		return "a review by anyone"
	}
}

func (x RigourRow) extensionWords() string {
	if len(x.Extension) == 0 {
		return ""
	}
	return "later dates approved by " + RoleList(x.Extension)
}

// Demands says what the rows ask for by a rule, a line each: "nonconformity, grade major: a cause by
// a named method". It is nil for a rule that the matrix does not speak of.
func (p Policy) Demands(id string) []string {
	var words func(RigourRow) string
	switch id {
	case "G07", "G33":
		words = RigourRow.causeWords
	case "G08":
		words = RigourRow.actionWords
	case "G11", "G13":
		words = RigourRow.similarityWords
	case "G15", "G26", "G32":
		words = RigourRow.reviewWords
	case "G25":
		words = RigourRow.planWords
	case "G30":
		words = RigourRow.extensionWords
	default:
		return nil
	}
	rows := p.Rigour
	if len(rows) == 0 {
		rows = rigourBefore()
	}
	var out []string
	for _, x := range rows {
		if s := words(x); s != "" {
			out = append(out, x.When.Words()+": "+s)
		}
	}
	return out
}

// clone returns a copy of the row with its roles sorted.
func (x RigourRow) clone() RigourRow {
	x.PlanApproval, x.Extension = sortedRoles(x.PlanApproval), sortedRoles(x.Extension)
	return x
}

func sortedRoles(roles []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(roles)))
}
