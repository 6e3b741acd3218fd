package mapping

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// Action reads the issue of an action. An unknown field keeps its value of was, and there is a
// Problem.
//
// The owner is the assignee, reject_reason the reason of a cancelled action. An
// action without a kind is corrective, as a line of an action plan is.
//
// The evidence of a done action comes from the place of the evidence. In a profile without
// such a place the finished issue itself is the evidence, with its pull requests, commits and
// people: its address is taken. If the place exists and is empty, there is no evidence, and
// G12 asks for it.
func (p *Profile) Action(is *connectors.Issue, was register.Action) (register.Action, []Problem) {
	held := held(was)
	r := p.Against(p.Read(is), func(f register.Field) string {
		raw, _ := p.Project(f, held[f])
		return raw
	}, func(f register.Field) (string, bool) { return held[f], held[f] != "" })
	problems := r.Problems(p)
	a := register.Action{
		ID: p.ActionID(is.Ref), Kind: register.Corrective, State: register.ActionProposed,
		Title: strings.TrimSpace(is.Fields[connectors.Title].Text),
	}
	take := func(f register.Field, was string, to func(string)) {
		s, ok := r.View[f]
		u, unknown := r.Unknown[f]
		switch {
		case ok && s.Value != "":
			to(s.Value)
		case !ok && was != "" && unknown:
			to(was)
			if u.Why != Unreadable && held[f] != "" {
				problems = append(problems, u.Problem(f))
			}
		}
	}
	take(register.FieldTitle, was.Title, func(s string) { a.Title = s })
	take(register.FieldKind, string(was.Kind), func(s string) { a.Kind = register.ActionKind(s) })
	take(register.FieldOwner, was.Assignee, func(s string) { a.Assignee = s })
	take(register.FieldDue, was.Due, func(s string) { a.Due = s })
	take(register.FieldState, string(was.State), func(s string) { a.State = register.ActionState(s) })
	take(register.FieldEvidence, was.Evidence, func(s string) { a.Evidence = s })
	if a.State == register.ActionCancelled {
		take(register.FieldRejectReason, was.Reason, func(s string) { a.Reason = s })
	}
	if a.State != register.ActionDone {
		return a, problems
	}
	if _, ok := p.Field(register.FieldEvidence); !ok && is.Status.Done {
		a.Evidence = is.URL
	}
	if a.Done = was.Done; was.State != register.ActionDone || a.Done.IsZero() {
		a.Done = finished(is)
	}
	return a, problems
}

// held returns the values of an action by the fields of its issue. The kind corrective need
// not stand on the issue.
func held(a register.Action) map[register.Field]string {
	out := map[register.Field]string{
		register.FieldTitle: a.Title, register.FieldOwner: a.Assignee, register.FieldDue: a.Due,
		register.FieldEvidence: a.Evidence, register.FieldRejectReason: a.Reason,
	}
	if a.Kind != register.Corrective {
		out[register.FieldKind] = string(a.Kind)
	}
	return out
}

// ActionID returns the id of the action that an issue of the binding stands for. It
// never changes while the issue exists.
func (p *Profile) ActionID(ref connectors.Ref) string { return p.Binding + ":" + ref.ID }

// finished returns when an issue was last moved or, if the tracker does not say, last changed.
func finished(is *connectors.Issue) time.Time {
	for _, c := range slices.Backward(is.Changes) {
		if c.Field == "status" {
			return c.At.UTC()
		}
	}
	return is.Updated.UTC() // the tracker has no history
}
