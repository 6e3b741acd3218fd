package register

import (
	"cmp"
	"slices"
)

// A RuleCase changes a rule for some records. The first case of a rule that holds for a record
// counts; for other records the rule is as it is without cases.
type RuleCase struct {
	When     Condition `json:"when"`
	Severity Severity  `json:"severity,omitempty"` // "" switches the rule off
}

// Words says for people what becomes of the rule: "must", "only reported", "off".
func (c RuleCase) Words() string {
	switch c.Severity {
	case Must:
		return "holds records back"
	case Should:
		return "only reports"
	default:
		return "off"
	}
}

func (c RuleCase) condition() Condition { return c.When }

// WithCase returns p with a rule changed for the records of a condition. It is then asked of them
// even where its grades or the rigour matrix would not ask it. A severity of "" is that of the rule.
// The error of an unknown rule or severity names the known ones.
func (p Policy) WithCase(id string, when Condition, enabled bool, severity Severity) (Policy, error) {
	if _, err := p.With(id, enabled, severity); err != nil {
		return p, err
	}
	i := slices.IndexFunc(p.Rules, func(r Rule) bool { return r.ID == id })
	c := RuleCase{When: when}
	if enabled {
		c.Severity = cmp.Or(severity, p.Rules[i].Severity)
	}
	cases := map[string][]RuleCase{}
	for known, list := range p.Cases {
		cases[known] = slices.Clone(list)
	}
	cases[id] = append(cases[id], c)
	p.Cases = cases
	return p, nil
}

// Asks returns with which severity a rule is asked of r, "" if it is not.
func (p Policy) Asks(i RuleInfo, r Record) Severity {
	row := p.RigourFor(r)
	return p.asks(&i, r, r.Kind(), &row)
}

// asks is Asks where the kind of r and its row of the rigour matrix are known.
func (p *Policy) asks(i *RuleInfo, r Record, kind Kind, row *RigourRow) Severity {
	if !slices.Contains(i.Kinds, kind) {
		return ""
	}
	if len(p.Cases) > 0 {
		for _, c := range p.Cases[i.ID] {
			if c.When.Holds(r) {
				return c.Severity
			}
		}
	}
	if p.Disabled[i.ID] || i.Grades != nil && !slices.Contains(i.Grades, r.Grade()) || !row.asks(i.ID) {
		return ""
	}
	return i.Severity
}

// asksRule returns with which severity the rule with an id is asked of r, "" if it is not.
func (p Policy) asksRule(id string, r Record) Severity {
	i := slices.IndexFunc(p.Rules, func(rule Rule) bool { return rule.ID == id })
	if i < 0 {
		return ""
	}
	return p.Asks(p.Rules[i].RuleInfo, r)
}

// switchedOff reports whether a rule is asked of no record.
func (p Policy) switchedOff(id string) bool {
	return p.Disabled[id] && !slices.ContainsFunc(p.Cases[id], func(c RuleCase) bool { return c.Severity != "" })
}
