package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/signin"
)

// A person signs in at the provider, comes back to the page that they wanted, under a new token, and
// signs out for good.
func TestProviderSignIn(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	u, err := url.Parse(r.url)
	if err != nil {
		t.Fatal(err)
	}
	const planted = "a-token-that-an-attacker-knows"
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: "conformd-session", Value: planted, Path: "/"}})
	callback := b.begin("sub-irene", "/audit?before=17", "isms")
	b.want(b.get(callback), http.StatusSeeOther, "/audit?before=17")
	if c := b.cookie(); c == planted || len(c) < 40 {
		t.Errorf("after signing in the token is %q, want a new one", c)
	}
	you := b.get("/you")
	for _, want := range []string{"Irene Ismail", "engineer, ISMS manager", "Sign out"} {
		if !strings.Contains(you.body, want) {
			t.Errorf("the page of Irene does not say %q", want)
		}
	}
	if set := b.get("/you").header.Get("Set-Cookie"); !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || strings.Contains(set, "Secure") {
		t.Errorf("over HTTP on this machine the cookie is set as %q", set)
	}
	stolen := b.cookie()
	first := b.browser().enter("irene").cookie() // another session of hers
	b.want(b.post("/sign-out"), http.StatusSeeOther, "/sign-in")
	b.want(b.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
	thief := r.browser()
	thief.client.Jar.SetCookies(u, []*http.Cookie{{Name: "conformd-session", Value: stolen, Path: "/"}})
	thief.want(thief.get("/you"), http.StatusSeeOther, "/sign-in?to=%2Fyou")
	if first == stolen {
		t.Error("two sessions have one token")
	}
	entries := r.log(audit.SessionOpened, audit.SessionEnded)
	if len(entries) != 3 || entries[0].Actor.ID != "irene" || entries[0].Actor.Account != "sign_in:sub-irene" || entries[0].Actor.How != audit.BySignIn || entries[2].Verb != audit.SessionEnded {
		t.Errorf("the log says %+v", entries)
	}
}

// Over HTTPS the cookies are for this host and HTTPS alone.
func TestSecureCookies(t *testing.T) {
	r := receive(t, func(o *signin.Options) { o.Secure = true })
	b := r.browser()
	for _, a := range []reply{b.get("/sign-in/provider?to=/"), b.post(r.link("erik", "enter"))} {
		set := a.header.Get("Set-Cookie")
		if !strings.HasPrefix(set, "__Host-conformd-") || !strings.Contains(set, "; Secure") || !strings.Contains(set, "Path=/;") || strings.Contains(set, "Domain") || !strings.Contains(set, "HttpOnly") {
			t.Errorf("the cookie is set as %q", set)
		}
	}
}

// An answer of the provider counts once, in the browser that asked for it, and only if everything fits.
func TestForgedAnswers(t *testing.T) {
	r := receive(t, nil)
	other, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Shutdown() })
	with := func(address string, pairs ...string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		for i := 0; i < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	state := func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		return u.Query().Get("state")
	}
	for name, answer := range map[string]func(b *browser) reply{
		"another state":        func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "state", "guessed")) },
		"no state":             func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "state", "")) },
		"another browser":      func(b *browser) reply { return b.browser().get(b.begin("sub-irene", "/")) },
		"another provider":     func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "iss", other.Issuer())) },
		"a code of nobody":     func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "code", "guessed")) },
		"no code":              func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "code", "")) },
		"a provider's refusal": func(b *browser) reply { return b.get(with(b.begin("sub-irene", "/"), "error", "access_denied")) },
		"a refusal with a script": func(b *browser) reply {
			return b.get(with(b.begin("sub-irene", "/"), "error", "<script>alert(1)</script>"))
		},
		"an answer sent twice": func(b *browser) reply {
			callback := b.begin("sub-erik", "/")
			b.want(b.get(callback), http.StatusSeeOther, "/")
			b.post("/sign-out")
			return b.get(callback)
		},
		"a code used again in another sign-in": func(b *browser) reply {
			callback := b.begin("sub-erik", "/")
			b.want(b.get(callback), http.StatusSeeOther, "/")
			b.post("/sign-out")
			return b.get(with(callback, "state", state(b.begin("sub-erik", "/"))))
		},
		"the code of another sign-in": func(b *browser) reply { // the attacker's own, placed in the victim's browser
			theirs := b.browser().begin("sub-irene", "/")
			u, err := url.Parse(theirs)
			if err != nil {
				t.Fatal(err)
			}
			return b.get(with(b.begin("sub-erik", "/"), "code", u.Query().Get("code")))
		},
		"another nonce": func(b *browser) reply {
			a := b.get("/sign-in/provider?to=/")
			return b.get(b.get(with(a.to, "nonce", "of-another-sign-in")).to)
		},
		"no nonce": func(b *browser) reply {
			a := b.get("/sign-in/provider?to=/")
			return b.get(b.get(with(a.to, "nonce", "")).to)
		},
		"a token of yesterday": func(b *browser) reply {
			b.provider.FastForward(-24 * time.Hour)
			defer b.provider.FastForward(24 * time.Hour)
			return b.get(b.begin("sub-irene", "/"))
		},
		"a token for another program": func(b *browser) reply {
			callback, id := b.begin("sub-irene", "/"), b.provider.ClientID
			b.provider.ClientID = "another"
			defer func() { b.provider.ClientID = id }()
			return b.get(callback)
		},
		"a subject that nobody has": func(b *browser) reply { return b.get(b.begin("sub-of-a-stranger", "/")) },
		"the mail of a person as subject": func(b *browser) reply {
			return b.get(b.begin("irene@acme.example", "/"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := r.browser()
			got := answer(b)
			if wellMade(t, name, got.body); got.status < 400 || got.status >= 500 {
				t.Errorf("the answer is %d: %s", got.status, got.body)
			}
			if b.get("/you").status != http.StatusSeeOther {
				t.Error("somebody is signed in")
			}
		})
	}
}

