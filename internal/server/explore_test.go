package server_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// entriesOn returns the numbers of the entries on a page of the log.
func entriesOn(body string) (out []string) {
	for _, m := range regexp.MustCompile(`<tr id="entry-(\d+)"`).FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	return out
}

// The log is narrowed to a record, a person, a verb and days, each alone and together, and every page
// together has each entry once.
func TestLogIsNarrowed(t *testing.T) {
	r := receive(t, nil)
	b := r.browser().enter("irene")
	vera := r.browser().enter("vera")
	for _, page := range []string{"/", "/register", "/help", "/audit/0"} {
		vera.get(page)
	}
	all := map[string]audit.Entry{}
	for s, err := range auditdb.Read(t.Context(), r.app.Store.Reader(), 0, -1) {
		if err != nil {
			t.Fatal(err)
		}
		all[fmt.Sprint(s.Seq)] = s.Entry
	}
	pages := func(address string) (out []string) {
		for address != "" {
			got := b.get(address)
			b.want(got, http.StatusOK, "")
			out = append(out, entriesOn(got.body)...)
			m := regexp.MustCompile(`href="(/audit\?[^"]*before=[^"]*)">Show older`).FindStringSubmatch(got.body)
			if address = ""; m != nil {
				address = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		return out
	}
	for query, takes := range map[string]func(audit.Entry) bool{
		"":                             func(audit.Entry) bool { return true },
		"?person=vera":                 func(e audit.Entry) bool { return e.Actor.ID == "vera" },
		"?verb=page.read":              func(e audit.Entry) bool { return e.Verb == audit.PageRead },
		"?person=vera&verb=page.read":  func(e audit.Entry) bool { return e.Actor.ID == "vera" && e.Verb == audit.PageRead },
		"?person=irene&verb=page.read": func(audit.Entry) bool { return false },
		"?from=2001-01-01":             func(audit.Entry) bool { return true },
		"?until=2001-01-01":            func(audit.Entry) bool { return false },
		"?from=2999-01-01":             func(audit.Entry) bool { return false },
	} {
		var want []string
		for seq, e := range all {
			if takes(e) {
				want = append(want, seq)
			}
		}
		got := pages("/audit" + query)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("/audit%s has the entries %v, want %v", query, got, want)
		}
	}
	for _, wrong := range []string{"?before=x", "?verb=nothing", "?record=NC-1999-0001", "?from=yesterday", "?until=2026-13-01"} {
		if got := b.get("/audit" + wrong); got.status != http.StatusNotFound || !strings.Contains(got.body, "There is no such page") {
			t.Errorf("/audit%s = %d, want a page that says there is none", wrong, got.status)
		}
	}
}

// The page of an entry shows its words, then its bytes, then its hash. An entry that was changed in the database is
// marked there and in every list.
func TestEntryPage(t *testing.T) {
	r := receive(t, nil)
	b := r.browser().enter("irene")
	s, err := auditdb.Get(t.Context(), r.app.Store.Reader(), 1)
	if err != nil {
		t.Fatal(err)
	}
	got := b.get("/audit/1")
	b.want(got, http.StatusOK, "")
	says, bytes, hash := strings.Index(got.body, "What it says"), strings.Index(got.body, "As it is hashed"), strings.Index(got.body, fmt.Sprintf("%x", s.Hash))
	if says < 0 || bytes < says || hash < bytes || !strings.Contains(got.body, string(s.Entry.Verb)) {
		t.Errorf("the page of an entry has the words at %d, the bytes at %d and the hash at %d: %s", says, bytes, hash, got.body)
	}
	for _, none := range []string{"/audit/99999", "/audit/-1", "/audit/x", "/audit/1e3"} {
		if got := b.get(none); got.status != http.StatusNotFound || !strings.Contains(got.body, "There is no such entry") {
			t.Errorf("%s = %d, want a page that says there is none", none, got.status)
		}
	}
	for _, stmt := range []string{"DROP TRIGGER audit_entry_no_update", "UPDATE audit_entry SET leaf = CAST('<b>forged</b>' AS BLOB) WHERE seq = 1"} {
		if _, err := r.app.Store.DB().ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	for _, page := range []string{"/audit/1", "/audit?before=3", "/audit?person=vera"} {
		got := b.get(page)
		b.want(got, http.StatusOK, "")
		if !strings.Contains(got.body, "entry 1 is not what was written") || strings.Contains(got.body, "<b>forged") {
			t.Errorf("%s does not say that entry 1 was changed: %s", page, got.body)
		}
	}
}

// An auditor who checks the log in the browser reads thousands of tiles; in the log that is one reading.
func TestTilesAreOneReading(t *testing.T) {
	r := receive(t, nil)
	vera := r.browser().enter("vera")
	vera.want(vera.get("/audit/checkpoint"), http.StatusOK, "")
	for i := range 30 {
		vera.want(vera.get(fmt.Sprintf("/audit/tile/entries/000.p/%d", i%2+1)), http.StatusOK, "")
		vera.want(vera.get(fmt.Sprintf("/audit/tile/0/000.p/%d", i%2+1)), http.StatusOK, "")
	}
	var pages []string
	for _, e := range r.log(audit.PageRead) {
		pages = append(pages, e.Changes[0].After.Value)
	}
	if want := []string{"GET /audit/checkpoint", "GET /audit/tile/"}; !slices.Equal(pages, want) {
		t.Errorf("the log has the readings %q, want %q", pages, want)
	}
	for _, none := range []string{"/audit/tile/entries/777", "/audit/tile/0/000", "/audit/tile/x"} {
		vera.want(vera.get(none), http.StatusNotFound, "")
	}
	if got := vera.get("/audit/tile/entries/000.p/1").header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a bundle of entries may be kept: %q", got)
	}
}

// A record whose entries somebody changed is shown: its page and its stretch of the log say which entry is not what was written.
func TestATamperedRecordIsShown(t *testing.T) {
	r := receive(t, ungrouped)
	b := r.browser().enter("irene")
	ref := b.filed("Leaver accounts stay enabled")
	entries, err := r.app.Store.LookHistory(t.Context(), b.record(ref).Record.ID, 1<<62, 10)
	if err != nil || len(entries) == 0 || entries[0].Fault != nil {
		t.Fatalf("the record has the entries %v, %v", entries, err)
	}
	seq := entries[0].Seq
	for _, stmt := range []string{"DROP TRIGGER audit_entry_no_update", fmt.Sprintf("UPDATE audit_entry SET leaf = CAST('<b>forged</b>' AS BLOB) WHERE seq = %d", seq)} {
		if _, err := r.app.Store.DB().ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	page := b.get("/records/" + ref)
	b.want(page, http.StatusOK, "")
	if !strings.Contains(page.body, "The history cannot be told") || !strings.Contains(page.body, fmt.Sprintf(`href="/audit/%d"`, seq)) || !strings.Contains(page.body, "Leaver accounts stay enabled") {
		t.Errorf("the page does not say that entry %d was changed", seq)
	}
	wellMade(t, "/records/"+ref, page.body)
	log := b.get("/audit?record=" + ref)
	b.want(log, http.StatusOK, "")
	if !strings.Contains(log.body, fmt.Sprintf("entry %d is not what was written", seq)) {
		t.Errorf("the log of the record does not say that entry %d was changed", seq)
	}
}
