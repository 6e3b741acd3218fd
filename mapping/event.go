package mapping

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// An Event is an act of one person at a known time: a decision by a workflow transition, a
// command in a comment that was never edited, or a value that was typed into the issue.
type Event struct {
	// ID is the same whenever the event is seen: "jira-isms:changelog:10421",
	// "gh-isms:comment:456:0" (the first command of comment 456).
	ID      string
	Kind    EventKind
	Subject register.Subject // EventApproval
	Outcome register.Outcome // EventApproval
	Field   register.Field   // EventField; also of a rejection, whose Text is the reason
	Verb    string           // the command, "" for a transition
	Value   string           `json:",omitempty"` // EventDecide: as the register has it, "" for the proposed value
	Text    string           // the person's own words, GitHub-flavoured Markdown
	By      string           // person id, or account:<binding>:<id> if the account belongs to no person
	Account string           `json:",omitempty"` // account of the author, "gh-isms:1001"
	Name    string           `json:",omitempty"` // name of an account without a person
	At      time.Time
	How     register.ApprovalHow
	Comment string // id of the comment, "" for a transition
	// Bot is true if another program did it. conformd answers a program by a reaction at most,
	// because two programs that answer each other's comments would never end. A command under
	// conformd's own name was typed by a person, who gets the reason why it does not count.
	Bot bool `json:",omitempty"`
	// Edited is when the comment was last edited, zero if it never was.
	Edited time.Time `json:",omitzero"`
	// Editor is who edited it last, as By names people; "" where the tracker does not say.
	Editor string `json:",omitempty"`
	// Refused says why the event does not count; "" when it counts.
	Refused message.Text
}

// Command is the command as people type it, without its text: "/capa effective". Of a value that was typed into the issue it
// is the line: "2026-Q3: 97".
func (e Event) Command() string {
	switch {
	case e.Typed():
		period, value, _ := strings.Cut(plainWords(e.Value), " ")
		if period == "" {
			return value
		}
		return period + ": " + value
	case e.Verb == "":
		return "the transition"
	default:
		return "/capa " + e.Verb
	}
}

// plainWords leaves out what is markup in a tracker, or mentions somebody there: conformd repeats what a stranger typed.
func plainWords(s string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune("`{}[]<>|*_~@!#\\", c) || unicode.Is(unicode.Cf, c) {
			return -1
		}
		return c
	}, s)
}

// Typed reports whether somebody typed a value into the issue, and did not command it.
func (e Event) Typed() bool { return e.Kind == EventMeasure && e.Verb == "" }

// Afterwards compares an event of an edited comment with was, the event that conformd read in
// the comment before the edit; ok is false if the comment still says the same. If was counted,
// the later event takes it back and does not count itself: a decision counts only as it was
// first written. The new words are those of the editor, if the tracker names them.
func (p *Profile) Afterwards(e, was Event, editor connectors.User) (later Event, ok bool) {
	if e.Edited.IsZero() || e.Verb == was.Verb && e.Kind == was.Kind && e.Text == was.Text && e.Outcome == was.Outcome {
		return e, false
	}
	e.ID, e.At = e.ID+afterEdit, e.Edited
	if editor.ID != "" {
		e = p.from(e, editor)
		e.Editor = e.By
	}
	if was.Refused == "" {
		e.Refused = say("the comment was edited after conformd had read it, and an edit changes nothing; post a new one")
		if was.Kind == EventApproval {
			e.Refused = say("the comment was edited after conformd had read it, and a decision counts only as it was written; post a new one")
		}
	}
	return e, true
}

// afterEdit marks the event of a comment that was edited after its command had been read.
const afterEdit = ":edited"

// Retracts returns the id of the event that this one takes back: the event of the comment
// before its edit. It is false for other events.
func (e Event) Retracts() (id string, ok bool) { return strings.CutSuffix(e.ID, afterEdit) }

// An EventKind is a sort of event.
type EventKind string

// The kinds of event.
const (
	EventApproval EventKind = "approval"  // a decision
	EventField    EventKind = "field"     // a value for a field
	EventDecide   EventKind = "determine" // a decision about a value
	EventKeep     EventKind = "keep"      // the decision to keep the register's value
	EventLink     EventKind = "link"      // a link to another record, which Value names
	EventUnlink   EventKind = "unlink"    // the end of one
	EventExtend   EventKind = "extend"    // a later date of a milestone, "implementation 2026-12-31" in Value
	EventKeepDate EventKind = "keep-date" // the decision against one of the milestone in Value
	EventAccept   EventKind = "accept"    // an exception until the date in Value, or an approval of one
	// EventRecurrence confirms that the closed record in Value came up again, and
	// EventNoRecurrence says that it did not.
	EventRecurrence   EventKind = "recurrence"
	EventNoRecurrence EventKind = "no-recurrence"
	EventMeasure      EventKind = "measure" // the period in Value, "" if none is named, and the value: "2026-Q3 97"; without a Verb it was typed into the issue
	EventAsk          EventKind = "ask"     // help or status: an answer is wanted
	EventUnknown      EventKind = "unknown" // a command that was not understood
)

