package service

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// inReason is the input for the reason of a decision.
const inReason = "reason"

// reason is the input for why.
func reason(hint string) Input {
	return Input{Name: inReason, Label: "Reason", Hint: hint, Type: register.TypeText, Needed: true}
}

// note is the input for a word on a decision that needs none.
func note() Input {
	return Input{Name: inReason, Label: "Note", Hint: "A word on it, if you like", Type: register.TypeText}
}

// date is the input for a day.
func date(name, label, hint string) Input {
	return Input{Name: name, Label: label, Hint: hint, Type: register.TypeDate, As: register.FieldDue, Needed: true}
}

// choose is the input for one of some values.
func choose(name, label string, options ...Option) Input {
	return Input{Name: name, Label: label, Type: register.TypeEnum, Options: options, Needed: true}
}

// options are values that are shown as words.
func options[T ~string](values ...T) []Option {
	out := make([]Option, len(values))
	for i, v := range values {
		out[i] = Option{string(v), present.Words(string(v))}
	}
	return out
}

// field is the input for a value of a field, which begins with the value that the record has.
func (x asking) field(f register.Field) Input {
	info := x.info(f)
	return Input{Name: string(f), Label: info.Label, Type: info.Type, As: f, Value: x.r.Fields[f], Options: x.values(info)}
}

func (x asking) info(f register.Field) register.FieldInfo {
	for _, info := range register.FieldsAnd([]register.Field{f}) {
		if info.Field == f {
			return info
		}
	}
	return register.FieldInfo{Field: f, Label: string(f), Type: register.TypeText}
}

// values are what people choose from for a field.
func (x asking) values(info register.FieldInfo) []Option {
	switch {
	case info.Type == register.TypePerson:
		return x.people()
	case info.Type != register.TypeEnum:
		return nil
	}
	if steps := x.a.Typing.Scales[info.Field]; len(steps) > 0 {
		out := make([]Option, len(steps))
		for i, s := range steps {
			out[i] = Option{s.Value(), present.Words(s.Value())}
		}
		return out
	}
	return options(info.Enum...)
}

// people are those who can be named, auditors among them.
func (x asking) people() []Option {
	out := make([]Option, 0, len(x.a.People))
	for _, id := range slices.Sorted(maps.Keys(x.a.People)) {
		out = append(out, Option{id, cmp.Or(x.a.People[id].Name, id)})
	}
	slices.SortStableFunc(out, func(a, b Option) int { return strings.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) })
	return out
}

// settable are the fields to which a person gives a value: not those that conformd writes itself, or that
// have an act of their own.
func (x asking) settable() []Option {
	var own []register.Field
	for _, c := range x.a.Policy.Fields {
		own = append(own, c.Field())
	}
	var out []Option
	for _, info := range register.FieldsAnd(own) {
		if info.Field != register.FieldState && !register.Derived(info.Field) {
			out = append(out, Option{string(info.Field), info.Label})
		}
	}
	return out
}

// waiting are the values of a record about which a decision waits.
func (x asking) waiting() []Option {
	var out []Option
	for _, p := range present.Proposals(x.r, present.Names{}, x.a.Policy) {
		f := string(p.Field)
		if p.Excepts() {
			f = string(register.FieldState)
		}
		if m, ok := register.MilestoneOfChange(f); ok {
			f = string(m)
		}
		if !slices.ContainsFunc(out, func(o Option) bool { return o.Value == f }) {
			out = append(out, Option{f, p.Label})
		}
	}
	return out
}

// milestones are those with a date that is not met.
func (x asking) milestones() []Option {
	var out []Option
	for _, d := range register.Deadlines(x.r, x.a.Now()) {
		if !d.Met && d.Milestone != register.MilestoneDecision {
			out = append(out, Option{string(d.Milestone), d.Milestone.Words() + ", due " + d.Present})
		}
	}
	return out
}

// candidates are the closed records that the record may be again.
func (x asking) candidates() []Option {
	var out []Option
	for _, c := range x.r.Recurrences {
		if c.State == register.RecurrenceProposed {
			out = append(out, Option{c.Ref, c.Ref + ": " + c.Why})
		}
	}
	return out
}

// shared are the fields that several records may be given one value for: who does it and by when, where records come from, and people,
// dates and lists of the organisation's own. A grade, a cause or a plan is a judgement about one record.
func shared(list []asking) []Option {
	if len(list) == 0 {
		return nil
	}
	x := list[0]
	usual := []register.Field{
		register.FieldOwner, register.FieldDue, register.FieldDeadline, register.FieldReviewer, register.FieldReviewDue, register.FieldAnalyst, register.FieldPlannedFor, register.FieldSource,
	}
	return slices.DeleteFunc(x.settable(), func(o Option) bool {
		f := register.Field(o.Value)
		if slices.ContainsFunc(x.a.Policy.Fields, func(c register.CustomField) bool { return c.Field() == f }) {
			return !slices.Contains([]register.Type{register.TypePerson, register.TypeDate, register.TypeEnum}, x.info(f).Type)
		}
		return !slices.Contains(usual, f)
	})
}

// anyMilestone are the milestones that one of several records has with a date that is not met.
func anyMilestone(list []asking) []Option {
	var out []Option
	for _, m := range register.MilestoneList() {
		if slices.ContainsFunc(list, func(x asking) bool {
			return slices.ContainsFunc(x.milestones(), func(o Option) bool { return o.Value == string(m) })
		}) {
			out = append(out, Option{string(m), m.Words()})
		}
	}
	return out
}
