package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register/wording"
)

// recurrences returns the rule about the cause of a nonconformity that came up again.
func recurrences() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G31", Requirement: "nc.cause", To: Implementing, Kinds: []Kind{Nonconformity}, Severity: Must, Evidence: true,
			Sentence: "The root cause of a recurrence names the closed record and says why its actions did not last",
		}, recurrenceExplained},
	}
}

// answered is the part of G03 about candidates: each has an answer.
func answered(r Record) []Lack {
	var l lacks
	for _, x := range UnansweredRecurrences(r) {
		l.note(FieldState, say("It is not answered whether this is {{.Ref}} again: {{.Why}}", "Ref", x.Ref, "Why", ReasonOf(x.Why)), Remedy{Kind: RemedyAnswer, Ref: x.Ref})
	}
	return l
}

// recurrenceExplained is G31. It asks for words of its own in the sentence that names the old
// record; whether they are true is for the approver of the plan.
func recurrenceExplained(r Record, _ Context) []Lack {
	var l lacks
	text := visible(r.Fields[FieldRootCause])
	for _, x := range ConfirmedRecurrences(r) {
		var said []string
		for _, part := range paragraph.Split(text, -1) {
			if slices.ContainsFunc(References(part), func(ref string) bool { return strings.EqualFold(ref, x.Ref) }) {
				said = append(said, part)
			}
		}
		switch {
		case empty(text): // G07 asks for it
		case len(said) == 0:
			l.add(FieldRootCause, "{{.Field}} does not name {{.Ref}}, which came up again: write why its actions did not last", "Ref", x.Ref)
		case len(wording.Read(reference.ReplaceAllString(strings.Join(said, " "), " ")).Words()) < wording.Floor:
			l.add(FieldRootCause, "{{.Field}} names {{.Ref}} and does not say why its actions did not last", "Ref", x.Ref)
		}
	}
	return l
}

// paragraph matches what parts a text into what belongs together.
var paragraph = regexp.MustCompile(`\n\s*\n|\n(?:[-*+]|\d+[.)])\s`)
