package wording_test

import (
	"testing"

	"github.com/conformd/conformd/register/wording"
)

// BenchmarkJudge reads and judges a cause as people write one. A page of the register does so for each text that it has not seen, and a file
// of a large register for all of them.
func BenchmarkJudge(b *testing.B) {
	const text = "The leavers' list of the human resources team reaches the directory team by mail, once a month; nobody owns the step in between, " +
		"and the mail of July went to a mailbox that was closed in June. See https://acme.example/hr/leavers and NC-2026-0007."
	b.ReportAllocs()
	for b.Loop() {
		wording.Read(text).Judge(wording.Demand{Explains: true})
	}
}
