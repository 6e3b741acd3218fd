package app_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what must be refused
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
	"github.com/conformd/conformd/sync/inbox"
)

// A house is the app in this process, between two simulated trackers.
type house struct {
	*testing.T
	world *rehearsal.World
	app   *app.App
	log   *logBuffer
	url   string // of the pages, once it runs
	hooks string // of the listener for webhooks, once it runs
}

// newHouse builds the app. Edit, if not nil, changes the configuration before.
func newHouse(t *testing.T, edit func(string) string) *house {
	t.Helper()
	return newHouseOn(t, storetest.Watched(t), edit)
}

func newHouseOn(t *testing.T, d store.Driver, edit func(string) string) *house {
	t.Helper()
	return newHouseWith(t, app.Options{Driver: d}, edit)
}

func newHouseWith(t *testing.T, o app.Options, edit func(string) string) *house {
	t.Helper()
	h := &house{T: t, log: &logBuffer{}}
	var err error
	if h.world, err = rehearsal.Start(t.Context(), rehearsal.Options{Clock: simkit.NewClock(time.Time{})}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.world.Close() })
	dir := t.TempDir()
	text, err := h.world.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		text = edit(text)
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	c.Sync.PollEvery = time.Second
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(h.log), zap.DebugLevel))
	o.Log = log
	if h.app, err = app.Open(t.Context(), c, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.app.Close() })
	return h
}

// run runs the daemon until the end of the test.
func (h *house) run() {
	h.Helper()
	ctx, cancel := context.WithCancel(h.Context())
	ready, over := make(chan app.Addrs, 1), make(chan error, 1)
	go func() { over <- h.app.Run(ctx, func(a app.Addrs) { ready <- a }) }()
	h.Cleanup(func() {
		cancel()
		if err := <-over; err != nil {
			h.Errorf("Run = %v, want nil", err)
		}
	})
	select {
	case a := <-ready:
		h.url, h.hooks = "http://"+a.Pages.String(), "http://"+a.Hooks.String()
	case err := <-over:
		over <- nil
		h.Fatal(err)
	}
}

// pass has the app look at everything once.
func (h *house) pass() error {
	_, err := h.app.SyncRun(h.Context())
	return err
}

// patience bounds every wait. On a machine that does much else a second becomes many.
const patience = 3 * time.Minute

// until waits for something to become true.
func (h *house) until(what string, is func() bool) {
	h.Helper()
	end := time.Now().Add(patience)
	for !is() {
		if time.Now().After(end) {
			h.Fatalf("not within %s: %s; the daemon said:\n%s", patience, what, h.log.tail(3000))
		}
		<-time.After(50 * time.Millisecond)
	}
}

func (h *house) get(path string) (int, string) {
	h.Helper()
	return h.send(http.MethodGet, path, nil, nil)
}

