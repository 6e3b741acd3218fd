package kpi_test

import (
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/register/kpi"
)

// The figures that a management review froze before there was K31 have the same digest as on that
// day: the review keeps their numbers, and a further figure is none of them.
func TestDigestOfFiguresThatWereFrozenEarlier(t *testing.T) {
	const frozen = "81c6ed64fc47920f36759987ca7890ddbd7ddf790ac34dd012e68dcc1737d89c" // as the version before K31 computed it
	sheet := lived().figures(t, kpi.Question{
		At: time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC), From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC),
	})
	sheet.Entries = 21
	ids := slices.DeleteFunc(sheet.IDs(), func(id string) bool { return id == "K31" })
	if got, err := sheet.Digest(ids...); err != nil || got != frozen {
		t.Errorf("the digest is %s, %v, and was %s", got, err, frozen)
	}
}
