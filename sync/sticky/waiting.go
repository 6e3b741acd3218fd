package sticky

import (
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// waiting lists the values of the issue that the register did not take, and the commands
// that decide about them.
func (p *page) waiting() {
	var values []present.Proposal
	for _, x := range p.Waiting {
		why := text.Plain(strings.TrimRight(short(x.Why), "."))
		decide := cell(capital(p.in.Say(x.Deciding(p.in))))
		switch {
		case x.Reopens():
			p.reopening(x)
		case x.Extends():
			p.line("**More time requested.** {{.Person}} asks for a later {{.Change}}: {{.Why}}. {{.Decide}}.", "Person", text.Plain(x.By), "Change", text.Plain(p.in.Say(x.Change())), "Why", why, "Decide", decide)
		case x.Excepts():
			p.line("**Exception requested.** {{.Person}} asks to accept this record until {{.Date}}: {{.Why}}. {{.Decide}}.", "Person", text.Plain(x.By), "Date", message.Day(x.Value), "Why", why, "Decide", decide)
		default:
			values = append(values, x)
		}
	}
	if len(values) == 0 {
		return
	}
	if p.State == register.Closed {
		p.line("**Changed after closing.** The register keeps what the record was closed with, until somebody decides.")
	} else {
		p.line("**Proposed.** Triage decided these values, and the register keeps them until somebody decides again.")
	}
	p.heading("Field", "In the register", "Proposed", "By", "Who decides, and how")
	for i, x := range values {
		if i == mostRows {
			p.more(len(values) - i)
			break
		}
		by := x.By
		if by == "" {
			by = p.in.Term("the tracker does not say")
		}
		p.cells(text.Plain(p.in.Term(x.Label)), p.shown(x.Now), p.shown(x.Value), text.Plain(by), cell(p.in.Say(x.Deciding(p.in))))
	}
	p.WriteString("\n")
}

// reopening says that somebody moved the issue back who may not reopen the record, and who
// decides about it.
func (p *page) reopening(x present.Proposal) {
	by := p.in.Term("Somebody whom the tracker does not name")
	if x.By != "" {
		by = text.Plain(x.By)
	}
	moved := message.New("{{.Person}} moved this issue back", "Person", by)
	if !x.Since.IsZero() {
		moved = message.New("{{.Person}} moved this issue back on {{.Date}}", "Person", by, "Date", message.Day(x.Since.UTC().Format(time.DateOnly)))
	}
	p.line("**Reopening requested.** {{.Moved}}. The register counts the record as {{.State}} until {{.Roles}} decides: comment `{{.Take}}` to reopen it, or `{{.Keep}}`. "+
		"If it has come back, please say below what was seen.",
		"Moved", moved, "State", message.Term(p.State), "Roles", message.Roles(x.Who), "Take", p.in.Command(x.Take), "Keep", p.in.Command(x.Keep))
}

// capital returns a sentence with a capital at its beginning.
func capital(s string) string {
	if s == "" {
		return ""
	}
	r := []rune(s)
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// shown returns a value for a cell of a table.
func (p *page) shown(v string) string {
	if v == "" {
		return p.in.Term("(empty)")
	}
	return text.Plain(short(v))
}

// barred says who may not give the review that is needed.
func (p *page) barred() {
	if len(p.Barred) == 0 {
		return
	}
	names := make([]string, len(p.Barred))
	for i, n := range p.Barred {
		if i < len(p.SaidBarred) {
			n = p.in.Say(p.SaidBarred[i].Message())
		}
		names[i] = text.Plain(n)
	}
	if n := len(names); n > mostWords {
		names = append(names[:mostWords], p.in.New("{{.N}} more", "N", n-mostWords))
	}
	p.WriteString("\n")
	p.say("Involved, and so not the reviewer: {{.People}}.", "People", p.in.Join(names))
	p.WriteString("\n")
}
