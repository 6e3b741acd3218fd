package main

import "testing"

// What costs requests is exact, so it is pinned: a pass without news, ten edits, and the
// question who made them.
func TestRequests(t *testing.T) {
	rows, err := small(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	most := map[string]float64{"noop_requests_200": 4, "ten_edits_requests_200": 37, "attribution_requests_per_10_edits": 2}
	seen := map[string]float64{}
	for _, r := range rows {
		seen[r.Name] = r.Value
		if m, pinned := most[r.Name]; pinned && r.Value > m {
			t.Errorf("%s = %v, want %v at most", r.Name, r.Value, m)
		}
	}
	if seen["attribution_requests_per_10_edits"] < 1 || len(seen) <= len(most) {
		t.Errorf("%v, want that somebody was asked who made the edits", seen)
	}
	t.Log(seen)
}
