package auditbench_test

import (
	"testing"

	"github.com/conformd/conformd/audit/auditbench"
)

// BenchmarkAuditedCommit reports the cost of an audited commit against a raw durable
// write in the same run. The goal is at most 2.2 times.
func BenchmarkAuditedCommit(b *testing.B) {
	c, err := auditbench.MeasureCommit(b.Context(), b.TempDir(), max(b.N, 50))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(c.Raw.Microseconds()), "raw-p50-us")
	b.ReportMetric(float64(c.Plain.Microseconds()), "plain-p50-us")
	b.ReportMetric(float64(c.Audited.Microseconds()), "audited-p50-us")
	b.ReportMetric(c.Ratio(), "audited/raw")
}

// The measurement measures the real thing: the log it leaves has every entry and
// verifies. How long it takes is for the benchmark.
func TestMeasureCommit(t *testing.T) {
	c, err := auditbench.MeasureCommit(t.Context(), t.TempDir(), 30)
	if err != nil {
		t.Fatal(err)
	}
	if c.Raw <= 0 || c.Plain <= 0 || c.Audited <= 0 || c.Size != 33 {
		t.Errorf("MeasureCommit() = %+v, want three costs and 33 entries", c)
	}
	if _, err := auditbench.MeasureCommit(t.Context(), t.TempDir(), 0); err == nil {
		t.Error("MeasureCommit() of no rounds: no error")
	}
}
