package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/conformd/conformd/internal/store"
)

// The daemon tells the ISMS manager that triage is due, once, and does not tell it again when
// it starts anew.
func TestTheDaemonTellsPeopleOfTheirDates(t *testing.T) {
	var mu sync.Mutex
	var got []string
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		got = append(got, string(body))
	}))
	t.Cleanup(hook.Close)
	dir := t.TempDir()
	for name, text := range map[string]string{"url": hook.URL + "/T1?sig=0123456789abcdef", "calendar.yaml": "weekend: []\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	h := newHouse(t, func(text string) string {
		text = strings.Replace(text, "people:\n", "notices:\n  from: \"00:00\"\n  until: \"24:00\"\n  webhook: {url: {file: "+filepath.Join(dir, "url")+"}}\npeople:\n", 1)
		text = strings.Replace(text, "register:\n", "register:\n  calendar: "+filepath.Join(dir, "calendar.yaml")+"\n", 1)
		return text
	})
	if _, err := h.world.GitHub.As("erik").Open("Leavers keep their accounts", form, "capa"); err != nil {
		t.Fatal(err)
	}
	if err := h.pass(); err != nil {
		t.Fatal(err)
	}
	h.run()
	sent := func() (n int) {
		all, err := h.app.Store.Messages(t.Context(), "irene", 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if m.State == store.MessageSent {
				n++
			}
		}
		return n
	}
	h.until("irene is told", func() bool { return sent() == 1 })
	if err := h.app.Tell(t.Context()); err != nil { // as after a start
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(got) != 1 || !strings.Contains(got[0], "To come:") || !strings.Contains(got[0], " triage is due ") {
		t.Errorf("the webhook got %q, want one message about triage", got)
	}
	if strings.Contains(h.log.tail(1<<20), "0123456789abcdef") {
		t.Error("the log shows the address of the webhook")
	}
}
