package present

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Need is one thing that a record needs in order to enter a state, and how people give
// it.
type Need struct {
	Field register.Field `json:"field,omitempty"` // "" if it is about none
	Label string         `json:"label,omitempty"` // of the field
	What  string         `json:"what"`            // "Root cause is missing"
	// Said is What, in no language yet.
	Said message.Text `json:"-"`
	// Missing says that the field is empty; it is false if the field has an unusable value.
	Missing bool   `json:"missing,omitempty"`
	Rule    string `json:"rule"`   // id of the rule that asks for it: "G07"
	Clause  string `json:"clause"` // that the rule serves, of each standard that the record names: "10.2 b2"
	Remedy  Remedy `json:"remedy"`
}

// A Place is an issue of a record, where its people can give something.
type Place struct {
	Binding string
	Key     string
	Profile *mapping.Profile
}

// Needs returns one need for each lack of the rules that r violates, in the order of the states that
// need it. The remedy is for the issue of the binding here, or else for the first of the
// other places that can take the value. If here is "", every remedy names its issue.
//
// A value that stands on an issue and cannot be read is not missing: its need tells the
// problem. Left holds the problems that no need tells.
func Needs(r register.Record, vs []register.Violation, ps []Problem, here string, places []Place, policy register.Policy) (needs []Need, left []Problem) {
	return need(r, vs, ps, here, places, policy, true)
}

// need returns what Needs says. In short, a need has no clause, and says what is lacking only where Brief names it so.
func need(r register.Record, vs []register.Violation, ps []Problem, here string, places []Place, policy register.Policy, long bool) (needs []Need, left []Problem) {
	left = slices.Clone(ps)
	places = slices.Clone(places)
	slices.SortStableFunc(places, func(a, b Place) int { return at(a.Binding, here) - at(b.Binding, here) })
	vs = slices.Clone(vs)
	slices.SortStableFunc(vs, func(a, b register.Violation) int { return a.Rule.To.Rank() - b.Rule.To.Rank() })
	for _, v := range vs {
		for _, l := range v.Lacks {
			n := Need{Field: l.Field, Missing: l.Missing, Rule: v.Rule.ID, Remedy: remedy(l, here, places, policy)}
			if info, ok := register.Info(l.Field); ok {
				n.Label = info.Label
			}
			if long {
				n.Clause = register.Clauses(v.Rule.Requirement, r, policy.Edition)
			}
			if long || n.Label == "" || n.Remedy.Kind == Finish {
				n.What, n.Said = l.What.String(), l.What.Text()
			}
			if p, ok := problemOf(ps, l.Field, here); ok && (l.Missing || l.Remedy.Kind == register.RemedyPerson) {
				n.What, n.Said, n.Missing, n.Remedy = p.What, p.Said, false, p.remedy()
				if p.Binding != here {
					n.Remedy.On = p.Issue
				}
				left = slices.DeleteFunc(left, func(o Problem) bool { return o == p })
			}
			needs = append(needs, n)
		}
	}
	return needs, left
}

// at sorts the binding here before the others.
func at(binding, here string) int {
	if binding == here {
		return 0
	}
	return 1
}

// problemOf returns a problem of a field: one of the binding here if there is one, else one of
// another binding.
func problemOf(ps []Problem, f register.Field, here string) (Problem, bool) {
	var found Problem
	for _, p := range ps {
		if p.Field != f || p.Issue == "" || p.Code == CannotShow {
			continue
		}
		if p.Binding == here {
			return p, true
		}
		if found.Code == "" {
			found = p
		}
	}
	return found, found.Code != ""
}

// remedy says how people give what is lacking, in the first place that can take it.
func remedy(l register.Lack, here string, places []Place, policy register.Policy) Remedy {
	give := func(p *mapping.Profile) (Remedy, bool) { return giving(p, l.Field) }
	switch l.Remedy.Kind {
	case register.RemedyWait:
		return Remedy{Kind: Wait, Until: l.Remedy.Until}
	case register.RemedyFinish:
		return Remedy{Kind: Finish}
	case register.RemedyPerson:
		return Remedy{Kind: Person}
	case register.RemedyMove:
		return Remedy{Kind: Move}
	case register.RemedyAnswer:
		give = func(p *mapping.Profile) (Remedy, bool) {
			return Remedy{Kind: AnswerCommand, Name: l.Remedy.Ref, Who: policy.Who(register.ActRecurrence)}, p.Commands
		}
	case register.RemedyDecide:
		give = func(p *mapping.Profile) (Remedy, bool) { return deciding(p, l.Remedy, policy) }
	}
	for _, x := range places {
		if r, ok := give(x.Profile); ok {
			if l.Remedy.Kind == register.RemedyWrite && l.Field == register.FieldActionPlan {
				r.Form = planForm
			}
			if x.Binding != here {
				r.On = x.Key
			}
			return r
		}
	}
	return Remedy{Kind: Manager}
}

// giving says how people give a field on an issue of a binding.
func giving(p *mapping.Profile, f register.Field) (Remedy, bool) {
	if m, ok := p.Field(f); ok && p.Gives(f) {
		switch m.Remote.Kind {
		case mapping.KindSection:
			return Remedy{Kind: Heading, Name: m.Remote.Name}, true
		case mapping.KindField:
			return Remedy{Kind: Field, Name: m.Remote.Name}, true
		case mapping.KindLabel:
			return Remedy{Kind: Label, Name: m.Remote.Name}, true
		default:
			return Remedy{Kind: InPlace, Name: m.Place()}, true
		}
	}
	if c := mapping.CommandFor(f); c != "" && p.Commands && p.AuthorityOver(f) != mapping.AuthorityRegister {
		return Remedy{Kind: Command, Name: c}, true
	}
	return Remedy{}, false
}

