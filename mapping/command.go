package mapping

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// A Command is one "/capa" line of a comment with the text that belongs to it.
type Command struct {
	Verb    string           // in its canonical spelling, "approve-plan"
	Args    []string         // choose among variants: "verify effective" has ["effective"]
	Subject register.Subject // of a decision, "" otherwise
	Outcome register.Outcome // of a decision, "" otherwise
	Field   register.Field   // that Text is for, "" if none
	Value   string           // of a decision about Field, as it was typed; "" means the proposed value; of a link, "split-from NC-2026-0007"; of a date, "implementation 2026-12-31"; "implementation" to keep one
	Keep    bool             // the decision is to keep the register's value
	Text    string           // the person's own words, which may run over several lines
	Err     string           // why it does not count, for the person who wrote it
}

// A verb is one line of the table of commands.
type verb struct {
	name    string
	subject register.Subject
	outcome register.Outcome
	field   register.Field
	needs   string // names the text that must follow, "" if none must
	value   bool   // a value for the field comes before the reason
	named   bool   // the name of a field comes before the reason
	links   bool   // a kind of link and a record come before the reason
	extends bool   // a milestone and a date come before the reason
}

// verbs lists the commands in the order help shows them.
func verbs() []verb {
	const eff, plan, rej = register.SubjectEffectiveness, register.SubjectPlan, register.SubjectRejection
	const triage, reopen = register.SubjectTriage, register.SubjectReopening
	return []verb{
		{name: "triage", subject: triage, outcome: register.Approved},
		{name: "effective", subject: eff, outcome: register.Effective, needs: "why"},
		{name: "ineffective", subject: eff, outcome: register.Ineffective, needs: "why"},
		{name: "partially", subject: eff, outcome: register.Partially, needs: "why"},
		{name: "verify", subject: eff, needs: "evidence"},
		{name: "approve-plan", subject: plan, outcome: register.Approved},
		{name: "reject", subject: rej, outcome: register.Rejected, field: register.FieldRejectReason, needs: "reason"},
		{name: "reopen", subject: reopen, outcome: register.Approved, needs: "reason"},
		{name: "kind", field: register.FieldKind, needs: "reason", value: true},
		{name: "grade", field: register.FieldGrade, needs: "reason", value: true},
		{name: "risk", field: register.FieldRisk, needs: "reason", value: true},
		{name: "source", field: register.FieldSource, needs: "reason", value: true},
		{name: "owner", field: register.FieldOwner, needs: "reason", value: true},
		{name: "keep", needs: "reason", named: true},
		{name: "amend", needs: "reason", named: true},
		{name: "link", needs: "reason", links: true},
		{name: "unlink", needs: "reason", links: true},
		{name: "extend", needs: "reason", extends: true},
		{name: "root-cause", field: register.FieldRootCause, needs: "text"},
		{name: "correction", field: register.FieldCorrection, needs: "text"},
		{name: "similar", field: register.FieldSimilarity, needs: "text"},
		{name: "isms-change", field: register.FieldISMSChange, needs: "text"},
		{name: "close-summary", field: register.FieldCloseSummary, needs: "text"},
		{name: "help"},
		{name: "status"},
	}
}

// CommandFields returns the fields that a command fills in.
func CommandFields() []register.Field {
	var out []register.Field
	for _, v := range verbs() {
		if v.field != "" && !v.value {
			out = append(out, v.field)
		}
	}
	return out
}

// CommandHelp returns one line of help for each command, in Markdown.
func CommandHelp() []string {
	var out []string
	for _, v := range verbs() {
		s := "/capa " + v.name
		if v.name == "verify" {
			s += " effective|partially|ineffective"
		}
		switch {
		case v.value:
			s += " <" + v.name + "> because <" + v.needs + ">"
		case v.links:
			s += " split-from NC-2026-0007 because <" + v.needs + ">"
		case v.extends:
			s += " implementation 2026-12-31 because <" + v.needs + ">"
		case v.named:
			s += map[string]string{"keep": " grade", "amend": " root-cause"}[v.name] + " because <" + v.needs + ">"
		case v.needs != "":
			s += " <" + v.needs + ">"
		case v.subject != "":
			s += " [why]"
		}
		out = append(out, "`"+s+"`")
	}
	return out
}

