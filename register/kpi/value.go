package kpi

import (
	"math"
	"slices"
	"time"
)

// A Value is one number of a figure.
type Value struct {
	Name string `json:"name"`
	Unit Unit   `json:"unit"`
	// Value is the number: a count, a share, or a mean. It is nil where it is not applicable.
	Value *float64 `json:"value"`
	// N is how many records, or events, it is made of: of a share, those that it is a share of.
	N int `json:"n"`
	// Median, P90 and Max stand beside a mean. P90 is the smallest number that nine tenths of all
	// do not exceed.
	Median *float64 `json:"median,omitempty"`
	P90    *float64 `json:"p90,omitempty"`
	Max    *float64 `json:"max,omitempty"`
	// Note says what keeps a reader from relying on the number.
	Note string `json:"note,omitempty"`
}

// A Unit is what a number counts.
type Unit string

// The units.
const (
	Count   Unit = "count"   // of records or events, a whole number
	Percent Unit = "percent" // of N
	Points  Unit = "points"  // between two percentages
	Days    Unit = "days"    // mean over N
	Mean    Unit = "mean"    // number over N
	Ratio   Unit = "ratio"   // to N
)

// The notes.
const (
	TooFew        = "too few"        // fewer than five
	NotApplicable = "not applicable" // there is nothing to divide by
)

// few is how many make a share or a mean worth reading.
const few = 5

func count(name string, n int) Value {
	x := float64(n)
	return Value{Name: name, Unit: Count, Value: &x, N: n}
}

// quotient is a part of n, in percent or as a ratio.
func quotient(name string, unit Unit, part, n int) Value {
	v := Value{Name: name, Unit: unit, N: n, Note: note(n)}
	if n == 0 {
		return v
	}
	x := float64(part) / float64(n)
	if unit == Percent {
		x *= 100
	}
	v.Value = rounded(x)
	return v
}

func share(name string, part, n int) Value { return quotient(name, Percent, part, n) }

func note(n int) string {
	switch {
	case n == 0:
		return NotApplicable
	case n < few:
		return TooFew
	default:
		return ""
	}
}

// rounded is a number with one decimal.
func rounded(x float64) *float64 {
	x = math.Round(x*10) / 10
	return &x
}

// A spread collects numbers for their mean, median and 90th percentile.
type spread []float64

// days adds the time between two moments. One that would be negative, because a date stands for
// its whole day, counts as none.
func (s *spread) days(from, to time.Time) {
	const seconds = 86400
	*s = append(*s, max(0, to.Sub(from).Seconds()/seconds))
}

func (s *spread) value(name string, unit Unit) Value {
	n := len(*s)
	v := Value{Name: name, Unit: unit, N: n, Note: note(n)}
	if n == 0 {
		return v
	}
	all := slices.Sorted(slices.Values(*s))
	sum := 0.0
	for _, x := range all {
		sum += x
	}
	v.Value = rounded(sum / float64(n))
	v.Median = rounded((all[(n-1)/2] + all[n/2]) / 2)
	v.P90 = rounded(all[(9*n+9)/10-1])
	v.Max = rounded(all[n-1])
	return v
}
