package server_test

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// The calendar of a person has a day for each of their dates. When a date moves, the same event
// comes with a higher sequence, and the title of a stranger adds nothing to it.
func TestCalendarOfAPerson(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ref := rows[2].Record.Ref
	event := func() (uid, day string, sequence int) {
		t.Helper()
		rec := get(t, h, http.MethodGet, "/due/olga.ics")
		if got := rec.Header().Get("Content-Type"); rec.Code != http.StatusOK || got != "text/calendar; charset=utf-8" {
			t.Fatalf("GET /due/olga.ics = %d, %s: %s", rec.Code, got, rec.Body)
		}
		body := strings.ReplaceAll(rec.Body.String(), "\r\n ", "")
		for line := range strings.SplitSeq(body, "\r\n") {
			if strings.HasPrefix(line, "ATTENDEE") || strings.HasPrefix(line, "ATTACH") || strings.ContainsAny(line, "\r\n") {
				t.Errorf("the calendar has the line %q", line)
			}
		}
		m := regexp.MustCompile(`UID:(\S+)\r\nDTSTAMP:\d{8}T\d{6}Z\r\nSEQUENCE:(\d+)\r\nDTSTART;VALUE=DATE:(\d{8})\r\nTRANSP:TRANSPARENT\r\nSUMMARY:` + ref + ` A1 Rotate the keys\r\n`).FindStringSubmatch(body)
		if m == nil {
			t.Fatalf("no event of %s in\n%s", ref, body)
		}
		if sequence, err = strconv.Atoi(m[2]); err != nil {
			t.Fatal(err)
		}
		return m[1], m[3], sequence
	}
	uid, day, sequence := event()
	if want := rows[2].Record.ID + ".action.A1@conformd"; uid != want || day != "20261201" {
		t.Errorf("the event %s is on %s, want %s on 20261201", uid, day, want)
	}
	err = a.Store.Write(t.Context(), func(tx *store.Tx) error {
		row, err := tx.Acquire(t.Context(), rows[2].Record.ID)
		if err != nil {
			return err
		}
		r := row.Record
		r.Fields[register.FieldTitle] = "Keys\r\nATTENDEE:mailto:eve@acme.example\rATTACH:file:///etc/passwd\nEND:VCALENDAR"
		r.Fields[register.FieldActionPlan] = "- [ ] Rotate the keys @olga due:2027-01-15"
		_, err = tx.SaveRecord(t.Context(), r, row.Fence)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	again, moved, higher := event()
	if again != uid || moved != "20270115" || higher <= sequence {
		t.Errorf("the event %s with sequence %d moved to %s of %s with %d, want the same one on 20270115 with a higher sequence", uid, sequence, moved, again, higher)
	}
	for _, path := range []string{"/due/nemo.ics", "/due/olga", "/due/.ics", "/due/account:gh-isms:1.ics"} {
		if rec := get(t, h, http.MethodGet, path); rec.Code != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, rec.Code)
		}
	}
}
