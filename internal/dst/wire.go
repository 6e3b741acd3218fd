package dst

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// endless is a number of requests that no simulation comes near. The busiest send some ten
// thousand, because a changelog is long and its pages are short.
const endless = 200_000

// A wire carries the requests of one engine to the trackers.
type wire struct {
	w *world
	e *engine
}

// RoundTrip carries one request, and judges when it leaves.
func (n *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err // as net/http does: nothing is sent for somebody who waits no more
	}
	n.w.leaves(n.e, r)
	resp, err := n.carry(r)
	if err == nil {
		n.w.arrives(n.e, actorOf(r.Context()), r, resp)
	}
	return resp, err
}

// carry carries one request. It may take long, fail before or after the
// request takes effect, and never come back because the process is killed.
func (n *wire) carry(r *http.Request) (*http.Response, error) {
	w, a := n.w, actorOf(r.Context())
	what := r.Method + " " + tracker(r.URL.Host) + r.URL.Path
	if strings.HasSuffix(r.URL.Path, "/access_tokens") {
		return n.token(a, r)
	}
	a.sleep(0) // one commit may have let several go: each has chance in its own turn
	defer w.underWay()()
	write := isWrite(r)
	if write && !n.e.isDead() {
		n.e.intended(r, what)
	}
	w.step(n.e, "before "+what)
	n.latency(a)
	if n.e.isDead() {
		return nil, errDead
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if h := r.URL.Host; h == elsewhere {
		w.violated("redirect", "%s follows a redirect to another host", what)
		return nil, errors.New("no such host")
	}
	w.mu.Lock()
	w.requests++
	if w.requests == endless {
		w.violatedLocked("E3", "%d requests, the last one %s: the engine works without an end", endless, what)
		n.e.dead = true // nothing restarts it, so the simulation ends
	}
	if r.Method == http.MethodDelete {
		w.deletes = append(w.deletes, what)
	}
	w.mu.Unlock()
	if resp, err := n.sick(a, r); !errors.Is(err, errUnharmed) {
		w.note(a.name, "%s: %s", what, outcome(resp, err))
		return resp, err
	}
	if resp, err := n.before(r); !errors.Is(err, errUnharmed) {
		w.note(a.name, "%s: %s", what, outcome(resp, err))
		return resp, err
	}
	if write {
		w.meanwhile(r)
	}
	if write && w.Second {
		n.e.intended(r, what+", on its arrival,")
	}
	w.reaches(a, r)
	before := tide{w.trackers.Jira.Truth().Len(), w.trackers.GitHub.Truth().Len()}
	w.shows(r, before)
	resp, err := w.trackers.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.note(a.name, "%s: %d", what, resp.StatusCode)
	if kind := laterPage(r); kind != "" && resp.StatusCode == http.StatusOK {
		w.mu.Lock()
		w.counts[kind]++
		w.mu.Unlock()
	}
	if resp.StatusCode < 300 {
		w.window(a, r, before)
		w.tookEffect(a, r, before)
	}
	if write {
		w.meanwhile(r)
	}
	w.step(n.e, "after "+what)
	n.latency(a)
	if n.e.isDead() {
		return nil, errDead
	}
	if err := r.Context().Err(); err != nil {
		return nil, err // nobody waits for the answer any more
	}
	after, err := n.after(r, resp)
	if err != nil || after != resp {
		w.note(a.name, "%s: but %s", what, outcome(after, err))
	}
	return after, err
}

// underWay counts a request as under way until the returned function is called. The look
// that one belongs to which took long shows how things were before it: it does not count
// as a look in calm, even though it ends there.
func (w *world) underWay() (ended func()) {
	const long, rest = 30 * time.Second, 5 * time.Second
	began := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inFlight++
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.inFlight--
		if w.calm && time.Since(began) > long {
			w.calmSince = time.Now().Add(rest)
		}
	}
}

func (n *wire) latency(a *actor) {
	d := n.w.between(n.w.net, time.Millisecond, 60*time.Millisecond)
	if n.w.draw(n.w.net, Slow) {
		d += n.w.between(n.w.net, time.Second, 12*time.Second)
	}
	if n.w.draw(n.w.net, Stall) {
		d += n.w.between(n.w.net, 20*time.Second, 10*time.Minute)
	}
	a.sleep(d)
	if n.w.draw(n.w.net, Freeze) {
		n.e.freeze(n.w.between(n.w.net, time.Minute, 15*time.Minute))
	}
	n.e.thaw(a)
}

// errUnharmed is what before says of a request that goes on to the tracker.
var errUnharmed = errors.New("nothing happened to the request")

