package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// notice returns the one comment that should stand on an issue, in GitHub-
// flavoured Markdown, "" for none. The text depends on the record and the issue
// alone, so that it changes only when there is something new to say. The comment
// is edited in place: editing does not notify, and a quiet update is enough when
// things got better.
func (m *merge) notice(s *Side) string {
	switch {
	case m.heldOn(s):
		return m.heldNotice(s)
	case s.Notice == "":
		return ""
	case m.rec.State == register.Closed:
		return fmt.Sprintf("### %s · closed\n\nThe evidence is complete and the register counts this record as closed.", m.rec.Ref)
	default:
		return m.openNotice(s)
	}
}

// heldNotice says what keeps a requested closure from counting.
func (m *merge) heldNotice(s *Side) string {
	request := "close requested"
	if m.rec.Requested == register.StateRejected {
		request = "rejection requested"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "### %s · %s: %s missing\n\n", m.rec.Ref, request, things(m.plan.Held))
	m.table(&b, s, m.plan.Held)
	fmt.Fprintf(&b, "\nUntil then the register shows **%s, %s**. ", m.rec.State, request)
	if s.Mode == Reopen {
		fmt.Fprintf(&b, "This issue is moved back %s.", after(s.Grace))
	} else {
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

// table lists what is missing, a row for each.
func (m *merge) table(b *strings.Builder, s *Side, vs []register.Violation) {
	b.WriteString("| Missing | Asked by | How to give it |\n|---|---|---|\n")
	for _, v := range vs {
		clause := register.Clause(v.Rule.Requirement, m.in.Policy.Edition)
		for _, l := range v.Lacks {
			fmt.Fprintf(b, "| %s | %s, clause %s | %s |\n", cell(l.What), v.Rule.ID, clause, cell(howTo(s.Profile, l.Field, v.Rule.ID)))
		}
	}
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

// howTo says where the people of this issue can put a missing value.
func howTo(p *mapping.Profile, f register.Field, rule string) string {
	switch rule {
	case "G15", "G16":
		return "somebody who neither owns the record nor did its actions comments `/capa effective <what was checked>`"
	case "G14":
		return "wait; nothing else to do"
	}
	if fm, ok := fieldMap(p, f); ok {
		return place(fm)
	}
	if c := command(f); c != "" {
		return "comment `/capa " + c + " <text>`"
	}
	if info, ok := register.Info(f); ok {
		return "in the other tracker: " + info.Label
	}
	return "ask the ISMS manager"
}

func place(fm mapping.FieldMap) string {
	switch fm.Remote.Kind {
	case mapping.KindSection:
		return "under the heading **" + fm.Remote.Name + "** of the description"
	case mapping.KindField:
		return "in the field **" + fm.Remote.Name + "**"
	case mapping.KindLabel:
		return "a label `" + fm.Remote.Name + "…`"
	default:
		return "in the " + string(fm.Remote.Kind)
	}
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

// cell makes a text fit for a cell of a table, where it pings nobody.
func cell(s string) string {
	return strings.NewReplacer("\n", " ", "|", `\|`, "@", "@\u200b").Replace(s)
}

// command returns the comment command that gives a field, "" if there is none.
func command(f register.Field) string {
	switch f {
	case register.FieldRootCause:
		return "root-cause"
	case register.FieldCorrection:
		return "correction"
	case register.FieldISMSChange:
		return "isms-change"
	case register.FieldCloseSummary:
		return "close-summary"
	case register.FieldSimilarity:
		return "similar"
	case register.FieldRejectReason:
		return "reject"
	default:
		return ""
	}
}