func (h *house) send(method, path string, header http.Header, body []byte) (int, string) {
	h.Helper()
	base := h.url
	if strings.HasPrefix(path, "/hooks/") {
		base = h.hooks
	}
	req, err := http.NewRequestWithContext(h.Context(), method, base+path, bytes.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	maps.Copy(req.Header, header)
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		h.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// register is all that the store knows about records and issues, as text.
func (h *house) register() string {
	h.Helper()
	rows, err := h.app.Store.Records(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	var b strings.Builder
	for _, r := range rows {
		links, err := h.app.Store.BoundIssues(h.Context(), r.Record.ID)
		if err != nil {
			h.Fatal(err)
		}
		for i := range links {
			links[i].Hints, links[i].Heeded, links[i].Known, links[i].Delivery = 0, 0, "", "" // to read again changes no register
			links[i].CommentsUntil = time.Time{}
		}
		j, err := json.Marshal([]any{r.Record, r.Version, links})
		if err != nil {
			h.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", j)
	}
	return b.String()
}

func (h *house) writes() int {
	n := 0
	for _, f := range []*simkit.Faults{h.world.Jira.Faults(), h.world.GitHub.Faults()} {
		for _, r := range f.Requests() {
			if r.By == "conformd" && r.Method != http.MethodGet && !strings.Contains(r.Path, "/search") && !strings.Contains(r.Path, "/bulkfetch") && !strings.HasSuffix(r.Path, "/comment/list") && !strings.HasSuffix(r.Path, "/graphql") {
				n++
			}
		}
	}
	return n
}

const form = "### Root cause\n\n_No response_\n"

func (h *house) open(title string) int {
	h.Helper()
	n, err := h.world.GitHub.As("erik").Open(title, form, "capa")
	if err != nil {
		h.Fatal(err)
	}
	return n
}

// A refused credential of one binding is named where people look, and the other
// binding goes on. The token shows nowhere.
func TestWrongToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.world.Jira.SetSecret("conformd", "another-one")
	n := h.open("Leavers keep their accounts")
	h.run()
	h.until("GitHub's issue is in the register", func() bool { return strings.Contains(h.register(), "Leavers keep") })
	if err := h.world.GitHub.As("erik").Close(n, "completed"); err != nil {
		t.Fatal(err)
	}
	h.until("GitHub's closure is held", func() bool { return len(h.world.GitHub.Issue(n).Comments) == 1 })
	var page string
	h.until("the status page names the credential", func() bool {
		_, page = h.get("/")
		return strings.Contains(page, "credential refused") && strings.Contains(page, "Jira refuses the credential")
	})
	row, err := h.app.Store.Binding(t.Context(), rehearsal.JiraBinding)
	if err != nil || !strings.Contains(row.Problem, "credential refused") {
		t.Errorf("the binding's problem is %q, %v, want the refused credential", row.Problem, err)
	}
	other, err := h.app.Store.Binding(t.Context(), rehearsal.GitHubBinding)
	if err != nil || other.Problem != "" {
		t.Errorf("the other binding's problem is %q, %v, want none", other.Problem, err)
	}
	_, audit := h.get("/audit")
	for where, text := range map[string]string{"status page": page, "log page": audit, "log": h.log.tail(1 << 20)} {
		for _, secret := range []string{rehearsal.JiraToken, rehearsal.WebhookSecret} {
			if strings.Contains(text, secret) {
				t.Errorf("the %s shows %q", where, secret)
			}
		}
	}
	if status, _ := h.get("/readyz"); status != http.StatusOK {
		t.Errorf("GET /readyz = %d, want 200: the register can be read", status)
	}
}

// What a person must remedy in the set-up stands on the status page with its remedy.
func TestSetupProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t, func(c string) string {
		return strings.ReplaceAll(c, "Effectiveness check", "Verification")
	})
	if err := h.world.Jira.RenameField("Closing summary", "Summary at the end"); err != nil {
		t.Fatal(err)
	}
	h.world.Jira.Deny("conformd", "ADD_COMMENTS")
	h.run()
	h.until("the status page names all three", func() bool {
		_, page := h.get("/")
		return strings.Contains(page, "Verification") && strings.Contains(page, "Closing summary") && strings.Contains(page, "ADD_COMMENTS")
	})
}

// What was found before the daemon ran, as the command does, stands there as well:
// nothing is asked again until the next sweep. A tracker that never answered has a
// line, too.
func TestSetupProblemsOfTheStart(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.world.Jira.Deny("conformd", "ADD_COMMENTS")
	h.world.GitHub.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 401, Times: -1})
	for _, b := range h.app.Bindings {
		if _, err := h.app.Check(t.Context(), b); (err != nil) != (b.ID == rehearsal.GitHubBinding) {
			t.Errorf("Check of %s = %v", b.ID, err)
		}
	}
	h.run()
	h.until("Jira was read", func() bool {
		row, err := h.app.Store.Binding(t.Context(), rehearsal.JiraBinding)
		return err == nil && !row.Polled.IsZero()
	})
	_, page := h.get("/")
	for _, want := range []string{"ADD_COMMENTS", ">" + rehearsal.GitHubBinding + "<", "the credential is refused"} {
		if !strings.Contains(page, want) {
			t.Errorf("the status page does not show %q:\n%s", want, page)
		}
	}
	h.until("the log names the binding that is refused", func() bool {
		return strings.Contains(h.log.tail(1<<20), `"binding":"gh-isms","next_try"`)
	})
}

