package sticky

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// mostRows bounds a table: people read no more, and trackers limit the length of a comment.
// mostRules bounds the table with a row for each rule; it is above the number of rules.
const (
	mostRows  = 12
	mostRules = 20
)

// mostWords bounds what one cell lists.
const mostWords = 8

// A page is a comment on its way to a text in one language.
type page struct {
	Comment
	strings.Builder
	in *catalogue.Language
}

// Markdown writes the comment for people, in GitHub-flavoured Markdown and in their language.
func (c Comment) Markdown(in *catalogue.Language) string {
	p := &page{Comment: c, in: in}
	p.head()
	p.links()
	p.unread()
	p.conflicts()
	p.waiting()
	p.contested()
	p.answers()
	p.commands()
	return strings.TrimSpace(p.String())
}

// Title is the first line without its markup, in English, for lists.
func (c Comment) Title() string {
	first, _, _ := strings.Cut(c.Markdown(nil), "\n")
	return strings.TrimLeft(first, "# ")
}

// say writes a sentence or a part of one.
func (p *page) say(id string, args ...any) { p.WriteString(p.in.New(id, args...)) }

// line writes a part of its own, with an empty line behind it.
func (p *page) line(id string, args ...any) {
	p.say(id, args...)
	p.WriteString("\n\n")
}

// more says that a list was cut.
func (p *page) more(n int) {
	p.WriteString("\n")
	p.say("… and {{.N}} more; the register has all of them.", "N", n)
	p.WriteString("\n")
}

func (p *page) head() {
	switch {
	case p.Requested != "":
		p.held()
	case !p.Says():
		p.settled()
	default:
		p.line("### {{.Ref}} · {{.State}}", "Ref", p.Ref, "State", message.Term(p.State))
		p.next()
	}
	p.exception()
	p.adoption()
	p.lost()
}

// exception says until when the record is accepted, or why it is accepted no longer.
func (p *page) exception() {
	x := p.Exception
	switch {
	case x == nil:
	case x.Over != "":
		why := capital(text.Plain(strings.TrimRight(short(p.in.Say(register.ReasonOf(x.Over))), ".")))
		p.line("**No longer accepted.** {{.Why}}. The record needs its cause, its plan and a review, or another exception.", "Why", why)
	case x.Left > 0:
		p.line("**Accepted until {{.Date}}, at most {{.Days}} days left: decide anew.** The day after that date the record is in analysis again. To decide earlier, comment `/capa reopen <reason>`.", "Date", message.Day(x.Until), "Days", x.Left)
	default:
		p.line("**Accepted until {{.Date}}.** The record is not closed: an exception was approved, and the day after that date the record is in analysis again. To revoke the exception, comment `/capa reopen <reason>`.", "Date", message.Day(x.Until))
	}
}

// links names the records that this one refers to, and those that refer to it.
func (p *page) links() {
	if len(p.Links) == 0 {
		return
	}
	p.line("**Linked records**")
	for i, l := range p.Links {
		if i == mostRows {
			p.say("- and {{.N}} more; the register has all of them", "N", len(p.Links)-i)
			p.WriteString("\n")
			break
		}
		p.WriteString("- " + p.in.Term(present.Link{Kind: l.Kind, From: l.From}.Words()) + " " + l.Ref + "\n")
	}
	p.WriteString("\n")
}

func (p *page) settled() {
	switch p.State {
	case register.Closed:
		p.line("### {{.Ref}} · closed", "Ref", p.Ref)
		p.line("The evidence is complete and the register counts this record as closed.")
	case register.StateRejected:
		p.line("### {{.Ref}} · rejected", "Ref", p.Ref)
		p.line("The reason is recorded and the register counts this record as rejected.")
	default:
		p.line("### {{.Ref}} · settled", "Ref", p.Ref)
		p.line("The register and this issue agree again.")
	}
}

