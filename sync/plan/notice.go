package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// notice returns the one comment that should stand on an issue, in GitHub-
// flavoured Markdown, "" for none. The text depends on the record and the issue
// alone, so that it changes only when there is something new to say. The comment
// is edited in place: editing does not notify, and a quiet update is enough when
// things got better.
func (m *merge) notice(s *Side) string {
	contested := m.contestedFields(s)
	decides := fmt.Sprintf("### %s · a person decides", m.rec.Ref)
	settled := fmt.Sprintf("### %s · settled\n\nThe register and this issue agree again.", m.rec.Ref)
	switch {
	case m.heldOn(s):
		return m.heldNotice(s) + contested
	case s.Notice == "" && contested == "":
		return ""
	case s.Notice == "", s.Notice == settled, strings.HasPrefix(s.Notice, decides):
		if contested == "" {
			return settled
		}
		return decides + contested
	case m.rec.State == register.Closed:
		return fmt.Sprintf("### %s · closed\n\nThe evidence is complete and the register counts this record as closed.", m.rec.Ref) + contested
	case m.rec.State == register.StateRejected:
		return fmt.Sprintf("### %s · rejected\n\nThe reason is recorded and the register counts this record as rejected.", m.rec.Ref) + contested
	default:
		return m.openNotice(s) + contested
	}
}

// heldNotice says what keeps a requested end from counting.
func (m *merge) heldNotice(s *Side) string {
	request := "close requested"
	switch m.rec.Requested {
	case register.StateRejected:
		request = "rejection requested"
	case register.Accepted:
		request = "acceptance requested"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s · %s: %s missing\n\n", m.rec.Ref, request, things(m.plan.Held))
	m.table(&b, s, m.plan.Held)
	fmt.Fprintf(&b, "\nUntil then the register shows **%s, %s**. ", m.rec.State, request)
	switch {
	case m.plan.Bases[s.Binding][register.FieldState].Contested:
		b.WriteString("This issue was moved back too often in 24 hours, so conformd leaves it as it is and a person decides: " +
			"give what is missing, and the request counts; or move the issue back to work.")
	case s.Mode == Reopen:
		fmt.Fprintf(&b, "This issue is moved back %s.", after(s.Grace))
	default:
		b.WriteString("This issue may stay as it is.")
	}
	return b.String()
}

// openNotice says what a record whose closure was taken back still needs.
func (m *merge) openNotice(s *Side) string {
	var b strings.Builder
	lacks := register.Check(m.rec, register.Closed, m.in.Context, m.in.Policy)
	fmt.Fprintf(&b, "### %s · %s\n\n", m.rec.Ref, m.rec.State)
	if len(lacks) == 0 {
		b.WriteString("Nothing is missing: the record can be closed.")
		return b.String()
	}
	fmt.Fprintf(&b, "Before it can be closed, %s missing:\n\n", things(lacks))
	m.table(&b, s, lacks)
	return b.String()
}

// contestedFields says which fields, apart from the state, conformd has stopped
// putting back on an issue, and how a person settles it; "" for none.
func (m *merge) contestedFields(s *Side) string {
	var names []string
	for _, f := range fields() {
		if f != register.FieldState && m.plan.Bases[s.Binding][f].Contested {
			info, _ := register.Info(f)
			names = append(names, "**"+info.Label+"**")
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("\n\n%s: the register decides, and this issue was put back too often in 24 hours. conformd leaves it as it is now, "+
		"and the register keeps its own value. A person decides: change it here to what the register says, or ask the ISMS manager to change the register.", and(names))
}

func things(vs []register.Violation) string {
	n := 0
	for _, v := range vs {
		n += len(v.Lacks)
	}
	if n == 1 {
		return "1 thing is"
	}
	return fmt.Sprintf("%d things are", n)
}

// after says how long after the request something happens.
func after(d time.Duration) string {
	const day = 24 * time.Hour
	count := func(n time.Duration, unit string) string {
		if n == 1 {
			return "1 " + unit + " after the request"
		}
		return fmt.Sprintf("%d %ss after the request", n, unit)
	}
	switch {
	case d < time.Minute:
		return "at once"
	case d%day == 0:
		return count(d/day, "day")
	case d%time.Hour == 0:
		return count(d/time.Hour, "hour")
	default:
		return count(d/time.Minute, "minute")
	}
}

// and joins words as people do: "a, b and c".
func and(words []string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
}
