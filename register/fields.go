package register

import (
	"slices"
	"strings"
	"sync"
)

// A Field names one piece of documented information of a record.
type Field string

// The fields. The comment names the requirement each serves (see Requirement).
const (
	FieldTitle        Field = "title"                  // nc.rec_nature
	FieldKind         Field = "kind"                   // nc.rec_nature
	FieldGrade        Field = "grade"                  // nc.proportion
	FieldRisk         Field = "risk"                   // nc.proportion: critical, high, medium, low
	FieldState        Field = "state"                  // what a tracker's status says; never stored in Record.Fields
	FieldProblem      Field = "problem"                // nc.rec_nature: what is not fulfilled
	FieldRequirements Field = "requirement_refs"       // nc.review: set, one reference a line
	FieldEvidence     Field = "evidence"               // nc.rec_nature: what was seen
	FieldLocation     Field = "location"               // nc.rec_nature: process, system or site
	FieldStandards    Field = "standards"              // set; the standards that it is about, see StandardNamed; none: that of the edition
	FieldScope        Field = "scope"                  // nc.similar: set; the parts of the ISMS that it is about: services, sites, processes
	FieldReporter     Field = "reporter"               // nc.rec_nature: person id or account; who raised it, set once when it is filed
	FieldDriver       Field = "driver"                 // ci.improve: what calls for an improvement, or for prevention
	FieldBenefit      Field = "benefit"                // ci.improve: what an improvement is to bring
	FieldLikelihood   Field = "likelihood"             // plan.prevent: how likely a potential nonconformity is
	FieldEffect       Field = "effect_if_it_happens"   // plan.prevent: what it would lead to
	FieldConsequences Field = "consequences"           // nc.consequences
	FieldSource       Field = "source"                 // pe.audit: internal_audit, incident, …
	FieldSourceRef    Field = "source_ref"             // pe.audit
	FieldIdentified   Field = "identified_at"          // nc.rec_nature: date
	FieldOwner        Field = "owner"                  // person id
	FieldDeadline     Field = "external_deadline"      // nc.proportion: date that the certification body set
	FieldDue          Field = "due"                    // nc.proportion: date
	FieldLabels       Field = "labels"                 // set; the people's own labels
	FieldCorrection   Field = "correction"             // nc.control: what was done at once, or why nothing
	FieldCauseMethod  Field = "cause_method"           // nc.cause: five_whys, fishbone, …
	FieldDirectCause  Field = "direct_cause"           // nc.cause: what led to it at once
	FieldRootCause    Field = "root_cause"             // nc.cause
	FieldEscapeCause  Field = "escape_cause"           // nc.cause: why it was not noticed
	FieldExtent       Field = "extent_checked"         // nc.control: how far it reached, and how that was found out
	FieldCategory     Field = "cause_category"         // nc.cause
	FieldActionPlan   Field = "action_plan"            // nc.action: one action a line, see ParseActions
	FieldNoAction     Field = "no_action_reason"       // nc.action: why correction alone is enough
	FieldSimilarity   Field = "similarity"             // nc.similar
	FieldCriteria     Field = "effectiveness_plan"     // nc.effective: measure and target
	FieldReviewer     Field = "effectiveness_reviewer" // nc.effective: person id
	FieldReviewDue    Field = "effectiveness_due"      // nc.effective: date, not before
	FieldISMSChange   Field = "isms_change"            // nc.isms_change: what was changed, or no and why
	FieldCloseSummary Field = "close_summary"          // nc.rec_result
	FieldRejectReason Field = "reject_reason"          // nc.review
	FieldRef          Field = "ref"                    // the register number, pushed only
	FieldMissing      Field = "missing"                // guard ids that hold the record, pushed only
)

