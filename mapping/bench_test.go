package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// The texts that a register holds most of: a sentence, a plan, a few paragraphs.
const (
	sentence  = "Three leaver accounts were still enabled 9 to 21 days after the leaving date."
	plan      = "- [ ] Automate the webhook @ben due:2026-09-30\n- [x] Train everybody @ana\n"
	paragraph = "HR tells IT once a month, so accounts live on until then (see the list of 1 May).\n\n- svc-backup\n- svc-print\n\nNobody owns the hand-off."
)

func BenchmarkTexts(b *testing.B) {
	for _, c := range []struct {
		name string
		do   func()
	}{
		{"canonical sentence", func() { text.Canonical(sentence) }},
		{"canonical paragraphs", func() { text.Canonical(paragraph) }},
		{"to wiki sentence", func() { text.ToWiki(sentence) }},
		{"to wiki paragraphs", func() { text.ToWiki(paragraph) }},
		{"from wiki paragraphs", func() { text.FromWiki(paragraph) }},
		{"actions of a plan", func() { register.ParseActions(plan) }},
		{"actions of a sentence", func() { register.ParseActions(sentence) }},
		{"no command", func() { mapping.ParseCommands(paragraph) }},
		{"a command", func() { mapping.ParseCommands("/capa effective " + sentence) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.do()
			}
		})
	}
}
