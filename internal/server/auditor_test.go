package server_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/store"
)

// Each page that an auditor reads is an entry, once in ten minutes and session; the pages of
// others are none; and access ends on its day.
func TestAuditor(t *testing.T) {
	r := receive(t, nil)
	vera, erik := r.browser().enter("vera"), r.browser().enter("erik")
	for range 5 {
		vera.want(vera.get("/audit"), http.StatusOK, "")
		vera.get("/")
		erik.get("/audit")
	}
	entries := r.log(audit.PageRead)
	if len(entries) != 2 || entries[0].Actor.ID != "vera" || entries[0].Changes[0].After.Value != "GET /audit" {
		t.Errorf("the log has %d entries: %+v", len(entries), entries)
	}
	r.pass(11 * time.Minute)
	vera.get("/audit")
	if n := len(r.log(audit.PageRead)); n != 3 {
		t.Errorf("after ten minutes the log has %d entries, want 3", n)
	}
	if got := vera.post("/you/calendar"); got.status != http.StatusForbidden || !strings.Contains(got.body, "role-missing") {
		t.Errorf("an auditor makes a calendar: %d", got.status)
	}
	for range 5 {
		vera.post("/you/calendar")
	}
	if denied := r.log(audit.AccessDenied); len(denied) != 1 || denied[0].Actor.ID != "vera" {
		t.Errorf("the log has %+v", denied)
	}
	if strings.Contains(vera.get("/you").body, "/you/calendar") {
		t.Error("an auditor is shown a form")
	}
	link := r.link("vera", store.ForEntering)
	r.pass(30 * 24 * time.Hour)
	if got := vera.post(link); got.status != http.StatusGone && got.status != http.StatusForbidden {
		t.Errorf("after the last day a link = %d", got.status)
	}
	late := r.browser()
	if got := late.post(r.link("vera", store.ForEntering)); got.status != http.StatusForbidden || !strings.Contains(got.body, "Your access has ended") {
		t.Errorf("after the last day = %d: %s", got.status, got.body)
	}
}

// Access ends on its day within a session, too.
func TestAccessEndsWithinASession(t *testing.T) {
	r := receive(t, nil)
	vera := r.browser().enter("vera")
	if _, err := r.app.Store.DB().ExecContext(t.Context(), "UPDATE session SET expires = $1", time.Now().AddDate(1, 0, 0).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	r.pass(29 * 24 * time.Hour)
	vera.want(vera.get("/you"), http.StatusOK, "")
	r.pass(25 * time.Hour)
	vera.want(vera.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
}

// An auditor cannot fill the log.
func TestAuditorReadsSoMuchAtOnce(t *testing.T) {
	r := receive(t, nil)
	vera := r.browser().enter("vera")
	refused := 0
	for i := range 620 {
		if got := vera.get(fmt.Sprintf("/records/NC-%d", i)); got.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if n := len(r.log(audit.PageRead)); n != 600 || refused != 20 {
		t.Errorf("%d entries and %d refusals, want 600 and 20", n, refused)
	}
}

// A calendar program reads the dates of its person at a secret address, until there is a new one.
func TestSecretCalendar(t *testing.T) {
	r := receive(t, nil)
	erik, program := r.browser().enter("erik"), r.browser()
	address := func() string {
		a := erik.post("/you/calendar")
		_, rest, ok := strings.Cut(a.body, "<code>"+r.url)
		path, _, ok2 := strings.Cut(rest, "</code>")
		if !ok || !ok2 || !strings.HasSuffix(path, "/erik.ics") {
			t.Fatalf("the page shows no address: %s", a.body)
		}
		return path
	}
	first := address()
	if got := program.get(first); got.status != http.StatusOK || !strings.HasPrefix(got.body, "BEGIN:VCALENDAR") || program.cookie() != "" {
		t.Errorf("GET the address = %d: %s", got.status, got.body)
	}
	if strings.Contains(erik.get("/you").body, first) {
		t.Error("the address is shown a second time")
	}
	second := address()
	for _, path := range []string{first, strings.Replace(second, "erik.ics", "irene.ics", 1), "/calendar/0/erik.ics", "/calendar//erik.ics"} {
		if got := program.get(path); got.status != http.StatusNotFound && got.status != http.StatusMovedPermanently && got.status != http.StatusTemporaryRedirect {
			t.Errorf("GET %s = %d, want nothing there", path, got.status)
		}
	}
	program.want(program.get("/due/erik.ics"), http.StatusSeeOther, "/sign-in?to=%2Fdue%2Ferik.ics")
	program.want(program.get(second), http.StatusOK, "")
}

// Neither the log of the daemon, nor the audit log, nor the database holds a password, a token, the
// subject of a stranger or the secret of the client.
func TestSecretsStayOut(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	link := r.link("ada", store.ForPassword)
	b.want(b.post(link, "password", aPassword, "again", aPassword), http.StatusSeeOther, "/")
	session := b.cookie()
	b.post("/sign-in", "account", "ada", "password", "a wrong password of Ada")
	stranger := r.browser()
	callback := stranger.begin("stranger@private.example", "/")
	stranger.get(callback)
	viewer := r.browser()
	viewer.want(viewer.get(viewer.begin("viewer@private.example", "/", "staff")), http.StatusSeeOther, "/")
	secrets := []string{aPassword, "a wrong password", session, strings.TrimPrefix(link, "/setup/"), "private.example", r.provider.ClientSecret, viewer.cookie()}

	var all bytes.Buffer
	for _, e := range r.logged.All() {
		fmt.Fprintf(&all, "%s %v\n", e.Message, e.ContextMap())
	}
	size, err := r.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for e, err := range auditdb.Read(t.Context(), r.app.Store.Reader(), 0, size) {
		if err != nil {
			t.Fatal(err)
		}
		all.Write(e.Leaf)
	}
	for _, s := range secrets {
		if s == "" || strings.Contains(all.String(), s) {
			t.Errorf("a log holds %q", s)
		}
	}
	rows, err := r.app.Store.Reader().QueryContext(t.Context(), "SELECT digest || data FROM session UNION ALL SELECT hash FROM account UNION ALL SELECT digest FROM account_link")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for ; rows.Next(); n++ {
		var kept string
		if err := rows.Scan(&kept); err != nil {
			t.Fatal(err)
		}
		for _, s := range []string{aPassword, session, viewer.cookie(), strings.TrimPrefix(link, "/setup/")} {
			if strings.Contains(kept, s) {
				t.Errorf("the database holds %q", s)
			}
		}
	}
	if err := rows.Err(); err != nil || n < 3 {
		t.Errorf("%d rows, %v", n, err)
	}
}
