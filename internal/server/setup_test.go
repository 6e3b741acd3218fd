package server_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

const aPassword = "A quiet lake in the morning"

// A link sets the password of its person once, within 30 minutes, and looking at it uses nothing up.
func TestSetupLink(t *testing.T) {
	r := receive(t, nil)
	link := r.link("ada", store.ForPassword)
	b := r.browser()
	for range 3 {
		if got := b.get(link); got.status != http.StatusOK || !strings.Contains(got.body, `autocomplete="new-password"`) || !strings.Contains(got.body, "Ada Admin") {
			t.Fatalf("the page of the link is %d: %s", got.status, got.body)
		} else if got.header.Get("Referrer-Policy") != "no-referrer" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("the page of the link has the headers %v", got.header)
		}
	}
	for name, form := range map[string][]string{
		"two passwords": {"password", aPassword, "again", aPassword + "!"}, "a short one": {"password", "short", "again", "short"}, "none": {},
		"one of few characters": {"password", "abababababababab", "again", "abababababababab"}, "the account": {"password", "Ada and nothing else", "again", "Ada and nothing else"},
	} {
		got := b.post(link, form...)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `aria-invalid="true"`) || !strings.Contains(got.body, `role="alert"`) || strings.Contains(got.body, "nothing else") {
			t.Errorf("%s = %d, want the form with the mistake and without the password: %s", name, got.status, got.body)
		}
	}
	if len(r.log(audit.AccountSetUp)) > 0 {
		t.Fatal("a password was set")
	}
	b.want(b.post(link, "password", aPassword, "again", aPassword), http.StatusSeeOther, "/")
	if !strings.Contains(b.get("/you").body, "admin") {
		t.Error("Ada is no admin")
	}
	b.want(b.get(link), http.StatusSeeOther, "/") // she clicks it again
	late := r.browser()
	for _, got := range []reply{late.get(link), late.post(link, "password", aPassword, "again", aPassword)} {
		if got.status != http.StatusGone || !strings.Contains(got.body, "conformd user setup") {
			t.Errorf("a used link = %d: %s", got.status, got.body)
		}
	}
	expired := r.link("ada", store.ForPassword)
	r.pass(31 * time.Minute)
	if got := late.post(expired, "password", aPassword, "again", aPassword); got.status != http.StatusGone {
		t.Errorf("a link after 31 minutes = %d, want it gone", got.status)
	}
	older := r.link("erik", store.ForPassword)
	_ = r.link("erik", store.ForPassword)
	if got := late.get(older); got.status != http.StatusGone {
		t.Errorf("a link after a newer one = %d, want it gone", got.status)
	}
	if n := len(r.log(audit.AccountInvited)); n != 4 {
		t.Errorf("the log has %d links, want 4", n)
	}
}

// A new password ends the sessions of the old one, and those of nobody else.
func TestNewPasswordEndsSessions(t *testing.T) {
	r := receive(t, nil)
	before, erik := r.browser(), r.browser().enter("erik")
	before.want(before.post(r.link("ada", store.ForPassword), "password", aPassword, "again", aPassword), http.StatusSeeOther, "/")
	before.want(before.get("/you"), http.StatusOK, "")
	after := r.browser()
	after.want(after.post(r.link("ada", store.ForPassword), "password", aPassword+" again", "again", aPassword+" again"), http.StatusSeeOther, "/")
	before.want(before.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
	after.want(after.get("/you"), http.StatusOK, "")
	erik.want(erik.get("/you"), http.StatusOK, "")
	if got := before.post("/sign-in", "account", "ada", "password", aPassword); got.status != http.StatusUnprocessableEntity {
		t.Errorf("the old password = %d, want it wrong", got.status)
	}
	before.want(before.post("/sign-in", "account", " ADA ", "password", aPassword+" again", "to", "/audit"), http.StatusSeeOther, "/audit")
}

// Of many who use a link at the same time, one gets in.
func TestLinkIsUsedOnce(t *testing.T) {
	r := receive(t, nil)
	token := strings.TrimPrefix(r.link("erik", store.ForEntering), "/setup/")
	var mu sync.Mutex
	in, refused := 0, 0
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := r.desk.UseLink(t.Context(), token, "")
			mu.Lock()
			defer mu.Unlock()
			if _, ok := errors.AsType[*signin.RefusedError](err); ok {
				refused++
			} else if err == nil {
				in++
			}
		})
	}
	wg.Wait()
	if in != 1 || refused != 19 {
		t.Errorf("%d got in and %d were refused, want 1 and 19", in, refused)
	}
}

// A session ends half an hour after its last request, and some time after its beginning in any case.
func TestSessionsEnd(t *testing.T) {
	r := receive(t, nil)
	b := r.browser().enter("erik")
	b.want(b.get("/you"), http.StatusOK, "")
	r.pass(29 * time.Minute)
	b.want(b.get("/you"), http.StatusOK, "")
	r.pass(2 * time.Minute)
	b.want(b.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
	if n, err := r.app.Store.PruneSessions(t.Context()); err != nil || n != 1 {
		t.Errorf("PruneSessions = %d, %v, want 1", n, err)
	}

	long := receive(t, func(o *signin.Options) { o.Idle, o.Lifetime = 24*time.Hour, time.Hour })
	b = long.browser().enter("erik")
	b.want(b.get("/you"), http.StatusOK, "")
	long.pass(61 * time.Minute)
	b.want(b.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
}
