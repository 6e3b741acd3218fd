package sticky

import (
	"strings"
	"time"
)

// A Remedy says where and how the people of one issue take a lack away.
type Remedy struct {
	Kind RemedyKind `json:"kind"`
	// Name is the heading, field, label prefix, command or status.
	Name string `json:"name,omitempty"`
	// On is the issue where it is done, "" for this one.
	On    string    `json:"on,omitempty"`
	Until time.Time `json:"until,omitzero"` // Wait
	// Words are those of a problem that is cured as it says (Cure).
	Words string `json:"words,omitempty"`
}

// A RemedyKind is a sort of remedy.
type RemedyKind string

// The kinds of remedy.
const (
	Heading       RemedyKind = "heading"        // write under a heading of the description
	Field         RemedyKind = "field"          // fill in a field
	Label         RemedyKind = "label"          // put a label
	Place         RemedyKind = "place"          // the title, the assignee, the due date …
	Command       RemedyKind = "command"        // comment a command with a text
	ReviewCommand RemedyKind = "review-command" // an independent person comments a review
	ReviewMove    RemedyKind = "review-move"    // an independent person moves the issue
	RejectCommand RemedyKind = "reject-command" // a person who does not own it comments a rejection
	RejectMove    RemedyKind = "reject-move"
	Move          RemedyKind = "move"    // move the issue to another status
	Wait          RemedyKind = "wait"    // nothing to do before a moment
	Finish        RemedyKind = "finish"  // take away the rows above
	Person        RemedyKind = "person"  // the ISMS manager adds a person
	Manager       RemedyKind = "manager" // the ISMS manager knows how
	Cure          RemedyKind = "cure"    // as Words say
)

// words says one remedy.
func (r Remedy) words() string {
	s := r.here()
	if r.On != "" {
		return "on " + r.On + ": " + s
	}
	return s
}

func (r Remedy) here() string {
	const independent = "ask someone who neither owns this record nor worked on it to "
	switch r.Kind {
	case Heading:
		return "under the heading **" + r.Name + "** of the description"
	case Field:
		return "in the field **" + r.Name + "**"
	case Label:
		return "with a label `" + r.Name + "…`"
	case Place:
		return "in " + r.Name
	case Command:
		return "comment `/capa " + r.Name + " <text>`"
	case ReviewCommand:
		return independent + "comment `/capa " + r.Name + " <what they checked>`"
	case ReviewMove:
		return independent + "move the issue to **" + r.Name + "**"
	case RejectCommand:
		return "ask someone who does not own this record to comment `/capa reject <reason>`"
	case RejectMove:
		return "ask someone who does not own this record to move the issue to **" + r.Name + "**"
	case Move:
		return "move the issue to another status"
	case Wait:
		return "wait; there is nothing to do before " + r.Until.UTC().Format(time.DateOnly)
	case Finish:
		return "finish the other rows; this one then goes away"
	case Person:
		return "ask the ISMS manager to add them"
	case Cure:
		return r.Words
	default:
		return "ask the ISMS manager"
	}
}

// several says the remedies of several lacks as one: "under the headings **A** and
// **B** of the description".
func several(rs []Remedy) string {
	type group struct {
		r     Remedy
		names []string
	}
	var groups []group
	for _, r := range rs {
		i := 0
		for i < len(groups) && !(groups[i].r.Kind == r.Kind && groups[i].r.On == r.On && (r.Kind == Heading || r.Kind == Field || groups[i].r == r)) {
			i++
		}
		if i == len(groups) {
			groups = append(groups, group{r: r})
		}
		groups[i].names = with(groups[i].names, "**"+r.Name+"**")
	}
	var out []string
	for _, g := range groups {
		s := g.r.words()
		if n := len(g.names); n > 1 {
			s = strings.Replace(s, "**"+g.r.Name+"**", and(g.names), 1)
			s = strings.Replace(strings.Replace(s, "the heading ", "the headings ", 1), "the field ", "the fields ", 1)
		}
		out = append(out, s)
	}
	return some(out, "; ")
}
