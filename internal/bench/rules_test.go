package main

import "testing"

func TestRules(t *testing.T) {
	rows, err := rules(t.Context(), t.TempDir())
	if err != nil || len(rows) != 2 || rows[0].Value < 100 || rows[1].Value <= 0 {
		t.Fatalf("rules = %+v, %v, want all cheats held or flagged and what it costs", rows, err)
	}
	t.Logf("%+v", rows)
}
