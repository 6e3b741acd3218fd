package present

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/register/message"
)

// A Remedy says where and how people give what a record lacks.
type Remedy struct {
	Kind RemedyKind `json:"kind"`
	// Name is that of the heading, field, label prefix, command or status, or the number of a
	// record.
	Name string `json:"name,omitempty"`
	// On is the issue where people do it, "" for the issue that shows the remedy.
	On    string    `json:"on,omitempty"`
	Until time.Time `json:"until,omitzero"` // Wait
	// Form is the form in which the value must be written, "" for any.
	Form string `json:"form,omitempty"`
	// Who may decide it: "an ISMS manager". "" if it takes no role.
	Who string `json:"who,omitempty"`
	// Words are the remedy that a problem itself gives (AsTold).
	Words string `json:"words,omitempty"`
	// Said is Words, in no language yet.
	Said message.Text `json:"-"`
}

// A RemedyKind is a sort of remedy.
type RemedyKind string

// The kinds of remedy.
const (
	Heading        RemedyKind = "heading"         // write under a heading of the description
	Field          RemedyKind = "field"           // fill in a field
	Label          RemedyKind = "label"           // put a label
	InPlace        RemedyKind = "place"           // the title, the assignee, the due date …
	Command        RemedyKind = "command"         // comment a command with a text
	ReviewCommand  RemedyKind = "review-command"  // an independent person comments a review
	ReviewMove     RemedyKind = "review-move"     // an independent person moves the issue
	ConfirmCommand RemedyKind = "confirm-command" // another person with a role confirms a review with a comment
	ConfirmMove    RemedyKind = "confirm-move"
	RejectCommand  RemedyKind = "reject-command" // a person who does not own it comments a rejection
	RejectMove     RemedyKind = "reject-move"
	TriageCommand  RemedyKind = "triage-command" // somebody with the role comments the triage
	TriageMove     RemedyKind = "triage-move"
	PlanCommand    RemedyKind = "plan-command" // somebody with the role comments the approval of the plan
	PlanMove       RemedyKind = "plan-move"
	ReopenCommand  RemedyKind = "reopen-command" // somebody with the role comments why it is reopened
	ReopenMove     RemedyKind = "reopen-move"
	AcceptCommand  RemedyKind = "accept-command" // somebody asks for an exception, or approves it
	AdoptCommand   RemedyKind = "adopt-command"  // somebody with the role comments whether the improvement is made
	SignCommand    RemedyKind = "sign-command"   // top management comments that it signs the management review
	AnswerCommand  RemedyKind = "answer-command" // somebody with the role comments whether a record came up again
	Move           RemedyKind = "move"           // move the issue to another status
	Wait           RemedyKind = "wait"           // nothing to do before a moment
	Finish         RemedyKind = "finish"         // finish the other rows
	Person         RemedyKind = "person"         // the ISMS manager adds a person
	Manager        RemedyKind = "manager"        // the ISMS manager knows how
	AsTold         RemedyKind = "as-told"        // as Words say
)

// A Part is a piece of a sentence that a medium may mark.
type Part struct {
	Mark Mark
	Text string
}

// A Mark is how a part stands out.
type Mark int

// The marks.
const (
	Plain Mark = iota
	Name       // the name of a heading, a field or a status
	Code       // what people type
)

// planForm is how an action is written in a plan.
const planForm = "- [ ] what @who due:2026-12-31"

// Parts says the remedy in English, piece by piece.
func (r Remedy) Parts() []Part { return r.parts(nil) }

func (r Remedy) parts(l *catalogue.Language) []Part {
	return marked(l, r.around(r.says(l)))
}

// around says in which form people give it, and on which issue.
func (r Remedy) around(m *message.Message) *message.Message {
	if r.Form != "" {
		m = message.New("{{.How}}, one line each: `{{.Form}}`", "How", m, "Form", r.Form)
	}
	if r.On != "" {
		m = message.New("on {{.Issue}}: {{.How}}", "Issue", r.On, "How", m)
	}
	return m
}

