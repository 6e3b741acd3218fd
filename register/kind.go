package register

import "slices"

// A Kind is a sort of record.
type Kind string

// The kinds of record that somebody is to act on (clause 10).
const (
	Nonconformity          Kind = "nonconformity"           // a requirement is not fulfilled (10.2)
	PotentialNonconformity Kind = "potential_nonconformity" // one that could come about (6.1.1)
	Improvement            Kind = "improvement"             // an opportunity for improvement (10.1)
	Observation            Kind = "observation"             // noted, without a duty to act
)

// The kinds of record by which an ISMS is planned, measured and reviewed (clauses 6 and 9). They have
// a short life: reported, implementing (in force, or under way), closed.
const (
	Signal           Kind = "signal"            // a risk or an opportunity that emerges, or feedback (6.1.1, 9.3.2 e)
	Objective        Kind = "objective"         // an information security objective (6.2)
	Measure          Kind = "measure"           // what is measured at a cadence against a target (9.1)
	ControlCheck     Kind = "control_check"     // whether a control works, checked at a cadence (9.1)
	Audit            Kind = "audit"             // an internal or external audit (9.2)
	ManagementReview Kind = "management_review" // a review by top management (9.3)
)

// allKinds is every kind of record that clause 10 is about.
func allKinds() []Kind {
	return []Kind{Nonconformity, PotentialNonconformity, Improvement, Observation}
}

// evaluationKinds is every kind by which the ISMS is planned, measured and reviewed.
func evaluationKinds() []Kind {
	return []Kind{Signal, Objective, Measure, ControlCheck, Audit, ManagementReview}
}

// measuredKinds is every kind for which values are entered.
func measuredKinds() []Kind { return []Kind{Objective, Measure, ControlCheck} }

// workKinds is every kind that has to be acted on.
func workKinds() []Kind { return []Kind{Nonconformity, PotentialNonconformity, Improvement} }

// causeKinds is every kind whose causes are looked for.
func causeKinds() []Kind { return []Kind{Nonconformity, PotentialNonconformity} }

// Evaluates reports whether records of the kind evaluate the ISMS, and are not themselves something
// to act on.
func (k Kind) Evaluates() bool { return slices.Contains(evaluationKinds(), k) }

// Measured reports whether values are entered for records of the kind.
func (k Kind) Measured() bool { return slices.Contains(measuredKinds(), k) }

// begun is the state in which a record of the kind is once it is triaged.
func (k Kind) begun() State {
	if k.Evaluates() {
		return Implementing
	}
	return Analysis
}

// after is the state that follows on the path of a record of the kind. The state is one of the path, and
// not its end.
func (k Kind) after(s State) State {
	switch {
	case !k.Evaluates():
		return path()[s.Rank()+1]
	case s.Rank() < k.begun().Rank():
		return k.begun()
	default:
		return Closed
	}
}

// triageRule is the id of the rule that asks for the triage of a record of the kind.
func (k Kind) triageRule() string {
	if k.Evaluates() {
		return takenInRule
	}
	return "G24"
}

// Kind returns what sort of entry r is. A record without a kind, or with one that
// is not known, is a nonconformity, so that no odd value loosens the rules.
func (r Record) Kind() Kind {
	switch k := Kind(r.Fields[FieldKind]); k {
	case PotentialNonconformity, Improvement, Observation, Signal, Objective, Measure, ControlCheck, Audit, ManagementReview:
		return k
	default:
		return Nonconformity
	}
}
