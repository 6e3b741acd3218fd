package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// A thousand guesses are looked at a few times. The answer is the same for an account that does not
// exist, and a locked account says when it is open again.
func TestGuessesAreBounded(t *testing.T) {
	r := receive(t, nil)
	owner := r.browser()
	owner.want(owner.post(r.link("ada", store.ForPassword), "password", aPassword, "again", aPassword), http.StatusSeeOther, "/")
	attacker := r.browser()
	said := map[string]map[int]string{"ada": {}, "nobody-here": {}}
	looked, began := 0, time.Now()
	clean := regexp.MustCompile(`value="(ada|nobody-here)"|[0-9]{2}:[0-9]{2}:[0-9]{2}`)
	for i := range 500 {
		for _, name := range []string{"ada", "nobody-here"} {
			got := attacker.post("/sign-in", "account", name, "password", "guess number "+strings.Repeat("x", i%9))
			if got.status == http.StatusUnprocessableEntity {
				looked++
			}
			text := clean.ReplaceAllString(got.body, "")
			if before, ok := said[name][got.status]; ok && before != text {
				t.Fatalf("two answers to %s with the status %d:\n%s\n%s", name, got.status, before, text)
			}
			said[name][got.status] = text
		}
	}
	if looked != 10 {
		t.Errorf("%d guesses of 1000 were looked at within %s, want 5 of each account", looked, time.Since(began))
	}
	for status, text := range said["ada"] {
		if text != said["nobody-here"][status] {
			t.Errorf("with the status %d the account tells that it exists:\n%s\n%s", status, text, said["nobody-here"][status])
		}
	}
	locked := attacker.post("/sign-in", "account", "ada", "password", aPassword)
	if want := "try again after " + r.clock().Add(time.Minute).UTC().Format("15:04:05"); locked.status != http.StatusTooManyRequests || !strings.Contains(locked.body, want) {
		t.Errorf("a locked account answers the right password with %d, want 429 and %q: %s", locked.status, want, locked.body)
	}
	owner.want(owner.get("/you"), http.StatusOK, "") // who is in stays in
	r.pass(61 * time.Second)
	late := r.browser()
	late.want(late.post("/sign-in", "account", "ada", "password", aPassword, "to", "/you"), http.StatusSeeOther, "/you")

	// Each wrong password after that locks for twice as long.
	for range 5 {
		attacker.post("/sign-in", "account", "ada", "password", "wrong")
		r.pass(time.Second)
	}
	r.pass(time.Minute)
	attacker.post("/sign-in", "account", "ada", "password", "wrong")
	if got := attacker.post("/sign-in", "account", "ada", "password", "wrong"); !strings.Contains(got.body, r.clock().Add(2*time.Minute).UTC().Format("15:04:05")) {
		t.Errorf("the second lock is not two minutes: %s", got.body)
	}
	// The link from the machine opens a locked account.
	late.want(late.post(r.link("ada", store.ForPassword), "password", aPassword, "again", aPassword), http.StatusSeeOther, "/")

	// Few entries tell of it, and none of them what was entered.
	entries := r.log(audit.SessionRefused)
	if len(entries) < 2 || len(entries) > 6 {
		t.Errorf("the log has %d entries about a thousand guesses", len(entries))
	}
}

// A form that is too long is refused, and a name that is a password is not written down.
func TestFormsAreBounded(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	if got := b.post("/sign-in", "account", "ada", "password", strings.Repeat("x", 9000)); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("a form of 9000 bytes = %d, want 413", got.status)
	}
	b.post("/sign-in", "account", "my-secret-password", "password", "x")
	for _, e := range r.log(audit.SessionRefused) {
		for _, c := range e.Changes {
			if c.After != nil && strings.Contains(c.After.Value, "secret") {
				t.Errorf("the log has the name %q", c.After.Value)
			}
		}
	}
}
