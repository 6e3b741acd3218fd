package present

import (
	"cmp"
	"strings"
	"time"
)

// A Remedy says where and how people give what a record lacks.
type Remedy struct {
	Kind RemedyKind `json:"kind"`
	// Name is that of the heading, field, label prefix, command or status.
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
}

// A RemedyKind is a sort of remedy.
type RemedyKind string

// The kinds of remedy.
const (
	Heading       RemedyKind = "heading"        // write under a heading of the description
	Field         RemedyKind = "field"          // fill in a field
	Label         RemedyKind = "label"          // put a label
	InPlace       RemedyKind = "place"          // the title, the assignee, the due date …
	Command       RemedyKind = "command"        // comment a command with a text
	ReviewCommand RemedyKind = "review-command" // an independent person comments a review
	ReviewMove    RemedyKind = "review-move"    // an independent person moves the issue
	RejectCommand RemedyKind = "reject-command" // a person who does not own it comments a rejection
	RejectMove    RemedyKind = "reject-move"
	TriageCommand RemedyKind = "triage-command" // somebody with the role comments the triage
	TriageMove    RemedyKind = "triage-move"
	PlanCommand   RemedyKind = "plan-command" // somebody with the role comments the approval of the plan
	PlanMove      RemedyKind = "plan-move"
	ReopenCommand RemedyKind = "reopen-command" // somebody with the role comments why it is reopened
	ReopenMove    RemedyKind = "reopen-move"
	Move          RemedyKind = "move"    // move the issue to another status
	Wait          RemedyKind = "wait"    // nothing to do before a moment
	Finish        RemedyKind = "finish"  // finish the other rows
	Person        RemedyKind = "person"  // the ISMS manager adds a person
	Manager       RemedyKind = "manager" // the ISMS manager knows how
	AsTold        RemedyKind = "as-told" // as Words say
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

// Parts says the remedy, piece by piece.
func (r Remedy) Parts() []Part {
	parts := r.here()
	if r.Form != "" {
		parts = append(parts, Part{Plain, ", one line each: "}, Part{Code, r.Form})
	}
	if r.On != "" {
		parts = append([]Part{{Plain, "on " + r.On + ": "}}, parts...)
	}
	return parts
}

func (r Remedy) here() []Part {
	ask := "ask " + cmp.Or(r.Who, "someone") + " to "
	independent := "ask someone who neither owns this record nor worked on it to "
	another := "ask " + cmp.Or(r.Who, "someone") + " who does not own this record to "
	if r.Who != "" {
		independent = "ask the reviewer of the approved plan, or " + r.Who + " who was never involved in this record, to "
	}
	command := func(before, text string) []Part { return []Part{{Plain, before + "comment "}, {Code, "/capa " + text}} }
	move := func(before string) []Part { return []Part{{Plain, before + "move the issue to "}, {Name, r.Name}} }
	switch r.Kind {
	case Heading:
		return []Part{{Plain, "under the heading "}, {Name, r.Name}, {Plain, " of the description"}}
	case Field:
		return []Part{{Plain, "in the field "}, {Name, r.Name}}
	case Label:
		return []Part{{Plain, "with a label "}, {Code, r.Name + "…"}}
	case InPlace:
		return []Part{{Plain, "in " + r.Name}}
	case Command:
		return command("", r.Name+" <text>")
	case ReviewCommand:
		return command(independent, r.Name+" <what they checked>")
	case ReviewMove:
		return move(independent)
	case RejectCommand:
		return command(another, "reject <reason>")
	case RejectMove:
		return move(another)
	case TriageCommand:
		return command(ask, "triage")
	case PlanCommand:
		return command(ask, "approve-plan")
	case ReopenCommand:
		return command(ask, "reopen <reason>")
	case TriageMove, PlanMove, ReopenMove:
		return move(ask)
	case Move:
		return []Part{{Plain, "move the issue to another status"}}
	case Wait:
		return []Part{{Plain, "wait; there is nothing to do before " + day(r.Until)}}
	case Finish:
		return []Part{{Plain, "finish the other rows; this one then goes away"}}
	case Person:
		return []Part{{Plain, "ask the ISMS manager to add them"}}
	case AsTold:
		return []Part{{Plain, r.Words}}
	default:
		return []Part{{Plain, "ask the ISMS manager"}}
	}
}

// Markdown says the remedy in GitHub-flavoured Markdown.
func (r Remedy) Markdown() string { return r.marked("**", "`") }

// String says the remedy as plain text.
func (r Remedy) String() string { return r.marked(`"`, "`") }

func (r Remedy) marked(name, code string) string {
	var b strings.Builder
	for _, p := range r.Parts() {
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
	case TriageCommand, TriageMove, PlanCommand, PlanMove, ReopenCommand, ReopenMove:
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
