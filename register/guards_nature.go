package register

import (
	"slices"
	"time"
)

// nature returns the guards of filing, triage, rejection and correction.
func nature() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G01", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Must,
			Sentence: "The record says what is wrong and when that was found",
		}, filed},
		{RuleInfo{
			ID: "G02", Requirement: "nc.review", To: Analysis, Kinds: allKinds(), Severity: Must, Evidence: true,
			Sentence: "Triage gave the record an owner, a grade and a risk, and names the requirement, the place and the evidence",
		}, triaged},
		{RuleInfo{
			ID: "G03", Requirement: "nc.similar", To: Analysis, Kinds: allKinds(), Severity: Must, Revision: 1,
			Sentence: "A record that says it is another one again, or a part of it, names one that exists; whether a closed nonconformity came up again is answered by a person",
		}, related},
		{RuleInfo{
			ID: "G24", Requirement: "nc.review", To: Analysis, Kinds: allKinds(), Severity: Must,
			Sentence: "Somebody with the role has triaged the record: its kind, grade, risk, source, requirement and owner are decided",
		}, triagedBy},
		{RuleInfo{
			ID: "G28", Requirement: "nc.review", To: Reported, Kinds: allKinds(), Severity: Should,
			Sentence: "A report is triaged within 14 days",
		}, triagedInTime},
		{RuleInfo{
			ID: "G30", Requirement: "nc.proportion", To: Analysis, Kinds: allKinds(), Severity: Should,
			Sentence: "Milestones are met by their dates; a later date is asked for by somebody involved and approved by somebody else with the role",
		}, inTime},
		{RuleInfo{
			ID: "G04", Requirement: "nc.review", To: StateRejected, Kinds: allKinds(), Severity: Must,
			Sentence: "A rejection has a reason and is decided by somebody with the role; a duplicate names a record that exists; nobody rejects the finding of an audit that they own or reported",
		}, rejectable},
		{RuleInfo{
			ID: "G05", Requirement: "nc.control", To: Planning, Kinds: []Kind{Nonconformity}, Severity: Must, Evidence: true,
			Sentence: "What was done at once is stated, or why nothing had to be done",
		}, corrected},
		{RuleInfo{
			ID: "G06", Requirement: "nc.consequences", To: Planning, Kinds: []Kind{Nonconformity}, Severity: Must, Evidence: true,
			Sentence: "What the nonconformity led to is stated, or that it led to nothing and how that is known",
		}, consequences},
	}
}

// filed is G01.
func filed(r Record, ctx Context) []Lack {
	var l lacks
	l.need(r, FieldTitle)
	l.need(r, FieldProblem)
	l.needDate(r, FieldIdentified)
	// A day of grace, because a date has no time zone.
	if d, ok := date(r.Fields[FieldIdentified]); ok && ctx.before(d.Add(-24*time.Hour)) {
		l.add(FieldIdentified, "{{.Field}} is in the future")
	}
	return l
}

// triaged is G02. Improvements and observations are not graded and break no
// requirement; they need somebody who looks after them.
func triaged(r Record, ctx Context) []Lack {
	var l lacks
	l.needPerson(r, FieldOwner, ctx)
	if r.Kind() == Improvement || r.Kind() == Observation {
		return l
	}
	l.needEnum(r, FieldGrade)
	if g := r.Grade(); r.Kind() == Nonconformity && (g == GradeObservation || g == GradeOFI) {
		l.add(FieldGrade, "Grade {{.Value}} does not fit; a nonconformity is major or minor", "Value", quoted(string(g)))
	}
	l.needEnum(r, FieldRisk)
	l.need(r, FieldRequirements)
	l.need(r, FieldLocation)
	l.need(r, FieldEvidence)
	return l
}

// needEnum notes the field unless it holds one of its values.
func (l *lacks) needEnum(r Record, f Field) {
	info, _ := Info(f)
	v := r.Fields[f]
	switch {
	case empty(v):
		l.missing(f)
	case info.Enum != nil && !slices.Contains(info.Enum, CountsAs(f, v)):
		l.add(f, "{{.Field}} {{.Value}} is not known", "Value", quoted(v))
	}
}

