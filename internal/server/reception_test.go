package server_test

import (
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauth2-proxy/mockoidc"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

// A reception is the pages on a real listener, with a provider that nobody here wrote.
type reception struct {
	*testing.T
	url      string
	app      *app.App
	desk     *signin.Desk
	options  server.Options
	provider *mockoidc.MockOIDC
	logged   *observer.ObservedLogs

	mu  sync.Mutex
	now time.Time
}

// clock is the clock of conformd: it begins with the real one, because cookies and tokens follow that.
func (r *reception) clock() time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.now
}

func (r *reception) pass(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

// roster is who works here.
func roster() []access.Person {
	return []access.Person{
		{ID: "irene", Name: "Irene Ismail", Roles: []string{"isms_manager"}, Subject: "sub-irene"},
		{ID: "rita", Name: "Rita Review", Roles: []string{"reviewer"}, Subject: "sub-rita"},
		{ID: "rick", Name: "Rick Risk", Roles: []string{"risk_owner"}, Subject: "sub-rick"},
		{ID: "tom", Name: "Tom Top", Roles: []string{"top_management"}, Subject: "sub-tom"},
		{ID: "erik", Name: "Erik Engel", Subject: "sub-erik"},
		{ID: "ada", Name: "Ada Admin", Roles: []string{"admin"}, Subject: "sub-ada"},
		{ID: "vera", Name: "Vera Vogel", Roles: []string{"auditor"}, Subject: "sub-vera", Until: time.Now().AddDate(0, 0, 30)},
	}
}

// receive opens the pages. Change, if not nil, changes how people sign in.
func receive(t *testing.T, change func(*signin.Options)) *reception {
	t.Helper()
	r := &reception{T: t, now: time.Now()}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{InMemory: true})
	must(err)
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data")})
	must(err)
	path := filepath.Join(dir, "conformd.yaml")
	text = strings.Replace(text, "trackers:\n", "  - {id: tom, name: Tom Top, roles: [top_management]}\ntrackers:\n", 1)
	must(os.WriteFile(path, []byte(text), 0o600))
	c, err := config.Load(path, rehearsal.Env)
	must(err)
	r.app, err = app.Open(t.Context(), c, app.Options{Now: r.clock})
	must(err)
	t.Cleanup(func() { _ = r.app.Close() })
	reg, err := app.Register(t.Context(), r.app.Config, r.app.Store)
	must(err)
	r.provider, err = mockoidc.Run()
	must(err)
	t.Cleanup(func() { _ = r.provider.Shutdown() })
	core, logged := observer.New(zapcore.DebugLevel)
	r.logged = logged

	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(err)
	r.url = "http://" + l.Addr().String()
	o := signin.Options{
		Store: r.app.Store, Idle: 30 * time.Minute, Lifetime: 12 * time.Hour, Now: r.clock, Log: zap.New(core),
		Rules: access.Rules{Issuer: r.provider.Issuer(), People: roster(), Groups: []access.GroupRole{{Group: "staff", Role: access.Viewer}, {Group: "isms", Role: access.ISMSManager}}},
		Provider: signin.NewProvider(signin.Settings{
			Issuer: r.provider.Issuer(), ClientID: r.provider.ClientID, Secret: r.provider.ClientSecret, Redirect: r.url + "/sign-in/callback",
			Scopes: []string{"profile", "groups"}, Claim: "groups", Groups: []string{"staff", "isms"},
		}, zap.New(core)),
	}
	if change != nil {
		change(&o)
	}
	r.desk = signin.New(o)
	r.options = server.Options{
		Store: r.app.Store, Register: reg, Log: zap.New(core), Public: r.app.Public, Requests: r.app.Requests, Setup: r.app.Setup,
		Hosts: server.Hosts{Listen: "127.0.0.1"}, Desk: r.desk, Acts: r.app.Acts(), Control: r.app.Control(),
		Interface: r.app.Programs(), Scratch: c.DataDir,
	}
	s := httptest.NewUnstartedServer(server.Pages(r.options).Handler)
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return r
}

// log returns the entries of the audit log with some verbs.
func (r *reception) log(verbs ...audit.Verb) (out []audit.Entry) {
	r.Helper()
	size, err := r.app.Store.LogSize(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	for e, err := range auditdb.Read(r.Context(), r.app.Store.Reader(), 0, size) {
		if err != nil {
			r.Fatal(err)
		}
		if slices.Contains(verbs, e.Entry.Verb) {
			out = append(out, e.Entry)
		}
	}
	return out
}

// link returns the path of a one-time link.
func (r *reception) link(person string, purpose store.Purpose) string {
	r.Helper()
	x, err := signin.Invite(r.Context(), r.app.Store, person, purpose, audit.Actor{Kind: audit.Operator, How: audit.ByLocal}, audit.TriggerManual)
	if err != nil {
		r.Fatal(err)
	}
	return x.URL
}

// A browser keeps cookies and follows no redirect by itself.
type browser struct {
	*reception
	client *http.Client
	header map[string]string
}

func (r *reception) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		r.Fatal(err)
	}
	return &browser{r, &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, map[string]string{}}
}

// A reply is what a browser got.
type reply struct {
	status int
	to     string // Location, without our own address
	body   string
	header http.Header
}

func (b *browser) send(method, path string, form url.Values) reply {
	b.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.url + path
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(b.Context(), method, path, body)
	if err != nil {
		b.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for k := range maps.Keys(b.header) {
		req.Header.Set(k, b.header[k])
	}
	resp, err := b.client.Do(req)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	return reply{resp.StatusCode, strings.TrimPrefix(resp.Header.Get("Location"), b.url), string(text), resp.Header}
}

func (b *browser) get(path string) reply { b.Helper(); return b.send(http.MethodGet, path, nil) }

func (b *browser) post(path string, pairs ...string) reply {
	b.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send(http.MethodPost, path, form)
}

// want holds the status of an answer and where it leads.
func (b *browser) want(a reply, status int, to string) {
	b.Helper()
	if a.status != status || a.to != to {
		b.Fatalf("the answer is %d to %q, want %d to %q:\n%s", a.status, a.to, status, to, a.body)
	}
}

// enter signs a person in by a one-time link.
func (b *browser) enter(person string) *browser {
	b.Helper()
	b.want(b.post(b.link(person, store.ForEntering)), http.StatusSeeOther, "/")
	return b
}

// queue says whom the provider signs in next.
func (b *browser) queue(subject string, groups ...string) {
	b.provider.QueueUser(&mockoidc.MockUser{Subject: subject, Email: "mail-of-" + subject + "@acme.example", Groups: groups})
}

// begin goes to the provider and comes back as far as the address of our callback.
func (b *browser) begin(subject, to string, groups ...string) (callback string) {
	b.Helper()
	b.queue(subject, groups...)
	a := b.get("/sign-in/provider?to=" + url.QueryEscape(to))
	if a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, b.provider.Issuer()) {
		b.Fatalf("the way to the provider is %d to %q: %s", a.status, a.to, a.body)
	}
	a = b.get(a.to)
	if a.status != http.StatusFound || !strings.HasPrefix(a.to, "/sign-in/callback?") {
		b.Fatalf("the provider answers %d to %q: %s", a.status, a.to, a.body)
	}
	return a.to
}

// cookie returns the value of the cookie of the session, "" for none.
func (b *browser) cookie() string {
	u, err := url.Parse(b.url)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "conformd-session" {
			return c.Value
		}
	}
	return ""
}
