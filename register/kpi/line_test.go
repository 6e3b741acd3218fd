package kpi_test

import (
	"testing"

	"github.com/conformd/conformd/register/kpi"
)

// sameLines holds the lines of a register against its figures: a list made of the lines has as many
// records as the figure beside it counts.
func sameLines(t *testing.T, b *book, q kpi.Question) {
	t.Helper()
	n := map[string]float64{}
	for _, c := range b.courses {
		l, known := q.Line(c)
		if !known || !l.Asked {
			continue
		}
		n["records"]++
		if !l.State.Ended() {
			n["open"]++
			late := 0.0
			for _, m := range l.Milestones {
				if m.Missed(q.At) {
					late = 1
				}
			}
			n["overdue"] += late
		}
		if l.Exception != nil {
			n["active"]++
			n["soon"] += map[bool]float64{true: 1}[l.Exception.Ends == kpi.Soon]
			n["past"] += map[bool]float64{true: 1}[l.Exception.Ends == kpi.Past]
		}
		if l.Repeat && q.In(l.Found) {
			n["repeats"]++
		}
		if l.CameAgain {
			n["again"]++
		}
		for i, at := range l.Reviewed {
			if i == 0 && q.In(at) {
				n["first reviews"]++
			}
		}
		for _, at := range l.Closings {
			if q.In(at) {
				n["closings"]++
			}
		}
	}
	sheet := b.figures(t, q)
	want := map[string]float64{"records": float64(sheet.Records)}
	for _, f := range sheet.Figures {
		for _, v := range f.Values {
			hits := 0.0
			if v.Value != nil {
				hits = *v.Value * float64(v.N) / 100
			}
			switch f.ID + " " + v.Name {
			case "K1 open":
				want["open"] = *v.Value
			case "K2 closed":
				want["closings"] = *v.Value
			case "K4 overdue":
				want["overdue"] = hits
			case "K11 effective of first reviews":
				want["first reviews"] = float64(v.N)
			case "K13 came up again of closed":
				want["again"] = hits
			case "K14 repeats of opened":
				want["repeats"] = hits
			case "K19 active":
				want["active"] = *v.Value
			case "K19 ending within 30 days":
				want["soon"] = *v.Value
			case "K19 past its end and not reopened (must be 0)":
				want["past"] = *v.Value
			}
		}
	}
	if len(want) != 10 {
		t.Fatalf("the sheet has %d of the 10 numbers", len(want))
	}
	for name, w := range want {
		if d := n[name] - w; d > 0.1 || d < -0.1 { // shares have one decimal
			t.Errorf("%s: the lines make %v, the figures say %v", name, n[name], w)
		}
	}
}
