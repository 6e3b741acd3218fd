package mapping

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Command is one "/capa" line of a comment with the text that belongs to it.
type Command struct {
	Verb    string           // in its canonical spelling, "approve-plan"
	Args    []string         // choose among variants: "verify effective" has ["effective"]
	Subject register.Subject // of a decision, "" otherwise
	Outcome register.Outcome // of a decision, "" otherwise
	Field   register.Field   // that Text is for, "" if none
	Value   string           // of a decision about Field, as it was typed; "" means the proposed value; of a link, "split-from NC-2026-0007"; of a date, "implementation 2026-12-31"; "implementation" to keep one; of an exception, its last day; of a recurrence, the closed record; of a deferral, its day; of a promotion, the kind
	Period  string           // that a value is entered for, "" if it is not said
	Named   string           // name of a field that conformd does not have, and the organisation may
	Keep    bool             // the decision is to keep the register's value
	Text    string           // the person's own words, which may run over several lines
	Err     message.Text     // why it does not count, for the person who wrote it
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
	again   bool   // the number of a closed record comes before the reason
	extends bool   // a milestone and a date come before the reason
	until   bool   // a date comes before the reason
	kinds   bool   // a kind of record comes before the reason
	defers  bool   // a date comes before the reason, which needs no "because"
	enters  bool   // a value and its period come before the reason, which may be missing
}

// verbs lists the commands in the order help shows them.
func verbs() []verb {
	const eff, plan, rej = register.SubjectEffectiveness, register.SubjectPlan, register.SubjectRejection
	const triage, reopen, adoption = register.SubjectTriage, register.SubjectReopening, register.SubjectAdoption
	return []verb{
		{name: "triage", subject: triage, outcome: register.Approved},
		{name: "effective", subject: eff, outcome: register.Effective, needs: "why"},
		{name: "ineffective", subject: eff, outcome: register.Ineffective, needs: "why"},
		{name: "partially", subject: eff, outcome: register.Partially, needs: "why"},
		{name: "verify", subject: eff, needs: "evidence"},
		{name: "approve-plan", subject: plan, outcome: register.Approved},
		{name: "reject", subject: rej, outcome: register.Rejected, field: register.FieldRejectReason, needs: "reason"},
		{name: "reopen", subject: reopen, outcome: register.Approved, needs: "reason"},
		{name: "adopt", subject: adoption, outcome: register.Adopted, needs: "why"},
		{name: "decline", subject: adoption, outcome: register.Declined, field: register.FieldRejectReason, needs: "why"},
		{name: "defer", subject: adoption, outcome: register.Deferred, needs: "why", defers: true},
		{name: "promote", subject: register.SubjectPromotion, needs: "reason", kinds: true},
		{name: "measure", enters: true},
		{name: "sign", subject: register.SubjectSigning, outcome: register.Approved, needs: "statement"},
		{name: "kind", field: register.FieldKind, needs: "reason", value: true},
		{name: "grade", field: register.FieldGrade, needs: "reason", value: true},
		{name: "risk", field: register.FieldRisk, needs: "reason", value: true},
		{name: "source", field: register.FieldSource, needs: "reason", value: true},
		{name: "owner", field: register.FieldOwner, needs: "reason", value: true},
		{name: "keep", needs: "reason", named: true},
		{name: "amend", needs: "reason", named: true},
		{name: "link", needs: "reason", links: true},
		{name: "unlink", needs: "reason", links: true},
		{name: "recurrence", needs: "reason", again: true},
		{name: "no-recurrence", needs: "reason", again: true},
		{name: "extend", needs: "reason", extends: true},
		{name: "accept", needs: "justification", until: true},
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
		case v.again:
			s += " of NC-2026-0007 because <" + v.needs + ">"
		case v.extends:
			s += " implementation 2026-12-31 because <" + v.needs + ">"
		case v.enters:
			s += " 97 period=2026-Q3 [why]"
		case v.kinds:
			s += " improvement because <" + v.needs + ">"
		case v.defers:
			s += " until=2026-12-31 <" + v.needs + ">"
		case v.until:
			s += " until 2026-12-31 because <" + v.needs + ">"
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
		out = append(out, Command{Verb: c.Verb, Text: c.Text, Err: say("`/capa {{.Verb}}` stands in a list or a heading, where no command is read; post it on a line of its own, with an empty line above and below", "Verb", c.Verb)})
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
	c := Command{Verb: inEnglish(CommandWord, strings.ToLower(name))}
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
		arg = inEnglish(CommandWord, strings.ToLower(arg))
		switch arg {
		case "effective", "ineffective", "partially":
			c.Args, c.Outcome = []string{arg}, register.Outcome(arg)
		default:
			c.Err = say("`/capa verify` needs `effective`, `partially` or `ineffective`")
		}
	}
	if v.links {
		return linking(c, v, rest)
	}
	if v.again {
		return answering(c, v, rest)
	}
	if v.extends {
		return extending(c, rest)
	}
	if v.enters {
		return entering(c, rest)
	}
	if v.kinds {
		return promoting(c, rest)
	}
	if v.defers {
		return deferring(c, rest)
	}
	if v.until {
		return accepting(c, rest)
	}
	if v.value || v.named {
		return decide(c, v, rest)
	}
	if v.subject != "" { // of a decision, all that follows is the reason
		rest = reason(rest)
	}
	c.Text = text.Canonical(rest)
	if c.Err == "" && v.needs != "" && c.Text == "" {
		c.Err = say("`/capa {{.Verb}}` needs the {{.Text}} behind it", "Verb", strings.Join(append([]string{v.name}, c.Args...), " "), "Text", message.Term(v.needs))
	}
	return c
}