// before returns what a request gets that never reaches the tracker.
func (n *wire) before(r *http.Request) (*http.Response, error) {
	w := n.w
	switch {
	case w.draw(w.net, Panic):
		panic("dst: a bug")
	case w.draw(w.net, RefusedBefore):
		return nil, errors.New("connection refused")
	case w.draw(w.net, ErrorBefore):
		return answer(r, http.StatusBadGateway, nil, `{"message":"bad gateway"}`), nil
	case w.draw(w.net, LimitedBefore):
		return n.limited(r), nil
	case w.draw(w.net, DeniedBefore):
		return answer(r, http.StatusUnauthorized, nil, `{"message":"Bad credentials"}`), nil
	case r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/transitions") && w.draw(w.net, BusyBefore):
		return answer(r, http.StatusConflict, nil, `{"errorMessages":["Another transition of the issue is under way."]}`), nil
	case w.draw(w.net, PageBefore):
		return page(r), nil
	case w.draw(w.net, RedirectBefore):
		return answer(r, http.StatusTemporaryRedirect, map[string]string{"Location": "http://" + elsewhere + r.URL.Path}, ""), nil
	}
	return nil, errUnharmed
}

// after returns what becomes of an answer on its way back.
func (n *wire) after(r *http.Request, resp *http.Response) (*http.Response, error) {
	w := n.w
	switch {
	case w.draw(w.net, EmptyAfter) && isList(r) && resp.StatusCode == http.StatusOK:
		w.note("net", "an empty list")
		if tracker(r.URL.Host) == "jira" {
			return answer(r, http.StatusOK, header(resp), `{"issues":[],"isLast":true,"total":0,"startAt":0,"maxResults":50}`), nil
		}
		return answer(r, http.StatusOK, header(resp), `[]`), nil
	case w.draw(w.net, LostAfter):
		return nil, errors.New("connection reset by peer")
	case w.draw(w.net, ErrorAfter):
		return answer(r, http.StatusBadGateway, nil, `{"message":"upstream did not answer in time"}`), nil
	case w.draw(w.net, PageAfter):
		return page(r), nil
	case w.draw(w.net, CutAfter):
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		if len(b) < 2 {
			return nil, io.ErrUnexpectedEOF
		}
		cut := *resp
		cut.Body = io.NopCloser(io.MultiReader(bytes.NewReader(b[:len(b)/2]), broken{}))
		return &cut, nil
	}
	return resp, nil
}

// broken is the end of a body that was cut.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// limited is a rate limit in the words of the tracker.
func (n *wire) limited(r *http.Request) *http.Response {
	wait := int(n.w.between(n.w.net, time.Second, 90*time.Second) / time.Second)
	h := map[string]string{"Retry-After": fmt.Sprint(wait)}
	if tracker(r.URL.Host) == "jira" {
		h["RateLimit-Reason"] = "jira-burst-based"
		return answer(r, http.StatusTooManyRequests, h, `{"errorMessages":["Rate limit exceeded."]}`)
	}
	return answer(r, http.StatusForbidden, h, `{"message":"You have exceeded a secondary rate limit."}`)
}

func page(r *http.Request) *http.Response {
	return answer(r, http.StatusOK, map[string]string{"Content-Type": "text/html"}, "<!doctype html><title>Sign in</title>")
}

func answer(r *http.Request, status int, header map[string]string, body string) *http.Response {
	h := http.Header{"Content-Type": {"application/json; charset=utf-8"}}
	for k, v := range header {
		h.Set(k, v)
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}
}

func outcome(resp *http.Response, err error) string {
	if err != nil {
		return err.Error()
	}
	return resp.Header.Get("Content-Type") + " " + resp.Status
}

// elsewhere is a host that nobody may send a request to.
const elsewhere = "elsewhere.example:3"

// isList reports whether a request lists issues.
func isList(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/search/jql") || strings.HasSuffix(r.URL.Path, "/rest/api/2/search") || r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/acme/isms/issues")
}

// header keeps the time of an answer, by the tracker's clock.
func header(resp *http.Response) map[string]string {
	return map[string]string{"Date": resp.Header.Get("Date")}
}

// isWrite reports whether a request changes something. Some reads are POSTs; the
// simulated GraphQL knows queries alone.
func isWrite(r *http.Request) bool {
	p := r.URL.Path
	return r.Method != http.MethodGet && r.Method != http.MethodHead &&
		!strings.HasSuffix(p, "/graphql") && !strings.Contains(p, "/search") && !strings.Contains(p, "/bulkfetch") && !strings.HasSuffix(p, "/comment/list")
}

// intended checks A1 at the only moment at which it can be seen: when a write
// leaves, its intent must be durable. And S16: however long an outage lasts, a record has
// one write at most whose outcome is not known in a binding.
func (e *engine) intended(r *http.Request, what string) {
	binding := "gh-isms"
	if tracker(r.URL.Host) == "jira" {
		binding = "jira-isms"
	}
	var n, most int
	err := e.app.Store.Reader().QueryRowContext(r.Context(), `SELECT coalesce(sum(n), 0), coalesce(max(n), 0)
FROM (SELECT count(*) AS n FROM intent WHERE binding = $1 AND pending = 1 GROUP BY record_id)`, binding).Scan(&n, &most)
	if err != nil {
		panic(err)
	}
	if n == 0 {
		e.w.violated("A1", "%s leaves without an intent", what)
	}
	if most > 1 {
		e.w.violated("S16", "%s leaves, and %d writes of one record to %s have no outcome", what, most, binding)
	}
}
