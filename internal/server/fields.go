package server

import (
	"net/url"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// groups returns the fields of a record that have a value or a problem, under the steps of clause 10.2.
func (h *handler) groups(e service.Entry, sides []service.Side, may bool) []web.Group {
	out := []web.Group{
		{Title: "The record"}, {Title: "React and correct"}, {Title: "Cause"}, {Title: "Similar cases"}, {Title: "Action"}, {Title: "Effectiveness"}, {Title: "Changes to the ISMS, and result"},
	}
	for _, info := range e.Fields() {
		v, problems := e.Record.Fields[info.Field], e.View.Of(info.Field)
		switch info.Field {
		case register.FieldMissing, register.FieldRef: // told elsewhere on the page
			v = ""
		case register.FieldState:
			v = e.View.Standing
			fallthrough
		case register.FieldTitle: // both stand in the heading
			if len(problems) == 0 {
				continue
			}
		}
		if v == "" && len(problems) == 0 {
			continue
		}
		f := web.Field{Label: info.Label, Clause: register.Clauses(info.Requirement, e.Record, h.o.Register.Policy.Edition), Value: e.Names.Value(info.Field, v), Problems: problems}
		for _, s := range sides {
			f.Sides = append(f.Sides, s.Of(info.Field))
		}
		if may && info.Field != register.FieldState && !register.Derived(info.Field) {
			to := url.URL{Path: "/records/" + e.Record.Ref + "/acts/set", RawQuery: url.Values{"field": {string(info.Field)}}.Encode()}
			f.Set = to.String()
		}
		g := &out[step(info)]
		g.Fields = append(g.Fields, f)
	}
	return out
}

func step(info register.FieldInfo) int {
	switch info.Field {
	case register.FieldProblem, register.FieldRequirements, register.FieldStandards, register.FieldEvidence, register.FieldLocation, register.FieldScope, register.FieldIdentified, register.FieldDriver, register.FieldBenefit, register.FieldLikelihood, register.FieldEffect, register.FieldConsequences, register.FieldCorrection, register.FieldExtent:
		return 1
	case register.FieldDirectCause, register.FieldCauseMethod, register.FieldRootCause, register.FieldEscapeCause, register.FieldCategory:
		return 2
	case register.FieldSimilarity:
		return 3
	case register.FieldActionPlan, register.FieldNoAction:
		return 4
	case register.FieldCriteria, register.FieldReviewer, register.FieldReviewDue:
		return 5
	case register.FieldISMSChange, register.FieldCloseSummary, register.FieldRejectReason:
		return 6
	default:
		return 0
	}
}
