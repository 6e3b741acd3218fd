package register_test

import (
	"testing"

	"github.com/conformd/conformd/register"
)

// BenchmarkGuards measures what it costs to ask all rules that hold a record back, for
// every state, about a record that lacks nothing: the figure guards_us_per_record.
func BenchmarkGuards(b *testing.B) {
	r, ctx, p := complete(register.Nonconformity, register.Major), at(now), register.DefaultPolicy()
	for b.Loop() {
		for _, s := range states() {
			register.Unmet(r, s, ctx, p)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "guards_us_per_record")
}