// A provider that names another issuer than the configuration is not asked for anything.
func TestForeignIssuer(t *testing.T) {
	r := receive(t, func(o *signin.Options) {
		o.Provider = signin.NewProvider(signin.Settings{Issuer: o.Rules.Issuer + "/", ClientID: "x", Redirect: "http://127.0.0.1/sign-in/callback"}, zap.NewNop())
	})
	b := r.browser()
	if got := b.get("/sign-in/provider?to=/"); got.status != http.StatusBadGateway || !strings.Contains(got.body, "cannot be reached") {
		t.Errorf("the answer is %d: %s", got.status, got.body)
	}
}

// A manager who left the group decides nothing from the next sign-in on.
func TestGroupRemoved(t *testing.T) {
	r := receive(t, nil)
	b := r.browser()
	b.want(b.get(b.begin("sub-irene", "/", "isms", "some-other-group")), http.StatusSeeOther, "/")
	if !strings.Contains(b.get("/you").body, "ISMS manager") {
		t.Error("Irene is no ISMS manager")
	}
	b.want(b.get(b.begin("sub-irene", "/")), http.StatusSeeOther, "/")
	if strings.Contains(b.get("/you").body, "ISMS manager") {
		t.Error("Irene is an ISMS manager without her group")
	}
	b = r.browser()
	b.want(b.get(b.begin("sub-erik", "/", "isms")), http.StatusSeeOther, "/")
	if strings.Contains(b.get("/you").body, "ISMS manager") {
		t.Error("a group makes Erik an ISMS manager")
	}
}

// The address to come back to is never that of another host, wherever it is entered.
func TestOpenRedirects(t *testing.T) {
	r := receive(t, nil)
	for _, hostile := range []string{"https://evil.example/", "//evil.example", "/\\evil.example", "/%2fevil.example", "javascript:alert(1)", "/\t/evil.example"} {
		b := r.browser()
		b.want(b.get(b.begin("sub-erik", hostile)), http.StatusSeeOther, "/")
		b.want(b.get("/sign-in?to="+url.QueryEscape(hostile)), http.StatusSeeOther, "/")

		// The browser's own note of the sign-in is not believed either.
		b = r.browser()
		callback := b.begin("sub-erik", "/")
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range b.client.Jar.Cookies(u) {
			if c.Name != "conformd-flow" {
				continue
			}
			var f signin.Flow
			raw, err := base64.RawURLEncoding.DecodeString(c.Value)
			if err != nil || json.Unmarshal(raw, &f) != nil {
				t.Fatal("the flow cannot be read")
			}
			f.Target = hostile
			raw, err = json.Marshal(f)
			if err != nil {
				t.Fatal(err)
			}
			b.client.Jar.SetCookies(u, []*http.Cookie{{Name: c.Name, Value: base64.RawURLEncoding.EncodeToString(raw), Path: "/"}})
		}
		b.want(b.get(callback), http.StatusSeeOther, "/")
	}
}
