package kpi

import (
	"slices"
	"testing"
)

// A figure has the values that Values names in a register of many records, too.
func TestValuesAreInEverySheet(t *testing.T) {
	for _, id := range IDs() {
		names, known := Values(id)
		if !known {
			t.Errorf("there is no figure %s", id)
		}
		if len(names) == 0 && id != "K30" { // which lists groups alone
			t.Errorf("%s has no value", id)
		}
		if len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(names) {
			t.Errorf("%s names a value twice: %q", id, names)
		}
	}
	if got, _ := Values("K2"); !slices.Equal(got, []string{"opened", "closed", "net", "closed of opened"}) {
		t.Errorf("the values of K2 are %q", got)
	}
	if _, known := Values("K33"); known {
		t.Error("K33 is a figure")
	}
}
