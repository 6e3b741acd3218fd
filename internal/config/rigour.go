package config

import (
	"fmt"

	"github.com/conformd/conformd/register"
)

// A RigourRow is one row of the rigour matrix.
type RigourRow struct {
	When         When     `json:"when" jsonschema_description:"Records that the row is about; every record if it names none."`
	CauseMethod  string   `json:"cause_method" jsonschema:"required,enum=none,enum=any,enum=named" jsonschema_description:"What is asked of the cause analysis: nothing, a cause, or a cause and the method by which it was found."`
	Whys         int      `json:"whys" jsonschema:"minimum=0,maximum=9" jsonschema_description:"Whys that a cause by five_whys has at least, a line each; a link to a diagram does in their place, and is needed with another method; 0 asks for none, and another number goes with cause_method: named."`
	Actions      string   `json:"actions" jsonschema:"required,enum=none,enum=one,enum=per_cause" jsonschema_description:"Actions that are asked for: none, one, or one for each root cause."`
	OrReason     bool     `json:"or_reason" jsonschema_description:"Lets a written reason stand in the place of an action; it goes with actions: one and per_cause."`
	Similarity   string   `json:"similarity" jsonschema:"required,enum=optional,enum=before_verifying,enum=before_plan" jsonschema_description:"When it is found out whether similar ones exist: before the plan is approved, before the work counts as done, or whenever people like."`
	PlanApproval []string `json:"plan_approval" jsonschema:"enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor" jsonschema_description:"Roles that may approve the plan; without any, those of register.roles."`
	Review       string   `json:"review" jsonschema:"required,enum=anyone,enum=independent,enum=independent_and_manager,enum=owner_and_manager" jsonschema_description:"Who finds out whether the actions worked: anyone of people, a reviewer who was never involved, or that reviewer or the owner and afterwards an ISMS manager who confirms it."`
	Extension    []string `json:"extension" jsonschema:"enum=isms_manager,enum=reviewer,enum=risk_owner,enum=top_management,enum=auditor" jsonschema_description:"Roles that may approve a later date; without any, those of register.roles; the third and later extensions of a major take those of extend_again in every row."`
}

func (x RigourRow) row() register.RigourRow {
	return register.RigourRow{
		When: x.When.condition(), Cause: register.CauseDemand(x.CauseMethod), Whys: x.Whys, Actions: register.ActionsDemand(x.Actions), OrReason: x.OrReason,
		Similarity: register.SimilarityDemand(x.Similarity), PlanApproval: x.PlanApproval, Review: register.ReviewDemand(x.Review), Extension: x.Extension,
	}
}

// Rigour returns the rigour matrix.
func (c *Config) Rigour() []register.RigourRow {
	out := make([]register.RigourRow, len(c.Register.Rigour))
	for i, x := range c.Register.Rigour {
		out[i] = x.row()
	}
	return out
}

// defaultRigour is the rigour matrix that conformd ships, as a file writes it.
func defaultRigour() []RigourRow {
	var out []RigourRow
	for _, x := range register.DefaultRigour() {
		out = append(out, RigourRow{
			When: whenOf(x.When), CauseMethod: string(x.Cause), Whys: x.Whys, Actions: string(x.Actions), OrReason: x.OrReason,
			Similarity: string(x.Similarity), PlanApproval: x.PlanApproval, Review: string(x.Review), Extension: x.Extension,
		})
	}
	return out
}

// checkRigour judges the rigour matrix.
func (c *Config) checkRigour() {
	rows := c.Register.Rigour
	if c.source.written("register.rigour") && len(rows) == 0 {
		c.source.fail(CodeMissing, "register.rigour", "the rigour matrix has no row", "remove the key for the rows that conformd ships")
		return
	}
	key := func(i int) string { return Key("register.rigour", i) }
	for i, x := range rows {
		c.checkWhen(key(i), x.When)
	}
	c.checkReached(len(rows), key, func(i int) register.Condition { return rows[i].When.condition() })
	if last := len(rows) - 1; last >= 0 && !c.source.failedIn(key(last)) && !rows[last].When.condition().Covers(register.Condition{}) {
		c.source.fail(CodeMissing, key(last), "the last row is about some records alone, and others may have no row", "add a row without when below it: how much is asked of every other record")
	}
	for i, x := range rows {
		if x.Whys > 0 && x.CauseMethod != "" && x.CauseMethod != string(register.CauseNamed) {
			c.source.fail(CodeMisplaced, join(key(i), "whys"), "whys are asked for, and the method of the cause is not", "write cause_method: named, or remove whys")
		}
		if x.OrReason && x.Actions == string(register.ActionsNone) {
			c.source.fail(CodeMisplaced, join(key(i), "or_reason"), "no action is asked for, so nothing needs a reason", "remove or_reason, or write actions: one")
		}
		c.checkDeciding(join(key(i), "plan_approval"), x.PlanApproval)
		c.checkDeciding(join(key(i), "extension"), x.Extension)
	}
}

// checkReached refuses a row of a matrix that no record reaches because a row above it holds for all
// of its records.
func (c *Config) checkReached(n int, key func(int) string, when func(int) register.Condition) {
	for i := range n {
		for j := range i {
			if c.source.failedIn(key(i)) || c.source.failedIn(key(j)) {
				continue // one of the two rows could not be read
			}
			if c.reach(when(j)).Covers(c.reach(when(i))) {
				line := c.source.position(key(j)).line
				c.source.fail(CodeDuplicate, key(i), fmt.Sprintf("no record reaches this row: the row on line %d is above it and holds for all of its records", line), "move it above that row, or remove it")
				break
			}
		}
	}
}

// checkDeciding refuses auditors among the roles that decide something.
func (c *Config) checkDeciding(key string, roles []string) {
	for j, role := range roles {
		if role == register.RoleAuditor {
			c.source.fail(CodeMisplaced, Key(key, j), "an auditor may not decide anything", "remove it: an auditor must not have decided in the register")
		}
	}
}