// The fields of records that plan, measure and review the ISMS; see Kind.Evaluates.
const (
	FieldStatement   Field = "statement"     // plan.prevent: what a signal says, or what an objective is about
	FieldSignal      Field = "signal_type"   // plan.prevent: emerging_risk, opportunity, feedback, …
	FieldParty       Field = "from_party"    // mr.feedback: who gave feedback
	FieldMeasured    Field = "measured"      // pe.measure: what is measured
	FieldMethod      Field = "method"        // pe.measure: how
	FieldCadence     Field = "cadence"       // pe.measure: how often
	FieldTarget      Field = "target"        // pe.measure: ">= 95 %", see ParseTarget
	FieldAnalyst     Field = "analyst"       // pe.measure: person id; who analyses the values
	FieldControl     Field = "control"       // pe.measure: the control that is checked, "A.8.13"
	FieldValues      Field = "values"        // pe.measure: the values, a line for each period; see Values. Never stored in Record.Fields
	FieldValue       Field = "value"         // pe.measure: the line of the latest of them; see LatestValue. Likewise
	FieldPlannedFor  Field = "planned_for"   // pe.audit, mr.result: date
	FieldHeldOn      Field = "held_on"       // pe.audit, mr.result: date
	FieldAuditors    Field = "auditors"      // pe.audit: set of names
	FieldFindings    Field = "findings"      // pe.audit: set; the numbers of the findings in the report
	FieldConclusion  Field = "conclusion"    // pe.audit: what the audit concludes
	FieldPeriod      Field = "period"        // mr.result: that is reviewed, "2026-H2"
	FieldAttendees   Field = "attendees"     // mr.result: set of names
	FieldInputA      Field = "input_a"       // mr.actions
	FieldInputB      Field = "input_b"       // mr.context
	FieldInputC      Field = "input_c"       // mr.needs
	FieldInputD1     Field = "input_d1"      // mr.trends.1
	FieldInputD2     Field = "input_d2"      // mr.trends.2
	FieldInputD3     Field = "input_d3"      // mr.trends.3
	FieldInputD4     Field = "input_d4"      // mr.trends.4
	FieldInputE      Field = "input_e"       // mr.feedback
	FieldInputF      Field = "input_f"       // mr.risk
	FieldInputG      Field = "input_g"       // mr.improve
	FieldSuitability Field = "suitability"   // mr.result: whether the ISMS still fits the organisation
	FieldAdequacy    Field = "adequacy"      // mr.result: whether it is enough
	FieldEffective   Field = "effectiveness" // mr.result: whether it works
)

// A Type is how the text of a field is to be read.
type Type string

// The types of field.
const (
	TypeLine   Type = "line"   // one line
	TypeText   Type = "text"   // GitHub-flavoured Markdown, several lines
	TypeEnum   Type = "enum"   // one of a list
	TypeDate   Type = "date"   // 2006-01-02
	TypePerson Type = "person" // a person id
	TypeSet    Type = "set"    // lines, sorted and unique
	TypeNumber Type = "number" // decimal, with a point: "1200.5"
	TypeMoney  Type = "money"  // an amount and a currency of ISO 4217: "1200.50 EUR"
	TypeLink   Type = "link"   // address of a page, http or https
)

// A FieldInfo describes a field.
type FieldInfo struct {
	Field       Field
	Label       string // for people, and the default heading in an issue body
	Type        Type
	Requirement string   // key of the requirement it serves
	Enum        []string // TypeEnum: the values; nil for a free list
}

// Fields returns the catalogue of fields, in the order people read a record.
func Fields() []FieldInfo { return slices.Clone(catalogue()) }

// FieldNamed returns the field that a person names, by its label or its name: case, - and _
// make no difference.
func FieldNamed(name string) (Field, bool) {
	plain := func(s string) string { return strings.NewReplacer("-", " ", "_", " ").Replace(strings.ToLower(s)) }
	for _, info := range catalogue() {
		if plain(name) == plain(string(info.Field)) || plain(name) == plain(info.Label) {
			return info.Field, true
		}
	}
	return "", false
}

// catalogue and byField are constants, made once: every view of every issue asks.
var (
	catalogue = sync.OnceValue(makeCatalogue)               //nolint:gochecknoglobals // a constant
	byField   = sync.OnceValue(func() map[Field]FieldInfo { //nolint:gochecknoglobals // a constant
		m := map[Field]FieldInfo{}
		for _, fi := range catalogue() {
			m[fi.Field] = fi
		}
		return m
	})
)

