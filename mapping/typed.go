package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Typed returns a value that a person types to conformd itself, in a command or at its
// terminal, as the register has it. Each type is read there as it is read in an issue: a date
// in the forms people use, a choice without regard to case and spaces, a set of several lines
// or with commas, a person by id, login or name. A value that is none of its type gives a
// Problem with the code that an issue would give, and comes back as it is.
func (p *Profile) Typed(f register.Field, value string) (string, Problem) {
	fi := p.info(f)
	m := FieldMap{Field: f, Remote: Remote{Kind: KindField, Name: fi.Label}}
	says := say("{{.Field}} {{.Value}}", "Field", f, "Value", quoted(value))
	switch fi.Type {
	case register.TypePerson:
		return p.personTyped(f, value)
	case register.TypeText:
		return value, Problem{}
	case register.TypeEnum:
		if steps := p.Scales[f]; len(steps) > 0 {
			s, ok := register.StepNamed(steps, text.Line(value))
			if !ok {
				return value, Problem{f, "unknown-value", say("{{.Says}} is none of {{.Values}}", "Says", says, "Values", strings.Join(p.expected(m, fi), ", ")), say("choose one of them")}
			}
			return s.Value(), Problem{}
		}
		v := slug(text.Line(value))
		if v != "" && fi.Enum != nil && !slices.Contains(fi.Enum, v) {
			return v, Problem{f, "unknown-value", say("{{.Says}} is none of {{.Values}}", "Says", says, "Values", strings.Join(fi.Enum, ", ")), say("choose one of them")}
		}
		return v, Problem{}
	case register.TypeNumber:
		m.Remote.Kind = KindSection // a person types it
	case register.TypeDate, register.TypeSet, register.TypeLine, register.TypeMoney, register.TypeLink:
	}
	raw, pr := p.raw(m, connectors.Value{Text: value}, nil)
	switch {
	case pr.Code == "":
		return raw, Problem{}
	case f == register.FieldStandards:
		return value, Problem{f, pr.Code, say("{{.Says}} is none of {{.Values}}", "Says", says, "Values", strings.Join(register.StandardIDs(), ", ")), pr.Remedy}
	case fi.Type == register.TypeNumber || fi.Type == register.TypeMoney || fi.Type == register.TypeLink:
		return value, pr // it says what is wrong
	default:
		return value, Problem{f, pr.Code, say("{{.Says}} is not a {{.Type}}", "Says", says, "Type", message.Term(fi.Type)), pr.Remedy}
	}
}

// personTyped returns the person whom somebody names by id, login or name. What stands for an
// account that nobody is mapped to stays.
func (p *Profile) personTyped(f register.Field, value string) (string, Problem) {
	name := strings.TrimPrefix(strings.TrimSpace(markdown.Fold(value)), "@")
	if name == "" || strings.HasPrefix(name, "account:") {
		return name, Problem{}
	}
	for _, a := range p.People {
		if strings.EqualFold(a.Login, name) || a.ID == name || a.Person == name || strings.EqualFold(a.Name, name) {
			return a.Person, Problem{}
		}
	}
	return name, Problem{f, "unknown-person", say("{{.Value}} is not in the register's list of people", "Value", quoted(name)), say("name one of them by id, or add the person to the configuration")}
}
