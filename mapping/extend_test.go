package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
)

// A wish for a later date names the milestone, the date and the reason, in the words people
// use.
func TestExtendCommands(t *testing.T) {
	t.Parallel()
	const usage = "`/capa extend <milestone> <date> because <reason>`"
	const which = "say which milestone (triage, containment, cause, implementation, verification), until when and why: " + usage
	for said, want := range map[string]mapping.Command{
		"/capa extend implementation 2026-12-31 because the vendor is late":   {Verb: "extend", Value: "implementation 2026-12-31", Text: "the vendor is late"},
		"/capa extend implement 31.12.2026 weil der Lieferant später liefert": {Verb: "extend", Value: "implementation 31.12.2026", Text: "der Lieferant später liefert"},
		"/capa extend cause and plan 31 December 2026 because of the audit":   {Verb: "extend", Value: "cause 31 December 2026", Text: "of the audit"},
		"/capa extend implementation 2026-12-31":                              {Verb: "extend", Text: "implementation 2026-12-31", Err: "say why: " + usage},
		"/capa extend 2026-12-31 because the vendor is late":                  {Verb: "extend", Text: "the vendor is late", Err: which},
		"/capa extend implementation because the vendor is late":              {Verb: "extend", Text: "the vendor is late", Err: which},
		"/capa extend lunch 2026-12-31 because the vendor is late":            {Verb: "extend", Text: "the vendor is late", Err: which},
		"/capa keep implementation because the feed is ready":                 {Verb: "keep", Value: "implementation", Keep: true, Text: "the feed is ready"},
	} {
		got := mapping.ParseCommands(said)
		if len(got) != 1 || got[0].Verb != want.Verb || got[0].Value != want.Value || got[0].Text != want.Text || got[0].Err.String() != want.Err.String() || got[0].Keep != want.Keep || got[0].Field != want.Field {
			t.Errorf("%s: %+v\nwant %+v", said, got, want)
		}
	}
}
