package register

// An Edition is an edition of ISO/IEC 27001. Records store requirement keys and
// never clause numbers, because 10.1 and 10.2 changed places and the letters of
// 9.3 moved; the number is a matter of printing.
type Edition string

// The editions. The transition to the 2022 edition ended on 31 October 2025;
// 2013 is for reading old records.
const (
	Edition2022 Edition = "iso27001-2022"
	Edition2013 Edition = "iso27001-2013"
)

// Valid reports whether e is an edition that clause labels are known for.
func (e Edition) Valid() bool { return e == Edition2022 || e == Edition2013 }

// A Requirement is a requirement of ISO/IEC 27001 by a key that is the same in
// every edition.
type Requirement struct {
	Key        string // stored in records, rules and log entries: "nc.cause"
	Clause2022 string // "10.2 b2"
	Clause2013 string // "10.1 b2", "" when that edition has none
	Meaning    string // in our own words
}

// Requirements returns every requirement that the register serves, in the order
// of the lifecycle.
func Requirements() []Requirement {
	return []Requirement{
		{"nc.control", "10.2 a1", "10.1 a1", "act to bring it under control and put it right"},
		{"nc.consequences", "10.2 a2", "10.1 a2", "deal with what it caused"},
		{"nc.review", "10.2 b1", "10.1 b1", "review the nonconformity"},
		{"nc.cause", "10.2 b2", "10.1 b2", "find the causes"},
		{"nc.similar", "10.2 b3", "10.1 b3", "find out whether similar ones exist or could occur"},
		{"nc.action", "10.2 c", "10.1 c", "carry out what is needed"},
		{"nc.effective", "10.2 d", "10.1 d", "review whether it worked"},
		{"nc.isms_change", "10.2 e", "10.1 e", "change the ISMS if needed"},
		{"nc.proportion", "10.2", "10.1", "action that fits the effects"},
		{"nc.rec_nature", "10.2 f", "10.1 f", "evidence of the nature and of the actions taken"},
		{"nc.rec_result", "10.2 g", "10.1 g", "evidence of the results"},
		{"ci.improve", "10.1", "10.2", "continual improvement"},
		{"pe.measure", "9.1", "9.1", "monitor, measure, analyse and evaluate"},
		{"pe.audit", "9.2", "9.2", "internal audit results"},
		{"mr.actions", "9.3.2 a", "9.3 a", "actions from earlier management reviews"},
		{"mr.context", "9.3.2 b", "9.3 b", "internal and external changes"},
		{"mr.needs", "9.3.2 c", "", "changed needs of interested parties"},
		{"mr.trends.1", "9.3.2 d1", "9.3 c1", "trends in nonconformities and corrective actions"},
		{"mr.trends.2", "9.3.2 d2", "9.3 c2", "trends in monitoring and measurement results"},
		{"mr.trends.3", "9.3.2 d3", "9.3 c3", "trends in audit results"},
		{"mr.trends.4", "9.3.2 d4", "9.3 c4", "fulfilment of information security objectives"},
		{"mr.feedback", "9.3.2 e", "9.3 d", "feedback from interested parties"},
		{"mr.risk", "9.3.2 f", "9.3 e", "risk assessment results and the treatment plan"},
		{"mr.improve", "9.3.2 g", "9.3 f", "opportunities for continual improvement"},
		{"mr.result", "9.3.3", "9.3", "decisions and needed changes"},
		{"plan.prevent", "6.1.1", "6.1.1", "act on risks and opportunities; where preventive action lives today"},
		{"plan.change", "6.3", "", "changes to the ISMS are planned"},
		{"doc.control", "7.5.3", "7.5.3", "documented information is protected and retained"},
	}
}

// Clause returns the clause label of a requirement key in an edition, "" when
// the edition has no such clause or the key is unknown. Every edition that is
// not Valid is read as the newest.
func Clause(key string, ed Edition) string {
	for _, r := range Requirements() {
		if r.Key != key {
			continue
		}
		if ed == Edition2013 {
			return r.Clause2013
		}
		return r.Clause2022
	}
	return ""
}
