package mapping

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// A Step is what one account made of an issue at one time, and what the issue told before
// and after it: a text in which another one may have fallen tells nothing.
type Step struct {
	Last   string // id of the last of its changes
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

// Steps takes the changes of an issue back, one after the other, and returns what the issue
// showed in between: so the labels of an issue tell which field changed, and the texts of
// two edits of a description tell which of its sections. Changes that one account made in
// the same second are one step. The steps are oldest first; begin is what the issue showed
// before the first of them.
//
// It serves issues whose changes a Historian told: of others the history has words that no
// field can be read from.
func (p *Profile) Steps(is *connectors.Issue) (steps []Step, begin View) {
	now := *is
	now.Fields, now.Unreadable = maps.Clone(is.Fields), maps.Clone(is.Unreadable)
	groups := byMoment(undoable(is.Changes))
	shown := make([]Reading, len(groups)+1) // before the first step, and after each
	shown[len(groups)] = p.Read(&now)
	for n, group := range slices.Backward(groups) {
		for _, c := range slices.Backward(group) {
			c.undo(&now)
		}
		shown[n] = p.Read(&now)
	}
	// Each text is read in the light of those before it: a heading that was taken away empties
	// nothing.
	last := maps.Clone(shown[0].View)
	begin = shown[0].View
	from := begin
	for n, group := range groups {
		to := p.Against(shown[n+1], func(f register.Field) string { return last[f].Raw }, func(f register.Field) (string, bool) {
			v, known := last[f]
			return v.Value, known
		}).View
		maps.Copy(last, to)
		end := group[len(group)-1]
		steps = append(steps, Step{
			Last: end.ID, At: end.At, Author: end.Author, From: from, To: to, before: shown[n].View, after: shown[n+1].View,
			blind: slices.ContainsFunc(group, func(c taken) bool { return c.Untold }),
		})
		from = to
	}
	return steps, begin
}

// ChangedAt returns when an issue came to show its present value of a field, by its steps:
// when it was created, if none of them changed the field and all are known.
func (p *Profile) ChangedAt(is *connectors.Issue, f register.Field) (at time.Time, known bool) {
	steps, begin := p.Steps(is)
	for _, s := range slices.Backward(steps) {
		if s.Changed(f) {
			return s.At, true
		}
	}
	_, told := begin[f]
	return is.Created, told && is.History == connectors.HistoryWhole
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

// byMoment groups the changes that one account made in the same second.
func byMoment(changes []taken) [][]taken {
	var out [][]taken
	for _, c := range changes {
		n := len(out) - 1
		if n >= 0 && out[n][0].Author.ID == c.Author.ID && out[n][0].At.Equal(c.At) {
			out[n] = append(out[n], c)
			continue
		}
		out = append(out, []taken{c})
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
