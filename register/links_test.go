package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// A reason that calls a record the same as another names it; other words with "duplicate" in
// them claim nothing.
func TestLinks(t *testing.T) {
	dup := func(to string) []register.Claim { return []register.Claim{{Kind: register.DuplicateOf, To: to}} }
	for text, want := range map[string][]register.Claim{
		"dup":                                    dup(""),
		"Duplicate.":                             dup(""),
		"A duplicate of an older one":            dup(""),
		"Duplicate of NC-2026-0003, same export": dup("NC-2026-0003"),
		"duplicates ISMS-12":                     dup("ISMS-12"),
		"NC-2026-0003 is the same, duplicate":    dup("NC-2026-0003"),
		"dupe of acme/isms#17":                   dup("acme/isms#17"),
		"Duplikat von #17":                       dup("#17"),
		"doppelt erfasst":                        dup(""),
		"Already tracked in NC-2026-0003":        dup("NC-2026-0003"),
		"Already reported elsewhere.":            dup(""),
		"wird in einem anderen Ticket behandelt": dup(""),
		"Bereits gemeldet mit ISMS-3":            dup("ISMS-3"),
		"Duplicate invoices were never sent":     nil,
		"The policy allows thirty days":          nil,
		"Die Regel gilt erst ab Mai":             nil,
		"split from NC-2026-0001":                {{Kind: register.SplitFrom, To: "NC-2026-0001"}},
		"recurrence of NC-2025-0040":             {{Kind: register.RecurrenceOf, To: "NC-2025-0040"}},
	} {
		r := register.Record{Fields: map[register.Field]string{register.FieldRejectReason: text}}
		if diff := cmp.Diff(want, register.Claims(r)); diff != "" {
			t.Errorf("Links(%q) (-want +got):\n%s", text, diff)
		}
	}
}
