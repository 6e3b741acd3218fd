package service

import (
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// FilingAsk is what a person says of a record that they file at conformd itself.
func (a *Acts) FilingAsk(kind register.Kind) Ask {
	x := asking{a, register.Record{Fields: map[register.Field]string{
		register.FieldKind: string(kind), register.FieldIdentified: a.Now().UTC().Format(time.DateOnly),
	}}}
	out := Ask{Name: "file", Label: "File a record", Says: "The record begins in the register, without an issue; a binding with create_twin gets one for it."}
	for _, f := range filed(kind) {
		in := x.field(f)
		in.Needed = f == register.FieldTitle && kind != register.ManagementReview || f == register.FieldKind || f == register.FieldPeriod
		out.Inputs = append(out.Inputs, in)
	}
	return out
}

// filed are the fields that a record of a kind begins with.
func filed(kind register.Kind) []register.Field {
	out := []register.Field{register.FieldKind, register.FieldTitle}
	switch kind {
	case register.Signal:
		out = append(out, register.FieldSignal, register.FieldStatement, register.FieldParty, register.FieldIdentified)
	case register.Objective, register.Measure, register.ControlCheck:
		out = append(out, register.FieldStatement, register.FieldMeasured, register.FieldMethod, register.FieldCadence, register.FieldTarget, register.FieldAnalyst, register.FieldControl)
	case register.Audit:
		out = append(out, register.FieldPlannedFor, register.FieldAuditors)
	case register.ManagementReview:
		out = append(out, register.FieldPeriod, register.FieldPlannedFor)
	default:
		out = append(out, register.FieldProblem, register.FieldIdentified, register.FieldEvidence, register.FieldLocation, register.FieldRequirements, register.FieldConsequences,
			register.FieldSource, register.FieldSourceRef, register.FieldGrade, register.FieldRisk)
	}
	switch kind {
	case register.Improvement:
		out = append(out, register.FieldDriver, register.FieldBenefit)
	case register.PotentialNonconformity:
		out = append(out, register.FieldLikelihood, register.FieldEffect)
	default:
	}
	return append(out, register.FieldOwner, register.FieldDue, register.FieldScope, register.FieldStandards)
}

// FileAsked files a record with what a person says of it. Errors are those of Ask.
func (a *Acts) FileAsked(ctx context.Context, by By, given map[string]string) (Acted, error) {
	kind := register.Kind(given[string(register.FieldKind)])
	if info, _ := register.Info(register.FieldKind); !slices.Contains(info.Enum, string(kind)) {
		kind = register.Nonconformity
	}
	x := asking{a, register.Record{Fields: map[register.Field]string{}}}
	in, faults := x.read(a.FilingAsk(kind).Inputs, given)
	if len(faults) > 0 {
		return Acted{}, &InvalidError{faults}
	}
	f := Filing{Kind: kind, Values: map[register.Field]string{}, Why: typedAtRegister}
	for name, v := range in {
		if field := register.Field(name); field != register.FieldKind {
			f.Values[field] = v
		}
	}
	if kind == register.ManagementReview && a.Register != nil {
		return a.openAsked(ctx, by, f.Values)
	}
	return a.File(ctx, by, f)
}

// openAsked opens a management review with what a person says of it.
func (a *Acts) openAsked(ctx context.Context, by By, values map[register.Field]string) (Acted, error) {
	if _, err := register.ParsePeriod(values[register.FieldPeriod]); err != nil {
		return Acted{}, &InvalidError{[]InputFault{{string(register.FieldPeriod), err.Error(), "as in 2026-Q3, 2026-H2 or 2026"}}}
	}
	reg, err := a.Register(ctx)
	if err != nil {
		return Acted{}, err
	}
	reviews, err := reg.rows(ctx, ListQuery{Kinds: []register.Kind{register.ManagementReview}})
	if err != nil {
		return Acted{}, err
	}
	return a.OpenReview(ctx, by, Opening{
		Period: values[register.FieldPeriod], PlannedFor: values[register.FieldPlannedFor], Prepares: values[register.FieldOwner], Title: values[register.FieldTitle], More: values,
	}, reviews)
}
