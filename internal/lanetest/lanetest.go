// Package lanetest leaves out tests that a machine cannot run, so that continuous
// integration notices: a lane that is skipped without a word is a lane that nobody has.
package lanetest

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// Expected names the environment variable in which continuous integration lists the lanes
// that may be left out, by their names with spaces between. Where it is not set, a developer
// runs the tests, and any lane may be.
const Expected = "CONFORMD_LANES_LEFT_OUT"

// LeaveOut skips a test that belongs to a lane, because the machine cannot run it. It fails
// the test where continuous integration does not expect that.
func LeaveOut(t testing.TB, lane, why string) {
	t.Helper()
	if expected, ci := os.LookupEnv(Expected); ci && !slices.Contains(strings.Fields(expected), lane) {
		t.Fatalf("the lane %q cannot run here: %s; make it run, or name it in %s", lane, why, Expected)
	}
	t.Skipf("the lane %q is left out: %s", lane, why)
}
