package inbox_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/inbox"
)

// A frank is a tracker whose payload is the Delivery that it means.
type frank struct{}

func (frank) Begin(h http.Header) (connectors.Incoming, error) {
	s, ok := transport.NewSigned(h.Get("Signature"), []transport.Secret{"secret"})
	if !ok {
		return nil, &connectors.Error{Op: "webhook", Kind: connectors.Forged}
	}
	return &incoming{h, s}, nil
}

type incoming struct {
	h http.Header
	*transport.Signed
}

func (in *incoming) Hint() (d connectors.Delivery, err error) {
	if !in.Valid() {
		return d, &connectors.Error{Op: "webhook", Kind: connectors.Forged}
	}
	if err := json.Unmarshal(in.Body(), &d); err != nil {
		return d, &connectors.Error{Op: "webhook", Kind: connectors.Malformed, Err: err}
	}
	d.ID, d.Event = in.h.Get("Id"), in.h.Get("Event")
	return d, nil
}

func sign(body string) string {
	m := hmac.New(sha256.New, []byte("secret"))
	m.Write([]byte(body))
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

// A fixture is an inbox over a real store, with one bound issue, number 1.
type fixture struct {
	*testing.T
	store  *store.Store
	inbox  *inbox.Inbox
	log    *observer.ObservedLogs
	record string

	mu    sync.Mutex
	now   time.Time
	asked []string
}

func newFixture(t *testing.T, edit func(*inbox.Options)) *fixture {
	t.Helper()
	f := &fixture{T: t, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	f.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Log: auditlog.Open(signer, signer.Name()), Now: f.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.store.Close() })
	f.write(func(tx *store.Tx) error {
		r, err := tx.NewRecord(t.Context(), "NC", register.Record{})
		if err != nil {
			return err
		}
		f.record = r.ID
		ref := connectors.Ref{ID: "1", Key: "ISMS-1"}
		return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: "b", Ref: ref, RecordID: r.ID, Role: "record", State: store.IssueBound})
	})
	core, logs := observer.New(zapcore.DebugLevel)
	f.log = logs
	o := inbox.Options{Store: f.store, Webhooks: map[string]connectors.Webhook{"b": frank{}}, Log: zap.New(core), Jobs: f, Now: f.clock}
	if edit != nil {
		edit(&o)
	}
	f.inbox = inbox.New(o)
	return f
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) passes(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func (f *fixture) write(fn func(*store.Tx) error) {
	f.Helper()
	if err := f.store.Write(f.Context(), fn); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) Sight(_ context.Context, _ *sql.Tx, binding, id, key string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf("read %s %s %s", binding, id, key))
	return nil
}

func (f *fixture) Poll(_ context.Context, _ *sql.Tx, binding string, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprintf("look at %s in %s", binding, at.Sub(f.now)))
	return nil
}

// post delivers a body and returns the answer.
func (f *fixture) post(header map[string]string, body io.Reader, length int64) *httptest.ResponseRecorder {
	f.Helper()
	r := httptest.NewRequestWithContext(f.Context(), http.MethodPost, "/hooks/b", body)
	r.SetPathValue("binding", "b")
	r.ContentLength = length
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	f.inbox.ServeHTTP(w, r)
	return w
}

// deliver delivers a signed body and reports the first line of the answer.
func (f *fixture) deliver(id string, body string) string {
	f.Helper()
	w := f.post(map[string]string{"Signature": sign(body), "Id": id, "Event": "edited"}, strings.NewReader(body), int64(len(body)))
	return strings.TrimSpace(w.Body.String())
}

