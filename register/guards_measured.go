package register

import "slices"

// The rules of records that evaluate the ISMS. takenInRule asks for triage, measuredRule for what a
// measure is, disposedRule for what became of a signal.
const (
	takenInRule  = "G50"
	measuredRule = "G51"
	disposedRule = "G55"
	inputsRule   = "G58"
	signedRule   = "G62"
)

// measured returns the guards of measures, control checks and objectives (9.1, 6.2), and those that
// all records share which evaluate the ISMS.
func measured() []Rule {
	return []Rule{
		{RuleInfo{
			ID: takenInRule, Requirement: "pe.measure", To: Analysis, Kinds: evaluationKinds(), Severity: Must,
			Sentence: "Somebody with the role has taken the record into the register: what it is and who owns it are decided",
		}, triagedBy},
		{RuleInfo{
			ID: measuredRule, Requirement: "pe.measure", To: Analysis, Kinds: measuredKinds(), Severity: Must,
			Sentence: "It is said what is measured, how, how often, against which target, and who measures and analyses it",
		}, measurable},
		{RuleInfo{
			ID: "G56", Requirement: "pe.measure", To: Closed, Kinds: measuredKinds(), Severity: Must,
			Sentence: "It is said why nothing is measured any longer; an objective has a value",
		}, ended},
		{RuleInfo{
			ID: "G63", Requirement: "nc.review", To: StateRejected, Kinds: evaluationKinds(), Severity: Must,
			Sentence: "A record is taken out of the register with a reason, by somebody with the role",
		}, rejectable},
	}
}

// measurable is G51.
func measurable(r Record, ctx Context) []Lack {
	var l lacks
	l.named(r, ctx)
	switch r.Kind() {
	case Measure:
		l.needSaid(r, FieldMeasured)
		l.needSaid(r, FieldMethod)
		l.needPerson(r, FieldAnalyst, ctx)
	case ControlCheck:
		l.need(r, FieldControl)
		l.needSaid(r, FieldMethod)
	default:
		l.needSaid(r, FieldStatement)
	}
	l.needEnum(r, FieldCadence)
	if v := r.Fields[FieldTarget]; empty(v) {
		l.missing(FieldTarget)
	} else if _, err := ParseTarget(v); err != nil {
		l.add(FieldTarget, "{{.Field}} {{.Value}} cannot be read; write it like >= 95 %, <= 4 days, 0, yes or passed", "Value", quoted(v))
	}
	return l
}

// ended is G56.
func ended(r Record, _ Context) []Lack {
	var l lacks
	l.needSaid(r, FieldCloseSummary)
	if _, has := Latest(r); r.Kind() == Objective && !has {
		l.note(FieldTarget, say("No value was entered, so nobody knows whether the objective was met; enter one with `/capa measure`"), Remedy{})
	}
	return l
}

// named notes what every record of this sort has: a title and an owner.
func (l *lacks) named(r Record, ctx Context) {
	l.need(r, FieldTitle)
	l.needPerson(r, FieldOwner, ctx)
}

// needSaid notes a text that is missing or says nothing.
func (l *lacks) needSaid(r Record, f Field) {
	v := r.Fields[f]
	if empty(v) {
		l.missing(f)
	} else if what := unsaid(v); what != nil {
		l.add(f, "{{.Field}} {{.What}}", "What", what)
	}
}

// needMembers notes a set without members.
func (l *lacks) needMembers(r Record, f Field) {
	if !slices.ContainsFunc(members(r.Fields[f]), stated) {
		l.missing(f)
	}
}
