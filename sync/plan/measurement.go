package plan

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// takeMeasurement takes in a value that somebody enters in a comment.
func (m *merge) takeMeasurement(e Event) {
	told := e.Refused
	if told == "" {
		period, value, _ := strings.Cut(e.Value, " ")
		told = m.command(register.Enter{By: e.author(), Period: period, Value: value, Note: e.Text})
	}
	m.verdict(e, told)
}