// ParseCommands returns the commands of a comment in GitHub-flavoured Markdown. A
// command is a line of a paragraph that starts with "/capa", in any case; its text
// runs to the next command and keeps its markup. A line counts only where people see
// it as said by the author: not in code, quotes, lists, tables, HTML or a folded part.
// White space of any sort may follow, and invisible characters are ignored.
//
// A line that is surely meant for conformd but has a typing error ("/cappa effective") is a
// command with an Err. A command for another program ("/close") is not returned.
func ParseCommands(body string) []Command {
	if !strings.Contains(body, "/") && !strings.Contains(strings.ToLower(body), "capa") {
		return nil // most comments
	}
	body = text.Normalise(body)
	var out []Command
	from, parse := -1, parseCommand // where the words of the last command begin, and how they are read
	flush := func(to int) {
		if from >= 0 {
			out = append(out, parse(body[from:to]))
		}
	}
	for _, l := range markdown.Parse(body).Lines() {
		if n, ok := commandStart(body[l.Start:l.End]); ok {
			flush(l.Start)
			from, parse = l.Start+n, parseCommand
		} else if typed, meant := nearCommand(body[l.Start:l.End]); meant != "" {
			flush(l.Start)
			from, parse = l.Start, func(said string) Command {
				return Command{Verb: meant, Text: text.Canonical(strings.TrimLeft(said[len(typed):], " \t")), Err: unknown(markdown.Fold(typed), meant)}
			}
		}
	}
	flush(len(body))
	return out
}

// mostAsides is how many commands in lists and headings are answered: a comment with more of
// them probably explains the commands.
const mostAsides = 2

// Misplaced returns lines that were surely meant as commands and stand where none is read: in
// an item of a list, or in a heading (a line of dashes below makes a line a heading). It
// returns nothing for a comment that has commands.
func Misplaced(body string) []Command {
	if !strings.Contains(strings.ToLower(body), "capa") || len(ParseCommands(body)) > 0 {
		return nil
	}
	body = text.Normalise(body)
	var out []Command
	for _, l := range markdown.Parse(body).Asides() {
		line := strings.TrimPrefix(body[l.Start:l.End], "[ ] ")
		n, ok := commandStart(line)
		if !ok {
			continue
		}
		c := parseCommand(line[n:])
		if c.Err != "" || strings.HasPrefix(c.Text, "<") || strings.HasPrefix(c.Text, "…") {
			continue
		}
		out = append(out, Command{Verb: c.Verb, Text: c.Text, Err: "`/capa " + c.Verb + "` stands in a list or a heading, where no command is read; post it on a line of its own, with an empty line above and below"})
	}
	if len(out) > mostAsides {
		return nil
	}
	return out
}

// commandStart returns the length of the part of a command line in front of the verb.
func commandStart(line string) (int, bool) {
	const prefix = "/capa"
	n := 0
	for i, r := range line {
		switch {
		case n == len(prefix):
			if unicode.IsSpace(r) {
				return i, true
			}
			if !markdown.Invisible(r) {
				return 0, false
			}
		case markdown.Invisible(r), n == 0 && unicode.IsSpace(r):
		case unicode.ToLower(r) == rune(prefix[n]):
			n++
		default:
			return 0, false
		}
	}
	return len(line), n == len(prefix)
}

// parseCommand parses the text behind "/capa".
func parseCommand(s string) Command {
	name, rest := word(s)
	if name == "" {
		name = "help"
	}
	c := Command{Verb: strings.ToLower(name)}
	all := verbs()
	i := slices.IndexFunc(all, func(v verb) bool { return v.name == c.Verb })
	if i < 0 {
		c.Text = text.Canonical(rest)
		c.Err = unknown("/capa "+c.Verb, closest(c.Verb, rest, all))
		return c
	}
	v := all[i]
	c.Subject, c.Outcome, c.Field = v.subject, v.outcome, v.field
	if v.name == "verify" {
		var arg string
		arg, rest = word(rest)
		arg = strings.ToLower(arg)
		switch arg {
		case "effective", "ineffective", "partially":
			c.Args, c.Outcome = []string{arg}, register.Outcome(arg)
		default:
			c.Err = "`/capa verify` needs `effective`, `partially` or `ineffective`"
		}
	}
	if v.links {
		return linking(c, v, rest)
	}
	if v.extends {
		return extending(c, rest)
	}
	if v.value || v.named {
		return decide(c, v, rest)
	}
	c.Text = text.Canonical(rest)
	if c.Err == "" && v.needs != "" && c.Text == "" {
		c.Err = "`/capa " + strings.Join(append([]string{v.name}, c.Args...), " ") + "` needs the " + v.needs + " behind it"
	}
	return c
}

