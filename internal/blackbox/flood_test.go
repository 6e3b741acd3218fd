//go:build linux

package blackbox

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/conformd/conformd/internal/figures"
)

var figuresFile = flag.String("figures", "", "put the figure of TestWebhookFlood into this file")

// What strangers send at once, and what the daemon may take of the memory meanwhile.
const (
	floodConnections = 60
	floodBody        = 24 << 20 // bytes
	floodMemory      = 256      // MB
	floodEdits       = 10
)

// Strangers post bodies as large as GitHub's largest over many connections: unsigned, with
// somebody's signature, and signed well but beyond the limit. The daemon stays small, goes
// on with its work, and its log does not grow with what it refuses. It runs by itself: the
// flood takes the whole machine.
func TestWebhookFlood(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	l := newLane(t, build(t), 1, &tally{})
	l.options = options{Deployment: "cloud"}
	l.disk = newDisk(l)
	l.startTrackers()
	l.daemon = newDaemon(l)
	l.daemon.start()
	var issue struct{ Number int }
	l.github.must("erik", http.MethodPost, "/repos/acme/isms/issues", map[string]any{"title": "Before the flood", "body": "x", "labels": []string{"capa"}}, &issue)
	l.reaches("Before the flood")

	ctx, stop := context.WithCancel(l.ctx)
	f := &flood{answers: map[int]int{}}
	var senders sync.WaitGroup
	for n := range floodConnections {
		senders.Go(func() { f.send(ctx, l.hooks, n) })
	}
	for n := range floodEdits {
		title := fmt.Sprintf("In the flood, %d", n)
		l.github.must("erik", http.MethodPatch, fmt.Sprintf("/repos/acme/isms/issues/%d", issue.Number), map[string]any{"title": title}, nil)
		l.reaches(title)
	}
	l.within(startMost, "every sender was refused ten times", func() bool { return f.refused() >= 10*floodConnections })
	stop()
	senders.Wait()

	peak := l.daemon.peak()
	t.Logf("%v answers and %d broken connections, at most %.1f MB", f.answers, f.broken, peak)
	if peak > floodMemory {
		t.Errorf("the daemon took %.1f MB, want at most %d", peak, floodMemory)
	}
	for status := range maps.Keys(f.answers) {
		if !slices.Contains([]int{401, 413, 429, 503}, status) {
			t.Errorf("%d deliveries of strangers were answered %d, want 401, 413, 429 or 503", f.answers[status], status)
		}
	}
	if n := strings.Count(l.daemonLog(), "delivery not taken"); n == 0 || n > 60 {
		t.Errorf("the log has %d lines about refused deliveries, want a line a minute for each binding", n)
	}
	for _, path := range []string{l.pages + "/livez", l.pages + "/", l.hooks + "/livez"} {
		if status := l.status(path); status != http.StatusOK {
			t.Errorf("GET %s after the flood = %d, want 200", path, status)
		}
	}
	l.daemon.stop()
	if *figuresFile != "" {
		row := figures.Row{Name: "webhook_flood_peak_mb", Value: peak, Unit: "MB", Goal: fmt.Sprintf("<= %d", floodMemory)}
		if err := figures.Put(*figuresFile, row); err != nil {
			t.Error(err)
		}
	}
}

// reaches waits until a title from GitHub is in Jira.
func (l *lane) reaches(title string) {
	l.Helper()
	l.within(patience(), title+" is in Jira", func() bool {
		return slices.ContainsFunc(l.jira.truth(), func(c change) bool { return c.To == title && c.By != "" })
	})
}

func (l *lane) status(url string) int {
	l.Helper()
	r, err := http.NewRequestWithContext(l.ctx, http.MethodGet, url, nil)
	if err != nil {
		l.Fatal(err)
	}
	resp, err := l.github.client.Do(r)
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	return resp.StatusCode
}

// peak is the most resident memory that the daemon had, in MB.
func (d *daemon) peak() float64 {
	d.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", d.cmd.Process.Pid))
	if err != nil {
		d.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, err := strconv.Atoi(f[1])
			if err != nil {
				d.Fatal(err)
			}
			return float64(kb) / 1024
		}
	}
	d.Fatal("no VmHWM in the status of the process")
	return 0
}

// A flood is what strangers send and how it is answered.
type flood struct {
	mu      sync.Mutex
	answers map[int]int // by status
	broken  int         // connections that ended without an answer
}

func (f *flood) refused() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, k := range f.answers {
		n += k
	}
	return n + f.broken
}

// send posts bodies until ctx is done. The kind of delivery follows from the number of
// the sender.
func (f *flood) send(ctx context.Context, base string, n int) {
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/hooks/"+[]string{"gh-isms", "jira-isms"}[n%2], io.LimitReader(blanks{}, floodBody))
		if err != nil {
			return
		}
		r.Header.Set("X-GitHub-Event", "issues")
		signature := ""
		switch n % 4 {
		case 0, 1: // unsigned, and its length is told
			r.ContentLength = floodBody
		case 2: // somebody's signature, and no length is told
			signature = "sha256=" + strings.Repeat("ab", sha256.Size)
		case 3: // signed well
			signature = signed()
			r.ContentLength = int64([]int{floodBody, -1}[n/4%2])
		}
		if signature != "" {
			r.Header.Set("X-Hub-Signature-256", signature)
			r.Header.Set("X-Hub-Signature", signature)
		}
		resp, err := client.Do(r)
		f.mu.Lock()
		switch {
		case err == nil:
			_ = resp.Body.Close()
			f.answers[resp.StatusCode]++
		case ctx.Err() == nil:
			f.broken++
		}
		f.mu.Unlock()
	}
}

// signed is the signature of the whole body with the right secret.
var signed = sync.OnceValue(func() string {
	m := hmac.New(sha256.New, []byte("rehearsal-webhook-secret-0123456789abcdef"))
	_, _ = io.Copy(m, io.LimitReader(blanks{}, floodBody)) // neither fails
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
})

// blanks is an endless text of spaces.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}