// triagedBy is G24.
func triagedBy(r Record, ctx Context) []Lack {
	if Triaged(r) {
		return nil
	}
	return []Lack{{
		Field: FieldState, What: say("Not triaged yet; that takes {{.Roles}}", "Roles", byRole(ctx.policy.roleNames(ActTriage))),
		Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectTriage, Outcome: Approved},
	}}
}

// triageDays is how long a report waits for its triage without anybody being told.
const triageDays = 14

// triagedInTime is G28.
func triagedInTime(r Record, ctx Context) []Lack {
	const day = 24 * time.Hour
	if r.State != Reported || r.Recorded.IsZero() || Triaged(r) || ctx.before(r.Recorded.Add((triageDays+1)*day)) {
		return nil
	}
	days := int(ctx.At.Sub(r.Recorded) / day)
	ctx.before(r.Recorded.Add(time.Duration(days+1) * day)) // the sentence counts the days
	return []Lack{{
		Field: FieldState, What: say("The report has waited {{.Days}} days for its triage; that takes {{.Roles}}", "Days", days, "Roles", byRole(ctx.policy.roleNames(ActTriage))),
		Remedy: Remedy{Kind: RemedyDecide, Subject: SubjectTriage, Outcome: Approved},
	}}
}

// consequences is G06. "None" is an answer when it says how that is known.
func consequences(r Record, _ Context) []Lack {
	var l lacks
	v := r.Fields[FieldConsequences]
	if !empty(v) && !stated(v) {
		l.add(FieldConsequences, `{{.Field}} says nothing; write what it led to, or "none: " and how that is known`)
		return l
	}
	l.need(r, FieldConsequences)
	return l
}

// rejectable is G04.
func rejectable(r Record, ctx Context) []Lack {
	var l lacks
	if declined(r) {
		return nil // whoever may decide about improvements said why
	}
	if r.State == Closed {
		l.note(FieldState, say("A closed record is reopened before it is rejected"), Remedy{Kind: RemedyMove})
	}
	by := rejections(r, ctx)
	reason := r.Fields[FieldRejectReason]
	for _, a := range by {
		if unsaid(reason) != nil {
			reason = a.Reason
		}
	}
	if !stated(reason) {
		l.missing(FieldRejectReason)
	} else if what := unsaid(reason); what != nil && len(claimsIn(reason)) == 0 {
		l.add(FieldRejectReason, "{{.Field}} {{.What}}", "What", what)
	}
	decides := Remedy{Kind: RemedyDecide, Subject: SubjectRejection, Outcome: Rejected}
	if !slices.ContainsFunc(by, func(a Approval) bool { return ctx.policy.may(a.By, ActReject, ctx) }) {
		l.note(FieldRejectReason, say("Nobody who may has rejected it yet; that takes {{.Roles}}", "Roles", byRole(ctx.policy.roleNames(ActReject))), decides)
	}
	switch r.Fields[FieldSource] {
	case "internal_audit", "external_audit":
		if !slices.ContainsFunc(by, func(a Approval) bool { return !owned(r, a.By) && a.By != r.Fields[FieldReporter] }) {
			l.note(FieldRejectReason, say("A finding of an audit is rejected by a person who did not report it, does not own it and never did, with a command or a transition"), decides)
		}
	}
	for _, said := range rejectionTexts(r, ctx) {
		if what := duplicateFault(r, said.text, ctx); what != nil {
			l.note(FieldRejectReason, what, Remedy{})
			break
		}
	}
	return l
}

// corrected is G05. "Not applicable" is an answer when a reason follows.
func corrected(r Record, _ Context) []Lack {
	var l lacks
	v := r.Fields[FieldCorrection]
	if !empty(v) && !stated(v) {
		l.add(FieldCorrection, `{{.Field}} says nothing; write what was done, or "not applicable: " and why`)
		return l
	}
	l.need(r, FieldCorrection)
	return l
}

// rejections returns the rejections that count.
func rejections(r Record, ctx Context) []Approval {
	var out []Approval
	for _, a := range counting(r, SubjectRejection) {
		if ctx.knows(a.By) {
			out = append(out, a)
		}
	}
	return out
}
