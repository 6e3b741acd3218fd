package simkit_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/simkit"
)

// world is a server with one number that POST increments.
type world struct {
	*httptest.Server
	faults *simkit.Faults
	count  atomic.Int32
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{faults: &simkit.Faults{}}
	w.Server = httptest.NewServer(w.faults.Middleware(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.count.Add(1)
		}
		if r.Method == http.MethodPut {
			w.count.Add(1)
			rw.WriteHeader(http.StatusNoContent)
			return
		}
		simkit.Identify(r, "alice")
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(rw, `{"number":"0123456789"}`)
	})))
	t.Cleanup(w.Close)
	return w
}

// call makes one request on a connection of its own, so that nothing is repeated
// by the client.
func (w *world) call(t *testing.T, method, path string) (*http.Response, string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.URL+path, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Close = true
	resp, err := w.Client().Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp, string(b), err
}

func TestFaultsBeforeAndAfterTheEffect(t *testing.T) {
	for _, after := range []bool{false, true} {
		want := int32(0)
		if after {
			want = 1
		}
		for _, do := range []string{simkit.Drop, simkit.Status, simkit.Truncate, simkit.Garbage} {
			w := open(t)
			w.faults.Add(simkit.Fault{Do: do, After: after, Status: 502, Header: map[string]string{"X-A": "b"}, Body: "bad gateway"})
			resp, body, err := w.call(t, http.MethodPost, "/issues")
			switch do {
			case simkit.Drop:
				if err == nil {
					t.Errorf("drop after=%t: answer %d, want none", after, resp.StatusCode)
				}
			case simkit.Status:
				if err != nil || resp.StatusCode != 502 || resp.Header.Get("X-A") != "b" || body != "bad gateway" {
					t.Errorf("status after=%t: %v, %q, %v, want 502 as armed", after, resp, body, err)
				}
			case simkit.Truncate:
				if !errors.Is(err, io.ErrUnexpectedEOF) || int64(len(body)) != resp.ContentLength/2 || body == "" {
					t.Errorf("truncate after=%t: %q of %v, %v, want half the body", after, body, resp, err)
				}
			case simkit.Garbage:
				if err != nil || resp.StatusCode != 200 || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") || !strings.Contains(body, "<html") {
					t.Errorf("garbage after=%t: %v, %q, %v, want a login page", after, resp, body, err)
				}
			}
			if got := w.count.Load(); got != want {
				t.Errorf("%s after=%t: effects = %d, want %d", do, after, got, want)
			}
			// A fault is used up.
			if resp, _, err := w.call(t, http.MethodPost, "/issues"); err != nil || resp.StatusCode != 201 {
				t.Errorf("request after %s: %v, want 201", do, err)
			}
		}
	}
}

// The real half of a real answer, although a read has no effect to come before.
func TestTruncatedReadIsCutInItsOwnBody(t *testing.T) {
	w := open(t)
	w.faults.Add(simkit.Fault{Method: http.MethodGet, Do: simkit.Truncate})
	_, body, err := w.call(t, http.MethodGet, "/")
	if !errors.Is(err, io.ErrUnexpectedEOF) || body != `{"number":"` {
		t.Errorf("read %q, %v, want the first half", body, err)
	}
}

func TestAnEmptyAnswerIsLostInsteadOfCut(t *testing.T) {
	w := open(t)
	w.faults.Add(simkit.Fault{Method: http.MethodPut, Do: simkit.Truncate, After: true})
	if _, _, err := w.call(t, http.MethodPut, "/"); err == nil || w.count.Load() != 1 {
		t.Errorf("PUT = %v after %d effects, want an error after 1", err, w.count.Load())
	}
}

// HTTP/2 and in-process transports give no connection to close.
func TestDropWithoutAConnectionAbortsTheHandler(t *testing.T) {
	f := &simkit.Faults{}
	f.Add(simkit.Fault{Do: simkit.Drop})
	defer func() {
		if got := recover(); got != http.ErrAbortHandler { //nolint:errorlint // a panic value, not a wrapped error
			t.Errorf("panic = %v, want http.ErrAbortHandler", got)
		}
		if got := f.Requests(); len(got) != 1 || got[0].Status != 0 {
			t.Errorf("Requests = %+v, want the dropped one", got)
		}
	}()
	h := f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the request took effect") }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", http.NoBody))
}

func TestFaultsSkipAndLast(t *testing.T) {
	w := open(t)
	w.faults.Add(simkit.Fault{Method: http.MethodPost, Path: `^/issues$`, Do: simkit.Status, Status: 500, Skip: 1, Times: 2})
	var got []int
	for range 5 {
		_, _, _ = w.call(t, http.MethodPost, "/other")
		_, _, _ = w.call(t, http.MethodGet, "/issues")
		resp, _, err := w.call(t, http.MethodPost, "/issues")
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, resp.StatusCode)
	}
	if diff := cmp.Diff([]int{201, 500, 500, 201, 201}, got); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	w.faults.Add(simkit.Fault{Do: simkit.Status, Status: 503, Times: -1})
	for range 3 {
		if resp, _, err := w.call(t, http.MethodGet, "/"); err != nil || resp.StatusCode != 503 {
			t.Errorf("call = %v, want 503 for ever", err)
		}
	}
	w.faults.Clear()
	if resp, _, err := w.call(t, http.MethodGet, "/"); err != nil || resp.StatusCode != 201 {
		t.Errorf("call after Clear = %v, want 201", err)
	}
}

