package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// raw spells an entry: "Closed / Effective", "closed / completed / state/closed".
func (s StateMap) raw() string {
	var out strings.Builder
	out.WriteString(s.Status)
	for _, part := range []string{s.Reason, s.Label} {
		if part != "" {
			out.WriteString(" / " + part)
		}
	}
	return out.String()
}

// matches reports whether an issue with the status and labels shows the entry.
func (s StateMap) matches(st connectors.Status, labels []string) bool {
	return s.is(st) &&
		(s.Reason == "" || strings.EqualFold(s.Reason, st.Reason)) &&
		(s.Label == "" || containsFold(labels, s.Label))
}

func containsFold(in []string, s string) bool {
	for _, x := range in {
		if strings.EqualFold(x, s) {
			return true
		}
	}
	return false
}

// entry returns the entry that counts for an issue, -1 if none does.
func (p *Profile) entry(st connectors.Status, labels []string) int {
	for i, s := range p.States {
		if s.matches(st, labels) {
			return i
		}
	}
	return -1
}

// stateShown reads the state of an issue.
func (p *Profile) stateShown(is *connectors.Issue) (Shown, Problem) {
	i := p.entry(is.Status, is.Fields[connectors.Labels].Items)
	if i < 0 {
		name := is.Status.Name
		if is.Status.Reason != "" {
			name += " / " + is.Status.Reason
		}
		return Shown{}, Problem{
			register.FieldState, "unknown-status",
			say("status {{.Value}} is not mapped to a state", "Value", quoted(name)),
			say("add it to the states of binding {{.Binding}}", "Binding", p.Binding),
		}
	}
	s := p.States[i]
	return Shown{Raw: s.raw(), Value: string(s.State)}, Problem{}
}

// byRaw returns the entry spelled raw, -1 if there is none.
func (p *Profile) byRaw(raw string) int {
	for i, s := range p.States {
		if s.raw() == raw {
			return i
		}
	}
	return -1
}

// byState returns the first entry with a state, -1 if there is none.
func (p *Profile) byState(st register.State) int {
	for i, s := range p.States {
		if s.State == st {
			return i
		}
	}
	return -1
}

// nearest returns the entry to write for a state: its own first entry or, for a working state
// that the tracker does not have, the entry of the nearest state before it on the path. A final
// state is never approximated: an issue must not look closed when the record is not, nor the
// other way round.
func (p *Profile) nearest(st register.State) int {
	if i := p.byState(st); i >= 0 {
		return i
	}
	path := []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying}
	rank := st.Rank()
	if p.Role == RoleAction {
		path = []register.State{register.State(register.ActionProposed), register.State(register.ActionInProgress)}
		rank = -1
		for i, s := range path {
			if s == st {
				rank = i
			}
		}
	}
	if st.Ended() {
		return -1
	}
	for r := rank - 1; r >= 0; r-- {
		if i := p.byState(path[r]); i >= 0 {
			return i
		}
	}
	return -1
}

// statePatch adds the changes to patch that move an issue to entry i. It removes the labels of
// other states, and sets a status only if the entry needs it.
func (p *Profile) statePatch(is *connectors.Issue, i int, edit *labelEdit, patch *connectors.Patch) {
	want := p.States[i]
	for _, s := range p.States {
		if s.Label != "" && !strings.EqualFold(s.Label, want.Label) {
			edit.drop(s.Label)
		}
	}
	if want.Label != "" {
		edit.add(want.Label)
	}
	if p.entry(is.Status, edit.after()) == i {
		return
	}
	patch.Status = &connectors.Target{Name: want.Status, Reason: want.Reason}
}

// A labelEdit collects the changes to the labels of an issue, so that all other labels are left
// alone.
type labelEdit struct {
	have    []string
	added   []string
	removed []string
}

// add adds a label unless the issue has it. Case does not count.
func (e *labelEdit) add(l string) {
	if containsFold(e.after(), l) {
		return
	}
	e.added = append(e.added, l)
}

// drop removes every spelling of a label.
func (e *labelEdit) drop(l string) {
	for _, h := range e.have {
		if strings.EqualFold(h, l) && !slices.Contains(e.removed, h) {
			e.removed = append(e.removed, h)
		}
	}
}

// after returns the labels after the changes.
func (e *labelEdit) after() []string {
	var out []string
	for _, h := range e.have {
		if !slices.Contains(e.removed, h) {
			out = append(out, h)
		}
	}
	return append(out, e.added...)
}
