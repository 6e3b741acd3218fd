package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// Scales are the organisation's own grades and risks.
type Scales struct {
	Grade []GradeStep `json:"grade" jsonschema_description:"The organisation's own grades; without any, major, minor, observation and ofi."`
	Risk  []RiskStep  `json:"risk" jsonschema_description:"The organisation's own risks; without any, critical, high, medium and low."`
}

// A GradeStep is one grade of the organisation.
type GradeStep struct {
	Name string `json:"name" jsonschema:"required" jsonschema_description:"Name of the grade, in any language, as people write it and the register keeps it."`
	As   string `json:"as" jsonschema:"required,enum=major,enum=minor,enum=observation,enum=ofi" jsonschema_description:"What rules and matrices see of it."`
}

// A RiskStep is one risk of the organisation.
type RiskStep struct {
	Name string `json:"name" jsonschema:"required" jsonschema_description:"Name of the risk, in any language, as people write it and the register keeps it."`
	As   string `json:"as" jsonschema:"required,enum=critical,enum=high,enum=medium,enum=low" jsonschema_description:"What rules and matrices see of it."`
}

// Scales returns the organisation's own grades and risks, nil for none.
func (c *Config) Scales() map[register.Field][]register.Step {
	out := map[register.Field][]register.Step{}
	for _, s := range c.Register.Scales.Grade {
		out[register.FieldGrade] = append(out[register.FieldGrade], register.Step(s))
	}
	for _, s := range c.Register.Scales.Risk {
		out[register.FieldRisk] = append(out[register.FieldRisk], register.Step(s))
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// checkScales judges the scales: each step has a name of its own, and each word that rules know has a
// step, so that nothing that the register says cannot be said in a tracker.
func (c *Config) checkScales() {
	scales := c.Scales()
	for _, f := range register.Scaled() {
		list := "register.scales." + string(f)
		steps, info := scales[f], fieldInfo(f)
		if c.source.written(list) && len(steps) == 0 {
			c.source.fail(CodeMissing, list, "the scale has no step", "remove the key for "+strings.Join(info.Enum, ", "))
		}
		seen := map[string]string{}
		for i, s := range steps {
			key := join(Key(list, i), "name")
			c.once(seen, strings.Join(strings.FieldsFunc(strings.ToLower(s.Name), func(r rune) bool { return strings.ContainsRune(" \t_-", r) }), " "), key, "step "+quote(s.Name))
			switch {
			case s.Name == "" || s.As == "":
			case unfit().MatchString(s.Name) || strings.TrimSpace(s.Name) != s.Name || len(s.Name) > 60:
				c.source.fail(CodeForm, key, quote(s.Name)+" cannot be the name of a step", "write up to 60 characters in one line, without parentheses, and not because or weil")
			case slices.Contains(info.Enum, strings.ToLower(s.Name)) && strings.ToLower(s.Name) != s.As:
				c.source.fail(CodeForm, key, quote(s.Name)+" would count as "+s.As+", and rules know a "+strings.ToLower(s.Name)+" that is another", "write another name, or as: "+strings.ToLower(s.Name))
			}
		}
		if len(steps) == 0 || c.source.failedIn(list) || slices.ContainsFunc(steps, func(s register.Step) bool { return s.As == "" }) {
			continue
		}
		for _, known := range info.Enum {
			if !slices.ContainsFunc(steps, func(s register.Step) bool { return s.As == known }) {
				c.source.fail(CodeMissing, list, "no step counts as "+known+", and a value could not be written in it", "add a step with as: "+known)
			}
		}
	}
}

// unfit matches what no name of a step may have: what would part it from its meaning, or from the
// reason in a command.
func unfit() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[()\r\n\x60"]|(^|\s)(because|weil)(\s|$)`)
}

// checkWhen judges the grades and risks of a condition: what rules know, or the steps of the scale.
func (c *Config) checkWhen(key string, w When) {
	scales := c.Scales()
	for _, x := range []struct {
		f      register.Field
		values []string
	}{{register.FieldGrade, w.Grade}, {register.FieldRisk, w.Risk}} {
		known := slices.Clone(fieldInfo(x.f).Enum)
		for _, s := range scales[x.f] {
			if !slices.Contains(known, s.Name) {
				known = append(known, s.Name)
			}
		}
		for i, v := range x.values {
			if v != "" && !slices.Contains(known, v) {
				bad := choice(v, known)
				c.source.fail(bad.code, Key(join(key, "when."+string(x.f)), i), bad.what, bad.remedy)
			}
		}
	}
}

// reach is a condition with every word that it stands for, so that one row can be held against
// another: major stands for the steps that count as it, too.
func (c *Config) reach(w register.Condition) register.Condition {
	scales := c.Scales()
	w.Grade, w.Risk = slices.Clone(w.Grade), slices.Clone(w.Risk)
	for _, s := range scales[register.FieldGrade] {
		if slices.Contains(w.Grade, register.Grade(s.As)) {
			w.Grade = append(w.Grade, register.Grade(s.Name))
		}
	}
	for _, s := range scales[register.FieldRisk] {
		if slices.Contains(w.Risk, s.As) {
			w.Risk = append(w.Risk, s.Name)
		}
	}
	return w
}

func fieldInfo(f register.Field) register.FieldInfo {
	info, _ := register.Info(f)
	return info
}
