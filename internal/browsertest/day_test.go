package browsertest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// leads does something that leads to another page, and waits for it.
func (b *tab) leads(action chromedp.Action[chromedp.Void]) {
	b.Helper()
	ask(b, chromedp.WaitEvent(page.LoadEventFired, nil, action))
}

// click clicks on the element that a selector finds, which leads to another page.
func (b *tab) click(selector string) {
	b.Helper()
	b.leads(chromedp.Click(chromedp.CSS(selector)))
}

// shows fails the test unless the page shows a text.
func (b *tab) shows(text string) {
	b.Helper()
	if body := js[string](b, "document.body.innerText"); !strings.Contains(body, text) {
		b.Fatalf("%s does not show %q:\n%s", js[string](b, "location.href"), text, body)
	}
}

// fetched is what a link of the page leads to, as the browser of the person gets it.
func (b *tab) fetched(address string) string {
	b.Helper()
	return js[string](b, fmt.Sprintf(`fetch(%q).then(r => r.ok ? r.text() : "status " + r.status)`, address))
}

// The day of an ISMS manager, from the sign-in to the export, with the keyboard where there are keys: what waits is triaged one by one, a
// record is filed and worked on, and what they change is in the trackers.
func TestManagersDay(t *testing.T) {
	const records = 4
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	b := f.as(t, "irene")

	b.visit("/")
	b.shows("Needs you")
	b.click(`#tasks a[href="/inbox?part=triage"]`)
	b.shows("Triage (4)")
	first := js[string](b, `document.querySelector("main h2 a").textContent`)
	// One of the records is not dated, and cannot be triaged. Which number it has depends on the tracker that is read first.
	if row, err := f.app.Store.Record(t.Context(), first); err != nil {
		t.Fatal(err)
	} else if row.Record.Fields[register.FieldIdentified] == "" {
		b.leads(chromedp.KeyEvent("s"))
		first = js[string](b, `document.querySelector("main h2 a").textContent`)
	}
	b.leads(chromedp.KeyEvent("1"))
	b.shows("Done: Confirm the triage.")
	b.shows("Triage (3)")
	b.quiet("the inbox", http.StatusOK)
	second := js[string](b, `document.querySelector("main h2 a").textContent`)
	b.leads(chromedp.KeyEvent("s"))
	if third := js[string](b, `document.querySelector("main h2 a").textContent`); third == second || second == first {
		t.Errorf("the inbox shows %s, %s and %s after a decision and a skip", first, second, third)
	}
	row, err := f.app.Store.Record(t.Context(), first)
	if err != nil || !register.Triaged(row.Record) {
		t.Fatalf("%s is not triaged: %v", first, err)
	}

	b.visit("/records/" + first)
	b.click(`a[href="/records/` + first + `/acts/set?field=location"]`)
	b.fill("#set-value", "The branch office in Gera, second floor")
	b.click(`main form button[type="submit"]`)
	b.shows("Done: Change a value.")
	b.shows("The branch office in Gera, second floor")
	inJira(t, f, "The branch office in Gera, second floor")

	b.visit("/new")
	b.fill("#file-title", "Visitors walk in without a badge")
	b.fill("#file-problem", "Two of five visitors of Monday had no badge.")
	b.click(`main form button[type="submit"]`)
	b.shows("The record is filed.")
	b.shows("Visitors walk in without a badge")
	filed := js[string](b, `document.querySelector("h1").firstChild.textContent.trim()`)
	b.quiet("filing", http.StatusOK)

	b.visit("/records/" + filed + "/acts/reject")
	b.fill("#reject-reason", "n/a")
	b.click(`main form button[type="submit"]`)
	b.shows("does not count yet")
	b.shows("rejection requested")

	b.visit("/records/" + filed + "/acts/reopen")
	b.fill("#reopen-reason", "The visitors of today have no badges either.")
	b.click(`main form button[type="submit"]`)
	b.shows("It does not count")
	if focus := js[string](b, "document.activeElement.innerText"); !strings.Contains(focus, "It does not count") {
		t.Errorf("after a refusal the focus is on %q", focus)
	}
	b.quiet("a refusal", http.StatusUnprocessableEntity)

	b.visit("/register?q=badge")
	b.shows(filed)
	if list := b.fetched("/register.csv?q=badge"); !strings.Contains(list, filed) || strings.Contains(list, first) {
		t.Errorf("the file of the list is\n%s", list)
	}
	b.visit("/violations?show=open")
	b.shows(filed)
	b.quiet("the lists", http.StatusOK)
}

