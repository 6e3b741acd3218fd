package register

import (
	"slices"
	"strings"
)

// audits returns the guards of audits (9.2).
func audits() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G53", Requirement: "pe.audit", To: Analysis, Kinds: []Kind{Audit}, Severity: Must,
			Sentence: "An audit has a scope, auditors, a planned day and a reference by which its findings name it",
		}, auditPlanned},
		{RuleInfo{
			ID: "G57", Requirement: "pe.audit", To: Closed, Kinds: []Kind{Audit}, Severity: Must,
			Sentence: "An audit was held and has a conclusion; every finding of its report has a record, and every record that names the audit is in its report",
		}, auditReported},
	}
}

// auditPlanned is G53.
func auditPlanned(r Record, ctx Context) []Lack {
	var l lacks
	l.named(r, ctx)
	l.needMembers(r, FieldScope)
	l.needMembers(r, FieldAuditors)
	l.needDate(r, FieldPlannedFor)
	l.need(r, FieldSourceRef)
	return l
}

// auditReported is G57.
func auditReported(r Record, ctx Context) []Lack {
	var l lacks
	l.needDate(r, FieldHeldOn)
	l.needSaid(r, FieldConclusion)
	without, beside := Completeness(r, ctx.Findings)
	for _, f := range without {
		l.add(FieldFindings, "The finding {{.Finding}} has no record; file one with the source reference {{.Reference}}", "Finding", quoted(f), "Reference", FindingRef(r, f))
	}
	for _, ref := range beside {
		l.add(FieldFindings, "{{.Ref}} names this audit as its source, and its finding is not in the list of findings", "Ref", ref)
	}
	return l
}

// FindingRef is the source reference by which a record names a finding of the audit r: "IA-2026-02/F-03".
func FindingRef(r Record, finding string) string {
	return strings.TrimSpace(r.Fields[FieldSourceRef]) + "/" + strings.TrimSpace(finding)
}

// FindingsOf are the numbers of the findings in the report of an audit.
func FindingsOf(audit Record) []string { return members(audit.Fields[FieldFindings]) }

// A Finding is a record that names an audit as its source.
type Finding struct {
	Ref       string // of the record
	SourceRef string // "IA-2026-02/F-03"
}

// Completeness compares the findings of the report of an audit with the records that name it: findings
// without a record, and numbers of records whose finding is not in the report.
func Completeness(audit Record, records []Finding) (without, beside []string) {
	listed := members(audit.Fields[FieldFindings])
	for _, f := range listed {
		if !slices.ContainsFunc(records, func(x Finding) bool { return x.of(audit, f) }) {
			without = append(without, f)
		}
	}
	for _, x := range records {
		if !slices.ContainsFunc(listed, func(f string) bool { return x.of(audit, f) }) {
			beside = append(beside, x.Ref)
		}
	}
	return without, beside
}

func (x Finding) of(audit Record, finding string) bool {
	return strings.EqualFold(strings.TrimSpace(x.SourceRef), FindingRef(audit, finding))
}
