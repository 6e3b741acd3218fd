package ledger

import (
	"fmt"
	"iter"
	"time"

	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/register/kpi"
)

// Discrepancies yields what the entries say about the trust that the synchronisation deserves, in the
// order of the log. It is called after all entries.
func (r *Replay) Discrepancies() iter.Seq2[kpi.Discrepancy, error] {
	return func(yield func(kpi.Discrepancy, error) bool) {
		for _, d := range r.discrepancies {
			if !yield(d.Discrepancy, nil) {
				return
			}
		}
	}
}

// A Discrepancy is one with the number of its entry.
type Discrepancy struct {
	Seq int64
	kpi.Discrepancy
}

// Discrepancies are those that the register keeps, in the order of the log, for comparing with it.
type Discrepancies iter.Seq2[Discrepancy, error]

// compareDiscrepancies holds the discrepancies of the log against rows, and returns the first difference.
func (r *Replay) compareDiscrepancies(rows Discrepancies, where string) ([]verify.Finding, error) {
	n := 0
	differ := func(seq int64, want, got string) []verify.Finding {
		return []verify.Finding{{
			Code: verify.RegisterDiffers, Seq: seq, Where: where, Want: want, Got: got,
			Text: fmt.Sprintf("the discrepancies that figures are made of are not what the log says, from entry %d on", seq),
		}}
	}
	for got, err := range rows {
		if err != nil {
			return nil, err
		}
		if n == len(r.discrepancies) {
			return differ(got.Seq, "", got.text()), nil
		}
		want := r.discrepancies[n]
		if !want.same(got) {
			return differ(min(want.Seq, got.Seq), want.text(), got.text()), nil
		}
		n++
	}
	if n < len(r.discrepancies) {
		want := r.discrepancies[n]
		return differ(want.Seq, want.text(), ""), nil
	}
	return nil, nil
}

func (d Discrepancy) same(o Discrepancy) bool {
	equal := d.At.Equal(o.At)
	d.At, o.At = time.Time{}, time.Time{}
	return equal && d == o
}

func (d Discrepancy) text() string {
	s := fmt.Sprintf("entry %d of %d: %s %q of record %q", d.Seq, d.At.UnixMilli(), d.Kind, d.Thing, d.Record)
	if d.Ends {
		s += " ends"
	}
	return s
}
