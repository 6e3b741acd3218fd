package register

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// cause returns the guards of the cause analysis.
func cause() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G07", Requirement: "nc.cause", To: Implementing, Kinds: causeKinds(), Severity: Must,
			Sentence: "The root cause is found and says more than the problem; for a major, the method is named",
		}, causeFound},
		{RuleInfo{
			ID: "G08", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must,
			Sentence: "Every root cause has an action; without a major grade, a reason why none is needed will do",
		}, causesCovered},
	}
}

// causeFound is G07.
func causeFound(r Record, _ Context) []Lack {
	var l lacks
	if empty(r.Fields[FieldRootCause]) {
		l.missing(FieldRootCause)
	} else if what := causeFault(r); what != "" {
		l.add(FieldRootCause, label(FieldRootCause)+" "+what)
	}
	if r.Grade() == Major {
		l.needEnum(r, FieldCauseMethod)
	}
	return l
}

// causeFault says what is wrong with the text of the root cause, "" for nothing.
func causeFault(r Record) string {
	text := r.Fields[FieldRootCause]
	whole := normal(text)
	bare := whole
	for _, lead := range []string{"the ", "root ", "cause ", "is ", "was "} {
		bare = strings.TrimPrefix(bare, lead)
	}
	switch {
	case slices.Contains(evasions(), bare), bare == "cause":
		return "says nothing"
	case slices.Contains(blames(), bare):
		return "stops at a person; say why it could happen"
	}
	for _, f := range []Field{FieldTitle, FieldProblem, FieldCorrection} {
		if other := normal(r.Fields[f]); other != "" && (other == bare || other == whole) {
			return "repeats " + repeated(f)
		}
	}
	return ""
}

// repeated names a field that must not be repeated.
func repeated(f Field) string {
	switch f {
	case FieldProblem:
		return "the problem"
	case FieldCorrection:
		return "the correction"
	default:
		return "the title"
	}
}

var (
	// numbered matches an item of a list with numbers or letters that is not nested.
	numbered = regexp.MustCompile(`(?m)^ ?(?:\(?\d{1,3}[.)]|\(?[a-hA-H]\))[ \t]+(\S.*)$`)
	// bulleted matches an item of a list with bullets that is not nested.
	bulleted = regexp.MustCompile(`(?m)^ ?[-*+•‣◦–—·▪●][ \t]+(?:\[[ xX]\][ \t]+)?(\S.*)$`)
)

// Causes returns the root causes of r, in order. A list of two items or more names as
// many causes, numbered or not; any other text is one cause. With the five whys the
// list is the chain of questions, and its end the one cause.
func Causes(r Record) []string {
	text := r.Fields[FieldRootCause]
	if empty(text) {
		return nil
	}
	if !strings.Contains(strings.TrimSpace(text), "\n") {
		return []string{strings.TrimSpace(text)}
	}
	if r.Fields[FieldCauseMethod] == "five_whys" {
		return []string{strings.TrimSpace(text)}
	}
	items := numbered.FindAllStringSubmatch(text, -1)
	if len(items) < 2 {
		items = bulleted.FindAllStringSubmatch(text, -1)
	}
	if len(items) < 2 {
		return []string{strings.TrimSpace(text)}
	}
	out := make([]string, len(items))
	for i, m := range items {
		out[i] = strings.TrimSpace(m[1])
	}
	return out
}

// causesCovered is G08. An action that names no cause stands for any one of them.
func causesCovered(r Record, _ Context) []Lack {
	if stated(r.Fields[FieldNoAction]) && mayDoWithoutAction(r) {
		return nil
	}
	var l lacks
	causes := max(len(Causes(r)), 1)
	covered := map[string]bool{}
	free, live := 0, 0
	for _, a := range r.AllActions() {
		if a.State == ActionCancelled {
			continue
		}
		live++
		if len(a.Addresses) == 0 {
			free++
		}
		for _, c := range a.Addresses {
			covered[c] = true
		}
	}
	var open []string
	for i := range causes {
		if n := fmt.Sprint(i + 1); !covered[n] {
			open = append(open, n)
		}
	}
	switch {
	case live == 0 && stated(r.Fields[FieldNoAction]):
		l.add(FieldActionPlan, "No action is planned, and for this grade a reason is not enough")
	case live == 0 && empty(r.Fields[FieldActionPlan]):
		l = append(l, Lack{Field: FieldActionPlan, What: "No action is planned", Missing: true})
	case len(r.AllActions()) == 0:
		l.note(FieldActionPlan, "No action could be read", Remedy{Kind: RemedyWrite})
	case live == 0:
		l.add(FieldActionPlan, "No action is planned")
	case len(open) > free:
		l.add(FieldActionPlan, fmt.Sprintf("Not every root cause has an action: %s of %d", strings.Join(open, ", "), causes))
	}
	return l
}

// mayDoWithoutAction reports whether correction alone can be enough for r: for
// everything that is graded, or by its kind known to be, below major.
func mayDoWithoutAction(r Record) bool {
	switch r.Grade() {
	case Minor, GradeObservation, GradeOFI:
		return true
	case "":
		return r.Kind() == Improvement
	default:
		return false
	}
}
