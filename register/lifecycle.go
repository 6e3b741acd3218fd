package register

import "slices"

// Check returns the rules that do not hold for r to be in state to: every rule of
// to and of every state before it, since the evidence of earlier steps must still
// be there. Rules of severity Should are among them. StateRejected is beside the
// path and has rules of its own; Accepted has G18 alone (see acceptance).
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
		return acceptance(r, p)
	}
	ctx = p.withDefaults(ctx)
	ctx.policy, ctx.to, ctx.rigour = p, to, p.RigourFor(r)
	kind := r.Kind()
	var out []Violation
	for i := range p.Rules {
		rule := &p.Rules[i]
		if !rule.governs(to) {
			continue
		}
		severity := p.asks(&rule.RuleInfo, r, kind, &ctx.rigour)
		if !slices.Contains(severities, severity) {
			continue
		}
		if l := rule.Check(r, ctx); len(l) > 0 {
			info := rule.RuleInfo
			info.Severity = severity
			out = append(out, Violation{info, l})
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

// holds reports whether a rule is in force for r and holds it back when broken.
func (p Policy) holds(id string, r Record) bool {
	return p.asksRule(id, r) == Must
}
