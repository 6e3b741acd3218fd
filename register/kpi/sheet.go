package kpi

import (
	"iter"

	"github.com/conformd/conformd/register"
)

// A Sheet is the figures of a period as of a moment.
type Sheet struct {
	Question
	// Entries is how many entries the log had at that moment; whoever read the log fills it in.
	Entries int64 `json:"log_entries"`
	// Root is the root of the tree over these entries, as a checkpoint of that length has it; "" where
	// whoever read the log does not tell.
	Root string `json:"log_root,omitempty"`
	// Records is how many records the figures are about, without those left out.
	Records int `json:"records"`
	// LeftOut says which records are not among them, and why.
	LeftOut []LeftOut `json:"left_out"`
	Figures []Figure  `json:"figures"`
}

// A LeftOut is a number of records that the figures are not about.
type LeftOut struct {
	Why string `json:"why"`
	N   int    `json:"n"`
}

// OfAnotherKind begins the reason of records that are left out because of their kind.
const OfAnotherKind = "of another kind"

// A Figure is a KPI with its values.
type Figure struct {
	ID           string   `json:"id"` // "K7"
	Name         string   `json:"name"`
	Requirements []string `json:"requirements"` // keys of the requirements that it is evidence for
	Values       []Value  `json:"values"`
}

// Figures answers questions in one pass over the courses of a register and one over its
// discrepancies, a sheet for each. The order of the courses does not matter, and none is kept; the
// discrepancies are in the order of the log. It holds one number for each duration, what has not
// ended, and no record; for a question with filters it holds the ids of the records that have the
// values.
func Figures(courses iter.Seq2[*Course, error], discrepancies iter.Seq2[Discrepancy, error], questions ...Question) ([]Sheet, error) {
	tallies := make([]*tally, len(questions))
	for i := range questions {
		tallies[i] = newTally(questions[i])
	}
	for c, err := range courses {
		if err != nil {
			return nil, err
		}
		for _, t := range tallies {
			t.add(c)
		}
	}
	for d, err := range inOrder(discrepancies) {
		if err != nil {
			return nil, err
		}
		for _, t := range tallies {
			t.discrepancy(d)
		}
	}
	out := make([]Sheet, len(tallies))
	for i, t := range tallies {
		out[i] = t.sheet()
	}
	return out, nil
}

// A counter makes one figure: it takes every record that the figure is about.
type counter interface {
	take(s *Standing)
	values() []Value
}

// A tally answers one question.
type tally struct {
	q        Question
	figures  []figure
	counters []counter // one for each of the figures
	trust    *trustCounter
	standing Standing // of the record that is added
	records  int
	wanted   map[string]bool // ids of the records that filters let through, nil without filters
	// Records that the figures are not about: of another kind, without the values that were asked
	// for, rejected, and of an earlier version, which the log tells of since a later moment.
	kinds, filtered, rejected, later int
}

func newTally(q Question) *tally {
	t := &tally{q: q, figures: catalogue()}
	for _, k := range t.figures {
		c := k.counter(&t.q)
		if trust, ok := c.(*trustCounter); ok {
			t.trust = trust
		}
		t.counters = append(t.counters, c)
	}
	if len(q.Filters()) > 0 {
		t.wanted = map[string]bool{}
	}
	return t
}

func (t *tally) add(c *Course) {
	s := &t.standing
	if !c.at(t.q.At, s) {
		if at := c.recorded(); !at.IsZero() && !at.After(t.q.At) {
			t.later++
		}
		return
	}
	if !t.q.covers(s) {
		t.filtered++
		return
	}
	if t.wanted != nil && (t.q.Kind == "" || t.q.Kind == s.kind()) {
		t.wanted[c.Record] = true
	}
	in := t.of(s)
	for i := range t.figures {
		if in[t.figures[i].of] {
			t.counters[i].take(s)
		}
	}
	switch {
	case s.kind() != t.q.about():
		t.kinds++
	case s.state() == register.StateRejected:
		t.rejected++
	default:
		t.records++
	}
}

// discrepancy adds one of a record that is asked for. An end is taken for every record: the
// entry that an issue is back names none.
func (t *tally) discrepancy(d Discrepancy) {
	if t.wanted == nil || d.Ends || d.Record != "" && t.wanted[d.Record] {
		t.trust.discrepancy(d)
	}
}

// A population is the records that a figure is about.
type population int

const (
	asked        population = iota // of the kind that is asked for, without rejected ones
	everyKind                      // of every kind of clause 10, or of the one that is asked for, without rejected ones
	improvements                   // improvements, declined ones among them
	measured                       // measures, control checks and objectives, without rejected ones
	checks                         // control checks
	objectives
	signals     // rejected ones among them
	reviews     // management reviews
	noRecord    // the figure is made of discrepancies
	populations // how many there are
)

// of says to which populations a record belongs.
func (t *tally) of(s *Standing) [populations]bool {
	rejected, kind := s.state() == register.StateRejected, s.kind()
	wanted := t.q.Kind == "" || t.q.Kind == kind
	return [populations]bool{
		asked:        t.q.asks(s),
		everyKind:    wanted && !rejected && !kind.Evaluates(),
		improvements: wanted && kind == register.Improvement,
		measured:     wanted && !rejected && kind.Measured(),
		checks:       wanted && !rejected && kind == register.ControlCheck,
		objectives:   wanted && !rejected && kind == register.Objective,
		signals:      wanted && kind == register.Signal,
		reviews:      wanted && !rejected && kind == register.ManagementReview,
	}
}

func (t *tally) sheet() Sheet {
	out := Sheet{Question: t.q, Records: t.records, LeftOut: []LeftOut{}, Figures: []Figure{}}
	for _, l := range []LeftOut{
		{OfAnotherKind + " (figures of actions, improvements and measurement count them where no kind is asked for)", t.kinds},
		{"without the values that are asked for", t.filtered},
		{"rejected", t.rejected},
		{"recorded before by an earlier version, and told of by the log only later", t.later},
	} {
		if l.N > 0 {
			out.LeftOut = append(out.LeftOut, l)
		}
	}
	for i, k := range t.figures {
		out.Figures = append(out.Figures, Figure{k.id, k.name, k.requirements, t.counters[i].values()})
	}
	return out
}
