package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// People type the values of a measure into its issue. A line that somebody changed becomes an event of its author, as if
// they had commented it, and the register decides about it. What it does not take stays on the issue if the period has no
// value yet; else the line of the register is put back.

// isValues reports whether a field shows the values that were entered for the record.
func isValues(f register.Field) bool { return f == register.FieldValues || f == register.FieldValue }

// mergeValues makes events of the lines that people changed.
func (m *merge) mergeValues(f register.Field) {
	if !m.rec.Kind().Measured() {
		return
	}
	for _, s := range m.sides(f) {
		switch {
		case s.agreed && s.Raw == s.base.Side:
			continue
		case s.Profile.AuthorityOver(f) != mapping.AuthorityTracker:
			if s.agreed {
				m.reverts[RevertKey{s.Binding, f}] = true
			}
			continue
		}
		for _, e := range m.typed(f, s) {
			known := slices.ContainsFunc(m.in.Answers, func(a Answer) bool { return a.Event.ID == e.ID })
			if !known && !slices.ContainsFunc(m.plan.Typed, func(o Event) bool { return o.ID == e.ID }) {
				m.plan.Typed = append(m.plan.Typed, e)
			}
		}
		// The lines are read. What the issue should show instead is decided when the register has answered.
		m.plan.Bases[s.Binding][f] = Agreed{Side: s.Raw, Register: s.base.Register, Unverified: s.base.Unverified}
	}
}

// hear puts the events of typed lines among the others, in the order of time.
func (m *merge) hear() {
	m.in.Events = append(slices.Clone(m.in.Events), m.plan.Typed...)
	slices.SortStableFunc(m.in.Events, func(a, b Event) int { return a.At.Compare(b.At) })
}

// typed returns what people typed on a side since it was agreed on, oldest first. A line is of whoever brought it to the
// issue. Where somebody edited it between and the tracker does not tell what they made of it, its author is not known.
func (m *merge) typed(f register.Field, s shownSide) []Event {
	was, _ := s.Profile.Lift(f, s.base.Side)
	before, _ := readLines(f, was)
	edits := s.By[f]
	if len(edits) == 0 {
		edits = []Edit{{Author: register.Author{From: s.Binding}}}
	}
	var out []Event
	unsure := false
	for i, e := range edits {
		text := e.Value
		if i == len(edits)-1 {
			text = s.Value
		} else if !e.Told {
			unsure = true
			continue
		}
		lines, _ := readLines(f, text)
		for _, l := range lines {
			if slices.ContainsFunc(before, func(o register.ValueLine) bool { return o.Says(l) }) || register.Holds(m.in.Record, l) {
				continue
			}
			by := e.Author
			if unsure {
				by = register.Author{From: s.Binding, At: e.At}
			}
			out = append(out, m.entering(s, l, by))
		}
		before, unsure = lines, false
	}
	return out
}

// entering is the event of a typed line. Its id is the same whenever the edit is read.
func (m *merge) entering(s shownSide, l register.ValueLine, by register.Author) Event {
	return Event{Binding: s.Binding, Event: mapping.Event{
		ID:   strings.Join([]string{s.Binding, "value", s.Issue.Ref.ID, by.At.UTC().Format(time.RFC3339Nano), mark(l.Period + "\n" + l.Value + "\n" + l.Note)}, ":"),
		Kind: mapping.EventMeasure, Value: l.Period + " " + l.Value, Text: l.Note,
		By: by.Person, Account: by.Account, Name: m.in.Context.Accounts[by.Person], At: by.At, How: register.ByEdit, Bot: by.Bot,
	}}
}

// mostTyped bounds the lines of a place. The register writes fewer; each of more could be an entry of the log.
const mostTyped = 100

// crowded reports whether a place has more lines than are read.
func crowded(text string) bool { return strings.Count(text, "\n") > mostTyped }

