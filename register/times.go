package register

import (
	"maps"
	"slices"
	"strings"
)

// A Condition says which records a row of a matrix is about. A list without values is about
// every value. A grade or a risk is named by what it counts as, or by its step of the scale.
type Condition struct {
	Kind   []Kind   `json:"kind,omitempty"`
	Grade  []Grade  `json:"grade,omitempty"`
	Risk   []string `json:"risk,omitempty"`
	Scope  []string `json:"scope,omitempty"`
	Source []string `json:"source,omitempty"`
}

// Holds reports whether r is one of the records.
func (c Condition) Holds(r Record) bool {
	return oneOf(c.Kind, r.Kind()) && oneStep(c.Grade, FieldGrade, r) && oneStep(c.Risk, FieldRisk, r) &&
		oneOf(c.Source, r.Fields[FieldSource]) &&
		(len(c.Scope) == 0 || slices.ContainsFunc(members(r.Fields[FieldScope]), func(s string) bool { return oneOf(c.Scope, s) }))
}

func oneOf[T comparable](list []T, v T) bool { return len(list) == 0 || slices.Contains(list, v) }

// oneStep reports whether the value of a field is in a list, by what it counts as or by the name of
// its step.
func oneStep[T ~string](list []T, f Field, r Record) bool {
	if len(list) == 0 {
		return true
	}
	name, as := split(f, r.Fields[f])
	return slices.Contains(list, T(as)) || name != as && slices.Contains(list, T(name))
}

// Covers reports whether c holds for every record for which d holds, so that a row of d below
// one of c is never reached.
func (c Condition) Covers(d Condition) bool {
	return within(c.Kind, d.Kind) && within(c.Grade, d.Grade) && within(c.Risk, d.Risk) && within(c.Scope, d.Scope) && within(c.Source, d.Source)
}

// within reports whether wide allows all that narrow allows.
func within[T comparable](wide, narrow []T) bool {
	if len(wide) == 0 {
		return true
	}
	return len(narrow) > 0 && !slices.ContainsFunc(narrow, func(v T) bool { return !slices.Contains(wide, v) })
}

// Words says for people which records are meant: "nonconformity, grade major, risk critical".
func (c Condition) Words() string {
	var out []string
	add := func(name string, values []string) {
		if len(values) > 0 {
			out = append(out, name+strings.ReplaceAll(strings.Join(values, " or "), "_", " "))
		}
	}
	add("", words(c.Kind))
	add("grade ", words(c.Grade))
	add("risk ", c.Risk)
	add("scope ", c.Scope)
	add("source ", c.Source)
	if len(out) == 0 {
		return "every record"
	}
	return strings.Join(out, ", ")
}

// says is Words, in no language yet. Scopes and sources are in the words of the organisation.
func (c Condition) says() *Message {
	var all *Message
	add := func(part *Message) {
		if all == nil {
			all = part
		} else {
			all = say("{{.First}}, {{.Next}}", "First", all, "Next", part)
		}
	}
	if len(c.Kind) > 0 {
		add(either(words(c.Kind), true))
	}
	if len(c.Grade) > 0 {
		add(say("grade {{.Values}}", "Values", either(words(c.Grade), true)))
	}
	if len(c.Risk) > 0 {
		add(say("risk {{.Values}}", "Values", either(c.Risk, true)))
	}
	if len(c.Scope) > 0 {
		add(say("scope {{.Values}}", "Values", either(c.Scope, false)))
	}
	if len(c.Source) > 0 {
		add(say("source {{.Values}}", "Values", either(c.Source, false)))
	}
	if all == nil {
		return say("every record")
	}
	return all
}

// either lists values with "or" between them; terms are words of conformd.
func either(values []string, terms bool) *Message {
	var all *Message
	for _, v := range values {
		v = strings.ReplaceAll(v, "_", " ")
		var word any = v
		if terms {
			word = term(v)
		}
		if all == nil {
			all = say("{{.Words}}", "Words", word)
		} else {
			all = say("{{.First}} or {{.Words}}", "First", all, "Words", word)
		}
	}
	return all
}

func words[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

// A TimeRow is one row of the time matrix (nc.proportion).
type TimeRow struct {
	When Condition `json:"when,omitzero"`
	// Days are the days until each milestone is due. A milestone without days has no date.
	Days map[Milestone]int `json:"days"`
	// Business counts business days of the calendar, and not calendar days.
	Business bool `json:"business_days,omitempty"`
}

// clone returns a copy of the row with the days that count alone.
func (t TimeRow) clone() TimeRow {
	t.Days = maps.Clone(t.Days)
	if t.Days == nil {
		t.Days = map[Milestone]int{}
	}
	maps.DeleteFunc(t.Days, func(_ Milestone, n int) bool { return n == 0 })
	return t
}

// DefaultTimes returns the time matrix that conformd ships. The standard gives no number; these
// leave a certification body its usual 90 days.
func DefaultTimes() []TimeRow {
	row := func(kind Kind, grades []Grade, risks []string, triage, containment, cause, implementation, verification int) TimeRow {
		return TimeRow{When: Condition{Kind: []Kind{kind}, Grade: grades, Risk: risks}, Days: map[Milestone]int{
			MilestoneTriage: triage, MilestoneContainment: containment, MilestoneCause: cause,
			MilestoneImplementation: implementation, MilestoneVerification: verification,
		}}.clone()
	}
	serious := []string{"critical", "high"}
	return []TimeRow{
		row(Nonconformity, []Grade{Major}, []string{"critical"}, 1, 1, 10, 30, 90),
		row(Nonconformity, []Grade{Major}, nil, 2, 3, 14, 60, 90),
		row(Nonconformity, nil, serious, 5, 7, 21, 60, 120),
		row(Nonconformity, nil, nil, 5, 14, 30, 90, 180),
		row(PotentialNonconformity, nil, serious, 5, 0, 30, 60, 180),
		row(PotentialNonconformity, nil, nil, 10, 0, 45, 120, 365),
		row(Observation, nil, nil, 30, 0, 0, 90, 0),
		row(Improvement, nil, nil, 30, 0, 0, 0, 90),
	}
}

// times returns the row of the matrix for r, false if there is none. What evaluates the ISMS has no milestones: its
// values have days of their own.
func (p Policy) times(r Record) (TimeRow, bool) {
	if r.Kind().Evaluates() {
		return TimeRow{}, false
	}
	i := slices.IndexFunc(p.Times, func(t TimeRow) bool { return t.When.Holds(r) })
	if i < 0 {
		return TimeRow{}, false
	}
	return p.Times[i], true
}
