package register

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The causes, corrections, planned actions and pieces of evidence of a record are things with
// ids. People write them as lines of a text, and the text is where they stand: a thing is a
// line with its number. A number stays with its thing wherever the line moves and however it
// is worded, and belongs to no other thing afterwards, so that "the action for C1" means the
// same tomorrow.

// Things are the things of a record that its texts name.
type Things struct {
	Causes      []Cause      `json:"causes,omitempty"`
	Corrections []Correction `json:"corrections,omitempty"`
	// Actions are Record.AllActions.
	Actions  []Action   `json:"actions,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	// Similar is what the search for similar ones came to, where its text tells that apart.
	Similar *SimilarityReview `json:"similar,omitempty"`
}

// A Cause is a root cause (nc.cause).
type Cause struct {
	ID   string `json:"id"` // "C1"
	Text string `json:"text"`
}

// Evidence is one thing that shows something: what was seen, or that an action is done.
type Evidence struct {
	ID   string       `json:"id"` // "E1" of the record, "A2.E1" of an action
	Kind EvidenceKind `json:"kind"`
	URI  string       `json:"uri,omitempty"`  // of a link
	Text string       `json:"text,omitempty"` // of a text
	Of   string       `json:"of"`             // "evidence", the field, or the id of the action
	// By is who gave it and At when, as far as the register was told; evidence that an
	// earlier version of conformd took in has neither.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}

// An EvidenceKind is a sort of evidence.
type EvidenceKind string

// The kinds of evidence.
const (
	EvidenceLink EvidenceKind = "link"
	EvidenceText EvidenceKind = "text"
)

// The letters that ids begin with. A cause in the text of a plan is named with its letter,
// `cause:C3`, or by its place in the list.
const (
	causeLetter      = "C"
	correctionLetter = "K"
	evidenceLetter   = "E"
	actionLetter     = "A"
)

// Things returns the things of r.
func (r Record) Things() Things {
	t := Things{Causes: r.Causes(), Corrections: r.Corrections(), Actions: r.AllActions(), Evidence: r.Evidence()}
	if review := r.Similarity(); review.Words() != "" {
		t.Similar = &review
	}
	return t
}

// Causes returns the root causes of r in the order of the text. A list of two items or more
// names as many causes, numbered or not; any other text is one cause. With the five whys the
// list is the chain of questions, and its end the one cause.
func (r Record) Causes() []Cause {
	var out []Cause
	for i, text := range causeTexts(r) {
		out = append(out, Cause{causeLetter + strconv.Itoa(r.number(numbersOf(FieldRootCause), i)), text})
	}
	return out
}

// Evidence returns the evidence of r: what was seen, in the order of the text, and then what
// shows that its actions are done.
func (r Record) Evidence() []Evidence {
	out := r.evidence(numbersOf(FieldEvidence), "", string(FieldEvidence), seenTexts(r))
	for _, a := range r.Actions {
		out = append(out, r.evidence(a.ID, a.ID+".", a.ID, evidenceTexts(a.Evidence))...)
	}
	for _, a := range r.planned() {
		of := a.ID
		if i := r.bound(a.Title); i >= 0 {
			of = r.Actions[i].ID // the line adds to the action of the issue
		}
		out = append(out, r.evidence(a.ID, a.ID+".", of, evidenceTexts(a.Evidence))...)
	}
	return out
}

func (r Record) evidence(source, prefix, of string, texts []string) []Evidence {
	var out []Evidence
	for i, text := range texts {
		e := Evidence{ID: prefix + evidenceLetter + strconv.Itoa(r.number(source, i)), Kind: EvidenceText, Text: text, Of: of}
		if isLink(text) {
			e.Kind, e.URI, e.Text = EvidenceLink, text, ""
		}
		if items := r.Numbers[source].Items; i < len(items) {
			e.By, e.At = items[i].By, items[i].At
		}
		out = append(out, e)
	}
	return out
}

// causeTexts returns the texts of the root causes.
func causeTexts(r Record) []string {
	text := r.Fields[FieldRootCause]
	if r.Fields[FieldCauseMethod] == "five_whys" && !empty(text) {
		return []string{strings.TrimSpace(text)}
	}
	return listed(text)
}

// seenTexts returns what was seen, the form's marks for "nothing" left out.
func seenTexts(r Record) []string {
	var out []string
	for _, text := range listed(r.Fields[FieldEvidence]) {
		out = append(out, evidenceTexts(text)...)
	}
	return out
}

// listed returns the items of a text that is a list of two or more, else the text as its one
// item; nothing for a text without words.
func listed(text string) []string {
	if empty(text) {
		return nil
	}
	if !strings.Contains(strings.TrimSpace(text), "\n") {
		return []string{strings.TrimSpace(text)}
	}
	items := numbered.FindAllStringSubmatch(text, -1)
	if len(items) < 2 {
		items = bulleted.FindAllStringSubmatch(text, -1)
	}
	if len(items) < 2 {
		return []string{strings.TrimSpace(text)}
	}
	out := make([]string, len(items))
	for i, m := range items {
		out[i] = strings.TrimSpace(m[1])
	}
	return out
}

// evidenceTexts returns the pieces of evidence in a text: each link where it has nothing but
// links, else the text as a whole.
func evidenceTexts(text string) []string {
	text = strings.TrimSpace(text)
	words := strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || c == '\n' || c == '\t' || c == ',' || c == ';' })
	switch {
	case empty(text):
		return nil
	case slices.ContainsFunc(words, func(w string) bool { return !isLink(w) }):
		return []string{text}
	default:
		return words
	}
}

// isLink reports whether a text is an address of the web and nothing else.
func isLink(s string) bool {
	rest, ok := strings.CutPrefix(s, "https://")
	if !ok {
		rest, ok = strings.CutPrefix(s, "http://")
	}
	return ok && rest != "" && !strings.ContainsAny(rest, " \t\r\n,;<>")
}

// planned returns the lines of the action plan with their ids, and with the ids of the causes
// that they address.
func (r Record) planned() []Action {
	out := ParseActions(r.Fields[FieldActionPlan])
	for i := range out {
		out[i].ID = actionLetter + strconv.Itoa(r.number(numbersOf(FieldActionPlan), i))
		out[i].Addresses = r.addressed(i, out[i].Addresses)
	}
	return out
}

// addressed returns the ids of the causes that line i of the plan addresses, whose text names
// them as written.
func (r Record) addressed(i int, written []string) []string {
	if items := r.Numbers[numbersOf(FieldActionPlan)].Items; i < len(items) && len(items[i].Causes) == len(written) {
		return slices.Clone(items[i].Causes)
	}
	return causeIDs(written)
}

// causeIDs returns the ids of causes that are named by id or by number, where nothing else is
// known about them: the number is that of the id.
func causeIDs(written []string) []string {
	out := slices.Clone(written)
	for i, w := range out {
		out[i] = causeLetter + strings.TrimLeft(strings.ToUpper(w), causeLetter)
	}
	return out
}

// Addressed names the causes that an action addresses for people: "C1, C3".
func (a Action) Addressed() string { return strings.Join(a.Addresses, ", ") }

// bound returns which action of an issue has a title, -1 for none.
func (r Record) bound(title string) int {
	return slices.IndexFunc(r.Actions, func(b Action) bool { return normal(b.Title) == normal(title) })
}

// Answers returns the ids of the actions that are for the cause.
func (c Cause) Answers(actions []Action) []string {
	var out []string
	for _, a := range actions {
		if slices.Contains(a.Addresses, c.ID) {
			out = append(out, a.ID)
		}
	}
	return out
}

// String is the cause as a sentence quotes it: its id and its first words.
func (c Cause) String() string { return fmt.Sprintf("%s %s", c.ID, quote(c.Text)) }
