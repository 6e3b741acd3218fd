package jira

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever options are called, what is read of them can be written back.
func TestBothLevelsComeBack(t *testing.T) {
	name := rapid.StringMatching(`[a/\\]( ?[a/\\]){0,5}`)
	rapid.Check(t, func(t *rapid.T) {
		parent := name.Draw(t, "parent")
		child := ""
		if rapid.Bool().Draw(t, "two levels") {
			child = name.Draw(t, "child")
		}
		p, c, ok := split(joined(parent, child))
		if !ok || p != parent || c != child {
			t.Fatalf("%q and %q are written %q and read as %q and %q, %t", parent, child, joined(parent, child), p, c, ok)
		}
	})
}

func TestSplitRefuses(t *testing.T) {
	for _, s := range []string{"", "/", "a /", "/ a", "a / b / c", "a /  / b"} {
		if p, c, ok := split(s); ok {
			t.Errorf("split(%q) = %q, %q, want that it is no option", s, p, c)
		}
	}
}

func TestCascadeInTheHistory(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Parent values: Escaped bug(20664)": "Escaped bug",
		"Parent values: Escaped bug(20664)Level 1 values: Latent Code Issue(20681)": "Escaped bug / Latent Code Issue",
		"Parent values: Room (2)(10001)Level 1 values: Rack / 3 (b)(10002)":         `Room (2) / Rack \/ 3 (b)`,
		"in other words": "in other words",
	} {
		if got := fromHistory(in); got != want {
			t.Errorf("fromHistory(%q) = %q, want %q", in, got, want)
		}
	}
}
