package mapping

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// A Step is one change of an issue, and what the issue told before and after it: a text in
// which another one may have fallen tells nothing.
type Step struct {
	ID     string // of the change
	At     time.Time
	Author connectors.User // its ID is "" where the tracker does not say who it was
	From   View
	To     View

	before, after View // what stood there, whatever it told
	blind         bool // the text before it is not known
}

// Changed reports whether the step changed what stands at the place of a field. Who only
// made a text readable again did not write it. Where the whole text before the step is not
// known, nobody can say.
func (s Step) Changed(f register.Field) bool {
	_, stood := s.before[f]
	return (stood || !s.blind) && s.before.Differs(s.after, f)
}

// Differs reports whether two views show different things of a field, or one of them alone
// shows it.
func (v View) Differs(w View, f register.Field) bool {
	a, shown := v[f]
	b, shows := w[f]
	return shown != shows || a.Raw != b.Raw
}

// A Timeline is what an issue showed before each of its changes. It is worked out once,
// when it is first asked for. Not safe for concurrent use.
type Timeline struct {
	profile *Profile
	issue   *connectors.Issue
	read    bool
	steps   []Step
	begin   View
}

// Timeline returns the timeline of an issue, which must not change afterwards.
//
// It serves issues whose changes a Historian told: the history of any other issue has words
// from which no field can be read.
func (p *Profile) Timeline(is *connectors.Issue) *Timeline {
	return &Timeline{profile: p, issue: is}
}

// Steps returns the changes of the issue, oldest first. Begin is what the issue showed before
// the first of them.
func (t *Timeline) Steps() (steps []Step, begin View) {
	if !t.read {
		t.steps, t.begin = t.profile.steps(t.issue)
		t.read = true
	}
	return t.steps, t.begin
}

// ChangedAt returns when the issue came to show its present value of a field: when it was
// created, if no step changed the field and all steps are known.
func (t *Timeline) ChangedAt(f register.Field) (at time.Time, known bool) {
	steps, begin := t.Steps()
	for _, s := range slices.Backward(steps) {
		if s.Changed(f) {
			return s.At, true
		}
	}
	_, told := begin[f]
	return t.issue.Created, told && t.issue.History == connectors.HistoryWhole
}

// steps takes the changes of an issue back, one after the other, and returns what the issue
// showed in between: so the labels of an issue tell which field changed, and the texts of
// two edits of a description tell which of its sections.
func (p *Profile) steps(is *connectors.Issue) (steps []Step, begin View) {
	now := *is
	now.Fields, now.Unreadable = maps.Clone(is.Fields), maps.Clone(is.Unreadable)
	changes := undoable(is.Changes)
	shown := make([]Reading, len(changes)+1) // before the first change, and after each
	shown[len(changes)] = p.Read(&now)
	for n, c := range slices.Backward(changes) {
		c.undo(&now)
		shown[n] = p.Read(&now)
	}
	// Each text is read in the light of those before it: a heading that was taken away empties
	// nothing.
	last := maps.Clone(shown[0].View)
	begin = shown[0].View
	from := begin
	for n, c := range changes {
		to := p.Against(shown[n+1], func(f register.Field) string { return last[f].Raw }, func(f register.Field) (string, bool) {
			v, known := last[f]
			return v.Value, known
		}).View
		maps.Copy(last, to)
		steps = append(steps, Step{
			ID: c.ID, At: c.At, Author: c.Author, From: from, To: to, before: shown[n].View, after: shown[n+1].View, blind: c.Untold,
		})
		from = to
	}
	return steps, begin
}

// A taken is a change that can be taken back.
type taken struct {
	connectors.Change
	fromReason string // of the status that From names
}

// undoable makes changes ready to be taken back. Edits of a body between which the text is
// not known become one: what one person wrote in several edits that person wrote, and of
// two people nobody can say who wrote what.
func undoable(changes []connectors.Change) []taken {
	var out []taken
	reason, body := "", -1 // the last edit of the body in out
	for _, c := range changes {
		x := taken{Change: c}
		switch connectors.Field(c.Field) {
		case historyStatus:
			x.fromReason, reason = reason, c.Reason
		case connectors.Body:
			if c.Untold && body >= 0 {
				before := out[body]
				out = slices.Delete(out, body, body+1)
				x.From, x.Untold = before.From, before.Untold
				if before.Author.ID != c.Author.ID {
					x.Author = connectors.User{}
				}
			}
			body = len(out)
		}
		out = append(out, x)
	}
	return out
}

// undo takes the change back.
func (c taken) undo(is *connectors.Issue) {
	switch f := connectors.Field(c.Field); f {
	case connectors.Title:
		is.Fields[f] = connectors.Value{Text: c.From}
	case connectors.Body:
		is.Fields[f] = connectors.Value{Text: c.From}
		if c.Untold {
			delete(is.Fields, f)
		}
	case connectors.Labels:
		is.Fields[f] = connectors.Value{Items: exchanged(is.Fields[f].Items, c.To, c.From)}
	case connectors.Assignee:
		have := is.Fields[f].Items
		if len(have) == 0 && is.Fields[f].Text != "" {
			have = []string{is.Fields[f].Text}
		}
		is.Fields[f] = assigned(exchanged(have, c.To, c.From))
	case historyStatus:
		is.Status = connectors.Status{Name: c.From, Done: !is.Status.Done, Reason: c.fromReason}
	}
}

// assigned is the value of an assignee field with these accounts.
func assigned(ids []string) connectors.Value {
	switch len(ids) {
	case 0:
		return connectors.Value{}
	case 1:
		return connectors.Value{Text: ids[0]}
	default:
		return connectors.Value{Text: ids[0], Items: ids}
	}
}

// exchanged takes one member out of a set and puts another in.
func exchanged(set []string, out, in string) []string {
	set = slices.DeleteFunc(slices.Clone(set), func(x string) bool { return strings.EqualFold(x, out) })
	if in != "" && !containsFold(set, in) {
		set = append(set, in)
	}
	slices.Sort(set)
	return set
}
