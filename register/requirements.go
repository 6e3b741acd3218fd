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

// A Requirement is what conformd serves, by a key that is the same in every
// edition and every standard. The clauses are data: see [Standards].
type Requirement struct {
	Key     string `json:"key"`     // stored in records, rules and log entries: "nc.cause"
	Meaning string `json:"meaning"` // in our own words
}

// Requirements returns every requirement that the register serves, in the order
// of the lifecycle.
func Requirements() []Requirement {
	return []Requirement{
		{"nc.control", "act to bring it under control and put it right"},
		{"nc.consequences", "deal with what it caused"},
		{"nc.review", "review the nonconformity"},
		{"nc.cause", "find the causes"},
		{"nc.similar", "find out whether similar ones exist or could occur"},
		{"nc.action", "carry out what is needed"},
		{"nc.effective", "review whether it worked"},
		{"nc.isms_change", "change the ISMS if needed"},
		{"nc.proportion", "action that fits the effects"},
		{"nc.rec_nature", "evidence of the nature and of the actions taken"},
		{"nc.rec_result", "evidence of the results"},
		{"ci.improve", "continual improvement"},
		{"pe.measure", "monitor, measure, analyse and evaluate"},
		{"pe.audit", "internal audit results"},
		{"mr.actions", "actions from earlier management reviews"},
		{"mr.context", "internal and external changes"},
		{"mr.needs", "changed needs of interested parties"},
		{"mr.trends.1", "trends in nonconformities and corrective actions"},
		{"mr.trends.2", "trends in monitoring and measurement results"},
		{"mr.trends.3", "trends in audit results"},
		{"mr.trends.4", "fulfilment of information security objectives"},
		{"mr.feedback", "feedback from interested parties"},
		{"mr.risk", "risk assessment results and the treatment plan"},
		{"mr.improve", "opportunities for continual improvement"},
		{"mr.result", "decisions and needed changes"},
		{"plan.prevent", "act on risks and opportunities; where preventive action lives today"},
		{"plan.change", "changes to the ISMS are planned"},
		{"doc.control", "documented information is protected and retained"},
	}
}

// Clause returns the clause label of a requirement key in an edition, "" when
// the edition has no such clause or the key is unknown. Every edition that is
// not Valid is read as the newest.
func Clause(key string, ed Edition) string { return edition(ed).Clause(key).Label }
