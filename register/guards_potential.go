package register

// potentials returns the guards of potential nonconformities (6.1.1): what could happen, and actions
// that keep it from happening.
func potentials() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G44", Requirement: "plan.prevent", To: Planning, Kinds: []Kind{PotentialNonconformity}, Severity: Must, Evidence: true,
			Sentence: "It is said how likely the nonconformity is, and what it would lead to",
		}, foreseen},
		{RuleInfo{
			ID: "G45", Requirement: "plan.prevent", To: Implementing, Kinds: []Kind{PotentialNonconformity}, Severity: Must, Evidence: true,
			Sentence: "The actions are preventive: nothing has happened that could be corrected",
		}, preventing},
	}
}

// foreseen is G44.
func foreseen(r Record, _ Context) []Lack {
	var l lacks
	l.needEnum(r, FieldLikelihood)
	l.need(r, FieldEffect)
	return l
}

// preventing is G45. An action without a kind is for G09.
func preventing(r Record, _ Context) []Lack {
	var l lacks
	for i, a := range r.AllActions() {
		if a.State != ActionCancelled && (a.Kind == Corrective || a.Kind == ImprovementAction) {
			l.add(FieldActionPlan, "{{.Action}} is {{.Kind}}; the actions of a potential nonconformity are preventive: write kind:preventive", "Action", actionName(i, a), "Kind", string(a.Kind))
		}
	}
	return l
}