func TestRequestsAreLogged(t *testing.T) {
	w := open(t)
	w.faults.Clock = simkit.NewClock(time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC))
	w.faults.Add(simkit.Fault{Path: "dropped", Do: simkit.Drop})
	_, _, _ = w.call(t, http.MethodGet, "/issues?a=b")
	_, _, _ = w.call(t, http.MethodPost, "/dropped")
	got := w.faults.Requests()
	for i := range got {
		if got[i].Began.Year() != 2030 || got[i].At.Before(got[i].Began) {
			t.Errorf("Began = %s, At = %s, want the simulator's clock", got[i].Began, got[i].At)
		}
		got[i].Began, got[i].At = time.Time{}, time.Time{}
	}
	want := []simkit.Request{
		{Method: "GET", Path: "/issues", Query: "a=b", Status: 201, By: "alice"},
		{Method: "POST", Path: "/dropped"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Requests (-want +got):\n%s", diff)
	}
	if n, m := w.faults.Count("", ""), w.faults.Count("GET", "^/iss"); n != 2 || m != 1 {
		t.Errorf("Count = %d, %d, want 2, 1", n, m)
	}
	w.faults.ResetCount()
	if n := w.faults.Count("", ""); n != 0 {
		t.Errorf("Count after ResetCount = %d, want 0", n)
	}
}

// The log is shown to people: a user name may be in it, a password never.
func TestTheLogShowsNoCredential(t *testing.T) {
	f := &simkit.Faults{}
	h := f.Middleware(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, set := range []func(*http.Request){
		func(r *http.Request) { r.SetBasicAuth("bot", "pa55word") },
		func(r *http.Request) { r.Header.Set("Authorization", "Bearer pa55word") },
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		set(r)
		h.ServeHTTP(httptest.NewRecorder(), r)
	}
	b, err := json.Marshal(f.Requests())
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), "pa55word") || f.Requests()[0].By != "bot" {
		t.Errorf("Requests = %s, want the user name and no password", b)
	}
}

func TestDelay(t *testing.T) {
	w := open(t)
	w.faults.Add(simkit.Fault{Do: simkit.Delay, Delay: 30 * time.Millisecond})
	w.faults.Add(simkit.Fault{Do: simkit.Delay, Delay: 30 * time.Millisecond, After: true})
	for range 2 {
		start := time.Now()
		resp, _, err := w.call(t, http.MethodPost, "/")
		if err != nil || resp.StatusCode != 201 || time.Since(start) < 30*time.Millisecond {
			t.Errorf("delayed call = %v after %s, want 201 after 30ms", err, time.Since(start))
		}
	}
	if w.count.Load() != 2 {
		t.Errorf("effects = %d, want 2", w.count.Load())
	}
}

func TestFaultJSON(t *testing.T) {
	f := simkit.Fault{
		Method: "POST", Path: "/issue", After: true, Do: "status", Status: 500, Header: map[string]string{"A": "b"},
		Body: "x", Delay: 1500 * time.Millisecond, Skip: 2, Times: -1,
	}
	b, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"delay":"1.5s"`) || !strings.Contains(string(b), `"after":true`) {
		t.Errorf("Marshal = %s, want lower case keys and a readable delay", b)
	}
	var got simkit.Fault
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(f, got); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
	for _, bad := range []string{`{"do":"drop","aftr":true}`, `{"do":"drop","delay":"soon"}`, `{"do":3}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("Unmarshal(%s) = nil, want an error", bad)
		}
	}
	for _, bad := range []simkit.Fault{{}, {Do: "explode"}, {Do: "status"}, {Do: "status", Status: 99}, {Do: "drop", Path: "("}, {Do: "delay"}} {
		if bad.Validate() == nil {
			t.Errorf("Validate(%+v) = nil, want an error", bad)
		}
	}
}

func TestFaultsAreSafeForConcurrentUse(t *testing.T) {
	w := open(t)
	w.faults.Add(simkit.Fault{Do: simkit.Status, Status: 500, Times: 10})
	var wg sync.WaitGroup
	var failed atomic.Int32
	for range 8 {
		wg.Go(func() {
			for range 5 {
				resp, _, err := w.call(t, http.MethodPost, "/")
				if err == nil && resp.StatusCode == 500 {
					failed.Add(1)
				}
				w.faults.Count("", "")
			}
		})
	}
	wg.Wait()
	if failed.Load() != 10 || w.count.Load() != 30 || w.faults.Count("POST", "") != 40 {
		t.Errorf("failed, took effect, logged = %d, %d, %d, want 10, 30, 40", failed.Load(), w.count.Load(), w.faults.Count("POST", ""))
	}
}
