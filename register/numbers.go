package register

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Numbers are the numbers of the things of one source: a text, or an action with its evidence.
type Numbers struct {
	// Next is the next number that was never given. Zero says that the source is gone.
	Next int `json:"next"`
	// Items are in the order of the text.
	Items []Numbered `json:"items,omitempty"`
}

// A Numbered is the number of one thing, and what its line alone does not tell.
type Numbered struct {
	N int `json:"n"`
	// Causes are the ids of the causes that a line of the plan addresses: those that its
	// numbers meant when it was written.
	Causes []string `json:"causes,omitempty"`
	// By is who gave a piece of evidence, and At when.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}

// Where a record says nothing about a source, its things count from 1 in the order of the
// text. So no record of an earlier version needs to be rewritten, and the log tells numbers
// only where they differ from that. Decide works the numbers out; a fact carries them, and
// Apply takes them as they are: the log means the same under whatever later version compares
// lines in another way.

// numbersOf is the source of the things that a field names.
func numbersOf(f Field) string { return string(f) }

// number returns the number of thing i of a source.
func (r Record) number(source string, i int) int {
	n := r.Numbers[source]
	switch {
	case i < len(n.Items):
		return n.Items[i].N
	case n.Next == 0:
		return i + 1
	default:
		return n.Next + i - len(n.Items)
	}
}

// take puts the numbers that a fact carries in the place of the present ones.
func (r *Record) take(numbers map[string]Numbers) {
	if len(numbers) == 0 {
		return
	}
	all := maps.Clone(r.Numbers)
	if all == nil {
		all = map[string]Numbers{}
	}
	for source, n := range numbers {
		all[source] = n
		if n.Next == 0 {
			delete(all, source)
		}
	}
	r.Numbers = all
	if len(all) == 0 {
		r.Numbers = nil
	}
}

// renumber returns the numbers that a fact brings about: before and after are the record
// without and with it.
func renumber(before, after Record, f Fact) map[string]Numbers {
	w := numbering{before: before, by: f.By, at: f.At, out: map[string]Numbers{}}
	switch {
	case f.Kind == FactAction && f.Action != nil:
		w.evidence(f.Action.ID, f.Action.ID, evidenceTexts(evidenceOf(before, f.Action.ID)), evidenceTexts(f.Action.Evidence))
	case f.Kind != FactSet:
	case f.Field == FieldRootCause, f.Field == FieldCauseMethod:
		w.lines(numbersOf(FieldRootCause), causeTexts(before), causeTexts(after))
	case f.Field == FieldCorrection:
		w.lines(numbersOf(FieldCorrection), listed(before.Fields[FieldCorrection]), listed(after.Fields[FieldCorrection]))
	case f.Field == FieldEvidence:
		w.evidence(numbersOf(FieldEvidence), numbersOf(FieldEvidence), seenTexts(before), seenTexts(after))
	case f.Field == FieldActionPlan:
		w.plan(before.Fields[FieldActionPlan], after.Fields[FieldActionPlan])
	}
	return w.out
}

// evidenceOf returns the evidence of the action of an issue, "" for one that is new.
func evidenceOf(r Record, id string) string {
	for _, a := range r.Actions {
		if a.ID == id {
			return a.Evidence
		}
	}
	return ""
}

// A numbering is numbers in the making.
type numbering struct {
	before Record
	by     string
	at     time.Time
	out    map[string]Numbers
}

// number numbers the things of a source that were was in number before; from tells which of
// those each thing is now, -1 for a new one.
func (w *numbering) number(source string, was int, from []int) Numbers {
	n := Numbers{Next: max(w.before.Numbers[source].Next, was+1), Items: make([]Numbered, len(from))}
	for i, old := range from {
		if old >= 0 {
			n.Items[i].N = w.before.number(source, old)
			continue
		}
		n.Items[i].N = n.Next
		n.Next++
	}
	return n
}

// put notes the numbers of a source if they say anything new.
func (w *numbering) put(source string, n Numbers) {
	known, ok := w.before.Numbers[source]
	if ok && known.equal(n) || !ok && n.plain() {
		return
	}
	w.out[source] = n
}

// lines numbers the lines of a text.
func (w *numbering) lines(source string, was, is []string) {
	w.put(source, w.number(source, len(was), sameLines(was, is)))
}

// evidence numbers the evidence of a source that was called old before. Other evidence is
// another thing, however much it looks like what was there.
func (w *numbering) evidence(old, source string, was, is []string) {
	from := exactly(was, is, strings.TrimSpace)
	n := w.number(old, len(was), from)
	known := w.before.Numbers[old].Items
	for i, j := range from {
		switch {
		case j < 0:
			n.Items[i].By, n.Items[i].At = w.by, w.at
		case j < len(known):
			n.Items[i].By, n.Items[i].At = known[j].By, known[j].At
		}
	}
	w.put(source, n)
}

// plan numbers the lines of an action plan and their evidence, and settles which causes they
// address: a line that names them as it did means what it meant, and other numbers are places
// in the present list of causes.
func (w *numbering) plan(was, is string) {
	source := numbersOf(FieldActionPlan)
	old, written, lines := w.before.planned(), ParseActions(was), ParseActions(is)
	from := sameLines(titles(old), titles(lines))
	n := w.number(source, len(old), from)
	causes := w.before.Causes()
	kept := map[string]bool{}
	for i, a := range lines {
		ids := make([]string, len(a.Addresses))
		for k, as := range a.Addresses {
			ids[k] = w.meant(as, causes)
		}
		var was []string
		if j := from[i]; j >= 0 {
			was = evidenceTexts(old[j].Evidence)
			if slices.Equal(written[j].Addresses, a.Addresses) {
				ids = old[j].Addresses
			}
		}
		if !slices.Equal(ids, causeIDs(a.Addresses)) {
			n.Items[i].Causes = ids
		}
		id := actionLetter + strconv.Itoa(n.Items[i].N)
		kept[id] = true
		w.evidence(id, id, was, evidenceTexts(a.Evidence))
	}
	for _, a := range old {
		if _, known := w.before.Numbers[a.ID]; known && !kept[a.ID] {
			w.out[a.ID] = Numbers{}
		}
	}
	w.put(source, n)
}

// meant returns the id of the cause that a line names now. A number beyond the list is that
// of the cause that will be added there.
func (w *numbering) meant(as string, causes []Cause) string {
	place, err := strconv.Atoi(as)
	switch {
	case err != nil:
		return causeIDs([]string{as})[0]
	case place >= 1 && place <= len(causes):
		return causes[place-1].ID
	default:
		return causeLetter + strconv.Itoa(w.before.number(numbersOf(FieldRootCause), max(place-1, 0)))
	}
}

func titles(as []Action) []string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.Title
	}
	return out
}

func (n Numbers) equal(m Numbers) bool {
	return n.Next == m.Next && slices.EqualFunc(n.Items, m.Items, func(a, b Numbered) bool {
		return a.N == b.N && a.By == b.By && a.At.Equal(b.At) && slices.Equal(a.Causes, b.Causes)
	})
}

// plain reports whether n says only what a record says that has no numbers.
func (n Numbers) plain() bool {
	for i, x := range n.Items {
		if x.N != i+1 || len(x.Causes) > 0 || x.By != "" || !x.At.IsZero() {
			return false
		}
	}
	return n.Next == len(n.Items)+1
}