// An answer that cannot be understood is a failed read: it changes no state, is
// named, and is forgotten when the tracker answers properly again.
func TestMalformedReads(t *testing.T) {
	t.Parallel()
	for _, do := range []simkit.Fault{
		{Do: simkit.Garbage},
		{Do: simkit.Truncate},
		{Do: simkit.Drop},
		{Do: simkit.Status, Status: 200, Header: map[string]string{"Content-Type": "application/json"}, Body: `{"issues": 7, "message": [`},
		{Do: simkit.Status, Status: 200, Header: map[string]string{"Content-Type": "application/json"}, Body: `"<html>"`},
		{Do: simkit.Status, Status: 500},
		{Do: simkit.Status, Status: 404},
		{Do: simkit.Status, Status: 403},
	} {
		t.Run(fmt.Sprintf("%s %d %s", do.Do, do.Status, do.Body), func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, nil)
			n := h.open("Leavers keep their accounts")
			for range 2 {
				if err := h.pass(); err != nil {
					t.Fatal(err)
				}
			}
			before, writes := h.register(), h.writes()
			f := do
			f.Times = -1
			h.world.Jira.Faults().Add(f)
			h.world.GitHub.Faults().Add(f)
			if err := h.world.GitHub.As("erik").Retitle(n, "Leavers keep their accounts for weeks"); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := h.pass(); err == nil {
					t.Error("Pass = nil, want an error that names the failed reads")
				}
			}
			if after := h.register(); after != before {
				t.Errorf("the register changed:\n%s\nwas:\n%s", after, before)
			}
			if got := h.writes(); got != writes {
				t.Errorf("%d writes upon answers that cannot be understood", got-writes)
			}
			for _, b := range []string{rehearsal.JiraBinding, rehearsal.GitHubBinding} {
				row, err := h.app.Store.Binding(t.Context(), b)
				if err != nil || row.Problem == "" {
					t.Errorf("%s has no problem, %v, want the failed read", b, err)
				}
			}
			h.world.Jira.Faults().Clear()
			h.world.GitHub.Faults().Clear()
			if err := h.pass(); err != nil {
				t.Errorf("Pass afterwards = %v, want nil", err)
			}
			if !strings.Contains(h.register(), "for weeks") {
				t.Error("the change was not taken in afterwards")
			}
		})
	}
}

// A captured delivery: what the vendor sent, with its signature.
type captured struct {
	header http.Header
	body   []byte
}

