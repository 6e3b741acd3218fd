package main

import "testing"

// The log of the measurement has entries of all that people do, and its replay is the
// register: else the figure would say nothing. How long it takes is for the bench.
func TestReplayMeasuresAWorkingLog(t *testing.T) {
	rows, err := replayOf(t.Context(), t.TempDir(), 6, 2)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1 || rows[0].Value <= 1 {
		t.Errorf("replay() = %+v, want one figure above 1", rows)
	}
}
