package mapping

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// choice returns the register's value for a word of the configuration: the step of a scale that has
// the name, and otherwise the word.
func (p *Profile) choice(f register.Field, word string) string {
	if s, ok := register.StepNamed(p.Scales[f], word); ok {
		return s.Value()
	}
	return word
}

// stepRaw returns how the tracker spells the step of a scale that s names.
func (p *Profile) stepRaw(m FieldMap, s string) (string, bool) {
	step, ok := register.StepNamed(p.Scales[m.Field], s)
	return p.spelledStep(m, step), ok
}

// spelledStep is the tracker's spelling of a step: its name, and in a label that may hold no spaces
// its name without them.
func (p *Profile) spelledStep(m FieldMap, s register.Step) string {
	if m.Remote.Kind == KindLabel && !p.SpacedLabels {
		return strings.ReplaceAll(s.Name, " ", "-")
	}
	return s.Name
}

// stepWrite returns the spelling of the step that a value is. A value from before the scale, or of an
// earlier one, is written as the first step that counts as it does.
func (p *Profile) stepWrite(m FieldMap, value string) (string, bool) {
	steps := p.Scales[m.Field]
	for _, s := range steps {
		if s.Value() == value {
			return p.spelledStep(m, s), true
		}
	}
	for _, s := range steps {
		if s.As == register.CountsAs(m.Field, value) {
			return p.spelledStep(m, s), true
		}
	}
	return "", false
}
