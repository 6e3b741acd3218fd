package lanetest_test

import (
	"testing"

	"github.com/conformd/conformd/internal/lanetest"
)

// A recorder is a test that notes how it ended.
type recorder struct {
	testing.TB
	ended string
}

func (r *recorder) Helper()               {}
func (r *recorder) Fatalf(string, ...any) { r.end("failed") }
func (r *recorder) Skipf(string, ...any)  { r.end("skipped") }

// end notes the first end: a real test would have stopped there.
func (r *recorder) end(how string) {
	if r.ended == "" {
		r.ended = how
	}
}

func TestCISeesALaneThatIsLeftOut(t *testing.T) {
	for expected, want := range map[string]string{"": "failed", "race": "failed", "race full-disk": "skipped"} {
		t.Setenv(lanetest.Expected, expected)
		r := &recorder{}
		lanetest.LeaveOut(r, "full-disk", "no file system of its own")
		if r.ended != want {
			t.Errorf("with %q expected, the test %s, want %s", expected, r.ended, want)
		}
	}
}
