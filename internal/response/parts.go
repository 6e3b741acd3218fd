package response

import (
	"strings"
	"time"
	"unicode"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// person names a person of the record.
func (s Source) person(id string) string { return shown(s.Names.Person(id)) }

func (s Source) correction() *Correction {
	c := &Correction{Items: []Item{}, Since: day(s.Record.Contained)}
	for _, k := range s.Record.Corrections() {
		kind := ""
		if k.Type != "" {
			kind = string(k.Type) + ": "
		}
		c.Items = append(c.Items, Item{ID: k.ID, Text: shown(kind + k.Text), By: s.person(k.By), On: k.On, Of: shown(k.Evidence)})
	}
	return c
}

func (s Source) cause(field func(register.Field) string) *Cause {
	c := &Cause{Method: present.Words(field(register.FieldCauseMethod)), Category: present.Words(field(register.FieldCategory)), Items: []Item{}}
	actions := s.Record.AllActions()
	for _, x := range s.Record.Causes() {
		c.Items = append(c.Items, Item{ID: x.ID, Text: shown(x.Text), Of: shown(strings.Join(x.Answers(actions), ", "))})
	}
	return c
}

func (s Source) actions() []Action {
	out := []Action{}
	for _, a := range s.Record.AllActions() {
		state := present.Words(string(a.State))
		if a.Reason != "" {
			state += ": " + a.Reason
		}
		if !a.Done.IsZero() {
			state += " on " + day(a.Done)
		}
		out = append(out, Action{
			ID: shown(a.ID), Title: shown(a.Title), For: shown(a.Addressed()), Person: s.person(a.Assignee), Due: shown(a.Due), State: shown(state), Evidence: shown(a.Evidence),
		})
	}
	return out
}

func (s Source) evidence() []Item {
	out := []Item{}
	for _, e := range s.Record.Evidence() {
		out = append(out, Item{ID: shown(e.ID), Text: shown(e.URI + e.Text), Of: shown(present.EvidenceOf(e)), By: s.person(e.By), On: day(e.At)})
	}
	return out
}

func (s Source) dates() []Date {
	out := []Date{}
	for _, d := range s.View.Milestones {
		x := Date{Step: d.Milestone.Words(), Original: shown(d.Original), Present: shown(d.Present), Standing: "open"}
		switch {
		case d.Met && d.MetAt.IsZero():
			x.Standing = "met"
		case d.Met && d.Missed:
			x.Standing = "met too late on " + day(d.MetAt)
		case d.Met:
			x.Standing = "met on " + day(d.MetAt)
		case d.Missed:
			x.Standing = "missed"
		}
		out = append(out, x)
	}
	return out
}

// decisions returns what people decided about the record, the reviews apart. What did not count
// or counts no longer is left out: it is in the log, and answers nothing.
func (s Source) decisions() (other, reviews []Decision) {
	other, reviews = []Decision{}, []Decision{}
	for _, a := range s.Record.Approvals {
		if !a.Counts() {
			continue
		}
		d := Decision{What: shown(present.Decision(a)), By: s.person(a.By), At: day(a.At), Reason: shown(a.Reason)}
		if counts, _ := present.Stands(a, s.Record); !counts {
			d.What += ", in an earlier round of work"
		}
		if a.Subject == register.SubjectEffectiveness {
			reviews = append(reviews, d)
		} else {
			other = append(other, d)
		}
	}
	return other, reviews
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// dropped reports whether nobody would see a character.
func dropped(r rune) bool {
	return unicode.IsControl(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
}

// turns reports whether a character changes how others are read without being seen.
func turns(r rune) bool {
	return unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || 0xE0000 <= r && r <= 0xE007F
}
