package drawtest

import (
	"strings"
	"testing"
)

// A recorder is a test that notes what it was told.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Helper()                   {}
func (r *recorder) Failed() bool              { return len(r.said) > 0 }
func (r *recorder) Errorf(f string, _ ...any) { r.said = append(r.said, f) }

func TestAPropertyIsCheckedUntilItHasShownWhatItIsAbout(t *testing.T) {
	for name, tc := range map[string]struct {
		shown, fails int // in which run; 0 for none
		runs         int
		says         string
	}{
		"at once":                {shown: 1, runs: 1},
		"in the third run":       {shown: 3, runs: 3},
		"never":                  {runs: most, says: "the property shows nothing about it"},
		"a failure ends it":      {shown: 5, fails: 2, runs: 2, says: "broken"},
		"a failure beside sight": {shown: 1, fails: 1, runs: 1, says: "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			r, runs := &recorder{}, 0
			until(r, most, func() {
				if runs++; runs == tc.fails {
					r.Errorf("broken")
				}
			}, func() string {
				if tc.shown > 0 && runs >= tc.shown {
					return ""
				}
				return "anything"
			})
			if said := strings.Join(r.said, "\n"); runs != tc.runs || (tc.says == "") != (said == "") || !strings.Contains(said, tc.says) {
				t.Errorf("%d runs and %q, want %d and %q", runs, said, tc.runs, tc.says)
			}
		})
	}
}

func TestSomeNamesWhatWasNeverDrawn(t *testing.T) {
	never, once := 0, 1
	if got := (Some{"a restore": &never, "a date": &once}).Lacking(); got != "a restore" {
		t.Errorf("Lacking() = %q, want the restore", got)
	}
	if got := (Some{"a date": &once}).Lacking(); got != "" {
		t.Errorf("Lacking() = %q, want nothing", got)
	}
}