// held says why the end that people requested does not count yet.
func (p *page) held() {
	request := message.Term(present.Request(p.Requested))
	p.line("### {{.Ref}} · {{.Request}}: {{.Needed}}", "Ref", p.Ref, "Request", request, "Needed", present.Things(len(p.Needs)))
	p.table()
	p.WriteString("\n")
	p.say("Until then the register shows **{{.State}}, {{.Request}}**. ", "State", message.Term(p.State), "Request", request)
	switch {
	case p.Back == nil:
		p.line("This issue may stay as it is.")
	case p.Back.Contested:
		p.line("conformd moved this issue back too often in 24 hours and leaves it as it is now. A person decides: " +
			"give what is needed, and the request counts; or move the issue back to work.")
	case p.Back.Failed != "":
		p.line("conformd could not move this issue back: {{.Why}}. Please move it back to work, or give what is needed.", "Why", text.Plain(p.in.Term(p.Back.Failed)))
	default:
		p.line("conformd will try to move this issue back at {{.Time}}.", "Time", p.Back.Due.UTC().Format(p.in.Term("2006-01-02 15:04 UTC")))
	}
}

// next says what the next step of an open record needs.
func (p *page) next() {
	switch {
	case !p.Next:
	case len(p.Needs) == 0 && p.State.Ended():
		p.line("Nothing is needed.")
	case len(p.Needs) == 0:
		p.line("Nothing is needed for the next step.")
	default:
		p.line("For the next step {{.Needed}}:", "Needed", present.Things(len(p.Needs)))
		p.table()
		p.WriteString("\n")
	}
}

// A row is a line of the table of needs.
type row struct {
	what, rule, how string
	needs           int
}

// table lists the needs, one row each. If that would be too long, it has one row for each
// rule.
func (p *page) table() {
	var each, grouped []row
	for i := 0; i < len(p.Needs); {
		n := i
		var remedies []present.Remedy
		rule := p.in.New("{{.Rule}}, clause {{.Clause}}", "Rule", p.Needs[i].Rule, "Clause", p.Needs[i].Clause)
		if p.Needs[i].Clause == "" {
			rule = p.Needs[i].Rule // the organisation asks, and no clause
		}
		for n < len(p.Needs) && p.Needs[n].Rule == p.Needs[i].Rule {
			x := p.Needs[n]
			each = append(each, row{p.in.Text(x.Said, x.What), rule, x.Remedy.Markdown(p.in), 1})
			remedies = append(remedies, x.Remedy)
			n++
		}
		grouped = append(grouped, row{p.whats(p.Needs[i:n]), rule, p.several(remedies), n - i})
		i = n
	}
	rows, most := each, mostRows
	if len(each) > mostRows {
		rows, most = grouped, mostRules
	}
	defer p.barred()
	p.heading("Needed", "Asked by", "How to give it")
	for i, r := range rows {
		if i == most {
			left := 0
			for _, r := range rows[i:] {
				left += r.needs
			}
			p.more(left)
			break
		}
		p.cells(text.Plain(r.what), r.rule, cell(r.how))
	}
}

// heading begins a table.
func (p *page) heading(names ...string) {
	for i, n := range names {
		names[i] = p.in.Term(n)
	}
	p.cells(names...)
	p.WriteString(strings.Repeat("|---", len(names)) + "|\n")
}