func makeCatalogue() []FieldInfo {
	return []FieldInfo{
		{FieldTitle, "Title", TypeLine, "nc.rec_nature", nil},
		{FieldKind, "Kind", TypeEnum, "nc.rec_nature", kindNames()},
		{FieldState, "State", TypeEnum, "", nil},
		{FieldGrade, "Grade", TypeEnum, "nc.proportion", []string{"major", "minor", "observation", "ofi"}},
		{FieldRisk, "Risk", TypeEnum, "nc.proportion", []string{"critical", "high", "medium", "low"}},
		{FieldReporter, "Reporter", TypePerson, "nc.rec_nature", nil},
		{FieldOwner, "Owner", TypePerson, "nc.rec_nature", nil},
		{FieldDue, "Due", TypeDate, "nc.proportion", nil},
		{FieldDeadline, "Certification body's date", TypeDate, "nc.proportion", nil},
		{FieldLabels, "Labels", TypeSet, "", nil},
		{FieldSource, "Source", TypeEnum, "pe.audit", nil},
		{FieldSourceRef, "Source reference", TypeLine, "pe.audit", nil},
		{FieldRequirements, "Requirement not met", TypeSet, "nc.review", nil},
		{FieldStandards, "Standards", TypeSet, "", nil},
		{FieldProblem, "What is wrong", TypeText, "nc.rec_nature", nil},
		{FieldEvidence, "Objective evidence", TypeText, "nc.rec_nature", nil},
		{FieldLocation, "Where", TypeLine, "nc.rec_nature", nil},
		{FieldScope, "Scope", TypeSet, "nc.similar", nil},
		{FieldIdentified, "Date identified", TypeDate, "nc.rec_nature", nil},
		{FieldDriver, "Driver", TypeEnum, "ci.improve", drivers()},
		{FieldBenefit, "Benefit", TypeText, "ci.improve", nil},
		{FieldLikelihood, "Likelihood", TypeEnum, "plan.prevent", []string{"likely", "possible", "unlikely"}},
		{FieldEffect, "Effect if it happens", TypeText, "plan.prevent", nil},
		{FieldConsequences, "Consequences", TypeText, "nc.consequences", nil},
		{FieldCorrection, "Containment and correction", TypeText, "nc.control", nil},
		{FieldExtent, "Extent checked", TypeText, "nc.control", nil},
		{FieldDirectCause, "Direct cause", TypeText, "nc.cause", nil},
		{FieldCauseMethod, "Root cause method", TypeEnum, "nc.cause", []string{"five_whys", "fishbone", "fault_tree", "eight_d", "other"}},
		{FieldRootCause, "Root cause", TypeText, "nc.cause", nil},
		{FieldEscapeCause, "Why it was not noticed", TypeText, "nc.cause", nil},
		{FieldCategory, "Cause category", TypeEnum, "nc.cause", []string{"people", "process", "technology", "supplier", "environment", "governance", "documentation", "resources"}},
		{FieldSimilarity, "Similar nonconformities", TypeText, "nc.similar", nil},
		{FieldActionPlan, "Corrective action plan", TypeText, "nc.action", nil},
		{FieldNoAction, "Why no corrective action", TypeText, "nc.action", nil},
		{FieldCriteria, "Effectiveness criteria", TypeText, "nc.effective", nil},
		{FieldReviewer, "Effectiveness reviewer", TypePerson, "nc.effective", nil},
		{FieldReviewDue, "Effectiveness review date", TypeDate, "nc.effective", nil},
		{FieldISMSChange, "Change to the ISMS", TypeText, "nc.isms_change", nil},
		{FieldCloseSummary, "Closing summary", TypeText, "nc.rec_result", nil},
		{FieldRejectReason, "Reason for rejection", TypeText, "nc.review", nil},
		{FieldStatement, "What it is about", TypeText, "plan.prevent", nil},
		{FieldSignal, "Signal type", TypeEnum, "plan.prevent", signalTypes()},
		{FieldParty, "Interested party", TypeLine, "mr.feedback", nil},
		{FieldMeasured, "What is measured", TypeText, "pe.measure", nil},
		{FieldMethod, "How it is measured", TypeText, "pe.measure", nil},
		{FieldCadence, "Cadence", TypeEnum, "pe.measure", cadences()},
		{FieldTarget, "Target", TypeLine, "pe.measure", nil},
		{FieldAnalyst, "Analyst", TypePerson, "pe.measure", nil},
		{FieldControl, "Control", TypeLine, "pe.measure", nil},
		{FieldValues, "Values", TypeText, "pe.measure", nil},
		{FieldValue, "Latest value", TypeLine, "pe.measure", nil},
		{FieldPeriod, "Period", TypeLine, "mr.result", nil},
		{FieldPlannedFor, "Planned for", TypeDate, "mr.result", nil},
		{FieldHeldOn, "Held on", TypeDate, "mr.result", nil},
		{FieldAuditors, "Auditors", TypeSet, "pe.audit", nil},
		{FieldFindings, "Findings", TypeSet, "pe.audit", nil},
		{FieldConclusion, "Conclusion", TypeText, "pe.audit", nil},
		{FieldAttendees, "Attendees", TypeSet, "mr.result", nil},
		{FieldInputA, "Actions from earlier reviews", TypeText, "mr.actions", nil},
		{FieldInputB, "External and internal changes", TypeText, "mr.context", nil},
		{FieldInputC, "Changed needs of interested parties", TypeText, "mr.needs", nil},
		{FieldInputD1, "Trend of nonconformities and corrective actions", TypeText, "mr.trends.1", nil},
		{FieldInputD2, "Trend of measurement results", TypeText, "mr.trends.2", nil},
		{FieldInputD3, "Trend of audit results", TypeText, "mr.trends.3", nil},
		{FieldInputD4, "Fulfilment of objectives", TypeText, "mr.trends.4", nil},
		{FieldInputE, "Feedback from interested parties", TypeText, "mr.feedback", nil},
		{FieldInputF, "Risk assessment and treatment plan", TypeText, "mr.risk", nil},
		{FieldInputG, "Opportunities for improvement", TypeText, "mr.improve", nil},
		{FieldSuitability, "Suitability of the ISMS", TypeText, "mr.result", nil},
		{FieldAdequacy, "Adequacy of the ISMS", TypeText, "mr.result", nil},
		{FieldEffective, "Effectiveness of the ISMS", TypeText, "mr.result", nil},
		{FieldRef, "Register no.", TypeLine, "nc.rec_nature", nil},
		{FieldMissing, "Missing evidence", TypeSet, "", nil},
	}
}