// says is the remedy as a sentence, in which ** and ` stand around what a medium may mark.
func (r Remedy) says(l *catalogue.Language) *message.Message {
	who := message.Roles(cmp.Or(r.Who, "someone"))
	verb := message.Term("/capa " + r.Name)
	switch r.Kind {
	case Heading:
		return message.New("under the heading **{{.Name}}** of the description", "Name", r.Name)
	case Field:
		return message.New("in the field **{{.Name}}**", "Name", r.Name)
	case Label:
		return message.New("with a label `{{.Name}}…`", "Name", r.Name)
	case InPlace:
		return message.New("in {{.Place}}", "Place", message.Term(r.Name))
	case Command:
		return message.New("comment `{{.Command}} <text>`", "Command", verb)
	case ReviewCommand:
		if r.Who != "" {
			return message.New("ask the reviewer of the approved plan, or {{.Roles}} who was never involved in this record, to comment `{{.Command}} <what they checked>`", "Roles", who, "Command", verb)
		}
		return message.New("ask someone who neither owns this record nor worked on it to comment `{{.Command}} <what they checked>`", "Command", verb)
	case ReviewMove:
		if r.Who != "" {
			return message.New("ask the reviewer of the approved plan, or {{.Roles}} who was never involved in this record, to move the issue to **{{.Name}}**", "Roles", who, "Name", r.Name)
		}
		return message.New("ask someone who neither owns this record nor worked on it to move the issue to **{{.Name}}**", "Name", r.Name)
	case ConfirmCommand:
		return message.New("ask {{.Roles}} who did not review this record and does not own it to comment `{{.Command}} <what they checked>`", "Roles", who, "Command", verb)
	case ConfirmMove:
		return message.New("ask {{.Roles}} who did not review this record and does not own it to move the issue to **{{.Name}}**", "Roles", who, "Name", r.Name)
	case RejectCommand:
		return message.New("ask {{.Roles}} who does not own this record to comment `/capa reject <reason>`", "Roles", who)
	case RejectMove:
		return message.New("ask {{.Roles}} who does not own this record to move the issue to **{{.Name}}**", "Roles", who, "Name", r.Name)
	case TriageCommand:
		return message.New("ask {{.Roles}} to comment `/capa triage`", "Roles", who)
	case PlanCommand:
		return message.New("ask {{.Roles}} to comment `/capa approve-plan`", "Roles", who)
	case ReopenCommand:
		return message.New("ask {{.Roles}} to comment `/capa reopen <reason>`", "Roles", who)
	case AcceptCommand:
		return message.New("comment `/capa accept until <date> because <justification>`")
	case AdoptCommand:
		return message.New("ask {{.Roles}} to comment `/capa adopt <why>`, `/capa decline <why>` or `/capa defer until=<date> <why>`", "Roles", who)
	case SignCommand:
		return message.New("ask {{.Roles}} to comment `/capa sign <statement>`", "Roles", who)
	case AnswerCommand:
		return message.New("ask {{.Roles}} who does not own this record to comment `/capa recurrence of {{.Ref}} because <reason>` or `/capa no-recurrence of {{.Ref}} because <reason>`", "Roles", who, "Ref", r.Name)
	case TriageMove, PlanMove, ReopenMove:
		return message.New("ask {{.Roles}} to move the issue to **{{.Name}}**", "Roles", who, "Name", r.Name)
	case Move:
		return message.New("move the issue to another status")
	case Wait:
		return message.New("wait; there is nothing to do before {{.Date}}", "Date", message.Day(day(r.Until)))
	case Finish:
		return message.New("finish the other rows; this one then goes away")
	case Person:
		return message.New("ask the ISMS manager to add them")
	case AsTold:
		return message.New("{{.Words}}", "Words", l.Text(r.Said, r.Words))
	default:
		return message.New("ask the ISMS manager")
	}
}

// marked puts a message into words and cuts it where ** and ` stand. What people wrote, and
// what another part says, is not cut.
func marked(l *catalogue.Language, m *message.Message) []Part {
	var kept []string
	shielded := l.Say(shield(m, &kept))
	var out []Part
	mark, begin := Plain, 0
	add := func(end int) {
		if begin < end {
			out = append(out, Part{mark, restore(shielded[begin:end], kept)})
		}
	}
	for i := 0; i < len(shielded); i++ {
		var width int
		var as Mark
		switch {
		case mark != Code && strings.HasPrefix(shielded[i:], "**"):
			width, as = len("**"), Name
		case mark != Name && shielded[i] == '`':
			width, as = 1, Code
		default:
			continue
		}
		add(i)
		if mark == as {
			as = Plain
		}
		mark, begin = as, i+width
		i += width - 1
	}
	add(len(shielded))
	return out
}

// shield returns m with marks in the place of the words of people, which are added to kept.
func shield(m *message.Message, kept *[]string) *message.Message {
	out := *m
	out.Args = slices.Clone(m.Args)
	for i, a := range out.Args {
		switch a.Kind {
		case message.Verbatim:
			out.Args[i].Text = string(shieldRune + rune(len(*kept)))
			*kept = append(*kept, a.Text)
		case message.Nested:
			out.Args[i].Of = []*message.Message{shield(a.Of[0], kept)}
		default:
		}
	}
	return &out
}

// shieldRune begins Unicode's private use area. The messages of conformd have none of its characters,
// so a mark among the words of a sentence is one that shield put there.
const shieldRune = '\uE000'

func restore(s string, kept []string) string {
	for i, k := range kept {
		s = strings.ReplaceAll(s, string(shieldRune+rune(i)), k)
	}
	return s
}

// Several is Markdown for several headings or fields, whose names are given.
func (r Remedy) Several(l *catalogue.Language, names string) string {
	m := message.New("in the fields {{.Names}}", "Names", names)
	if r.Kind == Heading {
		m = message.New("under the headings {{.Names}} of the description", "Names", names)
	}
	return l.Say(r.around(m))
}

// Markdown says the remedy in GitHub-flavoured Markdown.
func (r Remedy) Markdown(l *catalogue.Language) string { return r.marked(l, "**", "`") }

// String says the remedy as plain text, in English.
func (r Remedy) String() string { return r.marked(nil, `"`, "`") }

func (r Remedy) marked(l *catalogue.Language, name, code string) string {
	var b strings.Builder
	for _, p := range r.parts(l) {
		mark := map[Mark]string{Name: name, Code: code}[p.Mark]
		b.WriteString(mark + p.Text + mark)
	}
	return b.String()
}

// waitsFor names who can give what is lacking. Owner is the name of the record's owner, "" if
// it has none.
func (r Remedy) waitsFor(owner string) string {
	switch r.Kind {
	case ReviewCommand, ReviewMove:
		return "an independent reviewer"
	case RejectCommand, RejectMove:
		if r.Who != "" {
			return r.Who + " other than the owner"
		}
		return "someone other than the owner"
	case TriageCommand, TriageMove, PlanCommand, PlanMove, ReopenCommand, ReopenMove, AnswerCommand, AdoptCommand, SignCommand, ConfirmCommand, ConfirmMove:
		return cmp.Or(r.Who, "someone")
	case Wait:
		return day(r.Until)
	case Finish:
		return "the other rows"
	case Person, Manager:
		return "the ISMS manager"
	default:
		if owner == "" {
			return "the people of the issue"
		}
		return owner + ", the owner"
	}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
