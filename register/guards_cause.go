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
			ID: "G07", Requirement: "nc.cause", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "The root cause is found and says more than the problem; where the rigour matrix asks for it, the method is named",
		}, causeFound},
		{RuleInfo{
			ID: "G08", Requirement: "nc.action", To: Implementing, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "Every root cause has an action, unless the rigour matrix asks for one action alone; where it allows that, a reason why none is needed will do",
		}, causesCovered},
	}
}

// causeFound is G07.
func causeFound(r Record, ctx Context) []Lack {
	var l lacks
	if empty(r.Fields[FieldRootCause]) {
		l.missing(FieldRootCause)
	} else if what := causeFault(r); what != nil {
		l.add(FieldRootCause, "{{.Field}} {{.What}}", "What", what)
	}
	if ctx.rigour.Cause == CauseNamed {
		l.needEnum(r, FieldCauseMethod)
	}
	return l
}

// causeFault says what is wrong with the text of the root cause, nil for nothing.
func causeFault(r Record) *Message {
	text := r.Fields[FieldRootCause]
	whole := normal(text)
	bare := whole
	for _, lead := range []string{"the ", "root ", "cause ", "is ", "was "} {
		bare = strings.TrimPrefix(bare, lead)
	}
	switch {
	case slices.Contains(evasions(), bare), bare == "cause":
		return say("says nothing")
	case slices.Contains(blames(), bare):
		return say("stops at a person; say why it could happen")
	}
	for _, f := range []Field{FieldTitle, FieldProblem, FieldCorrection} {
		if other := normal(r.Fields[f]); other != "" && (other == bare || other == whole) {
			return say("repeats {{.What}}", "What", repeated(f))
		}
	}
	return nil
}

// repeated names a field that must not be repeated.
func repeated(f Field) *Message {
	switch f {
	case FieldProblem:
		return say("the problem")
	case FieldCorrection:
		return say("the correction")
	default:
		return say("the title")
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
func causesCovered(r Record, ctx Context) []Lack {
	if stated(r.Fields[FieldNoAction]) && ctx.rigour.OrReason {
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
		l = append(l, Lack{Field: FieldActionPlan, What: say("No action is planned"), Missing: true})
	case len(r.AllActions()) == 0:
		l.note(FieldActionPlan, say("No action could be read"), Remedy{Kind: RemedyWrite})
	case live == 0:
		l.add(FieldActionPlan, "No action is planned")
	case len(open) > free && ctx.rigour.Actions != ActionsOne:
		l.note(FieldActionPlan, uncoveredCauses(r, open, len(causes)), Remedy{})
	}
	return l
}

// uncoveredCauses says which of n causes have no action. Where the text of the plan names an
// open cause by its place, and meant another one when it was written, it says so: nobody sees
// that in the text.
func uncoveredCauses(r Record, open []Cause, n int) *Message {
	ids := make([]string, len(open))
	for i, c := range open {
		ids[i] = c.ID
	}
	what := say("Not every root cause has an action: {{.Causes}} of {{.Number}}", "Causes", strings.Join(ids, ", "), "Number", n)
	written, causes := ParseActions(r.Fields[FieldActionPlan]), r.Causes()
	for i, a := range r.planned() {
		for k, as := range written[i].Addresses {
			place, err := strconv.Atoi(as)
			if err != nil || place < 1 || place > len(causes) {
				continue
			}
			if now := causes[place-1]; now.ID != a.Addresses[k] && slices.Contains(open, now) {
				return say("{{.Open}}; action {{.Title}} was planned for {{.Then}} and not for {{.Now}}: write cause:{{.Cause}} if it is for that one too",
					"Open", what, "Title", quoted(a.Title), "Then", a.Addresses[k], "Now", fmt.Sprint(now), "Cause", now.ID)
			}
		}
	}
	return what
}
