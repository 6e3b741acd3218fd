package register

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/conformd/conformd/register/wording"
)

// acceptanceRule is the id of the guard of exceptions. No policy switches it off.
const acceptanceRule = "G18"

// AcceptanceDays are the most days that an exception lasts. 0 allows none: a policy from before
// there were exceptions says nothing of them.
type AcceptanceDays struct {
	Major int `json:"major"` // also for a record of critical or high risk
	Minor int `json:"minor"` // for every other record
}

// DefaultAcceptanceDays returns what conformd ships.
func DefaultAcceptanceDays() AcceptanceDays { return AcceptanceDays{Major: 90, Minor: 365} }

// grave reports whether an exception of r takes top management and ends as early as that of a
// major: a critical or high risk counts like a major grade.
func grave(r Record) bool {
	risk := r.Risk()
	return r.Grade() == Major || risk == "critical" || risk == "high"
}

// latest returns the last day on which an exception of r may end, false if the policy allows
// none.
func (p Policy) latest(r Record, at time.Time) (string, bool) {
	days := p.Acceptance.Minor
	if grave(r) {
		days = p.Acceptance.Major
	}
	return at.UTC().AddDate(0, 0, days).Format(time.DateOnly), days > 0
}

// ofWhat names r for a sentence about the limit of its exception.
func ofWhat(r Record) *Message {
	switch {
	case r.Grade() == Major:
		return say("a major")
	case grave(r):
		return say("a {{.Risk}} risk", "Risk", term(r.Risk()))
	default:
		return say("this record")
	}
}

// acceptanceActs are the acts that an exception of r takes, each by another person.
func acceptanceActs(r Record) []Act {
	if grave(r) {
		return []Act{ActAccept, ActAcceptMajor}
	}
	return []Act{ActAccept}
}

// mayAccept reports whether a person may approve exceptions, as a risk owner or for top
// management.
func (p Policy) mayAccept(person string, ctx Context) bool {
	return p.may(person, ActAccept, ctx) || p.may(person, ActAcceptMajor, ctx)
}

// consents are the approvals of the waiting exception that were given for the record as it is.
func consents(r Record) []Approval {
	covers := Covers(r, SubjectAcceptance)
	return slices.DeleteFunc(counting(r, SubjectAcceptance), func(a Approval) bool { return a.Covers != covers })
}

// enough assigns approvals to the acts that an exception of r takes, as many as can be, and no
// person to two of them.
func (p Policy) enough(r Record, given []Approval, ctx Context) []AcceptedBy {
	acts := acceptanceActs(r)
	var best []AcceptedBy
	for _, a := range given {
		if !p.may(a.By, acts[0], ctx) {
			continue
		}
		got := []AcceptedBy{{Person: a.By, Act: acts[0], At: a.At, Event: a.Event}}
		got = append(got, p.others(acts[1:], given, a.By, ctx)...)
		if len(got) > len(best) {
			best = got
		}
	}
	if best == nil {
		return p.others(acts[1:], given, "", ctx)
	}
	return best
}

// others assigns the further act to somebody else.
func (p Policy) others(acts []Act, given []Approval, but string, ctx Context) []AcceptedBy {
	for _, act := range acts {
		for _, a := range given {
			if a.By != but && p.may(a.By, act, ctx) {
				return []AcceptedBy{{Person: a.By, Act: act, At: a.At, Event: a.Event}}
			}
		}
	}
	return nil
}

// Accepts names who must still approve the exception that r waits for: "a risk owner and top
// management".
func (p Policy) Accepts(r Record) string {
	a, _ := AskedAcceptance(r)
	given := consents(r)
	var out []string
	for _, act := range acceptanceActs(r) {
		if !slices.ContainsFunc(a.Approved, func(by AcceptedBy) bool {
			return by.Act == act && slices.ContainsFunc(given, func(g Approval) bool { return g.Event == by.Event })
		}) {
			out = append(out, p.roleNames(act))
		}
	}
	return strings.Join(out, " and ")
}

// shortestJustification is how many characters the justification of an exception has at least.
const shortestJustification = 50

// unjustified says why a text does not justify an exception of r, nil if it does. It is judged
// as the texts of the record are.
func unjustified(r Record, text string) *Message {
	if why := unsaid(text); why != nil {
		return why
	}
	if utf8.RuneCountInString(strings.TrimSpace(text)) < shortestJustification {
		return say("has fewer than 50 characters")
	}
	var d wording.Demand
	for _, f := range []Field{FieldTitle, FieldProblem, FieldRootCause, FieldConsequences, FieldCorrection} {
		d.Beside = append(d.Beside, wording.Beside{Name: label(f), Text: wording.Read(r.Fields[f])})
	}
	if f := wording.Read(text).Judge(d); f.Clear {
		return f.What
	}
	return nil
}

// acceptance is G18: what is missing until r is accepted. It cannot be switched off.
func acceptance(r Record, p Policy) []Violation {
	if r.State == Accepted {
		return nil
	}
	what := say("Nobody has asked for an exception with its end date and its justification")
	if a, waits := AskedAcceptance(r); waits {
		what = say("The exception until {{.Date}} waits for {{.Roles}}", "Date", dated(a.Until), "Roles", byRole(p.Accepts(r)))
	}
	return []Violation{{
		Rule:  AcceptanceGuard(),
		Lacks: []Lack{{Field: FieldState, What: what, Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectAcceptance, Outcome: Approved}}},
	}}
}

// AcceptanceGuard describes G18. It stands in no table of a policy, so that none switches it off.
func AcceptanceGuard() RuleInfo {
	return RuleInfo{
		ID: acceptanceRule, Requirement: "nc.proportion", To: Accepted, Kinds: allKinds(), Severity: Must,
		Sentence: "An exception has a justification and an end date, and is approved by a risk owner, for a major also by top management, who neither asked for it nor own the record",
	}
}
