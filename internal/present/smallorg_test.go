package present_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// A closing without an independent reviewer is told in a sentence and counted by year.
func TestSmallOrg(t *testing.T) {
	use := func(year int) register.SmallOrgUse {
		return register.SmallOrgUse{Reviewer: "ana", Was: "owns the record", By: "dee", Reason: "Nobody else works here.", At: time.Date(year, 8, 1, 9, 0, 0, 0, time.UTC)}
	}
	n := present.Names{People: map[string]string{"ana": "Ana Owner", "dee": "Dee Director"}}
	if got, want := present.SmallOrg(use(2026), n), "closed 2026-08-01 with a reviewer who owns the record (Ana Owner), countersigned by Dee Director: Nobody else works here."; got != want {
		t.Errorf("SmallOrg() = %q, want %q", got, want)
	}
	got := present.SmallOrgCounts([]register.Record{{SmallOrg: []register.SmallOrgUse{use(2025), use(2026)}}, {}, {SmallOrg: []register.SmallOrgUse{use(2026)}}})
	want := []string{
		"2026: 2 closings without an independent reviewer, countersigned (small organisation)",
		"2025: 1 closing without an independent reviewer, countersigned (small organisation)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SmallOrgCounts() (-want +got):\n%s", diff)
	}
}
