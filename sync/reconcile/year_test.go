package reconcile_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// A year is what people are told while months pass. The verbs:
//
//	told                    people are told of their dates through a webhook; before the first sync
//	until <date>            conformd looks at everything and tells people, each day at nine, up to that day
//	off until <date>        time passes, and conformd does not run
//	show notices <file>     what people were told since the last time
type year struct {
	mu  sync.Mutex
	got []string
}

// told has a webhook take what people are told, with the day of it.
func (w *world) told() {
	w.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var m struct{ Text string }
		if err == nil {
			err = json.Unmarshal(body, &m)
		}
		w.year.mu.Lock()
		defer w.year.mu.Unlock()
		if err != nil {
			m.Text = err.Error()
		}
		w.year.got = append(w.year.got, w.clock.Now().UTC().Format("2006-01-02 Mon")+"  "+m.Text)
	}))
	w.Cleanup(s.Close)
	secret := filepath.Join(w.dir, "webhook")
	w.must(os.WriteFile(secret, []byte(s.URL), 0o600))
	w.edits = append(w.edits, []string{"people:\n", "notices:\n  webhook: {url: {file: " + secret + "}}\npeople:\n"})
}

// until lets days pass.
func (w *world) until(date string, running bool) {
	w.Helper()
	end, err := time.Parse(time.DateOnly, date)
	w.must(err)
	for {
		now := w.clock.Now().UTC()
		next := now.Truncate(24 * time.Hour).Add(9 * time.Hour)
		if !next.After(now) {
			next = next.AddDate(0, 0, 1)
		}
		if next.After(end.Add(9 * time.Hour)) {
			return
		}
		w.clock.Advance(next.Sub(now))
		if running {
			w.pass()
			w.must(w.daemon().Tell(w.Context()))
		}
	}
}

// noticesText returns what people were told since the last call: a line for each message with
// its day, person and counts, and below it the dates.
func (w *world) noticesText() string {
	w.year.mu.Lock()
	defer w.year.mu.Unlock()
	var b strings.Builder
	for _, m := range w.year.got {
		for line := range strings.Lines(m) {
			if line = strings.TrimRight(line, "\n"); line != "" && !strings.HasPrefix(line, "All of your dates") && !strings.HasPrefix(line, "http") {
				b.WriteString(strings.Replace(line, ", conformd: ", ": ", 1) + "\n")
			}
		}
	}
	w.year.got = nil
	return b.String()
}