// capture has both trackers send one delivery each, to somebody who keeps them.
func (h *house) capture() map[string]captured {
	h.Helper()
	var mu sync.Mutex
	got := map[string]captured{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			h.Error(err)
		}
		mu.Lock()
		defer mu.Unlock()
		got[strings.TrimPrefix(r.URL.Path, "/hooks/")] = captured{r.Header.Clone(), b}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer srv.Close()
	if err := h.world.Webhooks(h.Context(), srv.URL); err != nil {
		h.Fatal(err)
	}
	h.open("Leavers keep their accounts")
	if _, _, err := h.world.Jira.Person("irene").File("Nonconformity", "Badge reader out of order", nil); err != nil {
		h.Fatal(err)
	}
	for _, c := range []*simkit.Courier{h.world.Jira.Courier(), h.world.GitHub.Courier()} {
		if err := c.Wait(h.Context()); err != nil {
			h.Fatal(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	return got
}

// Deliveries to the real server, as attackers and bad networks send them.
func TestWebhooks(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	all := h.capture()
	for range 2 {
		if err := h.pass(); err != nil {
			t.Fatal(err)
		}
	}
	h.run()
	h.until("all is quiet", func() bool { return strings.Count(h.register(), "\n") == 2 })
	before := h.register()
	for binding, good := range all {
		sha1Only := good.header.Clone()
		mac := hmac.New(sha1.New, []byte(rehearsal.WebhookSecret))
		mac.Write(good.body)
		sha1Only.Del("X-Hub-Signature-256")
		sha1Only.Set("X-Hub-Signature", "sha1="+hex.EncodeToString(mac.Sum(nil)))
		with := func(name, value string) http.Header {
			x := good.header.Clone()
			x.Set(name, value)
			return x
		}
		without := good.header.Clone()
		without.Del("X-Hub-Signature")
		without.Del("X-Hub-Signature-256")
		sig := "X-Hub-Signature-256"
		if good.header.Get(sig) == "" {
			sig = "X-Hub-Signature"
		}
		idHeader := "X-GitHub-Delivery"
		if binding == rehearsal.JiraBinding {
			idHeader = "X-Atlassian-Webhook-Identifier"
		}
		big := append(bytes.Clone(good.body), bytes.Repeat([]byte(" "), inbox.DefaultMaxBody)...)
		for _, x := range []struct {
			name   string
			header http.Header
			body   []byte
			status int
			said   string
		}{
			{"good", good.header, good.body, 202, "accepted"},
			{"replayed", good.header, good.body, 202, "duplicate"},
			{"replayed under another id", with(idHeader, "00000000-1111-2222-3333-444444444444"), good.body, 202, "duplicate"},
			{"without signature", without, good.body, 401, "forged: the signature is missing or wrong; check the webhook's secret"},
			{"with a signature of something else", good.header, append(bytes.Clone(good.body), ' '), 401, "forged"},
			{"truncated", good.header, good.body[:len(good.body)/2], 401, "forged"},
			{"with a cut signature", with(sig, good.header.Get(sig)[:20]), good.body, 401, "forged"},
			{"with an empty signature", with(sig, ""), good.body, 401, "forged"},
			{"with SHA-1 alone", sha1Only, good.body, 401, "forged"},
			{"oversized", good.header, big, 413, "too_large"},
			{"empty", good.header, nil, 401, "forged"},
		} {
			status, said := h.send(http.MethodPost, "/hooks/"+binding, x.header, x.body)
			if status != x.status || !strings.Contains(said, x.said) {
				t.Errorf("%s: a delivery %s = %d %q, want %d %q", binding, x.name, status, said, x.status, x.said)
			}
		}
	}
	if status, _ := h.send(http.MethodPost, "/hooks/no-such", nil, []byte("{}")); status != http.StatusNotFound {
		t.Errorf("a delivery to an unknown binding = %d, want 404", status)
	}
	if status, _ := h.get("/hooks/" + rehearsal.GitHubBinding); status != http.StatusMethodNotAllowed {
		t.Errorf("GET of a hook = %d, want 405", status)
	}
	writes := h.writes()
	h.until("the hints are worked on", func() bool {
		ids, err := h.app.Store.Dirty(t.Context(), time.Now(), 10)
		return err == nil && len(ids) == 0
	})
	if after := h.register(); after != before {
		t.Errorf("replayed deliveries changed the register (-before +after):\n%s", cmp.Diff(before, after))
	}
	if got := h.writes(); got != writes {
		t.Errorf("replayed deliveries led to %d writes, want 0", got-writes)
	}
	if log := h.log.tail(1 << 20); strings.Contains(log, rehearsal.WebhookSecret) {
		t.Error("the log shows the webhook secret")
	}
}

// A client that takes its time over the header is cut off.
func TestSlowHeader(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	h.run()
	d := net.Dialer{Timeout: 5 * time.Second}
	c, err := d.DialContext(t.Context(), "tcp", strings.TrimPrefix(h.hooks, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, "POST /hooks/gh-isms HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := io.ReadAll(c); err != nil {
		t.Errorf("after %s: %v, want the connection closed", time.Since(start), err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("cut off after %s, want about 5 s", took)
	}
	huge := http.Header{"X-Huge": {strings.Repeat("x", 24<<10)}}
	if status, _ := h.send(http.MethodPost, "/hooks/"+rehearsal.GitHubBinding, huge, nil); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 24 KiB = %d, want 431", status)
	}
}