// Decides reports whether an event is a decision, which the register judges by who took it and
// when, and not a value or a question.
func (k EventKind) Decides() bool {
	switch k {
	case EventApproval, EventDecide, EventKeep, EventLink, EventUnlink, EventExtend, EventKeepDate, EventAccept, EventRecurrence, EventNoRecurrence, EventMeasure:
		return true
	default:
		return false
	}
}

// together is how far apart a transition and the comment given with it may be.
const together = 10 * time.Second

// Events returns the decisions and commands of people in an issue and its comments, oldest
// first. No event of a comment counts if the comment was edited, if one of its commands was not
// understood, or if its account is that of a program (a bot, or conformd itself, self): Refused
// says why. Transitions by conformd's own account, and its own comment, are no events.
func (p *Profile) Events(is *connectors.Issue, comments []connectors.Comment, self connectors.User) []Event {
	var out []Event
	for _, c := range is.Changes {
		if a, ok := p.approval(c); ok && c.Author.ID != "" && c.Author.ID != self.ID {
			out = append(out, p.from(Event{
				ID: p.Binding + ":changelog:" + c.ID, Kind: EventApproval, Subject: a.Subject, Outcome: a.Outcome,
				Text: p.reason(c, comments), At: c.At, How: register.ByTransition, Refused: inhuman(c.Author, self),
			}, c.Author))
		}
	}
	if p.Commands {
		for _, c := range comments {
			if c.Author.ID != "" && c.Marker == "" {
				out = append(out, p.commands(c, self)...)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Event) int { return a.At.Compare(b.At) })
	return out
}

// from returns an event as one of an account.
func (p *Profile) from(e Event, u connectors.User) Event {
	e.By, e.Account, e.Name, e.Bot = p.by(u), p.Binding+":"+u.ID, p.strangerName(u), u.Bot
	return e
}

// HoldsCommand reports whether a comment may contain a command. For such a comment, conformd
// must know who edited it.
func (p *Profile) HoldsCommand(c connectors.Comment) bool {
	if !p.Commands || c.Author.ID == "" || c.Marker != "" {
		return false
	}
	body := p.markdown(c.Body)
	return len(ParseCommands(body))+len(Misplaced(body)) > 0
}

// Heeds reports whether a comment says anything to the register: it may hold a command, or
// it is the reason that somebody gave with a transition of its issue.
func (p *Profile) Heeds(changes []connectors.Change, c connectors.Comment) bool {
	if p.HoldsCommand(c) {
		return true
	}
	return slices.ContainsFunc(changes, func(ch connectors.Change) bool {
		_, decides := p.approval(ch)
		return decides && ch.Author.ID == c.Author.ID && c.Created.Sub(ch.At).Abs() <= together
	})
}

// inhuman says why what an account does is no decision of a person, "" if it is one.
func inhuman(u, self connectors.User) message.Text {
	switch {
	case u.ID == self.ID:
		return say("it was posted with conformd's own account; use your own")
	case u.Bot:
		return say("a program's account decides nothing; use your own")
	default:
		return ""
	}
}

// approval returns the decision that a change of status makes.
func (p *Profile) approval(c connectors.Change) (ApprovalMap, bool) {
	if !strings.EqualFold(c.Field, historyStatus) {
		return ApprovalMap{}, false
	}
	from, to := connectors.Status{Name: c.From, ID: c.FromID}, connectors.Status{Name: c.To, ID: c.ToID}
	for _, a := range p.Approvals {
		if statusNamed(a.To, to) && (a.From == "" || statusNamed(a.From, from)) && !strings.EqualFold(c.From, c.To) {
			return a, true
		}
	}
	return ApprovalMap{}, false
}

// reason returns the comment that was given with a transition: the nearest one
// by the same person at the same time, if it was never edited.
func (p *Profile) reason(ch connectors.Change, comments []connectors.Comment) string {
	best, near := "", together
	for _, c := range comments {
		d := c.Created.Sub(ch.At).Abs()
		if c.Author.ID != ch.Author.ID || c.Marker != "" || !c.Updated.Equal(c.Created) || !c.Edited.IsZero() || d > near {
			continue
		}
		if body := p.markdown(c.Body); len(ParseCommands(body)) == 0 {
			best, near = text.Canonical(body), d
		}
	}
	return best
}

// markdown returns the text of a comment as Markdown.
func (p *Profile) markdown(s string) string {
	if p.Markup == MarkupWiki {
		return text.FromWikiNamed(s, p.name)
	}
	return s
}

// editedSince is why the command of an edited comment does not count.
func editedSince() message.Text {
	return say("the comment was edited after it was posted; post a new one")
}

// resolve finds the fields of the organisation that commands name.
func (p *Profile) resolve(cmds []Command) {
	for i, c := range cmds {
		if c.Named == "" {
			continue
		}
		for _, m := range p.Fields {
			if info, _ := register.Info(m.Field); register.Custom(m.Field) && strings.EqualFold(info.Label, c.Named) {
				cmds[i].Field, cmds[i].Err = m.Field, ""
			}
		}
	}
}

// commands returns the events of one comment.
func (p *Profile) commands(c connectors.Comment, self connectors.User) []Event {
	body, refused := p.markdown(c.Body), inhuman(c.Author, self)
	cmds := ParseCommands(body)
	if len(cmds) == 0 {
		cmds = Misplaced(body)
	}
	p.resolve(cmds)
	own := refused == ""
	var edited time.Time
	switch {
	case !own:
	case !c.Edited.IsZero() && c.Editor.ID != c.Author.ID:
		edited, refused = c.Edited, say("another person edited the comment, so its words may not be yours; post a new one")
	case !c.Edited.IsZero():
		edited, refused = c.Edited, editedSince()
	case !c.Updated.Equal(c.Created):
		edited, refused = c.Updated, editedSince()
	}
	wrong := slices.ContainsFunc(cmds, func(c Command) bool { return c.Err != "" })
	if wrong && refused == "" {
		refused = say("another command of the same comment was not understood")
	}
	var out []Event
	for i, cmd := range cmds {
		e := Event{
			ID: p.Binding + ":comment:" + c.ID + ":" + strconv.Itoa(i), Kind: EventField, Subject: cmd.Subject, Outcome: cmd.Outcome,
			Field: cmd.Field, Verb: cmd.Verb, Text: cmd.Text, At: c.Created, How: register.ByComment,
			Comment: c.ID, Edited: edited, Refused: refused,
		}
		e = p.from(e, c.Author)
		e.Bot = e.Bot && c.Author.ID != self.ID
		switch {
		case cmd.Err != "":
			e.Kind, e.Subject, e.Outcome, e.Field = EventUnknown, "", "", ""
			if own && edited.IsZero() {
				e.Refused = cmd.Err
			}
		case cmd.Subject != "":
			e.Kind = EventApproval
			switch {
			case cmd.Subject == register.SubjectPromotion:
				kind, _ := p.Typed(register.FieldKind, cmd.Value) // the register says what is wrong with it
				e.Outcome = register.Outcome(kind)
			case cmd.Value != "":
				e.Value, _ = p.Typed(register.FieldDue, cmd.Value) // the register says what is wrong with it
			}
		case cmd.Keep && cmd.Value != "":
			e.Kind, e.Value = EventKeepDate, cmd.Value
		case cmd.Verb == "extend":
			e.Kind = EventExtend
			milestone, date, _ := strings.Cut(cmd.Value, " ")
			date, _ = p.Typed(register.FieldDue, date) // the register says what is wrong with it
			e.Value = milestone + " " + date
		case cmd.Verb == "accept":
			e.Kind = EventAccept
			e.Value, _ = p.Typed(register.FieldDue, cmd.Value) // the register says what is wrong with it
		case cmd.Verb == "measure":
			e.Kind, e.Value = EventMeasure, cmd.Period+" "+cmd.Value
		case cmd.Verb == "recurrence":
			e.Kind, e.Value = EventRecurrence, cmd.Value
		case cmd.Verb == "no-recurrence":
			e.Kind, e.Value = EventNoRecurrence, cmd.Value
		case cmd.Keep:
			e.Kind = EventKeep
		case cmd.Verb == "link":
			e.Kind, e.Value = EventLink, cmd.Value
		case cmd.Verb == "unlink":
			e.Kind, e.Value = EventUnlink, cmd.Value
		case cmd.Value != "" || cmd.Verb == "amend":
			e.Kind = EventDecide
			e.Value, _ = p.Typed(cmd.Field, cmd.Value) // the register says what is wrong with it
		case cmd.Field == "":
			e.Kind = EventAsk
		}
		out = append(out, e)
	}
	return out
}
