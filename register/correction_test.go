package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestACorrectionSaysWhoDidWhatWhen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]register.Correction{
		"Accounts disabled 2026-07-01 10:40 UTC.": {Text: "Accounts disabled 2026-07-01 10:40 UTC."},
		"containment: disabled the accounts @erik done:2026-01-02 evidence:https://acme.example/4711": {
			Type: register.OfContainment, Text: "disabled the accounts", By: "erik", On: "2026-01-02", Evidence: "https://acme.example/4711",
		},
		"[x] Benachrichtigung: Kunden angerufen @olga erledigt:2026-01-03 Nachweis: Anrufliste vom Freitag": {
			Type: register.OfNotification, Text: "Kunden angerufen", By: "olga", On: "2026-01-03", Evidence: "Anrufliste vom Freitag",
		},
		"Correction: put the feed back, done: soon": {Type: register.OfCorrection, Text: "put the feed back, done: soon"},
		"done:2026-02-31 the feed":                  {Text: "done:2026-02-31 the feed"}, // no such day
		"wrote to security@acme.example":            {Text: "wrote to security@acme.example"},
		"not applicable: nothing was reached":       {Text: "not applicable: nothing was reached"},
		"Consequence:":                              {Text: "Consequence:"},
		"The accounts.\n\ncontainment: none":        {Text: "The accounts.\n\ncontainment: none"}, // a text, and no list
	} {
		got := register.Record{Fields: map[register.Field]string{register.FieldCorrection: text}}.Corrections()
		want.ID = "K1"
		if d := cmp.Diff([]register.Correction{want}, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", text, d)
		}
	}
}

// Each line of a list is a correction of its own, and its id stays when a line comes above it.
func TestCorrectionsAreLinesWithIDs(t *testing.T) {
	t.Parallel()
	s := texts(t).write(register.FieldCorrection, "- containment: locked the door @erik", "- notification: told the owner")
	s.write(register.FieldCorrection, "- consequence: searched the room done:2026-03-01", "- containment: locked the door @erik", "- notification: told the owner")
	var got []string
	for _, c := range s.r.Corrections() {
		got = append(got, c.ID+" "+c.Words(func(id string) string { return "<" + id + ">" }))
	}
	want := []string{"K3 consequence: searched the room on 2026-03-01", "K1 containment: locked the door by <erik>", "K2 notification: told the owner"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
