package server_test

import (
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

// token makes a token in the pages, and returns its secret.
func (b *browser) token(name string, days int, scopes ...string) string {
	b.Helper()
	form := []string{"name", name, "until", b.clock().UTC().AddDate(0, 0, days).Format(time.DateOnly)}
	for _, s := range scopes {
		form = append(form, "scope", s)
	}
	a := b.post("/you/tokens", form...)
	found := regexp.MustCompile(`<code>(cfd_\w+)</code>`).FindStringSubmatch(a.body)
	if a.status != http.StatusOK || found == nil {
		b.Fatalf("no token was made: %d %s", a.status, a.body)
	}
	return found[1]
}

// A person makes a token, which is shown once, and revokes it; it ends on its day and with the access of
// its person. Each is an entry, and none has the secret.
func TestTokensOfAPerson(t *testing.T) {
	r := receive(t, nil)
	erik, vera := r.browser().enter("erik"), r.browser().enter("vera")
	secret := erik.token("report", 7, "act")
	if strings.Contains(erik.get("/you").body, secret) {
		t.Error("the secret is shown a second time")
	}
	who, signed, scopes, err := r.desk.Program(t.Context(), secret)
	if err != nil || who.Person != "erik" || len(scopes) != 2 || signed.Account() != "token:"+signed.Token {
		t.Fatalf("Program = %+v %+v %v, %v", who, signed, scopes, err)
	}
	if a := erik.get("/you"); !strings.Contains(a.body, signed.Token) || !strings.Contains(a.body, r.clock().UTC().Format(time.DateOnly)) {
		t.Errorf("the page does not show the token and when it was used: %s", a.body)
	}
	made := r.log(audit.TokenMade)
	if len(made) != 1 || made[0].Actor.ID != "erik" || made[0].Changes[0].After.Value != signed.Token+" report" {
		t.Errorf("the log has %+v", made)
	}

	want := func(secret string, code signin.Code) {
		t.Helper()
		_, _, _, err := r.desk.Program(t.Context(), secret)
		if no, ok := errors.AsType[*signin.RefusedError](err); !ok || no.Code != code || no.Remedy == "" {
			t.Errorf("Program = %v, want %s", err, code)
		}
	}
	want("", signin.CodeNoToken)
	want(secret[:len(secret)-1]+"~", signin.CodeNoToken)
	if a := vera.post("/you/tokens/" + signed.Token + "/revoke"); a.status != http.StatusNotFound {
		t.Errorf("somebody else revokes the token: %d", a.status)
	}
	erik.want(erik.post("/you/tokens/"+signed.Token+"/revoke"), http.StatusSeeOther, "/you#tokens")
	want(secret, signin.CodeTokenRevoked)
	if n := len(r.log(audit.TokenRevoked)); n != 1 {
		t.Errorf("the log has %d entries, want 1", n)
	}

	short, audits := erik.token("short", 0), vera.token("reads", 60)
	if _, _, scopes, err := r.desk.Program(t.Context(), audits); err != nil || len(scopes) != 1 || scopes[0] != access.ScopeRead {
		t.Errorf("an auditor's token has %v, %v", scopes, err)
	}
	if a := vera.post("/you/tokens", "name", "acts", "until", r.clock().Format(time.DateOnly), "scope", "act"); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an auditor makes a token that acts: %d", a.status)
	}
	r.pass(6 * time.Minute)
	if a := erik.post("/you/tokens", "name", "late", "until", r.clock().Format(time.DateOnly)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "more than five minutes ago") {
		t.Errorf("a token is made by a sign-in that is not fresh: %d %s", a.status, a.body)
	}
	r.pass(24 * time.Hour)
	want(short, signin.CodeTokenEnded)
	r.pass(30 * 24 * time.Hour)
	want(audits, signin.CodeEnded)
}

// Who is not one of people has no token; and who audits by a group alone makes none that would act.
func TestTokensTakeAPerson(t *testing.T) {
	r := receive(t, func(o *signin.Options) {
		o.Rules.Groups = append(o.Rules.Groups, access.GroupRole{Group: "isms", Role: access.Auditor})
	})
	viewer := r.browser()
	viewer.want(viewer.get(viewer.begin("sub-of-a-stranger", "/", "staff")), http.StatusSeeOther, "/")
	until := r.clock().Format(time.DateOnly)
	if a := viewer.post("/you/tokens", "name", "x", "until", until); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "cfd_") {
		t.Errorf("a stranger makes a token: %d", a.status)
	}
	erik := r.browser()
	erik.want(erik.get(erik.begin("sub-erik", "/", "isms")), http.StatusSeeOther, "/")
	if a := erik.post("/you/tokens", "name", "x", "until", until, "scope", "act"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "You audit by a group") {
		t.Errorf("an auditor by a group makes a token: %d %s", a.status, a.body)
	}
	if all, err := r.app.Store.Tokens(t.Context(), ""); err != nil || len(all) > 0 {
		t.Errorf("tokens: %+v, %v", all, err)
	}
	if _, err := r.app.Store.Token(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Token = %v, want ErrNotFound", err)
	}
}
