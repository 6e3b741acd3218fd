package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// The pages tell the problems of a record beside their fields, with the remedy, and where
// its changes wait behind a brake, with the command that releases those that are shown.
func TestPagesTellProblemsAndTheBrake(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	stopped, troubled, well := rows[0].Record, rows[1].Record, rows[2].Record
	err = a.Store.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Engage(t.Context(), "jira-isms", store.BrakePlan, "8 of 12 records would be changed"); err != nil {
			return err
		}
		out := plan.Outbound{Binding: "jira-isms", Issue: "ISMS-1", Load: plan.Load{Records: 1, Replaced: 1}, Writes: []plan.Write{{Field: register.FieldTitle, Before: "a", After: "b"}}, Digest: "d"}
		if err := tx.PutOutbound(t.Context(), stopped.ID, []plan.Outbound{out}); err != nil {
			return err
		}
		if err := tx.SetProblems(t.Context(), stopped.ID, nil); err != nil {
			return err
		}
		if err := tx.SetProblems(t.Context(), well.ID, nil); err != nil {
			return err
		}
		return tx.SetProblems(t.Context(), troubled.ID, []plan.Problem{
			{Binding: "gh-isms", Issue: "acme/isms#2", Field: register.FieldIdentified, Code: "not-a-date", What: `Date identified says "soon"`, Remedy: "write 2026-11-28"},
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	standing, err := a.Store.Standing(t.Context(), "jira-isms")
	if err != nil {
		t.Fatal(err)
	}
	release := `conformd brake release jira-isms --list ` + store.ListDigest(standing) + ` --reason &#34;…&#34;`
	problem := `<span aria-hidden="true">▲ </span>acme/isms#2: Date identified says &#34;soon&#34;; write 2026-11-28`
	for _, c := range []struct {
		path         string
		shows, hides []string
	}{
		{"/", []string{"Writing is stopped", "8 of 12 records would be changed", "1 record waits there: 1 value to replace", "conformd brake list", release}, []string{problem}},
		{"/register", []string{`<span aria-hidden="true">▲ </span>stopped at jira-isms`, `<span aria-hidden="true">▲ </span>1 problem`, "With a problem (1)"}, []string{problem}},
		{"/register?show=problems", []string{troubled.Ref + "</a>", `<span aria-hidden="true">▲ </span>1 problem`}, []string{well.Ref + "</a>"}},
		{"/records/" + stopped.Ref, []string{"No change of this record is written to any tracker, because writing to jira-isms is stopped since", "8 of 12 records would be changed", release}, []string{problem}},
		{"/records/" + troubled.Ref, []string{"Date identified", problem}, []string{release}},
		{"/records/" + well.Ref, nil, []string{problem, release}},
	} {
		body := get(t, h, http.MethodGet, c.path).Body.String()
		for _, want := range c.shows {
			if !strings.Contains(body, want) {
				t.Errorf("GET %s does not show %q:\n%s", c.path, want, body)
			}
		}
		for _, bad := range c.hides {
			if strings.Contains(body, bad) {
				t.Errorf("GET %s shows %q", c.path, bad)
			}
		}
	}
}

// The log names people and accounts, and says nothing of a value that an entry does not
// hold.
func TestLogNamesPeople(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	about := func(field string, before, after *audit.Text) audit.Entry {
		return audit.Entry{
			Verb: audit.SyncProblem, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Binding: "gh-isms", Key: "acme/isms#1", Trigger: audit.TriggerPoll},
			Subject: audit.Subject{Type: audit.SubjectRecord, ID: rows[0].Record.ID, Ref: rows[0].Record.Ref, Version: 1},
			Changes: []audit.FieldChange{{Field: field, Before: before, After: after}},
		}
	}
	err = a.Store.Write(t.Context(), func(tx *store.Tx) error {
		tx.Audit(about("owner", audit.NewText("olga"), nil))
		tx.Audit(about("effectiveness_reviewer", nil, nil))
		tx.Audit(about("owner@gh-isms", nil, audit.NewText("account:gh-isms:7007")))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	body := get(t, h, http.MethodGet, "/audit").Body.String()
	for _, want := range []string{
		`<li><strong>Owner</strong>: <del class="text">Olga Owens</del> → <ins class="text">(none)</ins></li>`,
		`<li><strong>Effectiveness reviewer</strong></li>`,
		`<li><strong>Owner (in gh-isms)</strong>: <del class="text">(none)</del> → <ins class="text">account 7007 of gh-isms (not in the register&#39;s list of people)</ins>`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the log does not show %s", want)
		}
	}
}