// inJira waits until an issue in Jira shows a text.
func inJira(t *testing.T, f *fixture, text string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		for _, s := range f.trackers.Jira.Snapshots() {
			if strings.Contains(fmt.Sprintf("%+v", s), text) {
				return
			}
		}
	}
	t.Errorf("no issue in Jira shows %q", text)
}

// The day of an auditor, from the sign-in to the export: they read everything, are offered nothing to do, check the log, and each page that they
// read is an entry of it.
func TestAuditorsDay(t *testing.T) {
	const records = 4
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	b := f.as(t, "vera")
	rows, err := f.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ref := rows[0].Record.Ref
	read := []string{"/", "/register", "/records/" + ref, "/actions", "/violations", "/inbox", "/sync", "/rules", "/people", "/policy", "/audit?record=" + ref}
	for _, path := range read {
		if status := b.visit(path); status != http.StatusOK {
			t.Errorf("GET %s = %d", path, status)
		}
		if n := js[int](b, `document.querySelectorAll('main form[method="post"], main a[href*="/acts/"]').length`); n != 0 {
			t.Errorf("%s offers an auditor %d things to do", path, n)
		}
		b.quiet(path, http.StatusOK)
	}
	b.visit("/records/" + ref)
	b.click(`#history a[href*="entry-"]`)
	if v := b.checked("", ""); v.Verdict == "bad" {
		t.Errorf("the log is %+v", v)
	}
	if list := b.fetched("/register.csv"); !strings.Contains(list, ref) {
		t.Errorf("the file of the register is\n%s", list)
	}
	if answer := js[int](b, `fetch("/records/`+ref+`/acts/set", {method: "POST", body: new URLSearchParams({field: "title", value: "Mine"})}).then(r => r.status)`); answer != http.StatusForbidden {
		t.Errorf("an auditor changes a value: %d", answer)
	}
	size, err := f.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var pages []string
	for e, err := range auditdb.Read(t.Context(), f.app.Store.Reader(), 0, size) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Entry.Verb == audit.PageRead && e.Entry.Actor.ID == "vera" {
			pages = append(pages, fmt.Sprint(e.Entry.Changes))
		}
	}
	if len(pages) < len(read) {
		t.Errorf("the log has %d pages that the auditor read, want %d at least", len(pages), len(read))
	}
	if slices.ContainsFunc(rows, func(r store.Row) bool { return r.Record.Fields[register.FieldTitle] == "Mine" }) {
		t.Error("an auditor changed a title")
	}
}

// "Show 50 more" adds rows to the page and leaves the focus on the first of them, so that a person with a keyboard goes on from there.
func TestShowMoreKeepsThePlace(t *testing.T) {
	const records = 55
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	b := f.as(t, "irene")
	b.visit("/register")
	const rows = `document.querySelectorAll("main tbody tr:not(#more)").length`
	before := js[int](b, rows)
	last := js[string](b, `[...document.querySelectorAll("main tbody tr th")].at(-1).textContent.trim()`)
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("a.more").focus()`), chromedp.KeyEvent("\r"))
	for end := time.Now().Add(patience); js[int](b, rows) == before; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the page still has %d rows", before)
		}
	}
	if after := js[int](b, rows); after != records {
		t.Errorf("the page has %d rows after %d, want %d", after, before, records)
	}
	focus := js[string](b, `document.activeElement.closest("tr")?.querySelector("th").textContent.trim() ?? document.activeElement.outerHTML.slice(0, 200)`)
	next := js[string](b, fmt.Sprintf(`[...document.querySelectorAll("main tbody tr th")].map(e => e.textContent.trim())[%d]`, before))
	if focus != next || focus == last {
		t.Errorf("the focus is on %q after %q, want it on %q", focus, last, next)
	}
	b.quiet("the register", http.StatusOK)
}
