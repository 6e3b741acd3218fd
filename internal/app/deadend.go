package app

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A DeadEnd is a field that a rule demands and that nobody can give: neither the
// issue on which a record begins nor a twin of it has a place for it, and no command
// fills it in. Such a record stays open for ever.
type DeadEnd struct {
	Binding string         `json:"binding"` // where the records begin
	Field   register.Field `json:"field"`
	Label   string         `json:"label"`
	Rule    string         `json:"rule"`
}

// DeadEnds finds the dead ends by asking the rules what an empty record lacks.
func DeadEnds(c *config.Config) ([]DeadEnd, error) {
	p, err := Policy(c)
	if err != nil {
		return nil, err
	}
	lacks := demanded(p, People(c))
	bindings := slices.Clone(c.Bindings)
	for _, p := range c.Patterns {
		b := p.Template()
		b.ID = p.Entry
		bindings = append(bindings, b)
	}
	var out []DeadEnd
	for i := range bindings {
		b := &bindings[i]
		if b.Role == string(mapping.RoleAction) || evaluatesAlone(b) {
			continue
		}
		given := places(c, bindings, b)
		for _, d := range lacks {
			if !given[d.Field] {
				d.Binding = b.ID
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// evaluatesAlone reports whether the issues of a binding are of types that all stand for kinds of record by which the ISMS is
// evaluated, so that no nonconformity begins there.
func evaluatesAlone(b *config.Binding) bool {
	for _, f := range b.Fields {
		if f.Field != string(register.FieldKind) || f.From.Kind != string(mapping.KindType) {
			continue
		}
		named := slices.ContainsFunc(f.Values, func(p config.Pair) bool { return strings.EqualFold(p.From, b.IssueType) })
		return named && !slices.ContainsFunc(f.Values, func(p config.Pair) bool { return !register.Kind(p.To).Evaluates() })
	}
	return false
}

// demanded returns the fields that rules demand of a nonconformity before it is closed, of any grade
// and risk. It leaves out waiting times and decisions: no place in an issue gives them.
func demanded(p register.Policy, people map[string]register.Person) []DeadEnd {
	var out []DeadEnd
	for _, grade := range values(p, register.FieldGrade) {
		for _, risk := range values(p, register.FieldRisk) {
			r := register.Record{Fields: map[register.Field]string{
				register.FieldKind: string(register.Nonconformity), register.FieldGrade: grade, register.FieldRisk: risk,
			}}
			for _, v := range register.Unmet(r, register.Closed, register.Context{At: time.Now(), People: people}, p) {
				for _, l := range v.Lacks {
					info, known := register.Info(l.Field)
					if known && l.Remedy.Kind == register.RemedyGive && !slices.ContainsFunc(out, func(d DeadEnd) bool { return d.Field == l.Field }) {
						out = append(out, DeadEnd{Field: l.Field, Label: info.Label, Rule: v.Rule.ID})
					}
				}
			}
		}
	}
	return out
}

// values are those that a field may have under a policy, and none.
func values(p register.Policy, f register.Field) []string {
	out := []string{""}
	for _, s := range p.Scales[f] {
		out = append(out, s.Value())
	}
	if len(out) == 1 {
		out = append(out, p.Choices(f)...)
	}
	return out
}

// places returns the fields that people can fill in for a record that begins in from.
func places(c *config.Config, all []config.Binding, from *config.Binding) map[register.Field]bool {
	given := map[register.Field]bool{}
	for i := range all {
		b := &all[i]
		if b.Role == string(mapping.RoleAction) || b.ID != from.ID && !b.CreateTwin {
			continue
		}
		for _, f := range b.Fields {
			if f.Authority == string(mapping.AuthorityTracker) {
				info, _ := c.FieldNamed(f.Field)
				given[info.Field] = true
			}
		}
		if b.Commands {
			for _, f := range mapping.CommandFields() {
				given[f] = true
			}
		}
	}
	return given
}
