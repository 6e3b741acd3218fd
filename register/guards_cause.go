package register

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cause returns the guards of the cause analysis.
func cause() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G07", Requirement: "nc.cause", To: Implementing, Kinds: causeKinds(), Severity: Must, Evidence: true,
			Sentence: "The root cause is found and says more than the problem; for a major, the method is named",
		}, causeFound},
		{RuleInfo{
			ID: "G08", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
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

// causesCovered is G08. An action that names no cause stands for any one of them; one that
// names a cause stands for that cause wherever its line moves.
func causesCovered(r Record, _ Context) []Lack {
	if stated(r.Fields[FieldNoAction]) && mayDoWithoutAction(r) {
		return nil
	}
	var l lacks
	causes := r.Causes()
	if len(causes) == 0 { // G07 asks for one
		causes = []Cause{{ID: causeLetter + strconv.Itoa(r.number(numbersOf(FieldRootCause), 0))}}
	}
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
	open := slices.DeleteFunc(slices.Clone(causes), func(c Cause) bool { return covered[c.ID] })
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
		l.add(FieldActionPlan, uncoveredCauses(r, open, len(causes)))
	}
	return l
}

// uncoveredCauses says which of n causes have no action. Where the text of the plan names an
// open cause by its place, and meant another one when it was written, it says so: nobody sees
// that in the text.
func uncoveredCauses(r Record, open []Cause, n int) string {
	ids := make([]string, len(open))
	for i, c := range open {
		ids[i] = c.ID
	}
	what := fmt.Sprintf("Not every root cause has an action: %s of %d", strings.Join(ids, ", "), n)
	written, causes := ParseActions(r.Fields[FieldActionPlan]), r.Causes()
	for i, a := range r.planned() {
		for k, as := range written[i].Addresses {
			place, err := strconv.Atoi(as)
			if err != nil || place < 1 || place > len(causes) {
				continue
			}
			if now := causes[place-1]; now.ID != a.Addresses[k] && slices.Contains(open, now) {
				return fmt.Sprintf("%s; action %s was planned for %s and not for %s: write cause:%s if it is for that one too", what, quote(a.Title), a.Addresses[k], now, now.ID)
			}
		}
	}
	return what
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
