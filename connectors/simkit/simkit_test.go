package simkit_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/simkit"
)

func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
		c := simkit.NewClock(start)
		time.Sleep(time.Second) // in the bubble
		c.Advance(2 * time.Hour)
		if got, want := c.Now(), start.Add(2*time.Hour+time.Second); !got.Equal(want) {
			t.Errorf("Now() = %s, want %s", got, want)
		}
		c.Advance(-3 * time.Hour)
		if got, want := c.Now(), start.Add(-time.Hour+time.Second); !got.Equal(want) {
			t.Errorf("Now() = %s, want %s", got, want)
		}
		for name, c := range map[string]*simkit.Clock{"nil": nil, "zero": {}, "NewClock(zero)": simkit.NewClock(time.Time{})} {
			if got := c.Now(); !got.Equal(time.Now()) || got.Location() != time.UTC {
				t.Errorf("%s clock = %s, want real time in UTC", name, got)
			}
		}
	})
}

func TestTruth(t *testing.T) {
	var tr simkit.Truth
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() { tr.Add(simkit.Change{Seq: 99, Issue: "SEC-1", Field: "title"}) })
	}
	wg.Wait()
	for i, c := range tr.All() {
		if c.Seq != int64(i)+1 {
			t.Errorf("entry %d has number %d", i, c.Seq)
		}
	}
	for since, want := range map[int64]int{-1: 10, 0: 10, 7: 3, 10: 0, 99: 0} {
		if got := len(tr.Since(since)); got != want {
			t.Errorf("Since(%d) has %d entries, want %d", since, got, want)
		}
	}
	got := tr.All()
	got[0].Issue = "changed"
	if tr.All()[0].Issue != "SEC-1" {
		t.Error("All shares its slice, want a copy")
	}
}

// receiver collects webhook bodies in order of arrival.
type receiver struct {
	*httptest.Server
	mu   sync.Mutex
	got  []string
	sigs []string
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		b, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		r.got = append(r.got, string(b))
		r.sigs = append(r.sigs, req.Header.Get("X-Sig"))
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) bodies(t *testing.T, c *simkit.Courier) string {
	t.Helper()
	if err := c.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.got, "")
}

func send(c *simkit.Courier, url string, names ...string) {
	for _, n := range names {
		c.Send(simkit.Delivery{
			ID: "id-" + n, URL: url, Header: http.Header{"X-Github-Event": {"issues"}}, Body: []byte(n),
			Sign: func(b []byte) (string, string) { return "X-Sig", "signed " + string(b) },
		})
	}
}

func TestCourierKeepsTheOrder(t *testing.T) {
	r := receive(t)
	c := simkit.NewCourier(r.Client())
	send(c, r.URL, strings.Split("abcdefghijklmnopqrstuvwxyz", "")...)
	if got := r.bodies(t, c); got != "abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("received %q, want the alphabet", got)
	}
	if r.sigs[2] != "signed c" {
		t.Errorf("signature = %q, want one over the body", r.sigs[2])
	}
	d := c.Deliveries()
	if len(d) != 26 || d[0].ID != "id-a" || d[0].Event != "issues" || d[0].Status != 202 || d[0].At.IsZero() {
		t.Errorf("Deliveries = %+v, want 26 with their status", d)
	}
}

func TestCourierLosesDoublesAndReorders(t *testing.T) {
	for _, test := range []struct {
		name    string
		arrange func(*simkit.Courier)
		finish  func(*simkit.Courier)
		want    string
	}{
		{name: "lose", arrange: func(c *simkit.Courier) { c.Lose(2) }, want: "c"},
		{name: "duplicate", arrange: func(c *simkit.Courier) { c.Duplicate(1) }, want: "aabc"},
		{name: "hold", arrange: (*simkit.Courier).Hold, want: ""},
		{name: "late", arrange: (*simkit.Courier).Hold, finish: func(c *simkit.Courier) { c.Release(false) }, want: "abc"},
		{name: "reversed", arrange: (*simkit.Courier).Hold, finish: func(c *simkit.Courier) { c.Release(true) }, want: "cba"},
		{name: "lost but redelivered", arrange: func(c *simkit.Courier) { c.Lose(3) }, finish: func(c *simkit.Courier) {
			if !c.Redeliver("id-b") || c.Redeliver("id-unknown") {
				t.Error("Redeliver knows the wrong deliveries")
			}
		}, want: "b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := receive(t)
			c := simkit.NewCourier(r.Client())
			test.arrange(c)
			send(c, r.URL, "a", "b", "c")
			if test.finish != nil {
				test.finish(c)
			}
			if got := r.bodies(t, c); got != test.want {
				t.Errorf("received %q, want %q", got, test.want)
			}
		})
	}
}

func TestCourierRemembersWhatFailed(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	c := simkit.NewCourier(&http.Client{Timeout: time.Second})
	c.Lose(1)
	send(c, closed.URL, "lost")
	c.Send(simkit.Delivery{ID: "refused", URL: closed.URL, Body: []byte(`{"webhookEvent":"jira:issue_updated"}`)})
	c.Send(simkit.Delivery{ID: "nowhere", URL: "://"})
	if err := c.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := c.Deliveries()
	for i := range got {
		got[i].At = time.Time{}
	}
	want := []simkit.Sent{{ID: "id-lost", Event: "issues", Lost: true}, {ID: "refused", Event: "jira:issue_updated"}, {ID: "nowhere"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Deliveries (-want +got):\n%s", diff)
	}
}

func TestCourierWaitEndsWithItsContext(t *testing.T) {
	block := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-block }))
	t.Cleanup(s.Close)
	c := simkit.NewCourier(s.Client())
	send(c, s.URL, "a", "never")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Wait = %v, want context.Canceled", err)
	}
	closed := make(chan struct{})
	go func() { c.Close(); close(closed) }()
	close(block)
	<-closed
	send(c, s.URL, "late")
	if err := c.Wait(t.Context()); err != nil {
		t.Errorf("Wait after Close = %v, want nil", err)
	}
	if n := len(c.Deliveries()); n > 1 {
		t.Errorf("deliveries after Close = %d, want nothing new", n)
	}
}

