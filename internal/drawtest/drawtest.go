// Package drawtest repeats properties until they have drawn what they are about. A property
// about something rare passes without having met it, and shows nothing.
package drawtest

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// most bounds how often a property is repeated. What one run of a hundred draws meets in one
// of three cases is missed by all of them once in three thousand.
const most = 20

// shorter is how many times fewer draws a run has under -short.
const shorter = 5

// Until checks a property, and again as long as lacking names what no draw has shown yet.
// The test fails if something is lacking after the last run.
func Until(t *testing.T, lacking func() string, property func(*rapid.T)) {
	t.Helper()
	runs := most
	if testing.Short() {
		runs *= shorter
	}
	until(t, runs, func() { rapid.Check(t, property) }, lacking)
}

// Some is what a property is about, by name, with how often it was drawn.
type Some map[string]*int

// Lacking names what was never drawn, "" for nothing.
func (s Some) Lacking() string {
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if *s[name] == 0 {
			return name
		}
	}
	return ""
}

func until(t testing.TB, runs int, check func(), lacking func() string) {
	t.Helper()
	for range runs {
		check()
		if t.Failed() || lacking() == "" {
			return
		}
	}
	t.Errorf("no draw of %d runs has shown %s: the property shows nothing about it", runs, lacking())
}
