package app

import (
	"maps"
	"slices"
	"testing"

	"github.com/conformd/conformd/internal/config"
)

// Each kind of tracker that the configuration takes has a driver, and no driver is for a
// kind that it does not take.
func TestDrivers(t *testing.T) {
	got := slices.Sorted(maps.Keys(drivers()))
	if want := config.TrackerKinds(); !slices.Equal(got, want) {
		t.Errorf("there are drivers for %q, and the configuration takes %q", got, want)
	}
	for kind, d := range drivers() {
		if d.traits.Markup == "" || d.open == nil || d.reads.Key == nil || d.reads.Address == nil {
			t.Errorf("the driver of %s is not whole", kind)
		}
	}
}
