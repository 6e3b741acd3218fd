package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
)

// An answer of the daemon to a program.
type answer struct {
	Period, Value, Detail, Code string
	Met                         bool
}

// post sends a value with a token, as a program does.
func (s *sampled) post(token, body string, more ...string) (int, answer) {
	s.Helper()
	header := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(more); i += 2 {
		header.Set(more[i], more[i+1])
	}
	status, text := s.send(http.MethodPost, "/measurements", header, []byte(body))
	var out answer
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		s.Errorf("%d %q is no JSON", status, text)
	}
	return status, out
}

// A program enters values of its records with its token, in the name of a person, and nothing else. Who has no
// token learns nothing, and is soon not answered any more; a program with one still is.
func TestProgramsEnterValues(t *testing.T) {
	const token, other = "job-t0ken-0123456789abcdef", "other-t0ken-0123456789abcdef"
	s := newSampledWith(t, func(dir, text string) string {
		for name, value := range map[string]string{"job": token, "other": other} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return strings.Replace(text, "people:\n", fmt.Sprintf(`measurement_tokens:
  - {name: job, person: erik, token: {file: %[1]s/job}, measures: [MEA-2026-0004, MEA-2026-0099]}
  - {name: other, person: irene, token: {file: %[1]s/other}, measures: [MEA-2026-0005]}
people:
`, dir), 1)
	})
	s.at("2026-07-20 09:00")
	s.run()
	good := `{"measure": "MEA-2026-0004", "value": "90 %", "period": "2026-07", "note": "nightly", "key": "run 7"}`
	for _, c := range []struct {
		name, token, body string
		more              []string
		status            int
		code              string
	}{
		{"no token", "", good, nil, 401, "token-missing"},
		{"another token", token + "x", good, nil, 401, "token-unknown"},
		{"an empty token", " ", good, nil, 401, "token-missing"},
		{"a password", "", good, []string{"Authorization", "Basic am9iOmpvYg=="}, 401, "token-missing"},
		{"a record of another program", other, good, nil, 403, "record-not-allowed"},
		{"no JSON", other, "measure=MEA-2026-0005", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "not-json"},
		{"a text that a page can send", other, good, []string{"Content-Type", "text/plain"}, 415, "not-json"},
		{"half of a body", other, good[:20], nil, 400, "body-unreadable"},
		{"two values", other, good + good, nil, 400, "body-unreadable"},
		{"an unknown key", other, `{"measure": "MEA-2026-0005", "value": "1", "person": "irene"}`, nil, 400, "body-unreadable"},
		{"no value", other, `{"measure": "MEA-2026-0005", "value": " "}`, nil, 400, "body-unreadable"},
		{"a long body", other, `{"measure": "MEA-2026-0005", "value": "` + strings.Repeat("9", 9000) + `"}`, nil, 413, "body-too-large"},
		{"a value that is none", other, `{"measure": "MEA-2026-0005", "value": "97,5"}`, nil, 422, "value-refused"},
		{"a period that has not begun", token, `{"measure": "MEA-2026-0004", "value": "97", "period": "2026-08"}`, nil, 422, "value-refused"},
		{"a record that is none", token, `{"measure": "MEA-2026-0099", "value": "97"}`, nil, 422, "value-refused"},
		{"a value", token, good, nil, 201, ""},
		{"the same value again", token, good, nil, 200, ""},
		{"another value", token, `{"measure": "MEA-2026-0004", "value": "99", "period": "2026-07", "note": "I know better."}`, nil, 409, "value-there"},
	} {
		status, got := s.post(c.token, c.body, c.more...)
		if status != c.status || got.Code != c.code || status < 300 && (got.Value != "90" || got.Period != "2026-07" || got.Met) || status >= 300 && got.Detail == "" {
			t.Errorf("%s: %d %+v, want %d %s", c.name, status, got, c.status, c.code)
		}
	}
	m := s.record("MEA-2026-0004").Measurements
	if len(m) != 1 || m[0].Source != "ci job" || m[0].By != "erik" || m[0].Note != "nightly" || !m[0].At.Equal(s.clock()) {
		t.Errorf("the program entered %+v", m)
	}
	same(t, "signals", []string{"MEA-2026-0004 2026-07"}, s.signals())
	for _, e := range s.entries(audit.MeasurementEntered) {
		if e.Actor.ID != "erik" || e.Actor.How != audit.ByAPI || e.Actor.Account != "ci:job" {
			t.Errorf("the entry names %+v", e.Actor)
		}
	}
	if status, _ := s.get("/measurements"); status != http.StatusMethodNotAllowed {
		t.Errorf("GET /measurements = %d, want 405", status)
	}
	if status, _ := s.send(http.MethodPost, "/measurements", http.Header{"Host": {"x"}}, nil); status == http.StatusCreated {
		t.Error("a value without anything was entered")
	}

	limited := 0
	for range 60 {
		if status, got := s.post("guess", good); status == http.StatusTooManyRequests && got.Code == "too-many-requests" {
			limited++
		}
	}
	if limited == 0 {
		t.Error("a stranger may guess without end")
	}
	if status, _ := s.post(token, good); status != http.StatusOK {
		t.Errorf("a program with a token is answered %d while a stranger guesses", status)
	}
	limited = 0
	for range 30 {
		if status, _ := s.post(token, good); status == http.StatusTooManyRequests {
			limited++
		}
	}
	if limited == 0 {
		t.Error("a program may send without end")
	}
	for _, secret := range []string{token, other} {
		if strings.Contains(s.log.tail(1<<20), secret) {
			t.Error("the log shows a token")
		}
	}
	s.verified()
}
