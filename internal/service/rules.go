package service

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// A Rule is a guard as people read it.
type Rule struct {
	register.RuleInfo
	Clause  string `json:"clause"`
	Meaning string `json:"meaning,omitempty"` // what its requirement asks
	// Rigour is what the rows of the rigour matrix ask for by the rule, in their order.
	Rigour []string `json:"rigour,omitempty"`
	// Cases change the rule for some records.
	Cases []register.RuleCase `json:"cases,omitempty"`
}

// Rules returns the rules of a policy, by their ids.
func Rules(p register.Policy) []Rule {
	meaning := map[string]string{}
	for _, q := range register.Requirements() {
		meaning[q.Key] = q.Meaning
	}
	table := append(p.Table(), register.AcceptanceGuard())
	slices.SortStableFunc(table, func(a, b register.RuleInfo) int { return strings.Compare(a.ID, b.ID) })
	out := make([]Rule, len(table))
	for i, r := range table {
		out[i] = Rule{RuleInfo: r, Clause: register.Clause(r.Requirement, p.Edition), Meaning: meaning[r.Requirement], Rigour: p.Demands(r.ID), Cases: p.Cases[r.ID]}
	}
	return out
}
