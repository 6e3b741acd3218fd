package ledger

import (
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A Replay makes the register of what a log tells, read from its beginning. It is the
// verify.Register of conformd.
type Replay struct {
	records       map[string]*replayed
	discrepancies []Discrepancy
	found         []verify.Finding
}

// A heard is what an entry tells.
type heard struct {
	told        *Told // nil for nothing about a record
	discrepancy kpi.Discrepancy
	discrepant  bool
}

// A replayed is a record as the log has it so far.
type replayed struct {
	record register.Record
	seq    int64 // of the last entry that told of it
	began  bool
	erased map[register.Field]bool
	lost   bool
	course kpi.Course // up to the moment that moved is of
	// Moved is when the log recorded what the course does not have yet, the zero time for nothing.
	moved time.Time
	// compared says that a row was held against it: a second row of it is one that the log does
	// not know.
	compared bool
}

var _ verify.Register = (*Replay)(nil)

// NewReplay returns a replay that was told nothing yet.
func NewReplay() *Replay { return &Replay{records: map[string]*replayed{}} }

// Read returns what an entry tells, nil for nothing.
func (*Replay) Read(e *audit.Entry, value func(string, *audit.Text) (string, bool)) (any, error) {
	told, err := Facts(e, value)
	if err != nil {
		return nil, err
	}
	h := heard{told: told}
	if h.discrepancy, h.discrepant = DiscrepancyOf(e); told == nil && !h.discrepant {
		return nil, nil //nolint:nilnil // most entries tell nothing
	}
	return h, nil
}

// Apply takes in what entry seq tells.
func (r *Replay) Apply(seq int64, told any) {
	h, ok := told.(heard)
	if !ok {
		return
	}
	if h.discrepant {
		r.discrepancies = append(r.discrepancies, Discrepancy{seq, h.discrepancy})
	}
	t := h.told
	if t == nil {
		return
	}
	x := r.records[t.ID]
	if x == nil {
		x = &replayed{}
		r.records[t.ID] = x
	}
	if !x.moved.Equal(t.At) {
		x.settle()
	}
	for _, f := range t.Facts {
		if kpi.Concerns(f) {
			x.moved = t.At
		}
		if f.Kind == register.FactCarried {
			r.begin(seq, x, f)
			continue
		}
		x.record.Take(f)
		if f.Kind == register.FactSet {
			delete(x.erased, f.Field)
		}
	}
	for _, f := range t.Erased {
		if x.erased == nil {
			x.erased = map[register.Field]bool{}
		}
		x.erased[f] = true
	}
	x.lost = x.lost || t.Lost
	x.seq = seq
}

// begin takes in a record as a whole. A log that knows the record already may only say again
// what it holds: else an edited row would become what the log says.
func (r *Replay) begin(seq int64, x *replayed, f register.Fact) {
	if f.Record == nil {
		return
	}
	if x.began && !x.lost {
		for _, d := range differences(x.record, *f.Record, x.erased) {
			r.found = append(r.found, verify.Finding{
				Code: verify.RegisterDiffers, Seq: seq, Where: "entry", Want: d.want, Got: d.got,
				Text: fmt.Sprintf("entry %d carries %s into the log anew, with another %s than the log had told", seq, f.Record.Ref, d.what),
			})
		}
	}
	x.record.Take(f)
	x.began, x.lost, x.erased = true, false, nil
}

// Compare holds what was told against rows: Discrepancies, and for each record a Row or a line that
// Row.Line made.
func (r *Replay) Compare(rows iter.Seq2[any, error], where string) (verify.Compared, error) {
	c := verify.Compared{Findings: r.found}
	find := func(seq int64, want, got, format string, args ...any) {
		c.Findings = append(c.Findings, verify.Finding{Code: verify.RegisterDiffers, Seq: seq, Where: where, Want: want, Got: got, Text: fmt.Sprintf(format, args...)})
	}
	n := 0
	for x, err := range rows {
		if err != nil {
			return c, err
		}
		if rows, ok := x.(Discrepancies); ok {
			found, err := r.compareDiscrepancies(rows, "discrepancy")
			if err != nil {
				return c, err
			}
			c.Findings = append(c.Findings, found...)
			continue
		}
		n++
		row, ok := x.(Row)
		if doc, isLine := x.([]byte); isLine {
			ok = json.Unmarshal(doc, &row) == nil
		}
		if !ok || row.Record.ID == "" {
			find(-1, "", "", "row %d of %s is no record", n, where)
			continue
		}
		if row.Listed != nil {
			find(-1, listed(row.Record), row.Listed.text(), "the register lists %s otherwise than its record says", cmp.Or(row.Record.Ref, row.Listed.Ref))
		}
		if row.Things != nil {
			if want, got := text(row.Record.Things()), text(*row.Things); want != got {
				find(-1, want, got, "%s lists causes, actions or evidence otherwise than its record says", row.Record.Ref)
			}
		}
		x := r.records[row.Record.ID]
		if x != nil && x.compared {
			x = nil
		} else if x != nil {
			x.compared = true
		}
		switch {
		case x == nil && row.Waiting:
			c.Waiting++
		case x == nil:
			find(-1, "", "", "the register holds %s, and the log tells nothing of it", row.Record.Ref)
		case x.lost:
			c.Unknown++
		case !x.began:
			find(x.seq, "", "", "the log does not tell how %s began", row.Record.Ref)
		default:
			c.Records++
			c.Unknown += int64(len(x.erased))
			name := cmp.Or(x.record.Ref, row.Record.Ref)
			for _, d := range differences(x.record, row.Record, x.erased) {
				find(-1, d.want, d.got, "%s: %s is not what the log says; the last entry about the record is %d", name, d.what, x.seq)
			}
			if row.Course == nil || len(x.erased) > 0 {
				continue
			}
			if want := x.settle().String(); want != *row.Course {
				w, g := firstDifference(want, *row.Course)
				find(-1, w, g, "%s: the course that figures are made of is not what the log says; the last entry about the record is %d", name, x.seq)
			}
		}
	}
	for _, id := range slices.SortedFunc(maps.Keys(r.records), func(a, b string) int { return cmp.Compare(r.records[a].seq, r.records[b].seq) }) {
		x := r.records[id]
		if x.compared {
			continue
		}
		find(x.seq, "", "", "the log tells of %s, and the register does not hold it", cmp.Or(x.record.Ref, id))
	}
	return c, nil
}