// because matches the word between a value and the reason for it.
var because = regexp.MustCompile(`(?i)(^|\s)(because|weil)(\s+|$)`)

// reason returns a reason without the because before it.
func reason(rest string) string {
	if at := because.FindStringIndex(rest); at != nil && strings.TrimSpace(rest[:at[0]]) == "" {
		return rest[at[1]:]
	}
	return rest
}

// explained takes the reason into Text and returns what stands before it. Without a reason it
// takes everything, the command has an error that shows its usage, and said is false.
func (c *Command) explained(rest, usage string) (what string, said bool) {
	at := because.FindStringIndex(rest)
	if at == nil {
		c.Text, c.Err = text.Canonical(rest), say("say why: `{{.Usage}}`", "Usage", message.Command(usage))
		return "", false
	}
	c.Text = text.Canonical(rest[at[1]:])
	return strings.TrimSpace(rest[:at[0]]), true
}

// decide parses a decision about a value: "minor because …", or "grade because …" for the
// proposed value.
func decide(c Command, v verb, rest string) Command {
	c.Keep = v.name == "keep"
	usage := "/capa " + v.name + " <" + v.name + "> because <reason>"
	if v.named {
		usage = "/capa " + v.name + " <field> because <reason>"
	}
	what, said := c.explained(rest, usage)
	if !said {
		return c
	}
	switch f, known := register.FieldNamed(inEnglish(FieldWord, what)); {
	case what == "" || c.Text == "":
		c.Err = say("say what and why: `{{.Usage}}`", "Usage", message.Command(usage))
	case c.Keep && !known && milestoneNamed(what) != "":
		c.Value = milestoneNamed(what)
	case v.named && !known:
		c.Named = what
		c.Err = say("{{.Value}} is no field of the register; its name stands in the comment of conformd", "Value", quoted(what))
	case v.named:
		c.Field = f
	default:
		c.Value = inEnglish(ValueWord, what)
	}
	return c
}

// linkForm is how people name a link.
const linkForm = "duplicate-of|split-from|recurrence-of <number>"

