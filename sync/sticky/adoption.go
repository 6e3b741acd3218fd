package sticky

import (
	"strings"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register/message"
)

// adoption says that the improvement was declined, or until when it is deferred.
func (p *page) adoption() {
	x := p.Adoption
	if x == nil {
		return
	}
	words := func(s string) string { return text.Plain(strings.TrimRight(short(s), ".")) }
	who := text.Plain(x.By)
	switch {
	case x.Declined != "":
		p.line("**Declined.** {{.Person}} decided not to make this improvement: {{.Why}}. To take it up again, comment `/capa reopen <reason>`.", "Person", who, "Why", words(x.Declined))
	case x.Came:
		p.line("**Deferred until {{.Date}}: decide anew.** {{.Person}} deferred this improvement ({{.Why}}), and the day has come. "+
			"{{.Roles}} decides: `/capa adopt <why>`, `/capa decline <why>` or `/capa defer until=<date> <why>`.", "Date", message.Day(x.Until), "Person", who, "Why", words(x.Why), "Roles", capital(p.in.Who(x.Who)))
	default:
		p.line("**Deferred until {{.Date}}.** {{.Person}} deferred this improvement: {{.Why}}. It waits in analysis; on that day people are asked to decide anew. "+
			"To decide earlier, comment `/capa adopt <why>`, `/capa decline <why>` or `/capa defer until=<date> <why>`.", "Date", message.Day(x.Until), "Person", who, "Why", words(x.Why))
	}
}
