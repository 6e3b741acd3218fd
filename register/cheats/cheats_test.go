package cheats_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/cheats"
)

// Under the rules as they are shipped, no cheat slips and no honest record is stopped; each
// story is held or flagged by the guards that it names, and by no others unless it says so.
func TestNothingSlips(t *testing.T) {
	stories, err := cheats.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		l, err := s.Play(register.DefaultPolicy())
		if err != nil {
			t.Error(err)
			continue
		}
		want := cheats.Held
		switch {
		case s.Honest:
			want = cheats.Passed
		case s.Flagged:
			want = cheats.Flagged
		}
		if l.Outcome != want {
			t.Errorf("%s: %s by %s, want %s by %s:\n\t%s", s.Name, l.Outcome, strings.Join(l.By, ", "), want, strings.Join(s.Expects, ", "), strings.Join(l.Says, "\n\t"))
			continue
		}
		for _, id := range s.Expects {
			if !slices.Contains(l.By, id) {
				t.Errorf("%s: %s by %s, want by %s:\n\t%s", s.Name, l.Outcome, strings.Join(l.By, ", "), id, strings.Join(l.Says, "\n\t"))
			}
		}
		if !s.More && !s.Honest && len(l.By) != len(s.Expects) {
			t.Errorf("%s: %s by %s, want by %s alone:\n\t%s", s.Name, l.Outcome, strings.Join(l.By, ", "), strings.Join(s.Expects, ", "), strings.Join(l.Says, "\n\t"))
		}
	}
}