// A deed is how people decide something: by a command, or by moving the issue.
type deed struct {
	command, move RemedyKind
	act           register.Act
	rule          string         // id of the rule that asks for the role; if it is off, no role is needed
	state         register.State // a manager who moves an issue there decides it
}

func deedOf(s register.Subject) deed {
	switch s {
	case register.SubjectTriage:
		return deed{TriageCommand, TriageMove, register.ActTriage, "G24", register.Analysis}
	case register.SubjectPlan:
		return deed{PlanCommand, PlanMove, register.ActApprovePlan, "G25", register.Implementing}
	case register.SubjectRejection:
		return deed{RejectCommand, RejectMove, register.ActReject, "G04", ""}
	case register.SubjectReopening:
		return deed{ReopenCommand, ReopenMove, register.ActReopen, "", ""}
	case register.SubjectAdoption:
		return deed{AdoptCommand, AdoptCommand, register.ActAdopt, "", ""}
	case register.SubjectSigning:
		return deed{SignCommand, SignCommand, register.ActSign, "", ""}
	case register.SubjectAcceptance:
		return deed{AcceptCommand, AcceptCommand, register.ActAccept, "", ""}
	default:
		return deed{ReviewCommand, ReviewMove, register.ActReview, "G26", ""}
	}
}

// deciding says how people decide something on an issue of a binding.
func deciding(p *mapping.Profile, r register.Remedy, policy register.Policy) (Remedy, bool) {
	d := deedOf(r.Subject)
	who := policy.Who(d.act)
	if len(r.By) > 0 {
		who = register.RoleList(r.By)
	}
	if len(r.By) > 0 && r.Subject == register.SubjectEffectiveness {
		d.command, d.move, d.rule = ConfirmCommand, ConfirmMove, "G32"
	}
	if policy.Disabled[d.rule] {
		who = ""
	}
	if p.Commands {
		return Remedy{Kind: d.command, Name: strings.ToLower(string(r.Outcome)), Who: who}, true
	}
	i := slices.IndexFunc(p.Approvals, func(a mapping.ApprovalMap) bool { return a.Subject == r.Subject && a.Outcome == r.Outcome })
	if i >= 0 {
		return Remedy{Kind: d.move, Name: p.Approvals[i].To, Who: who}, true
	}
	i = slices.IndexFunc(p.States, func(s mapping.StateMap) bool { return s.State == d.state })
	if d.state == "" || i < 0 {
		return Remedy{}, false
	}
	return Remedy{Kind: d.move, Name: p.States[i].Status, Who: who}, true
}

// Things counts needs: "1 thing is needed", "2 things are needed".
func Things(n int) *message.Message {
	return message.Plural("{{.N}} thing is needed", "{{.N}} things are needed", "N", message.Count(n))
}

// brief names a need for a list; it is "" for a need that goes away with the others.
func (n Need) brief() string {
	switch n.Remedy.Kind {
	case Finish:
		return ""
	case Wait:
		return "wait until " + day(n.Remedy.Until)
	case ReviewCommand, ReviewMove:
		return "effectiveness review"
	case ConfirmCommand, ConfirmMove:
		return "confirmation of the review"
	case RejectCommand, RejectMove:
		return "rejection by another person"
	case TriageCommand, TriageMove:
		return "triage"
	case PlanCommand, PlanMove:
		return "approval of the plan"
	case ReopenCommand, ReopenMove:
		return "reopening"
	case AcceptCommand:
		return "an exception"
	case SignCommand:
		return "the signature of top management"
	case AdoptCommand:
		return "a decision about the improvement"
	case Move:
		return "another status"
	case AsTold:
		return n.Label + " (not readable)"
	case Person:
		return n.Label + " (unknown person)"
	}
	switch {
	case n.Label == "":
		return n.What
	case !n.Missing:
		return n.Label + " (to correct)"
	default:
		return n.Label
	}
}

// Brief names needs for a list, at most so many of them: "Owner, Grade and 5 more". A need
// that goes away with the others is only named if it is alone. Brief is "" if nothing is
// needed.
func Brief(needs []Need, most int) string {
	var names []string
	for _, n := range needs {
		if b := n.brief(); b != "" && !slices.Contains(names, b) {
			names = append(names, b)
		}
	}
	if len(names) == 0 && len(needs) > 0 {
		return needs[0].What
	}
	if len(names) > most {
		names = append(names[:most-1:most-1], fmt.Sprintf("%d more", len(names)-most+1))
	}
	return Join(names)
}

// A Told is a need in words, for readers of the register.
type Told struct {
	Need
	How      string `json:"how"`       // the remedy as plain text
	WaitsFor string `json:"waits_for"` // who gives it, or the day on which the need ends by itself
}

// Tell puts needs into words. Owner is the name of the record's owner, "" if it has none.
func Tell(needs []Need, owner string) []Told {
	out := make([]Told, len(needs))
	for i, n := range needs {
		out[i] = Told{n, n.Remedy.String(), n.Remedy.waitsFor(owner)}
	}
	return out
}
