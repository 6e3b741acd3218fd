package mapping_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/mapping"
)

func TestRecurrenceCommands(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][3]string{
		"/capa recurrence of NC-2026-0007 because the accounts are back":    {"NC-2026-0007", "the accounts are back", ""},
		"/capa recurrence NC-2026-0007 weil die Konten wieder aktiv sind":   {"NC-2026-0007", "die Konten wieder aktiv sind", ""},
		"/capa no-recurrence of acme/isms#17 because it is another export":  {"acme/isms#17", "it is another export", ""},
		"/capa no-recurrence OF NC-2026-0007\nbecause it is another export": {"NC-2026-0007", "it is another export", ""},
		"/capa recurrence of NC-2026-0007":                                  {"", "of NC-2026-0007", "say why"},
		"/capa recurrence because it is":                                    {"", "it is", "say which record and why"},
		"/capa recurrence of two records because they are":                  {"", "they are", "say which record and why"},
		"/capa no-recurrence of NC-2026-0007 because":                       {"", "", "say which record and why"},
	} {
		cs := mapping.ParseCommands(body)
		if len(cs) != 1 {
			t.Errorf("%q: %d commands", body, len(cs))
			continue
		}
		c := cs[0]
		if c.Value != want[0] || c.Text != want[1] || (c.Err == "") != (want[2] == "") || !strings.Contains(c.Err.String(), want[2]) {
			t.Errorf("%q: %q, %q, %q, want %q", body, c.Value, c.Text, c.Err, want)
		}
	}
}
