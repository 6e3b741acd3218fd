package kpi_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// lived is a record with twenty entries of a usual life.
func lived() *book {
	b := newBook()
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	set := func(f register.Field, v string) register.Fact {
		return register.Fact{Kind: register.FactSet, Field: f, After: v, At: at}
	}
	r := register.Record{State: register.Reported, Recorded: at, Fields: map[register.Field]string{"grade": "minor", "risk": "high", "owner": "erik", "identified_at": "2026-06-30", "source": "internal_audit"}}
	b.tell(at, "NC-1", register.Fact{Kind: register.FactCarried, Record: &r})
	for i, s := range []register.State{register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed} {
		at = at.AddDate(0, 0, 7)
		for k, f := range []register.Field{register.FieldRootCause, register.FieldCategory, register.FieldScope} {
			b.tell(at.Add(time.Duration(k)*time.Hour), "NC-1", set(f, string("abcdefgh"[i+k])))
		}
		b.tell(at.Add(5*time.Hour), "NC-1", register.Fact{Kind: register.FactMoved, Move: &register.Moved{From: b.records["NC-1"].State, To: s, Closed: at}})
	}
	return b
}

func none(func(kpi.Discrepancy, error) bool) {}

func BenchmarkTake(b *testing.B) {
	k := lived()
	c, r := k.courses["NC-1"], k.records["NC-1"]
	for b.Loop() {
		c.Take(time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC), r)
	}
}

func BenchmarkFigures(b *testing.B) {
	text := lived().courses["NC-1"].String()
	q := kpi.Question{At: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC), From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)}
	all := func(yield func(*kpi.Course, error) bool) {
		var c kpi.Course
		for b.Loop() {
			if !yield(&c, c.Read(text)) {
				return
			}
		}
	}
	if _, err := kpi.Figures(all, none, q); err != nil {
		b.Fatal(err)
	}
}
