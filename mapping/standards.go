package mapping

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// standardsRaw gives each standard of a set one spelling: "ISO 9001" and "DIN EN ISO 9001:2015" are
// iso9001. A set of another field stays as it is. One standard that conformd does not know makes
// the whole set unknown, so that nothing of it is lost.
func standardsRaw(m FieldMap, set string) (string, Problem) {
	if m.Field != register.FieldStandards || set == "" {
		return set, Problem{}
	}
	var ids []string
	for name := range strings.SplitSeq(set, "\n") {
		if unanswered(name) {
			continue
		}
		id, ok := register.StandardNamed(name)
		if !ok {
			says := say("{{.Place}} says {{.Value}}", "Place", m.Where(), "Value", quoted(name))
			return "", Problem{
				m.Field, "unknown-value", say("{{.Says}}, which is none of {{.Values}}", "Says", says, "Values", strings.Join(register.StandardIDs(), ", ")),
				say("choose one of them"),
			}
		}
		ids = append(ids, id)
	}
	return lines(ids), Problem{}
}