// because matches the word between a value and the reason for it.
var because = regexp.MustCompile(`(?i)(^|\s)(because|weil)(\s+|$)`)

// explained takes the reason into Text and returns what stands before it. Without a reason it
// takes everything, and said is false.
func (c *Command) explained(rest string) (what string, said bool) {
	at := because.FindStringIndex(rest)
	if at == nil {
		c.Text = text.Canonical(rest)
		return "", false
	}
	c.Text = text.Canonical(rest[at[1]:])
	return strings.TrimSpace(rest[:at[0]]), true
}

// decide parses a decision about a value: "minor because …", or "grade because …" for the
// proposed value.
func decide(c Command, v verb, rest string) Command {
	c.Keep = v.name == "keep"
	usage := "`/capa " + v.name + " <" + v.name + "> because <reason>`"
	if v.named {
		usage = "`/capa " + v.name + " <field> because <reason>`"
	}
	what, said := c.explained(rest)
	if !said {
		c.Err = "say why: " + usage
		return c
	}
	switch f, known := register.FieldNamed(what); {
	case what == "" || c.Text == "":
		c.Err = "say what and why: " + usage
	case c.Keep && !known && milestoneNamed(what) != "":
		c.Value = milestoneNamed(what)
	case v.named && !known:
		c.Err = quote(what) + " is no field of the register; its name stands in the comment of conformd"
	case v.named:
		c.Field = f
	default:
		c.Value = what
	}
	return c
}

// linkForm is how people name a link.
const linkForm = "duplicate-of|split-from|recurrence-of <number>"

// linking reads a decision about a link: "split-from NC-2026-0007 because …".
func linking(c Command, v verb, rest string) Command {
	usage := "`/capa " + v.name + " " + linkForm + " because <reason>`"
	what, said := c.explained(rest)
	if !said {
		c.Err = "say why: " + usage
		return c
	}
	c.Value = strings.Join(strings.Fields(markdown.Fold(what)), " ")
	if _, _, ok := register.LinkNamed(c.Value); !ok || c.Text == "" {
		c.Err = "say which link and why: " + usage
	}
	return c
}

// milestoneNamed returns the milestone that people name, "" for none.
func milestoneNamed(name string) string {
	if m, ok := register.MilestoneNamed(name); ok {
		return string(m)
	}
	return ""
}

// extending reads the wish for a later date: "implementation 2026-12-31 because …". The name of
// a milestone may have several words, and a date, too.
func extending(c Command, rest string) Command {
	const usage = "`/capa extend <milestone> <date> because <reason>`"
	what, said := c.explained(rest)
	if !said {
		c.Err = "say why: " + usage
		return c
	}
	words := strings.Fields(markdown.Fold(what))
	for n := min(3, len(words)-1); n > 0; n-- {
		if m := milestoneNamed(strings.Join(words[:n], " ")); m != "" {
			c.Value = m + " " + strings.Join(words[n:], " ")
			break
		}
	}
	if c.Value == "" || c.Text == "" {
		c.Value, c.Err = "", "say which milestone (triage, containment, cause, implementation, verification), until when and why: "+usage
	}
	return c
}

// unknown is the answer to an unknown command; it names the command that may be meant.
func unknown(typed, best string) string {
	s := "unknown command " + quote(typed)
	if best != "" {
		return s + "; did you mean `/capa " + best + "`?"
	}
	return s + "; `/capa help` lists the commands"
}

// word cuts the first word off s, on its first line.
func word(s string) (first, rest string) {
	line, below, more := strings.Cut(s, "\n")
	line = strings.TrimLeftFunc(line, unseen)
	i := strings.IndexFunc(line, unicode.IsSpace)
	if i < 0 {
		i = len(line)
	}
	first, rest = markdown.Fold(line[:i]), strings.TrimLeftFunc(line[i:], unicode.IsSpace)
	if more {
		rest += "\n" + below
	}
	return first, rest
}

func unseen(r rune) bool { return unicode.IsSpace(r) || markdown.Invisible(r) }
