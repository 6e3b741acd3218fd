package present

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// NoticeLine tells of one date in a message: "NC-2026-0007 implementation was due 2026-11-20,
// 9 days ago (Erik): Leavers keep accounts".
func NoticeLine(l *catalogue.Language, ref, title string, d register.DueItem, today string, n Names) string {
	var about []string
	if d.Who != "" {
		about = append(about, line(n.Person(d.Who)))
	}
	what := l.Say(due(ref, d, today))
	d.Missed = false // the words above say it
	for _, m := range dueStanding(d) {
		about = append(about, l.Say(m))
	}
	if len(about) > 0 {
		what += " (" + strings.Join(about, ", ") + ")"
	}
	return "  " + what + ": " + line(title)
}

// due says when an item is or was due.
func due(ref string, d register.DueItem, today string) *message.Message {
	var item any = line(d.What())
	switch {
	case d.Exception || d.Milestone != "":
		item = message.Term(d.What())
	case d.Reading != "":
		item = message.New("value of {{.Period}}", "Period", d.Reading)
	}
	args := []any{"Ref", ref, "Item", item, "Date", message.Day(d.Due)}
	days, ok := daysBetween(today, d.Due)
	when := append(args, "When", inDays(days))
	switch {
	case !ok:
		return message.New("{{.Ref}} {{.Item}} on {{.Date}}", args...)
	case d.Exception && days < 0:
		return message.New("{{.Ref}} {{.Item}} was {{.Date}}", args...)
	case d.Exception:
		return message.New("{{.Ref}} {{.Item}} is {{.Date}}, {{.When}}", when...)
	case days < 0:
		return message.Plural("{{.Ref}} {{.Item}} was due {{.Date}}, {{.N}} day ago", "{{.Ref}} {{.Item}} was due {{.Date}}, {{.N}} days ago", append(args, "N", message.Count(-days))...)
	default:
		return message.New("{{.Ref}} {{.Item}} is due {{.Date}}, {{.When}}", when...)
	}
}

// RequestLine tells of a request in a message: "NC-2026-0007 Erik asks for a later date of
// implementation, 2026-07-15 (the vendor delivers in July): Leavers keep accounts".
func RequestLine(l *catalogue.Language, ref, title string, q register.Request, n Names) string {
	args := []any{"Ref", ref, "Person", line(n.Person(q.By)), "Date", message.Day(q.To), "Why", strings.TrimRight(line(q.Reason), ".")}
	m := message.New("{{.Ref}} {{.Person}} asks for an exception until {{.Date}} ({{.Why}})", args...)
	if milestone, ok := register.MilestoneNamed(q.Key); ok {
		m = message.New("{{.Ref}} {{.Person}} asks for a later date of {{.Milestone}}, {{.Date}} ({{.Why}})", append(args, "Milestone", message.Term(milestone.Words()))...)
	}
	return "  " + l.Say(m) + ": " + line(title)
}

// ReminderLines begin a reminder of a record, with who asks for it.
func ReminderLines(l *catalogue.Language, ref, title, by string, n Names) []string {
	asks := message.New("{{.Person}} asks you to act on {{.Ref}} now:", "Person", line(n.Person(by)), "Ref", ref)
	if by == "" {
		asks = message.New("You are asked to act on {{.Ref}} now:", "Ref", ref)
	}
	return []string{l.Say(asks), "  " + line(title)}
}

// NeedLine says one thing that a record needs.
func NeedLine(l *catalogue.Language, n Told) string { return "  " + line(l.Text(n.Said, n.What)) }

func inDays(n int) *message.Message {
	switch n {
	case 0:
		return message.New("today")
	case 1:
		return message.New("tomorrow")
	default:
		return message.New("in {{.N}} days", "N", n)
	}
}

// daysBetween returns how many days after today a date is.
func daysBetween(today, date string) (int, bool) {
	a, errA := time.Parse(time.DateOnly, today)
	b, errB := time.Parse(time.DateOnly, date)
	return int(b.Sub(a).Hours() / 24), errA == nil && errB == nil
}

// List joins up to so many names: "a, b and 3 more".
func List(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// LossLine tells of lost evidence in a message: "NC-2026-0007 went back from verifying to
// implementing (Action 1 is not done): Leavers keep accounts".
func LossLine(l *catalogue.Language, ref, title string, x register.Loss, n Names) string {
	what := make([]string, len(x.What))
	for i, w := range x.What {
		what[i] = l.Text(nth(x.Said, i), w)
	}
	args := []any{"Ref", ref, "From", message.Term(x.From), "To", message.Term(x.To), "What", line(strings.Join(what, "; "))}
	m := message.New("{{.Ref}} went back from {{.From}} to {{.To}} ({{.What}})", args...)
	if x.By != "" {
		m = message.New("{{.Ref}} went back from {{.From}} to {{.To}}, after a change by {{.Person}} ({{.What}})", append(args, "Person", line(n.Person(x.By)))...)
	}
	return "  " + l.Say(m) + ": " + line(title)
}

// nth returns a text of a list, "" behind its end: what was stored before texts were has none.
func nth(of []message.Text, i int) message.Text {
	if i < len(of) {
		return of[i]
	}
	return ""
}
