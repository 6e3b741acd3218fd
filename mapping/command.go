package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// A Command is one "/capa" line of a comment with the text that belongs to it.
type Command struct {
	Verb    string           // in its canonical spelling, "approve-plan"
	Args    []string         // what chooses among variants: "verify effective" has ["effective"]
	Subject register.Subject // of a decision, "" otherwise
	Outcome register.Outcome // of a decision, "" otherwise
	Field   register.Field   // that Text is for, "" if none
	Text    string           // the person's own words, which may run over several lines
	Err     string           // why it cannot be followed, for the person who wrote it
}

// A verb is one line of the table of commands.
type verb struct {
	name    string
	subject register.Subject
	outcome register.Outcome
	field   register.Field
	needs   string // what the text says, "" if there need be none
}

// verbs lists the commands in the order help shows them.
func verbs() []verb {
	const eff, plan, rej = register.SubjectEffectiveness, register.SubjectPlan, register.SubjectRejection
	return []verb{
		{"effective", eff, register.Effective, "", "why"},
		{"ineffective", eff, register.Ineffective, "", "why"},
		{"partially", eff, register.Partially, "", "why"},
		{"verify", eff, "", "", "evidence"},
		{"approve-plan", plan, register.Approved, "", ""},
		{"reject", rej, register.Rejected, register.FieldRejectReason, "reason"},
		{"root-cause", "", "", register.FieldRootCause, "text"},
		{"correction", "", "", register.FieldCorrection, "text"},
		{"similar", "", "", register.FieldSimilarity, "text"},
		{"isms-change", "", "", register.FieldISMSChange, "text"},
		{"close-summary", "", "", register.FieldCloseSummary, "text"},
		{"help", "", "", "", ""},
		{"status", "", "", "", ""},
	}
}

// CommandFields returns the fields that a command fills in.
func CommandFields() []register.Field {
	var out []register.Field
	for _, v := range verbs() {
		if v.field != "" {
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
		case v.needs != "":
			s += " <" + v.needs + ">"
		case v.name == "approve-plan":
			s += " [why]"
		}
		out = append(out, "`"+s+"`")
	}
	return out
}

// ParseCommands returns the commands of a comment in GitHub-flavoured Markdown. A
// command starts a line with "/capa", in any case; its text runs to the next
// command. Quoted lines and code blocks hold no command.
func ParseCommands(body string) []Command {
	var out []Command
	var said []string // the lines of the last command
	flush := func() {
		if len(said) > 0 {
			out = append(out, parseCommand(strings.Join(said, "\n")))
		}
		said = nil
	}
	body = text.Normalise(body)
	for _, l := range text.Lines(body) {
		line := strings.TrimRight(body[l.Start:l.End], "\n")
		if rest, ok := commandLine(line); ok && !l.Code && !l.Comment {
			flush()
			said = []string{rest}
			continue
		}
		if len(said) > 0 {
			said = append(said, line)
		}
	}
	flush()
	return out
}

// commandLine returns what follows "/capa" on a line of its own.
func commandLine(line string) (string, bool) {
	const prefix = "/capa"
	t := strings.TrimLeft(line, " ")
	if len(line)-len(t) > 3 || !hasPrefixFold(t, prefix) {
		return "", false
	}
	rest := t[len(prefix):]
	if rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", false
	}
	return strings.TrimSpace(rest), true
}

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
		c.Err = "unknown command " + quote("/capa "+c.Verb)
		if best := closest(c.Verb, all); best != "" {
			c.Err += "; did you mean `/capa " + best + "`?"
		} else {
			c.Err += "; `/capa help` lists the commands"
		}
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
	c.Text = text.Canonical(rest)
	if c.Err == "" && v.needs != "" && c.Text == "" {
		c.Err = "`/capa " + strings.Join(append([]string{v.name}, c.Args...), " ") + "` needs the " + v.needs + " behind it"
	}
	return c
}

// word cuts the first word off s, on its first line.
func word(s string) (first, rest string) {
	line, below, more := strings.Cut(s, "\n")
	line = strings.TrimLeft(line, " \t")
	i := strings.IndexAny(line, " \t")
	if i < 0 {
		i = len(line)
	}
	first, rest = line[:i], strings.TrimLeft(line[i:], " \t")
	if more {
		rest += "\n" + below
	}
	return first, rest
}

// closest returns the verb that a typing mistake probably meant, or "".
func closest(s string, all []verb) string {
	best, least := "", 3
	if r := []rune(s); len(r) > 24 {
		s = string(r[:24])
	}
	for _, v := range all {
		if d := distance(s, v.name); d < least && d*2 < len(v.name) {
			best, least = v.name, d
		}
	}
	return best
}

// distance is the number of letters to add, drop or change (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diag := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diag+cost)
		}
	}
	return row[len(y)]
}
