package server_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// hostile is what somebody types into a tracker who wants more than to report.
const hostile = `<script>alert(1)</script> "quoted" <img src=x onerror=alert(1)> javascript:alert(1)`

// pages makes a register with a record that was closed without its evidence, one
// in conflict and one with hostile text, and returns the pages over it.
func pages(t *testing.T) (http.Handler, *app.App) {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	erik := w.GitHub.As("erik")
	pass := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.SyncRun(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, title := range []string{"Leavers keep their accounts", "Keys are shared", "Alarm " + hostile} {
		_, err := erik.Open(title, "### What is wrong\n\n"+hostile+"\n\n### Corrective action plan\n\n- [ ] Rotate the keys @olga due:2026-12-01\n", "capa", "grade/minor")
		pass(err)
	}
	pass(erik.Close(1, "completed"), erik.Retitle(2, "Keys are shared by three"), w.Jira.Person("olga").Edit("ISMS-2", map[string]any{"summary": "Keys are known to all"}))
	reg, err := app.Register(t.Context(), a.Config, a.Store)
	if err != nil {
		t.Fatal(err)
	}
	srv := server.Pages(server.Options{
		Store: a.Store, Register: reg, Hosts: server.Hosts{Names: []string{"example.com"}}, HooksAt: "127.0.0.1:8485", Log: zap.NewNop(), Public: a.Public, Requests: a.Requests, Setup: a.Setup,
	})
	return srv.Handler, a
}

func get(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return rec
}

func TestPages(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil || len(rows) != 3 {
		t.Fatalf("Records = %d, %v, want 3", len(rows), err)
	}
	record := func(i int) string { return "/records/" + rows[i].Record.Ref }
	for _, c := range []struct {
		name, path string
		status     int
		want       []string
	}{
		{"the dashboard", "/", 200, []string{"jira-isms", "Keys are known to all", "1 waits for evidence"}},
		{"the register", "/register", 200, []string{"Leavers keep their accounts", "close requested", "acme/isms#1, ISMS-1"}},
		{"only what is held", "/register?show=held", 200, []string{rows[0].Record.Ref}},
		{"only what is closed", "/register?show=closed", 200, []string{"No record is in this list"}},
		{"a held record says what is missing", record(0), 200, []string{"G07", "10.2 b2", "Root cause is missing", "Rotate the keys", "2026-12-01", "held the record in", "label conformd:held added on acme/isms#1, confirmed", "#entry-"}},
		{"a record in conflict shows both values", record(1), 200, []string{"Keys are known to all", "Keys are shared by three"}},
		{"hostile text is only text", record(2), 200, []string{"&lt;script&gt;alert(1)&lt;/script&gt;"}},
		{"an unknown record", "/records/NC-1", 404, []string{"looked for the record NC-1 and the issue NC-1"}},
		{"no record at all", "/records/", 404, nil},
		{"an unknown issue", "/records/acme%2Fisms%2399", 404, []string{"looked for the issue acme/isms#99"}},
		{"a page that is no number", record(0) + "?before=x", 404, []string{"before is the number of an entry"}},
		{"a page before the beginning", record(0) + "?before=-1", 404, nil},
		{"a page of the log that is no number", "/audit?before=x", 404, nil},
		{"a page beyond the end of the log", "/audit?before=99999999", 200, []string{"record.created"}},
		{"the page before the first entry", record(0) + "?before=0", 200, []string{"No event.", "go to the newest"}},
		{"the audit log", "/audit", 200, []string{"record.created", "acme.example/isms-register", a.Public}},
		{"an old link to a part of the register", "/?show=held", 301, nil},
		{"the help", "/help", 200, []string{"Keyboard shortcuts", "g r"}},
		{"alive", "/livez", 200, []string{"ok"}},
		{"ready", "/readyz", 200, []string{"ok"}},
		{"nothing there", "/nothing", 404, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := get(t, h, http.MethodGet, c.path)
			if rec.Code != c.status {
				t.Fatalf("GET %s = %d, want %d: %s", c.path, rec.Code, c.status, rec.Body)
			}
			body := rec.Body.String()
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(body, strings.ReplaceAll(want, "+", "&#43;")) {
					t.Errorf("GET %s does not show %q", c.path, want)
				}
			}
			wellMade(t, c.path, body)
			for header, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
				if got := rec.Header().Get(header); !strings.HasPrefix(got, want) {
					t.Errorf("GET %s: %s is %q, want %q", c.path, header, got, want)
				}
			}
		})
	}
}

