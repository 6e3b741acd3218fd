package sticky

import (
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// mostRows bounds a table: people read no more, and trackers limit the length of a comment.
// mostRules bounds the table with a row for each rule; it is above the number of rules.
const (
	mostRows  = 12
	mostRules = 20
)

// mostWords bounds what one cell lists.
const mostWords = 8

// Markdown writes the comment for people, in GitHub-flavoured Markdown.
func (c Comment) Markdown() string {
	var b strings.Builder
	c.head(&b)
	c.links(&b)
	c.unread(&b)
	c.conflicts(&b)
	c.waiting(&b)
	c.contested(&b)
	c.answers(&b)
	c.commands(&b)
	return strings.TrimSpace(b.String())
}

// Title is the first line without its markup, for lists.
func (c Comment) Title() string {
	first, _, _ := strings.Cut(c.Markdown(), "\n")
	return strings.TrimLeft(first, "# ")
}

func (c Comment) head(b *strings.Builder) {
	switch {
	case c.Requested != "":
		c.held(b)
	case !c.Says():
		c.settled(b)
	default:
		fmt.Fprintf(b, "### %s · %s\n\n", c.Ref, c.State)
		c.next(b)
	}
}

// links names the records that this one refers to, and those that refer to it.
func (c Comment) links(b *strings.Builder) {
	if len(c.Links) == 0 {
		return
	}
	b.WriteString("**Linked records**\n\n")
	for i, l := range c.Links {
		if i == mostRows {
			fmt.Fprintf(b, "- and %d more; the register has all of them\n", len(c.Links)-i)
			break
		}
		fmt.Fprintf(b, "- %s %s\n", present.Link{Kind: l.Kind, From: l.From}.Words(), l.Ref)
	}
	b.WriteString("\n")
}

func (c Comment) settled(b *strings.Builder) {
	switch c.State {
	case register.Closed:
		fmt.Fprintf(b, "### %s · closed\n\nThe evidence is complete and the register counts this record as closed.\n\n", c.Ref)
	case register.StateRejected:
		fmt.Fprintf(b, "### %s · rejected\n\nThe reason is recorded and the register counts this record as rejected.\n\n", c.Ref)
	default:
		fmt.Fprintf(b, "### %s · settled\n\nThe register and this issue agree again.\n\n", c.Ref)
	}
}

// held says why the end that people requested does not count yet.
func (c Comment) held(b *strings.Builder) {
	request := present.Request(c.Requested)
	fmt.Fprintf(b, "### %s · %s: %s\n\n", c.Ref, request, present.Things(len(c.Needs)))
	c.table(b)
	fmt.Fprintf(b, "\nUntil then the register shows **%s**. ", present.Standing(c.State, c.Requested))
	switch {
	case c.Back == nil:
		b.WriteString("This issue may stay as it is.")
	case c.Back.Contested:
		b.WriteString("conformd moved this issue back too often in 24 hours and leaves it as it is now. A person decides: " +
			"give what is needed, and the request counts; or move the issue back to work.")
	case c.Back.Failed != "":
		fmt.Fprintf(b, "conformd could not move this issue back: %s. Please move it back to work, or give what is needed.", text.Plain(c.Back.Failed))
	default:
		fmt.Fprintf(b, "conformd will try to move this issue back at %s.", c.Back.Due.UTC().Format("2006-01-02 15:04 UTC"))
	}
	b.WriteString("\n\n")
}

// next says what the next step of an open record needs.
func (c Comment) next(b *strings.Builder) {
	switch {
	case !c.Next:
	case len(c.Needs) == 0 && c.State.Ended():
		b.WriteString("Nothing is needed.\n\n")
	case len(c.Needs) == 0:
		b.WriteString("Nothing is needed for the next step.\n\n")
	default:
		fmt.Fprintf(b, "For the next step %s:\n\n", present.Things(len(c.Needs)))
		c.table(b)
		b.WriteString("\n")
	}
}

// A row is a line of the table of needs.
type row struct {
	what, rule, how string
	needs           int
}

// table lists the needs, one row each. If that would be too long, it has one row for each
// rule.
func (c Comment) table(b *strings.Builder) {
	var each, grouped []row
	for i := 0; i < len(c.Needs); {
		n := i
		var remedies []present.Remedy
		rule := c.Needs[i].Rule + ", clause " + c.Needs[i].Clause
		for n < len(c.Needs) && c.Needs[n].Rule == c.Needs[i].Rule {
			x := c.Needs[n]
			each = append(each, row{x.What, rule, x.Remedy.Markdown(), 1})
			remedies = append(remedies, x.Remedy)
			n++
		}
		grouped = append(grouped, row{whats(c.Needs[i:n]), rule, several(remedies), n - i})
		i = n
	}
	rows, most := each, mostRows
	if len(each) > mostRows {
		rows, most = grouped, mostRules
	}
	defer c.barred(b)
	b.WriteString("| Needed | Asked by | How to give it |\n|---|---|---|\n")
	for i, r := range rows {
		if i == most {
			left := 0
			for _, r := range rows[i:] {
				left += r.needs
			}
			fmt.Fprintf(b, "\n… and %d more; the register has all of them.\n", left)
			break
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", text.Plain(r.what), r.rule, cell(r.how))
	}
}

func (c Comment) unread(b *strings.Builder) {
	if len(c.Unread) == 0 {
		return
	}
	b.WriteString("**Problems.** The register keeps its own values until they are solved.\n\n| Field | Problem | What to do |\n|---|---|---|\n")
	for i, u := range c.Unread {
		if i == mostRows {
			fmt.Fprintf(b, "\n… and %d more; the register has all of them.\n", len(c.Unread)-i)
			break
		}
		fmt.Fprintf(b, "| %s | %s | %s |\n", text.Plain(u.Label), text.Plain(u.What), text.Plain(u.Remedy))
	}
	b.WriteString("\n")
}

func (c Comment) conflicts(b *strings.Builder) {
	if len(c.Conflicts) == 0 {
		return
	}
	b.WriteString("**Changed to different values.** " + present.Decide + "\n\n| Field | Where | Value |\n|---|---|---|\n")
	for _, x := range c.Conflicts {
		for i, v := range x.Values {
			label := text.Plain(x.Label)
			if i > 0 {
				label = ""
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", label, text.Plain(v.Place), text.Plain(short(v.Text)))
		}
	}
	b.WriteString("\n")
}

func (c Comment) contested(b *strings.Builder) {
	if len(c.Contested) == 0 {
		return
	}
	names := make([]string, len(c.Contested))
	for i, l := range c.Contested {
		names[i] = "**" + text.Plain(l) + "**"
	}
	fmt.Fprintf(b, "%s: the register decides, and conformd put it back here too often in 24 hours. conformd leaves this issue as it is now, "+
		"and the register keeps its own value. A person decides: change it here to what the register says, or ask the ISMS manager to change the register.\n\n", present.Join(names))
}

func (c Comment) answers(b *strings.Builder) {
	if len(c.Answers) == 0 {
		return
	}
	b.WriteString("**Answers**\n\n")
	for _, a := range c.Answers {
		what := sentence(a.Told)
		switch {
		case a.Void:
			what = "`" + a.Command + "` counts no longer: " + what
		case a.Told == "":
			what = "`" + a.Command + "` counts."
		case a.Command != "":
			what = "`" + a.Command + "` does not count: " + what
		}
		fmt.Fprintf(b, "- %s: %s\n", text.Plain(a.Who), what)
	}
	b.WriteString("\n")
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

func (c Comment) commands(b *strings.Builder) {
	if !c.Commands {
		return
	}
	b.WriteString("**Commands.** Write one on a line of its own in a comment:\n\n")
	for _, h := range mapping.CommandHelp() {
		b.WriteString("- " + h + "\n")
	}
	b.WriteString("\n")
}

// whats puts several needs of one rule into one phrase: "Owner, Grade and Risk are missing".
func whats(needs []present.Need) string {
	if len(needs) == 1 {
		return needs[0].What
	}
	var empty, out []string
	for _, n := range needs {
		if n.Missing {
			empty = append(empty, n.Label)
		} else {
			out = append(out, n.What)
		}
	}
	switch len(empty) {
	case 0:
	case 1:
		out = slices.Insert(out, 0, empty[0]+" is missing")
	default:
		out = slices.Insert(out, 0, present.Join(empty)+" are missing")
	}
	return some(out, "; ")
}

// some joins at most mostWords words and says how many more there are.
func some(words []string, sep string) string {
	if n := len(words); n > mostWords {
		words = append(slices.Clone(words[:mostWords]), fmt.Sprintf("and %d more", n-mostWords))
	}
	return strings.Join(words, sep)
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