// linking reads a decision about a link: "split-from NC-2026-0007 because …".
func linking(c Command, v verb, rest string) Command {
	usage := "/capa " + v.name + " " + linkForm + " because <reason>"
	what, said := c.explained(rest, usage)
	if !said {
		return c
	}
	kind, name, _ := strings.Cut(strings.Join(strings.Fields(markdown.Fold(what)), " "), " ")
	c.Value = strings.TrimSpace(inEnglish(LinkWord, kind) + " " + name)
	if _, _, ok := register.LinkNamed(c.Value); !ok || c.Text == "" {
		c.Err = say("say which link and why: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// answering reads the answer whether a closed record came up again: "of NC-2026-0007 because …".
func answering(c Command, v verb, rest string) Command {
	usage := "/capa " + v.name + " of <number> because <reason>"
	what, said := c.explained(rest, usage)
	if !said {
		return c
	}
	words := strings.Fields(markdown.Fold(what))
	if len(words) > 1 && (strings.EqualFold(words[0], "of") || strings.EqualFold(words[0], "von")) {
		words = words[1:]
	}
	if len(words) != 1 || c.Text == "" {
		c.Err = say("say which record and why: `{{.Usage}}`", "Usage", message.Command(usage))
		return c
	}
	c.Value = words[0]
	return c
}

// milestoneNamed returns the milestone that people name, "" for none.
func milestoneNamed(name string) string {
	if m, ok := register.MilestoneNamed(inEnglish(MilestoneWord, name)); ok {
		return string(m)
	}
	return ""
}

// extending reads the wish for a later date: "implementation 2026-12-31 because …". The name of
// a milestone may have several words, and a date, too.
func extending(c Command, rest string) Command {
	const usage = "/capa extend <milestone> <date> because <reason>"
	what, said := c.explained(rest, usage)
	if !said {
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
		c.Value, c.Err = "", say("say which milestone (triage, containment, cause, implementation, verification), until when and why: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// accepting reads the wish for an exception, or an approval of one: "until 2026-12-31 because …".
func accepting(c Command, rest string) Command {
	const usage = "/capa accept until <date> because <justification>"
	what, said := c.explained(rest, usage)
	if !said {
		return c
	}
	first, date := word(what)
	switch strings.ToLower(first) {
	case "until", "till", "bis":
		c.Value = strings.TrimSpace(markdown.Fold(date))
	}
	if c.Value == "" || c.Text == "" {
		c.Value, c.Err = "", say("say until when and why: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// promoting reads to which kind an observation is promoted, and why: "improvement because …".
func promoting(c Command, rest string) Command {
	const usage = "/capa promote nonconformity|potential_nonconformity|improvement because <reason>"
	what, said := c.explained(rest, usage)
	if !said {
		return c
	}
	words := strings.Fields(markdown.Fold(what))
	if len(words) > 1 && slices.Contains([]string{"to", "zu", "zur"}, strings.ToLower(words[0])) {
		words = words[1:]
	}
	c.Value = inEnglish(ValueWord, strings.Join(words, " "))
	if c.Value == "" || c.Text == "" {
		c.Value, c.Err = "", say("say to which kind and why: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// deferral matches until when an improvement is deferred: "until=2027-03-01", "until 2027-03-01".
var deferral = regexp.MustCompile(`(?i)^\s*(?:until|till|bis)\s*[=: ]\s*(\S+)\s*`)

// deferring reads until when an improvement is deferred, and why: "until=2027-03-01 the storage is
// renewed then".
func deferring(c Command, rest string) Command {
	const usage = "/capa defer until=<date> <why>"
	m := deferral.FindStringSubmatchIndex(rest)
	if m == nil {
		c.Text, c.Err = text.Canonical(rest), say("say until when and why: `{{.Usage}}`", "Usage", message.Command(usage))
		return c
	}
	c.Value, rest = markdown.Fold(rest[m[2]:m[3]]), rest[m[1]:]
	if c.Text = text.Canonical(reason(rest)); c.Text == "" {
		c.Value, c.Err = "", say("say until when and why: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// periodOf matches for which period a value is entered: "period=2026-Q3", "for 2026-Q3".
var periodOf = regexp.MustCompile(`(?i)(?:^|\s)(?:period\s*[=:]\s*|zeitraum\s*[=:]\s*|for\s+|für\s+)(\d{4}\S*)`)

// entering reads a value, its period and why it is so: "97 period=2026-Q3 two tests were counted twice".
// Without a period the reason begins with "because".
func entering(c Command, rest string) Command {
	const usage = "/capa measure <value> period=<period> [why]"
	what, why := rest, ""
	switch m, at := periodOf.FindStringSubmatchIndex(rest), because.FindStringIndex(rest); {
	case m != nil && (at == nil || m[0] < at[0]):
		what, why, c.Period = rest[:m[0]], reason(rest[m[1]:]), markdown.Fold(rest[m[2]:m[3]])
	case at != nil:
		what, why = rest[:at[0]], rest[at[1]:]
	}
	c.Value, c.Text = strings.Join(strings.Fields(markdown.Fold(what)), " "), text.Canonical(why)
	if c.Value == "" {
		c.Err = say("say which value, and for which period: `{{.Usage}}`", "Usage", message.Command(usage))
	}
	return c
}

// unknown is the answer to an unknown command; it names the command that may be meant.
func unknown(typed, best string) message.Text {
	if best != "" {
		return say("unknown command {{.Typed}}; did you mean `/capa {{.Verb}}`?", "Typed", quoted(typed), "Verb", best)
	}
	return say("unknown command {{.Typed}}; `/capa help` lists the commands", "Typed", quoted(typed))
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