// A page says what waits for whose decision, which decisions count no longer and why, and
// who may not review.
func TestProposalsAndDecisionsInPages(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	err = a.Store.Write(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Acquire(t.Context(), rows[0].Record.ID)
		if err != nil {
			return err
		}
		r := row.Record
		r.Proposals = []register.Proposal{{Field: register.FieldGrade, Value: "major", By: "erik", From: "gh-isms"}}
		r.Involved = []register.Involvement{{Person: "erik", As: register.InvolvedOwner}}
		r.Approvals = []register.Approval{
			{Event: "gh-isms:comment:1:0", Subject: register.SubjectTriage, Outcome: register.Approved, By: "irene", How: register.ByComment},
			{Event: "gh-isms:comment:2:0", Subject: register.SubjectPlan, Outcome: register.Approved, By: "irene", How: register.ByComment, Covers: "0123456789abcdef", Void: "Root cause changed after it"},
		}
		r.Fields[register.FieldRootCause] = "- Keys are <b>copied</b>\n- Nobody owns the keys"
		r.Fields[register.FieldStandards] = "iso27001\niso9001"
		r.Fields[register.FieldActionPlan] = "- [x] Name an owner cause:1 evidence:https://acme.example/pr/7"
		r.Numbers = map[string]register.Numbers{
			"root_cause": {Next: 4, Items: []register.Numbered{{N: 3}, {N: 1}}}, "action_plan": {Next: 3, Items: []register.Numbered{{N: 2}}},
			"A2": {Next: 2, Items: []register.Numbered{{N: 1, By: "erik"}}},
		}
		_, err = tx.SaveRecord(t.Context(), r, row.Fence)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body := html.UnescapeString(get(t, h, http.MethodGet, "/records/"+rows[0].Record.Ref).Body.String())
	for _, want := range []string{
		"Waiting for a decision", "an ISMS manager: <code>/capa grade major because …</code> or <code>/capa keep grade because …</code>",
		`<span aria-hidden="true">▲ </span>counts no longer: Root cause changed after it <small>covers 0123456789ab…</small>`, `<span aria-hidden="true">✓ </span>counts`, "<li>Erik Engel (owner)</li>",
		`<th scope="row">C3</th><td>Keys are <b>copied</b></td><td></td>`, `<th scope="row">C1</th><td>Nobody owns the keys</td><td>A2</td>`,
		`<th scope="row">A2.E1</th><td><a href="https://acme.example/pr/7" rel="noopener noreferrer">https://acme.example/pr/7</a></td><td>A2</td><td>Erik Engel</td>`,
		`<th scope="row">Root cause <small>clause ISO/IEC 27001:2022 10.2 b2; ISO 9001:2015 10.2.1 b2</small>`, "<span class=\"text\">ISO/IEC 27001\nISO 9001</span>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
}

// Every name of a record leads to its number, with the page that was asked for.
func TestNamesLeadToTheNumber(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	to := "/records/" + rows[0].Record.Ref
	links, err := a.Store.BoundIssues(t.Context(), rows[0].Record.ID)
	if err != nil || len(links) != 2 {
		t.Fatalf("Links = %v, %v, want two", links, err)
	}
	paths := []string{strings.ToLower(to), "/records/isms-1", "/records/ISMS-1/", "/records/acme%2FISMS%231", "/records/%231", "/records/acme/isms/issues/1", "/records/" + rows[0].Record.ID}
	for _, l := range links {
		paths = append(paths, "/records/"+url.PathEscape(l.Issue.URL))
	}
	for _, path := range paths {
		for _, query := range []string{"", "?before=7"} {
			rec := get(t, h, http.MethodGet, path+query)
			if got := rec.Header().Get("Location"); rec.Code != http.StatusFound || got != to+query {
				t.Errorf("GET %s = %d to %q, want 302 to %q", path+query, rec.Code, got, to+query)
			}
		}
	}
}

// A name of several records is answered with all of them.
func TestSeveralRecords(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	twin := store.BoundIssue{Binding: "jira-other", Ref: connectors.Ref{ID: "1", Key: "ISMS-1"}, RecordID: rows[1].Record.ID, Role: "record", State: store.IssueBound}
	if err := a.Store.Write(t.Context(), func(tx *store.Tx) error { return tx.PutBoundIssue(t.Context(), twin) }); err != nil {
		t.Fatal(err)
	}
	rec := get(t, h, http.MethodGet, "/records/isms-1")
	if rec.Code != http.StatusMultipleChoices {
		t.Fatalf("GET /records/isms-1 = %d, want 300", rec.Code)
	}
	for _, row := range rows[:2] {
		if want := `<a href="/records/` + row.Record.Ref + `">`; !strings.Contains(rec.Body.String(), want) {
			t.Errorf("the page does not hold %s:\n%s", want, rec.Body)
		}
	}
}

// The history goes on page by page, to the first entry; each event leads to its entries
// in the log.
func TestHistoryInPages(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := rows[0].Record
	err = a.Store.Write(t.Context(), func(tx *store.Tx) error {
		for n := range 120 {
			tx.Audit(audit.Entry{
				Verb: audit.SyncPulled, Actor: audit.Actor{Kind: audit.Person, ID: "rita", How: audit.ByChangelog}, Origin: audit.Origin{Binding: "gh-isms", Key: "acme/isms#1", Trigger: audit.TriggerPoll},
				Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: 1},
				Changes: []audit.FieldChange{{Field: "due", After: audit.NewText(fmt.Sprintf("day-%03d", n))}},
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	older := regexp.MustCompile(`href="(/records/[^"]+\?before=\d+)#history"`)
	entry := regexp.MustCompile(`href="(/audit\?before=\d+)#(entry-\d+)"`)
	path, pages, days := "/records/"+r.Ref, 0, 0
	for path != "" {
		rec := get(t, h, http.MethodGet, path)
		if rec.Code != http.StatusOK {
			t.Fatalf("GET %s = %d", path, rec.Code)
		}
		body := rec.Body.String()
		days += len(regexp.MustCompile(`day-\d+`).FindAllString(body, -1))
		if pages++; pages == 1 {
			m := entry.FindStringSubmatch(body)
			if m == nil {
				t.Fatalf("no event leads to the log:\n%s", body)
			}
			if log := get(t, h, http.MethodGet, m[1]).Body.String(); !strings.Contains(log, `<tr id="`+m[2]+`">`) {
				t.Errorf("GET %s does not show %s", m[1], m[2])
			}
		}
		if m := older.FindStringSubmatch(body); m != nil {
			path = m[1]
			continue
		}
		if !strings.Contains(body, "filed the record in acme/isms#1") {
			t.Errorf("the last page does not show how the record came about")
		}
		path = ""
	}
	if days != 120 || pages != 3 {
		t.Errorf("%d of 120 changes on %d pages, want each once on 3", days, pages)
	}
}

// A tracker that is not read any more does not look as if all were well, whatever
// the reason is; one that was never read has a line.
func TestTrackersThatAreNotRead(t *testing.T) {
	_, a := pages(t)
	hour := time.Now().Add(-time.Hour).UnixMilli()
	err := a.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE binding SET polled = $1 WHERE id = $2", hour, rehearsal.JiraBinding)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	reg, err := app.Register(t.Context(), a.Config, a.Store)
	if err != nil {
		t.Fatal(err)
	}
	srv := server.Pages(server.Options{
		Store: a.Store, Register: reg, Hosts: server.Hosts{Names: []string{"example.com"}}, HooksAt: "127.0.0.1:8485", Log: zap.NewNop(), Requests: a.Requests, PollEvery: time.Minute,
		Setup: func() map[string][]string { return map[string][]string{"gh-new": nil} },
	})
	body := get(t, srv.Handler, http.MethodGet, "/").Body.String()
	for _, want := range []string{"gh-new</th><td>never", "not read yet", "conformd has not read it since then", "1 waits for evidence"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q:\n%s", want, body)
		}
	}
}

func TestPagesChangeNothing(t *testing.T) {
	h, _ := pages(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodTrace} {
		if rec := get(t, h, method, "/"); rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s / = %d, want 405", method, rec.Code)
		}
	}
	// Without a token in the configuration there is nothing to send a value to.
	if rec := get(t, h, http.MethodPost, "/measurements"); rec.Code != http.StatusNotFound {
		t.Errorf("POST /measurements = %d, want 404", rec.Code)
	}
}

func TestNotReadyWhenTheRegisterCannotBeRead(t *testing.T) {
	h, a := pages(t)
	if err := a.Store.Reader().Close(); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, h, http.MethodGet, "/readyz"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("GET /readyz = %d, want 503", rec.Code)
	}
	if rec := get(t, h, http.MethodGet, "/"); rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "sql") {
		t.Errorf("GET / = %d %q, want 500 without inner detail", rec.Code, rec.Body)
	}
	if rec := get(t, h, http.MethodGet, "/livez"); rec.Code != http.StatusOK {
		t.Errorf("GET /livez = %d, want 200: the process is alive", rec.Code)
	}
}

// What stands between the configured policy and the one in force is told above all else.
func TestPolicyThatIsNotAdoptedIsShown(t *testing.T) {
	o := server.Options{Hosts: server.Hosts{Names: []string{"example.com"}}, Log: zap.NewNop(), Policy: func(context.Context) []string {
		return []string{"version 1 stays in force: <b>G07</b> is switched off"}
	}}
	_, a := pages(t)
	reg, err := app.Register(t.Context(), a.Config, a.Store)
	if err != nil {
		t.Fatal(err)
	}
	o.Store, o.Register, o.Requests, o.Setup = a.Store, reg, a.Requests, a.Setup
	body := get(t, server.Pages(o).Handler, http.MethodGet, "/").Body.String()
	for _, want := range []string{`<span aria-hidden="true">▲ </span>Policy`, "<p>version 1 stays in force: &lt;b&gt;G07&lt;/b&gt; is switched off.</p>", "conformd policy impact"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q", want)
		}
	}
	o.Policy = func(context.Context) []string { return nil }
	if body := get(t, server.Pages(o).Handler, http.MethodGet, "/").Body.String(); strings.Contains(body, `<span aria-hidden="true">▲ </span>Policy`) {
		t.Error("the page tells of a policy that is in force as configured")
	}
}
