package mapping

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// A Step is one change of an issue, with the values of the issue before and after it. A text that
// another field's text may have joined (see Profile.Against) is unknown.
type Step struct {
	ID     string // of the change
	At     time.Time
	Author connectors.User // its ID is "" if the tracker does not name the author
	From   View
	To     View

	before, after View // the values as they stood there, even if Against makes them unknown
	blind         bool // the text before the change is unknown
}

// Changed reports whether the step changed the value at the place of a field. A step that only
// made a text readable again did not write it. If the text before the step is unknown, its
// fields count as unchanged.
func (s Step) Changed(f register.Field) bool {
	_, stood := s.before[f]
	return (stood || !s.blind) && s.before.Differs(s.after, f)
}

// Differs reports whether two views show different values of a field, or only one of them shows
// the field.
func (v View) Differs(w View, f register.Field) bool {
	a, shown := v[f]
	b, shows := w[f]
	return shown != shows || a.Raw != b.Raw
}

// A Timeline holds the values of an issue before each of its changes. It is computed once, on
// first use. It is not safe for concurrent use.
type Timeline struct {
	profile *Profile
	issue   *connectors.Issue
	read    bool
	steps   []Step
	begin   View
}

// Timeline returns the timeline of an issue, which must not change afterwards.
//
// It works for issues whose changes come from a Historian. No field can be read from the history
// of any other issue.
func (p *Profile) Timeline(is *connectors.Issue) *Timeline {
	return &Timeline{profile: p, issue: is}
}

// Steps returns the changes of the issue, oldest first. Begin holds the values of the issue
// before the first of them.
func (t *Timeline) Steps() (steps []Step, begin View) {
	if !t.read {
		t.steps, t.begin = t.profile.steps(t.issue)
		t.read = true
	}
	return t.steps, t.begin
}

// ChangedAt returns when a field got its present value on the issue. That is the creation of the
// issue if no step changed the field and all steps are known.
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

// steps undoes the changes of an issue one after the other and returns the values in between. In
// this way a change of labels shows which field changed, and two texts of a description show
// which section did.
func (p *Profile) steps(is *connectors.Issue) (steps []Step, begin View) {
	now := *is
	now.Fields, now.Unreadable = maps.Clone(is.Fields), maps.Clone(is.Unreadable)
	changes := undoable(is.Changes)
	shown := make([]Reading, len(changes)+1) // before the first change, and after each
	l := p.layout(&now)
	shown[len(changes)] = p.readIn(&now, l)
	for n, c := range slices.Backward(changes) {
		c.undo(&now)
		if now.Fields[connectors.Body].Text != l.body {
			l = p.layout(&now) // most changes leave the description alone
		}
		shown[n] = p.readIn(&now, l)
	}
	// Each text is read against those before it: removing a heading does not empty its field.
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

// A taken is a change that can be undone.
type taken struct {
	connectors.Change
	fromReason string // the reason of the status in From
}

// undoable prepares changes for undo. It joins edits of a body between which the text is unknown.
// If one person made them all, that person is the author; of edits by several people the author
// is unknown.
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

// undo undoes the change.
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

// exchanged replaces one member of a set by another.
func exchanged(set []string, out, in string) []string {
	set = slices.DeleteFunc(slices.Clone(set), func(x string) bool { return strings.EqualFold(x, out) })
	if in != "" && !containsFold(set, in) {
		set = append(set, in)
	}
	slices.Sort(set)
	return set
}
