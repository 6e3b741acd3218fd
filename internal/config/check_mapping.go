package config

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// checkStates judges what the statuses mean.
func (c *Config) checkStates(b *Binding) {
	for i, s := range b.States {
		key := Key(b.at.states, i)
		if s.Status == "" || s.State == "" {
			continue // reported as missing
		}
		if all := statesOf(b.Role); !slices.Contains(all, s.State) {
			f := choice(s.State, all)
			c.source.fail(f.code, join(key, "state"), quote(s.State)+" is not a state of "+article(b.Role), f.remedy)
		}
		if judge := trackers()[b.Tracker].status; judge != nil {
			judge(c, key, s)
		}
		for j, earlier := range b.States[:i] {
			if covers(earlier, s) {
				line := c.source.position(Key(parent(key), j)).line
				c.source.fail(CodeMapping, key, "the entry never counts, because the one on line "+decimal(int64(line))+" matches first", "put the entry with more conditions first, or remove one")
				break
			}
		}
	}
	c.checkCovered(b, b.at.states)
	if len(b.States) > 0 && ended(b.Role, b.States[0].State) {
		c.source.fail(CodeMapping, Key(b.at.states, 0), "new issues start with the first entry, and this one ends them", "put the entry of a new issue first")
	}
}

// checkCovered checks that every issue has a state, and every record a status.
func (c *Config) checkCovered(b *Binding, key string) {
	if len(b.States) == 0 {
		return // reported as missing
	}
	for _, status := range trackers()[b.Tracker].statuses {
		if !slices.ContainsFunc(b.States, func(s State) bool { return covers(s, State{Status: status}) }) {
			c.source.fail(CodeMapping, key, "an issue that is "+status+" without a known label or reason has no state", "add an entry with status: "+status+" alone after the others")
		}
	}
	all, first := statesOf(b.Role), string(register.Reported)
	if slices.ContainsFunc(b.States, func(s State) bool { return !slices.Contains(all, s.State) }) {
		return // reported where it stands
	}
	if b.Role != "action" && !slices.ContainsFunc(b.States, func(s State) bool { return s.State == first }) {
		c.source.fail(CodeMapping, key, "no status shows "+first+", where every record starts", "add an entry with state: "+first)
	}
}

// covers reports whether every issue that matches b also matches a.
func covers(a, b State) bool {
	same := func(x, y string) bool { return x == "" || strings.EqualFold(x, y) }
	return strings.EqualFold(a.Status, b.Status) && same(a.Reason, b.Reason) && same(a.Label, b.Label)
}

// statesOf lists the states of a record or of an action.
func statesOf(role string) []string {
	if role == "action" {
		return []string{
			string(register.ActionProposed), string(register.ActionInProgress),
			string(register.ActionDone), string(register.ActionCancelled),
		}
	}
	var out []string
	for _, s := range []register.State{
		register.Reported, register.Analysis, register.Planning, register.Implementing,
		register.Verifying, register.Closed, register.Accepted, register.StateRejected,
	} {
		out = append(out, string(s))
	}
	return out
}

// ended reports whether state is an end of a record or, for that role, of an action.
func ended(role, state string) bool {
	if role == "action" {
		return state == string(register.ActionDone) || state == string(register.ActionCancelled)
	}
	return register.State(state).Ended()
}

func article(role string) string {
	if role == "action" {
		return "an action"
	}
	return "a record"
}

// checkApprovals checks the transitions that are decisions.
func (c *Config) checkApprovals(b *Binding) {
	outcomes := map[string][]string{
		"triage":        {"approved"},
		"plan":          {"approved", "rejected"},
		"effectiveness": {"effective", "partially", "ineffective"},
		"rejection":     {"rejected"},
		"reopening":     {"approved"},
	}
	var known []string
	for _, s := range b.States {
		known = append(known, s.Status)
	}
	seen := map[string]string{}
	for i, a := range b.Approvals {
		key := Key(b.at.approvals, i)
		if allowed := outcomes[a.Subject]; allowed != nil && a.Outcome != "" && !slices.Contains(allowed, a.Outcome) {
			c.source.fail(CodeChoice, join(key, "outcome"), "a decision about "+a.Subject+" cannot be "+a.Outcome, "write "+alternatives(allowed))
		}
		for name, status := range map[string]string{"to": a.To, "from": a.From} {
			if status != "" && !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, status) }) {
				c.source.fail(CodeReference, join(key, name), "no entry of states has the status "+quote(status), suggestion(status, known))
			}
		}
		if a.To != "" {
			c.once(seen, strings.ToLower(a.From+"\x00"+a.To), key, "this transition")
		}
	}
}
