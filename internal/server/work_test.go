package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/store"
)

// The list of violations says who was told of each record, how and when; a newer message replaces an older one, and
// what did not arrive is no telling.
func TestViolationsSayWhoWasTold(t *testing.T) {
	h, a := pages(t)
	at := func(ref string) string {
		t.Helper()
		_, row, ok := strings.Cut(get(t, h, http.MethodGet, "/violations?show=open").Body.String(), `<a href="/records/`+ref+`"`)
		row, _, end := strings.Cut(row, "</tr>")
		if !ok || !end {
			t.Fatalf("%s is not listed", ref)
		}
		return row
	}
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ref, id := rows[0].Record.Ref, rows[0].Record.ID
	if got := at(ref); !strings.Contains(got, "the readers of acme/isms#1 <small>by the comment there</small>") || strings.Contains(got, "by mail") {
		t.Errorf("those who read the comment are not named, or others are: %s", got)
	}
	message := func(day, person string, state store.MessageState) {
		t.Helper()
		err := a.Store.Write(t.Context(), func(tx *store.Tx) error {
			m := store.Message{Day: day, Person: person, Channel: "mail", Subject: "dates", Body: "dates"}
			if _, err := tx.AddMessage(t.Context(), m, []store.Told{{Record: id, Item: "closing", Due: day, Stage: "missed", Person: person}}); err != nil {
				return err
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Store.DB().ExecContext(t.Context(), "UPDATE message SET state = $1, changed = unixepoch($2) * 1000 WHERE day = $2", state, day); err != nil {
			t.Fatal(err)
		}
	}
	message("2026-01-09", "erik", store.MessageSent)
	message("2026-01-12", "irene", store.MessageUnknown)
	message("2026-02-09", "erik", store.MessageSent)
	got := at(ref)
	for _, want := range []string{"by mail, 2026-02-09", "by mail, 2026-01-12 00:00:00 UTC; no answer came", "Erik Engel", "Irene"} {
		if !strings.Contains(got, want) {
			t.Errorf("the row does not say %q: %s", want, got)
		}
	}
	if strings.Contains(got, "2026-01-09") {
		t.Errorf("the row tells of an older message: %s", got)
	}
}

// What is due of nobody in particular names the roles that may decide it: an empty cell would send nobody to the record.
func TestTriageIsExpectedOfARole(t *testing.T) {
	h, _ := pages(t)
	body := get(t, h, http.MethodGet, "/actions?within=all").Body.String()
	n := 0
	for row := range strings.SplitSeq(body, "<tr>") {
		if row, _, _ = strings.Cut(row, "</tr>"); !strings.Contains(row, `data-label="What">triage`) {
			continue
		}
		if n++; !strings.Contains(row, `<td data-label="Who">an ISMS manager</td>`) {
			t.Errorf("a row does not say who triages: %s", row)
		}
	}
	if n == 0 {
		t.Errorf("no triage is due: %s", body)
	}
}