func (f *fixture) size() int64 {
	f.Helper()
	n, err := f.store.LogSize(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	return n
}

// link returns the bound issue.
func (f *fixture) link() store.BoundIssue {
	f.Helper()
	links, err := f.store.BoundIssues(f.Context(), f.record)
	if err != nil {
		f.Fatal(err)
	}
	return links[0]
}

// read has the bound issue read, so that its hints are heeded.
func (f *fixture) read() {
	f.Helper()
	f.write(func(tx *store.Tx) error {
		l, err := tx.BoundIssueOf(f.Context(), "b", connectors.Ref{ID: "1"})
		if err != nil {
			return err
		}
		l.Heeded = l.Hints
		return tx.PutBoundIssue(f.Context(), l)
	})
}

// An untouched is a body that must not be read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

// Of a delivery without a well-formed signature, or one that announces too much, not a
// byte is read.
func TestNothingIsReadOfAStranger(t *testing.T) {
	f := newFixture(t, nil)
	good := sign("{}")
	for name, x := range map[string]struct {
		signature string
		length    int64
		status    int
	}{
		"no signature":         {"", 24 << 20, 401},
		"no signature, a byte": {"", 1, 401},
		"length not told":      {"", -1, 401},
		"SHA-1":                {"sha1=" + good[7:47], 10, 401},
		"cut":                  {good[:40], 10, 401},
		"longer":               {good + "0", 10, 401},
		"too large":            {good, inbox.DefaultMaxBody + 1, 413},
	} {
		w := f.post(map[string]string{"Signature": x.signature}, untouched{t}, x.length)
		if w.Code != x.status || w.Header().Get("Connection") != "close" {
			t.Errorf("%s: %d %v, want %d and the end of the connection", name, w.Code, w.Header(), x.status)
		}
		if n := strings.Count(w.Body.String(), "\n"); n != 1 {
			t.Errorf("%s: the answer has %d lines, want 1: %q", name, n, w.Body)
		}
	}
}

// A body that turns out larger than allowed, or breaks off, takes no place afterwards.
func TestBodies(t *testing.T) {
	f := newFixture(t, nil)
	whole := `{"Issues":[]}`
	most := whole + strings.Repeat(" ", inbox.DefaultMaxBody-len(whole))
	for range 20 { // more than fit at once
		for _, x := range []struct {
			name, signed string
			body         io.Reader
			want         int
		}{
			{"as large as may be", most, strings.NewReader(most), 202},
			{"a byte larger", most, strings.NewReader(most + " "), 413},
			{"endless", most, io.MultiReader(strings.NewReader(most), strings.NewReader(most)), 413},
			{"cut", most, strings.NewReader(most[:1<<20]), 401},
			{"broken off", most, io.MultiReader(strings.NewReader(most[:1<<20]), broken{}), 400},
			{"no payload", "[]", strings.NewReader("[]"), 400},
			{"empty", "", strings.NewReader(""), 400},
		} {
			w := f.post(map[string]string{"Signature": sign(x.signed)}, x.body, -1)
			if w.Code != x.want && w.Code != http.StatusTooManyRequests {
				t.Errorf("%s: %d %s, want %d", x.name, w.Code, w.Body, x.want)
			}
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// A stalling is a body that stops before its end until it may go on.
type stalling struct {
	*strings.Reader
	stop  int
	there *sync.WaitGroup
	once  sync.Once
	goOn  chan struct{}
}

func (s *stalling) Read(p []byte) (int, error) {
	if s.Len() <= s.stop {
		s.once.Do(s.there.Done)
		<-s.goOn
	}
	return s.Reader.Read(p)
}

// All bodies together take a bounded place. Beyond it the answer is 503 with a time, and
// when the others are done there is a place again. One that announces much and sends
// little takes little.
func TestPlacesForBodies(t *testing.T) {
	f := newFixture(t, nil)
	body := `{"Issues":[]}` + strings.Repeat(" ", inbox.DefaultMaxBody-13)
	var there sync.WaitGroup
	goOn := make(chan struct{})
	stall := func(after int) *stalling {
		there.Add(1)
		return &stalling{Reader: strings.NewReader(body), stop: len(body) - after, there: &there, goOn: goOn}
	}
	var done sync.WaitGroup
	for n := range 60 {
		after := 1000 // announces two megabytes and sends a thousand bytes
		if n < 7 {
			after = len(body) - 1000
		}
		b := stall(after)
		done.Go(func() {
			if w := f.post(map[string]string{"Signature": sign(body)}, b, int64(len(body))); w.Code != http.StatusAccepted && w.Code != http.StatusServiceUnavailable {
				t.Errorf("a slow delivery: %d, want 202, or 503 where there is no place", w.Code)
			}
		})
	}
	there.Wait()
	w := f.post(map[string]string{"Signature": sign(body)}, strings.NewReader(body), int64(len(body)))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" {
		t.Errorf("a delivery beyond the places: %d %v, want 503 with Retry-After", w.Code, w.Header())
	}
	if got := f.deliver("small", `{"Issues":[]}`); got != "accepted" {
		t.Errorf("a small delivery beside the large ones: %s, want accepted", got)
	}
	close(goOn)
	done.Wait()
	f.passes(2 * time.Hour)
	if w := f.post(map[string]string{"Signature": sign(body)}, strings.NewReader(body), int64(len(body))); w.Code != http.StatusAccepted {
		t.Errorf("after the others are done: %d %s, want 202", w.Code, w.Body)
	}
}

// The same body counts once for a while, whatever stands beside the signature.
func TestReplays(t *testing.T) {
	f := newFixture(t, nil)
	const body = `{"Issues":[{"ID":"1"}]}`
	if got := f.deliver("a", body); got != "accepted" {
		t.Fatalf("the first: %s, want accepted", got)
	}
	size := f.size()
	for n := range 600 {
		f.read()
		if got := f.deliver(fmt.Sprint(n, strings.Repeat("x", 28<<10)), body); got != "duplicate" {
			t.Fatalf("replay %d: %s, want duplicate", n, got)
		}
		f.passes(time.Second)
	}
	if got := f.size(); got != size {
		t.Errorf("600 replays added %d entries to the log, want 0", got-size)
	}
	f.passes(2 * time.Hour)
	if got := f.deliver("a", body); got != "accepted" {
		t.Errorf("hours later: %s, want accepted", got)
	}
	if got := f.deliver("b", body+" "); got != "accepted" {
		t.Errorf("another body: %s, want accepted", got)
	}
	f.passes(-24 * time.Hour) // the clock was set
	if got := f.deliver("a", body); got != "accepted" {
		t.Errorf("after the clock was set back: %s, want accepted", got)
	}
}

// What comes from a header and may go into the log has a form and a length.
func TestNamesFromHeaders(t *testing.T) {
	f := newFixture(t, nil)
	for n, x := range []struct{ id, event, wantID, wantEvent string }{
		{"72d3162e-cc78-11e3", "issues.edited", "72d3162e-cc78-11e3", "issues.edited"},
		{"7", "jira:issue_updated", "7", "jira:issue_updated"},
		{strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("a", 64), strings.Repeat("b", 64)},
		{strings.Repeat("a", 65), strings.Repeat("b", 65), "", "other"},
		{"", "", "", "other"},
		{"a b", "\u202eissues", "", "other"},
		{"../x", "<script>", "", "other"},
	} {
		f.read()
		body := fmt.Sprintf(`{"Issues":[{"ID":"1","Key":"n%d"}]}`, n)
		w := f.post(map[string]string{"Signature": sign(body), "Id": x.id, "Event": x.event}, strings.NewReader(body), int64(len(body)))
		if w.Code != http.StatusAccepted {
			t.Fatalf("%q: %d, want 202", x.id, w.Code)
		}
		if x.wantID == "" {
			sum := sha256.Sum256([]byte("b\x00" + body))
			x.wantID = "sha256:" + hex.EncodeToString(sum[:])
		}
		var event string
		err := f.store.DB().QueryRowContext(t.Context(), "SELECT event FROM delivery ORDER BY rowid DESC LIMIT 1").Scan(&event)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.link().Delivery; got != x.wantID || event != x.wantEvent {
			t.Errorf("id %.70q, event %.70q: stored as %q, %q, want %q, %q", x.id, x.event, got, event, x.wantID, x.wantEvent)
		}
	}
}

// A delivery asks for what is necessary, once, and leaves no entry in the log: what comes
// of it names it. The issue remembers the first one since it was read.
func TestHints(t *testing.T) {
	f := newFixture(t, nil)
	for _, x := range []struct {
		name, body string
		asked      []string
		hints      int64
		first      string // the delivery that the issue was first hinted at by
		read       bool   // the bound issue, afterwards
	}{
		{"1 the bound issue", `{"Issues":[{"ID":"1"}],"Event":"1"}`, nil, 1, "1", false},
		{"2 again, before it is read", `{"Issues":[{"ID":"1"}],"Event":"2"}`, nil, 2, "1", true},
		{"3 by its key, after it was read", `{"Issues":[{"Key":"ISMS-1"}]}`, nil, 3, "3", true},
		{"4 bound, though its payload selects nothing", `{"Issues":[{"ID":"1"}],"Unselected":true}`, nil, 4, "4", true},
		{"5 an unknown issue", `{"Issues":[{"ID":"9","Key":"ISMS-9"}]}`, []string{"read b 9 ISMS-9"}, 4, "4", true},
		{"6 an unrelated issue", `{"Issues":[{"ID":"8","Key":"TEAM-8"}],"Unselected":true}`, nil, 4, "4", true},
		{"7 of no concern", `{}`, nil, 4, "4", true},
		{"8 the bound and an unknown one", `{"Issues":[{"ID":"1"},{"ID":"7"}]}`, []string{"read b 7 "}, 5, "8", true},
		{"9 anything", `{"All":true,"Event":"1"}`, []string{"look at b in 0s"}, 5, "8", true},
		{"10 anything, at once again", `{"All":true,"Event":"2"}`, []string{"look at b in 30s"}, 5, "8", true},
	} {
		size := f.size()
		f.asked = nil
		id, _, _ := strings.Cut(x.name, " ")
		if got := f.deliver(id, x.body); got != "accepted" {
			t.Fatalf("%s: %s, want accepted", x.name, got)
		}
		if got := f.size() - size; got != 0 {
			t.Errorf("%s: %d entries in the log, want 0", x.name, got)
		}
		if diff := cmp.Diff(x.asked, f.asked); diff != "" {
			t.Errorf("%s: asked for (-want +got):\n%s", x.name, diff)
		}
		if l := f.link(); l.Hints != x.hints || l.Delivery != x.first {
			t.Errorf("%s: %d hints, first of delivery %q, want %d, %q", x.name, l.Hints, l.Delivery, x.hints, x.first)
		}
		if x.read {
			f.read()
		}
	}
	f.passes(time.Minute)
	f.asked = nil
	f.deliver("", `{"All":true,"Event":"3"}`)
	if diff := cmp.Diff([]string{"look at b in 0s"}, f.asked); diff != "" {
		t.Errorf("a minute later: asked for (-want +got):\n%s", diff)
	}
}

// A flood of forged deliveries is answered 429 after a while, adds a line a minute to the
// log, and shuts out no authentic delivery.
func TestFloodOfForgeries(t *testing.T) {
	f := newFixture(t, nil)
	counts := map[int]int{}
	for n := range 3000 {
		header := map[string]string{"Signature": sign("something else")}
		if n%2 == 0 {
			header = nil
		}
		w := f.post(header, strings.NewReader("{}"), 2)
		counts[w.Code]++
		if (w.Code == http.StatusTooManyRequests) != (w.Header().Get("Retry-After") != "") {
			t.Fatalf("%d with Retry-After %q", w.Code, w.Header().Get("Retry-After"))
		}
		f.passes(40 * time.Millisecond)
	}
	if counts[401] == 0 || counts[429] < 2000 || counts[401]+counts[429] != 3000 {
		t.Errorf("answers = %v, want some 401 and then 429", counts)
	}
	if got := f.deliver("a", `{"Issues":[{"ID":"1"}]}`); got != "accepted" {
		t.Errorf("an authentic delivery in the flood: %s, want accepted", got)
	}
	lines := f.log.FilterMessage("delivery not taken").All()
	if len(lines) != 2 { // 3,000 × 40 ms are two minutes
		t.Fatalf("%d lines in the log, want 2", len(lines))
	}
	if more := lines[1].ContextMap()["and_more_since"]; more != int64(1499) {
		t.Errorf("the second line stands for %v more, want 1499", more)
	}
}

// More authentic deliveries than a tracker sends are put off; a burst gets through.
func TestFloodOfAuthenticDeliveries(t *testing.T) {
	f := newFixture(t, nil)
	var accepted, refused int
	for n := range 2500 {
		switch got := f.deliver("", fmt.Sprintf(`{"Event":"%d"}`, n)); {
		case got == "accepted":
			accepted++
		case strings.HasPrefix(got, "too_many: "):
			refused++
		default:
			t.Fatalf("delivery %d: %s", n, got)
		}
	}
	if accepted != 2000 || refused != 500 {
		t.Errorf("%d accepted, %d put off, want 2000 and 500", accepted, refused)
	}
	f.passes(time.Second)
	if got := f.deliver("", `{"Event":"later"}`); got != "accepted" {
		t.Errorf("a second later: %s, want accepted", got)
	}
}

// What was received long ago is forgotten, so that the table stays small.
func TestDeliveriesAreForgotten(t *testing.T) {
	f := newFixture(t, nil)
	rows := func() (n int) {
		if err := f.store.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM delivery").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	most := 0
	for n := range 24 * 12 { // a day, one each five minutes
		f.deliver("", fmt.Sprintf(`{"Event":"%d"}`, n))
		most = max(most, rows())
		f.passes(5 * time.Minute)
	}
	if most > 20 || most < 10 {
		t.Errorf("the table grew to %d rows, want those of about 80 minutes", most)
	}
}