func (p *page) cells(cells ...string) { p.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

func (p *page) unread() {
	if len(p.Unread) == 0 {
		return
	}
	p.line("**Problems.** The register keeps its own values until they are solved.")
	p.heading("Field", "Problem", "What to do")
	for i, u := range p.Unread {
		if i == mostRows {
			p.more(len(p.Unread) - i)
			break
		}
		p.cells(text.Plain(p.in.Term(u.Label)), text.Plain(p.in.Text(u.Said, u.What)), text.Plain(p.in.Text(u.SaidRemedy, u.Remedy)))
	}
	p.WriteString("\n")
}

func (p *page) conflicts() {
	if len(p.Conflicts) == 0 {
		return
	}
	p.line("**Changed to different values.** Nothing is overwritten. Put the value that is right into every place.")
	p.heading("Field", "Where", "Value")
	for _, x := range p.Conflicts {
		for i, v := range x.Values {
			label := text.Plain(p.in.Term(x.Label))
			if i > 0 {
				label = ""
			}
			p.cells(label, text.Plain(p.in.Term(v.Place)), text.Plain(short(v.Text)))
		}
	}
	p.WriteString("\n")
}

func (p *page) contested() {
	if len(p.Contested) == 0 {
		return
	}
	names := make([]string, len(p.Contested))
	for i, l := range p.Contested {
		names[i] = "**" + text.Plain(p.in.Term(l)) + "**"
	}
	p.line("{{.Fields}}: the register decides, and conformd put it back here too often in 24 hours. conformd leaves this issue as it is now, "+
		"and the register keeps its own value. A person decides: change it here to what the register says, or ask the ISMS manager to change the register.", "Fields", p.in.Join(names))
}

func (p *page) answers() {
	if len(p.Answers) == 0 {
		return
	}
	p.line("**Answers**")
	for _, a := range p.Answers {
		what, command := sentence(p.in.Text(a.Said, a.Told)), p.in.Command(a.Command)
		switch {
		case a.Void:
			what = p.in.New("`{{.Command}}` counts no longer: {{.Why}}", "Command", command, "Why", what)
		case a.Told == "":
			what = p.in.New("`{{.Command}}` counts.", "Command", command)
		case a.Command != "":
			what = p.in.New("`{{.Command}}` does not count: {{.Why}}", "Command", command, "Why", what)
		}
		p.WriteString("- " + text.Plain(a.Who) + ": " + what + "\n")
	}
	p.WriteString("\n")
}

// sentence escapes a sentence for Markdown; commands in it keep their code spans.
func sentence(s string) string {
	parts := strings.Split(oneLine(s), "`")
	for i, p := range parts {
		if i%2 == 1 && i < len(parts)-1 {
			parts[i] = "`" + p + "`"
			continue
		}
		words := strings.TrimSpace(p)
		parts[i] = strings.Replace(p, words, text.Plain(words), 1)
	}
	out := strings.Join(parts, "")
	if strings.HasSuffix(out, "?") || strings.HasSuffix(out, ".") {
		return out
	}
	return out + "."
}

func (p *page) commands() {
	if !p.Commands {
		return
	}
	p.line("**Commands.** Write one on a line of its own in a comment:")
	for _, h := range mapping.CommandHelp() {
		p.WriteString("- `" + p.in.Command(strings.Trim(h, "`")) + "`\n")
	}
	p.WriteString("\n")
}

// whats puts several needs of one rule into one phrase: "Owner, Grade and Risk are missing".
func (p *page) whats(needs []present.Need) string {
	if len(needs) == 1 {
		return p.in.Text(needs[0].Said, needs[0].What)
	}
	var empty, out []string
	for _, n := range needs {
		if n.Missing {
			empty = append(empty, p.in.Term(n.Label))
		} else {
			out = append(out, p.in.Text(n.Said, n.What))
		}
	}
	switch len(empty) {
	case 0:
	case 1:
		out = slices.Insert(out, 0, p.in.New("{{.Field}} is missing", "Field", empty[0]))
	default:
		out = slices.Insert(out, 0, p.in.New("{{.Fields}} are missing", "Fields", p.in.Join(empty)))
	}
	return p.some(out)
}

// some joins at most mostWords phrases and says how many more there are.
func (p *page) some(words []string) string {
	if n := len(words); n > mostWords {
		words = append(slices.Clone(words[:mostWords]), p.in.New("and {{.N}} more", "N", n-mostWords))
	}
	return strings.Join(words, "; ")
}

// with adds a word that is not there yet.
func with(words []string, w string) []string {
	if slices.Contains(words, w) {
		return words
	}
	return append(words, w)
}

// cell makes conformd's own words fit for a cell of a table.
func cell(s string) string {
	return strings.ReplaceAll(oneLine(s), "|", `\|`)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// short cuts a value to what people compare at a glance.
func short(s string) string {
	const most = 160
	if r := []rune(oneLine(s)); len(r) > most {
		return string(r[:most]) + "…"
	}
	return oneLine(s)
}
