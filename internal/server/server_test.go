package server_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/store"
)

// hostile is what somebody types into a tracker who wants more than to report.
const hostile = `<script>alert(1)</script> "quoted" <img src=x onerror=alert(1)> javascript:alert(1)`

// pages makes a register with a record that was closed without its evidence, one
// in conflict and one with hostile text, and returns the pages over it.
func pages(t *testing.T) (http.Handler, *app.App) {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	erik := w.GitHub.As("erik")
	pass := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if _, err := a.Pass(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, title := range []string{"Leavers keep their accounts", "Keys are shared", "Alarm " + hostile} {
		_, err := erik.Open(title, "### What is wrong\n\n"+hostile+"\n\n### Corrective action plan\n\n- [ ] Rotate the keys @olga due:2026-12-01\n", "capa", "grade/minor")
		pass(err)
	}
	pass(erik.Close(1, "completed"), erik.Retitle(2, "Keys are shared by three"), w.Jira.Person("olga").Edit("ISMS-2", map[string]any{"summary": "Keys are known to all"}))
	srv := server.New(server.Options{
		Store: a.Store, Hooks: http.NotFoundHandler(), Log: zap.NewNop(), Public: a.Public, Requests: a.Requests, Setup: a.Setup,
	})
	return srv.Handler, a
}

func get(t *testing.T, h http.Handler, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return rec
}

func TestPages(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil || len(rows) != 3 {
		t.Fatalf("Records = %d, %v, want 3", len(rows), err)
	}
	record := func(i int) string { return "/records/" + rows[i].Record.Ref }
	for _, c := range []struct {
		name, path string
		status     int
		want       []string
	}{
		{"the register", "/", 200, []string{"Leavers keep their accounts", "close requested", "acme/isms#1, ISMS-1", "jira-isms", "Keys are known to all", "Keys are shared by three"}},
		{"only what is held", "/?show=held", 200, []string{rows[0].Record.Ref}},
		{"only what is closed", "/?show=closed", 200, []string{"No record is in this part of the register"}},
		{"a held record says what is missing", record(0), 200, []string{"G07", "10.2 b2", "Root cause is missing", "Rotate the keys", "2026-12-01", "record.refused", "write.intent"}},
		{"a record in conflict shows both values", record(1), 200, []string{"Keys are known to all", "Keys are shared by three"}},
		{"hostile text is only text", record(2), 200, []string{"&lt;script&gt;alert(1)&lt;/script&gt;"}},
		{"an unknown record", "/records/NC-1", 404, nil},
		{"the audit log", "/audit", 200, []string{"record.created", "acme.example/isms-register", a.Public}},
		{"the style", "/style.css", 200, []string{"color-scheme"}},
		{"alive", "/livez", 200, []string{"ok"}},
		{"ready", "/readyz", 200, []string{"ok"}},
		{"nothing there", "/nothing", 404, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := get(t, h, http.MethodGet, c.path)
			if rec.Code != c.status {
				t.Fatalf("GET %s = %d, want %d: %s", c.path, rec.Code, c.status, rec.Body)
			}
			body := rec.Body.String()
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(body, strings.ReplaceAll(want, "+", "&#43;")) {
					t.Errorf("GET %s does not show %q", c.path, want)
				}
			}
			for _, bad := range []string{"<script", "<img", "onerror=\"", "href=\"javascript:", "style=\""} {
				if strings.Contains(body, bad) {
					t.Errorf("GET %s holds %q", c.path, bad)
				}
			}
			for header, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
				if got := rec.Header().Get(header); !strings.HasPrefix(got, want) {
					t.Errorf("GET %s: %s is %q, want %q", c.path, header, got, want)
				}
			}
		})
	}
}

// A tracker that is not read any more does not look as if all were well, whatever
// the reason is; one that was never read has a line.
func TestTrackersThatAreNotRead(t *testing.T) {
	_, a := pages(t)
	hour := time.Now().Add(-time.Hour).UnixMilli()
	err := a.Store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE binding SET polled = $1 WHERE id = $2", hour, rehearsal.JiraBinding)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	srv := server.New(server.Options{
		Store: a.Store, Hooks: http.NotFoundHandler(), Log: zap.NewNop(), Requests: a.Requests, PollEvery: time.Minute,
		Setup: func() map[string][]string { return map[string][]string{"gh-new": nil} },
	})
	body := get(t, srv.Handler, http.MethodGet, "/").Body.String()
	for _, want := range []string{"gh-new</th><td>never", "was not read yet", "Nothing was read since then", "1 closure held"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not show %q:\n%s", want, body)
		}
	}
}

func TestPagesChangeNothing(t *testing.T) {
	h, _ := pages(t)
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodTrace} {
		if rec := get(t, h, method, "/"); rec.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s / = %d, want 405", method, rec.Code)
		}
	}
}

func TestNotReadyWhenTheRegisterCannotBeRead(t *testing.T) {
	h, a := pages(t)
	if err := a.Store.Reader().Close(); err != nil {
		t.Fatal(err)
	}
	if rec := get(t, h, http.MethodGet, "/readyz"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("GET /readyz = %d, want 503", rec.Code)
	}
	if rec := get(t, h, http.MethodGet, "/"); rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "sql") {
		t.Errorf("GET / = %d %q, want 500 without inner detail", rec.Code, rec.Body)
	}
	if rec := get(t, h, http.MethodGet, "/livez"); rec.Code != http.StatusOK {
		t.Errorf("GET /livez = %d, want 200: the process is alive", rec.Code)
	}
}
