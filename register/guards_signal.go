package register

// The types of signal. Feedback says from whom it is.
const (
	SignalRisk             = "emerging_risk"
	SignalOpportunity      = "opportunity"
	SignalThreat           = "threat"
	SignalVulnerability    = "vulnerability"
	SignalCustomerFeedback = "customer_feedback"
	SignalSupplierFeedback = "supplier_feedback"
	SignalPartyFeedback    = "party_feedback" // of another interested party
	SignalMissedTarget     = "missed_target"  // a measured value did not meet its target
)

func signalTypes() []string {
	return []string{SignalRisk, SignalOpportunity, SignalThreat, SignalVulnerability, SignalCustomerFeedback, SignalSupplierFeedback, SignalPartyFeedback, SignalMissedTarget}
}

// Feedback reports whether a type of signal is what an interested party said.
func Feedback(signal string) bool {
	return signal == SignalCustomerFeedback || signal == SignalSupplierFeedback || signal == SignalPartyFeedback
}

// signals returns the guards of signals: risks and opportunities that emerge (6.1.1), and feedback
// (9.3.2 e).
func signals() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G52", Requirement: "plan.prevent", To: Analysis, Kinds: []Kind{Signal}, Severity: Must,
			Sentence: "A signal says what it is about and of what type it is; feedback says from whom",
		}, signalled},
		{RuleInfo{
			ID: disposedRule, Requirement: "plan.prevent", To: Closed, Kinds: []Kind{Signal}, Severity: Must,
			Sentence: "A signal became a record of another kind, or it is said why nothing is done",
		}, disposed},
	}
}

// signalled is G52.
func signalled(r Record, ctx Context) []Lack {
	var l lacks
	l.named(r, ctx)
	l.needSaid(r, FieldStatement)
	l.needEnum(r, FieldSignal)
	if Feedback(r.Fields[FieldSignal]) {
		l.need(r, FieldParty)
	}
	return l
}

// disposed is G55.
func disposed(r Record, _ Context) []Lack {
	var l lacks
	if _, was := promoted(r); !was {
		l.needSaid(r, FieldCloseSummary)
	}
	return l
}

// Raises is the fact that links the signal of the value to the record r.
func (m Measurement) Raises(r Record) Fact {
	l := Link{Kind: LinkRaised, To: r.ID, Ref: r.Ref, Source: LinkOfMeasurement, By: m.By, At: m.At, Event: m.Event}
	return Fact{Kind: FactLinked, By: m.By, At: m.At, From: "register", Event: m.Event, Link: &l}
}

// Signalled returns the signal that a value of r proposes which does not meet its target, false if it
// proposes none. Whoever stores it gives it its number; triage decides what becomes of it.
func (m Measurement) Signalled(r Record) (Record, bool) {
	if m.Missed() || m.Met {
		return Record{}, false
	}
	said := r.Ref + " was " + m.Value + " in " + m.Period + ", and its target is " + m.Target
	if m.Note != "" {
		said += ": " + m.Note
	}
	return Record{Fields: map[Field]string{
		FieldKind: string(Signal), FieldTitle: r.Fields[FieldTitle] + ": target missed in " + m.Period, FieldStatement: said,
		FieldSignal: SignalMissedTarget, FieldDriver: "weakness", FieldSource: "monitoring", FieldSourceRef: r.Ref + " " + m.Period,
		FieldIdentified: m.At.UTC().Format("2006-01-02"), FieldOwner: r.Fields[FieldOwner], FieldReporter: m.By,
	}}, true
}
