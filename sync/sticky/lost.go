package sticky

import (
	"strings"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register/message"
)

// lost says that the record went back because evidence is gone, whom that concerns, and what takes
// it forward again.
func (p *page) lost() {
	x := p.Lost
	if x == nil {
		return
	}
	gone, whom := p.each(x.What, x.SaidWhat), p.each(x.Whom, x.SaidWhom)
	for i, w := range gone {
		gone[i] = text.Plain(strings.TrimRight(short(w), "."))
	}
	p.say("**Evidence was lost.** On {{.Date}} the record went back from {{.From}} to {{.To}}: {{.What}}. ",
		"Date", message.Day(x.Day), "From", message.Term(x.From), "To", message.Term(x.To), "What", p.some(gone))
	if x.By != "" {
		p.say("{{.Person}} made the change. ", "Person", text.Plain(x.By))
	}
	if x.Review {
		p.say("With a new review the record can be {{.State}} again.", "State", message.Term(x.From))
	} else {
		p.say("When the evidence is there again, the record can be {{.State}} again.", "State", message.Term(x.From))
	}
	if len(whom) > 0 {
		for i, w := range whom {
			whom[i] = text.Plain(w)
		}
		p.WriteString(" ")
		p.say("This concerns {{.People}}.", "People", p.in.Join(whom))
	}
	p.WriteString("\n\n")
}

// each says stored texts; what was stored before texts were is in English.
func (p *page) each(english []string, said []message.Text) []string {
	out := make([]string, len(english))
	for i, w := range english {
		var t message.Text
		if i < len(said) {
			t = said[i]
		}
		out[i] = p.in.Text(t, w)
	}
	return out
}
