package plan

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// takeMeasurement takes in a value that somebody enters in a comment, or types into the issue. Of several places that say
// the same, the first one enters it.
func (m *merge) takeMeasurement(e Event) {
	told := e.Refused
	period, value, _ := strings.Cut(e.Value, " ")
	there := e.Typed() && register.Holds(m.rec, register.ValueLine{Period: period, Value: value, Note: e.Text})
	if told == "" && !there {
		told = m.command(register.Enter{By: e.author(), Period: period, Value: value, Note: e.Text})
	}
	m.verdict(e, told)
}