func TestControl(t *testing.T) {
	r := receive(t)
	start := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	clock, truth, faults, courier := simkit.NewClock(start), &simkit.Truth{}, &simkit.Faults{}, simkit.NewCourier(r.Client())
	truth.Add(simkit.Change{Issue: "SEC-1", Field: "title", To: "a"})
	truth.Add(simkit.Change{Issue: "SEC-1", Field: "title", To: "b"})
	mux := http.NewServeMux()
	mux.Handle("/_sim/", simkit.Control(clock, truth, faults, courier))
	mux.Handle("/", faults.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	call := func(method, path, body string, into any) int {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if into != nil {
			if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		}
		return resp.StatusCode
	}

	var changes []simkit.Change
	if got := call("GET", "/_sim/log?since=1", "", &changes); got != 200 || len(changes) != 1 || changes[0].To != "b" {
		t.Errorf("log = %d, %+v, want the second change", got, changes)
	}
	if got := call("GET", "/_sim/log?since=x", "", nil); got != 400 {
		t.Errorf("log since x = %d, want 400", got)
	}
	if got := call("POST", "/_sim/faults", `{"do":"status","status":418,"times":-1}`, nil); got != 200 {
		t.Errorf("POST faults = %d, want 200", got)
	}
	if got := call("GET", "/api", "", nil); got != 418 {
		t.Errorf("faulty call = %d, want 418", got)
	}
	if got := call("DELETE", "/_sim/faults", "", nil); got != 204 {
		t.Errorf("DELETE faults = %d, want 204", got)
	}
	if got := call("GET", "/api", "", nil); got != 200 {
		t.Errorf("call = %d, want 200", got)
	}
	for _, bad := range []string{`{"do":"explode"}`, `{"do":"drop","aftr":true}`, `nonsense`} {
		if got := call("POST", "/_sim/faults", bad, nil); got != 400 {
			t.Errorf("POST faults %s = %d, want 400", bad, got)
		}
	}
	var requests []simkit.Request
	if call("GET", "/_sim/requests", "", &requests); len(requests) != 2 || requests[0].Status != 418 {
		t.Errorf("requests = %+v, want the two API calls and no control call", requests)
	}
	if call("DELETE", "/_sim/requests", "", nil); faults.Count("", "") != 0 {
		t.Error("DELETE requests forgot nothing")
	}
	if got := call("POST", "/_sim/clock", `{"advance":"2h"}`, nil); got != 200 || clock.Now().Before(start.Add(2*time.Hour)) {
		t.Errorf("clock = %d, %s, want two hours later", got, clock.Now())
	}
	if got := call("POST", "/_sim/clock", `{"advance":"soon"}`, nil); got != 400 {
		t.Errorf("clock soon = %d, want 400", got)
	}
	if got := call("POST", "/_sim/webhooks", `{"lose":1,"duplicate":1,"hold":true}`, nil); got != 200 {
		t.Errorf("webhooks = %d, want 200", got)
	}
	send(courier, r.URL, "a", "b", "c")
	if got := call("POST", "/_sim/webhooks", `{"release":true,"reverse":true}`, nil); got != 200 {
		t.Errorf("webhooks release = %d, want 200", got)
	}
	if got := r.bodies(t, courier); got != "cbb" {
		t.Errorf("received %q, want cbb", got)
	}
	var sent []simkit.Sent
	if call("GET", "/_sim/deliveries", "", &sent); len(sent) != 4 || !sent[0].Lost {
		t.Errorf("deliveries = %+v, want one lost and three sent", sent)
	}
	if got := call("POST", "/_sim/webhooks", `{"hold":true,"release":true}`, nil); got != 400 {
		t.Errorf("hold and release = %d, want 400", got)
	}
}

func TestLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := simkit.Latency(3*time.Second, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
		start, w := time.Now(), httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
		if took := time.Since(start); took != 3*time.Second || w.Code != 204 {
			t.Errorf("answer %d after %s, want 204 after 3s", w.Code, took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", http.NoBody).WithContext(ctx))
		if took := time.Since(start); took != time.Second {
			t.Errorf("cancelled call took %s, want 1s", took)
		}
	})
}

// A simulator that runs for weeks must not grow for ever.
func TestLogsAreBounded(t *testing.T) {
	c := simkit.NewCourier(&http.Client{})
	c.SetClock(simkit.NewClock(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)))
	const n = 25_000
	c.Lose(n)
	for k := range n {
		c.Send(simkit.Delivery{ID: strconv.Itoa(k)})
	}
	sent := c.Deliveries()
	if len(sent) > 10_000 || len(sent) < 5_000 || sent[len(sent)-1].ID != strconv.Itoa(n-1) || sent[0].At.Year() != 2030 {
		t.Errorf("Deliveries = %d ending with %+v, want at most 10000, the newest", len(sent), sent[len(sent)-1])
	}
	if c.Redeliver("0") || !c.Redeliver(strconv.Itoa(n-1)) {
		t.Error("Redeliver knows the wrong deliveries, want the newest 10000")
	}
	c.Close()

	f := &simkit.Faults{}
	h := f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	for range 100_010 {
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	if got := len(f.Requests()); got > 100_000 || got < 50_000 {
		t.Errorf("Requests = %d, want at most 100000", got)
	}
}
