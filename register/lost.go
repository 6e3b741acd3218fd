package register

import (
	"slices"
	"time"

	"github.com/conformd/conformd/register/message"
)

// A Loss is why a record went back: evidence that had let it into a state is gone. It stands until
// the record is in that state again, or has ended. A place that cannot be read loses nothing: its
// values are unknown, and the register keeps its own.
type Loss struct {
	From  State     `json:"from"` // the state that the record left
	To    State     `json:"to"`   // the state in which it is lawful
	At    time.Time `json:"at"`
	By    string    `json:"by,omitempty"` // who took the evidence away, "" where the tracker does not say
	Rules []string  `json:"rules"`        // ids of the rules that do not hold any more
	What  []string  `json:"what"`         // in words, as they were then
	// Said is What, in no language yet.
	Said []message.Text `json:"said,omitempty"`
}

// Concerned returns the people whom the loss of r concerns: its owner and the reviewer. It is nil
// where nothing is lost.
func (r Record) Concerned() []string {
	if r.Lost == nil {
		return nil
	}
	var out []string
	for _, f := range []Field{FieldOwner, FieldReviewer} {
		if p := r.Fields[f]; p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// loss describes a move back for evidence that is gone. A record that had gone back before is still
// on its way to where it was at first.
func (w *decision) loss(by Author, to State, gone []Violation) *Loss {
	l := &Loss{From: w.r.State, To: to, At: w.when(by), By: by.Person}
	if was := w.r.Lost; was != nil {
		l.Rules, l.What, l.Said = slices.Clone(was.Rules), slices.Clone(was.What), slices.Clone(was.Said)
		if was.From.Rank() > l.From.Rank() {
			l.From = was.From
		}
	}
	for _, v := range gone {
		if !slices.Contains(l.Rules, v.Rule.ID) {
			l.Rules = append(l.Rules, v.Rule.ID)
		}
		for _, x := range v.Lacks {
			if what := x.What.String(); !slices.Contains(l.What, what) {
				l.What, l.Said = append(l.What, what), append(l.Said, x.What.Text())
			}
		}
	}
	return l
}

// lose takes a loss in, and forgets it when the record is back or has ended.
func (r *Record) lose(m Moved) {
	switch {
	case m.Lost != nil:
		r.Lost = m.Lost
	case r.Lost != nil && (m.To.Ended() || m.To.Rank() >= r.Lost.From.Rank()):
		r.Lost = nil
	}
}

// withdrawn takes a closed record back to verification if a review that it was closed on does not
// stand as its author wrote it. Before is the record as it was until then.
func (w *decision) withdrawn(before Record, by Author) {
	was := Unmet(before, Closed, w.ctx, w.p)
	var gone []Violation
	for _, v := range Unmet(w.r, Closed, w.ctx, w.p) {
		held := slices.ContainsFunc(was, func(o Violation) bool { return o.Rule.ID == v.Rule.ID })
		if !held && slices.Contains([]string{"G15", "G16", "G26"}, v.Rule.ID) {
			gone = append(gone, v)
		}
	}
	if len(gone) == 0 {
		return // another review stands
	}
	w.sendBack(Verifying, by, "a review that it was closed on counts no longer", gone)
	w.request(by, Closed) // its issues show it as closed, and what comes of that their mode says
}
