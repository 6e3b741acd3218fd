package register

import (
	"regexp"
	"strings"
)

// The log has reasons in English, and people read them in their language: ReasonOf knows the
// sentences that the register itself gives as reasons.

var (
	sameCategory = regexp.MustCompile(`^the same requirement \((.+)\) and cause category \((.+)\)$`)
	sameScope    = regexp.MustCompile(`^the same requirement \((.+)\) and scope \((.+)\)$`)
)

// ReasonOf returns a reason of the log, in no language yet. The words of people stay as they are.
func ReasonOf(why string) *Message {
	if day, ok := strings.CutPrefix(why, exceptionEnded); ok {
		return say("the exception ended on {{.Date}}", "Date", dated(day))
	}
	first, more, several := strings.Cut(why, "; ")
	ground := groundOf(first)
	switch {
	case ground == nil:
		return say(why)
	case several:
		return say("{{.First}}; {{.More}}", "First", ground, "More", ReasonOf(more))
	default:
		return ground
	}
}

// groundOf returns one thing that two records have in common, nil for any other sentence.
func groundOf(s string) *Message {
	if m := sameCategory.FindStringSubmatch(s); m != nil {
		return say("the same requirement ({{.Requirement}}) and cause category ({{.Category}})", "Requirement", m[1], "Category", term(m[2]))
	}
	if m := sameScope.FindStringSubmatch(s); m != nil {
		return say("the same requirement ({{.Requirement}}) and scope ({{.Scope}})", "Requirement", m[1], "Scope", m[2])
	}
	switch s {
	case linkNames:
		return say("a link names it")
	case sameWords:
		return say("their texts share most of their words")
	default:
		return nil
	}
}

// The reasons that ReasonOf reads.
const (
	exceptionEnded = "the exception ended on "
	linkNames      = "a link names it"
	sameWords      = "their texts share most of their words"
)