// readLines reads the lines of a place of values.
func readLines(f register.Field, text string) (lines []register.ValueLine, unread []string) {
	switch {
	case crowded(text):
		return nil, nil
	case f == register.FieldValue:
		return register.ReadValue(text)
	}
	return register.ReadValues(text)
}

// shows returns what an issue should show of a field. Among the values of a list stand the lines that the register did not
// take, so that no word of a person goes because another one is entered.
func (m *merge) shows(s *Side, f register.Field) (value string, known bool) {
	v, shown := s.Reading.View[f]
	if f != register.FieldValues || !shown || !m.rec.Kind().Measured() || s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
		return m.value(f)
	}
	lines, _ := register.ReadValues(v.Value)
	return register.Values(m.rec, m.untaken(lines)...), true
}

// untaken are the lines for periods that have no value.
func (m *merge) untaken(lines []register.ValueLine) []register.ValueLine {
	return slices.DeleteFunc(slices.Clone(lines), func(l register.ValueLine) bool {
		_, has := register.Measured(m.rec, l.Period)
		return has
	})
}

// writeValues decides about the values on one issue. Where a line is not read, nothing is written.
func (m *merge) writeValues(u *Update, s *Side, f register.Field, v mapping.Shown) {
	now, known := m.shows(s, f)
	if !known || s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
		m.writeField(u, s, f, v)
		return
	}
	lines, unread := readLines(f, v.Value)
	last := m.plan.Bases[s.Binding][f]
	if len(unread) > 0 || crowded(v.Value) {
		m.unreadLines(s, f, unread, crowded(v.Value))
		m.plan.Bases[s.Binding][f] = Agreed{Side: v.Raw, Register: last.Register, Unverified: last.Unverified}
		return
	}
	if stands := last.Side == v.Raw && last.Register == now; f == register.FieldValues || stands {
		m.untakenLines(s, f, m.untaken(lines))
	}
	contested := last.Contested && last.Side == v.Raw
	if now == last.Register && !contested && m.strays(f, now, lines) {
		m.reverts[RevertKey{s.Binding, f}] = true
	}
	m.writeField(u, s, f, v)
}

// strays reports whether a place does not have the lines that it should: somebody took one out, or wrote another for a period
// and the register did not take it. A short field has room for one line, so that one which the register did not take stands
// there instead.
func (m *merge) strays(f register.Field, want string, shown []register.ValueLine) bool {
	if f == register.FieldValue && len(m.untaken(shown)) > 0 {
		return false
	}
	lines, _ := readLines(f, want)
	return len(lines) != len(shown) || slices.ContainsFunc(lines, func(l register.ValueLine) bool { return !slices.ContainsFunc(shown, l.Says) })
}

// unreadLines notes lines that are no values, or that a place has too many.
func (m *merge) unreadLines(s *Side, f register.Field, unread []string, many bool) {
	fm, _ := s.Profile.Field(f)
	if many {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: f, Code: "values-crowded",
		}.Saying(say("{{.Place}} has more than {{.Count}} lines, and none is read", "Place", fm.Where(), "Count", mostTyped),
			say("take out the lines of older periods, which the register keeps")))
	}
	for _, line := range unread {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: f, Code: "value-unread",
		}.Saying(say("{{.Place}} has the line {{.Line}}, which is no value", "Line", quoted(line), "Place", fm.Where()),
			say("write a period and its value on each line, as in 2026-Q3: 97; a reason comes last, as in 2026-Q3: 98 because …")))
	}
}

// untakenLines notes lines that the register did not take.
func (m *merge) untakenLines(s *Side, f register.Field, left []register.ValueLine) {
	fm, _ := s.Profile.Field(f)
	for _, l := range left {
		period := l.Period
		if period == "" {
			period = "…"
		}
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: f, Code: "value-not-entered",
		}.Saying(say("{{.Place}} has the line {{.Line}}, which is not in the register", "Line", quoted(l.Text), "Place", fm.Where()),
			say("somebody whom the register knows comments /capa measure {{.Value}} period={{.Period}}, or takes the line out", "Value", l.Value, "Period", period)))
	}
}
