package register

import "slices"

// Check returns the rules that do not hold for r to be in state to: every rule of
// to and of every state before it, since the evidence of earlier steps must still
// be there. Rules of severity Should are among them. StateRejected is beside the
// path and has rules of its own; Accepted is never lawful (see acceptance).
func Check(r Record, to State, ctx Context, p Policy) []Violation {
	return check(r, to, ctx, p, Must, Should)
}

// Unmet is Check for the rules that hold a record back, alone. How far a record may go is
// asked often, and what is only recommended need not be worked out for it.
func Unmet(r Record, to State, ctx Context, p Policy) []Violation {
	return check(r, to, ctx, p, Must)
}

func check(r Record, to State, ctx Context, p Policy, severities ...Severity) []Violation {
	if to == Accepted {
		return []Violation{acceptance()}
	}
	ctx = p.withDefaults(ctx)
	ctx.policy, ctx.to = p, to
	var out []Violation
	for _, rule := range p.Rules {
		if p.Disabled[rule.ID] || !slices.Contains(severities, rule.Severity) || !rule.governs(to) || !rule.AppliesTo(r) {
			continue
		}
		if l := rule.Check(r, ctx); len(l) > 0 {
			out = append(out, Violation{rule.RuleInfo, l})
		}
	}
	return out
}

// governs reports whether the rule must hold for a record to be in state s.
func (i RuleInfo) governs(s State) bool {
	if s == StateRejected || i.To == StateRejected {
		return s == i.To || i.ID == "G21" || i.ID == "G23" // texts are asked for beside the path, too
	}
	return i.To.Rank() >= 0 && i.To.Rank() <= s.Rank()
}

// acceptance is why no record is accepted as an exception: that takes a named
// approver and a date on which it ends, for which a record has no place. It cannot
// be switched off.
func acceptance() Violation {
	return Violation{
		Rule: RuleInfo{
			ID: "G18", Requirement: "nc.proportion", To: Accepted, Kinds: allKinds(), Severity: Must,
			Sentence: "An exception is accepted in a step of its own, which names who approved it and when it ends",
		},
		Lacks: []Lack{{Field: FieldState, What: "Accepting an exception needs the acceptance step, which this register does not offer; close the record with its evidence, or reject it with a reason", Remedy: Remedy{Kind: RemedyMove}}},
	}
}

// holds reports whether a rule is in force for r and holds it back when broken.
func (p Policy) holds(id string, r Record) bool {
	return !p.Disabled[id] && slices.ContainsFunc(p.Rules, func(rule Rule) bool {
		return rule.ID == id && rule.Severity == Must && rule.AppliesTo(r)
	})
}
