package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// register show says what waits for whose decision, which decisions count no longer and
// why, and who may not review.
func TestShowTellsProposalsAndDecisions(t *testing.T) {
	r := register.Record{
		Ref: "NC-2026-0007", State: register.Verifying, Fields: map[register.Field]string{register.FieldGrade: "major"},
		Proposals: []register.Proposal{{Field: register.FieldGrade, Value: "minor", By: "erik", From: "gh-isms"}},
		Involved:  []register.Involvement{{Person: "erik", As: register.InvolvedOwner}, {Person: "olga", As: register.InvolvedAuthor, Field: register.FieldRootCause}},
		Approvals: []register.Approval{
			{Subject: register.SubjectTriage, Outcome: register.Approved, By: "irene"},
			{Subject: register.SubjectPlan, Outcome: register.Approved, By: "irene", Covers: "0123456789abcdef", Void: "Root cause changed after it"},
		},
	}
	names := present.Names{People: map[string]string{"erik": "Erik Engel", "irene": "Irene Ismail", "olga": "Olga Owens"}, Issues: map[string]string{"gh-isms": "acme/isms#1"}}
	e := service.Entry{Row: store.Row{Record: r}, Names: names, View: present.See(present.Facts{Record: r, Names: names}, register.Context{At: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)}, register.DefaultPolicy())}
	s := newSession(Process{Stdout: io.Discard, Stderr: io.Discard, Env: rehearsal.Env})
	text := (&entryText{session: s, Entry: e, edition: register.Edition2022}).text()
	for _, want := range []string{
		"✓ triage by Irene Ismail, ",
		"✗ action plan: approved by Irene Ismail, ", ", covers 0123456789ab, counts no longer: Root cause changed after it",
		"Involved, and so not the reviewer\n  Erik Engel (owner)\n  Olga Owens (wrote Root cause)\n",
		"? Erik Engel proposes Grade: major → minor in acme/isms#1; an ISMS manager decides: `/capa grade minor because …`, or `/capa keep grade because …`",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("register show does not say %q:\n%s", want, text)
		}
	}
}