// kindNames are the kinds of record as the field names them.
func kindNames() []string { return words(append(allKinds(), evaluationKinds()...)) }

// Info returns the description of f. Of a field of an organisation it is what the name tells; the
// choices are those of [Policy.Choices].
func Info(f Field) (FieldInfo, bool) {
	if fi, ok := byField()[f]; ok {
		return fi, true
	}
	return customInfo(f)
}

// Concerns reports whether a field may be about records of a kind. A record without a kind is a
// nonconformity.
func Concerns(k Kind, f Field) bool {
	if kinds, evaluates := evaluationFields()[f]; evaluates {
		return slices.Contains(kinds, k)
	}
	if k.Evaluates() {
		return slices.Contains(everywhere(), f) || k == ManagementReview && f == FieldActionPlan || k == Signal && (f == FieldDriver || f == FieldScope || f == FieldLocation) || k == Audit && f == FieldScope
	}
	switch f {
	case FieldDriver:
		return k == Improvement || k == PotentialNonconformity
	case FieldBenefit:
		return k == Improvement
	case FieldLikelihood, FieldEffect:
		return k == PotentialNonconformity
	case FieldConsequences, FieldCorrection, FieldExtent:
		return k == "" || k == Nonconformity
	case FieldCauseMethod, FieldRootCause, FieldDirectCause, FieldEscapeCause, FieldCategory, FieldSimilarity:
		return k == "" || k == Nonconformity || k == PotentialNonconformity
	case FieldActionPlan, FieldNoAction, FieldCriteria, FieldReviewer, FieldReviewDue, FieldISMSChange:
		return k != Observation
	default:
		return true
	}
}

// everywhere are the fields that records of every kind have.
func everywhere() []Field {
	return []Field{
		FieldTitle, FieldKind, FieldState, FieldReporter, FieldOwner, FieldLabels, FieldSource, FieldSourceRef, FieldIdentified, FieldCloseSummary,
		FieldRejectReason, FieldRef, FieldMissing,
	}
}

// evaluationFields are the fields that only records have which evaluate the ISMS, with their kinds.
var evaluationFields = sync.OnceValue(func() map[Field][]Kind { //nolint:gochecknoglobals // a constant
	m := map[Field][]Kind{
		FieldStatement: {Signal, Objective}, FieldSignal: {Signal}, FieldParty: {Signal},
		FieldMeasured: {Measure}, FieldMethod: {Measure, ControlCheck}, FieldAnalyst: {Measure}, FieldControl: {ControlCheck},
		FieldCadence: measuredKinds(), FieldTarget: measuredKinds(), FieldValues: measuredKinds(), FieldValue: measuredKinds(),
		FieldPlannedFor: {Audit, ManagementReview}, FieldHeldOn: {Audit, ManagementReview},
		FieldAuditors: {Audit}, FieldFindings: {Audit}, FieldConclusion: {Audit},
		FieldPeriod: {ManagementReview}, FieldAttendees: {ManagementReview},
	}
	for _, f := range append(ReviewInputs(), Judgements()...) {
		m[f] = []Kind{ManagementReview}
	}
	return m
})
