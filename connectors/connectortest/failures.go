package connectortest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func failureCases() []testCase {
	return []testCase{
		{name: "verdict on every status: read", run: func(t *testing.T, s *suite) { verdicts(t, s, every(), OpGet) }},
		{name: "verdict on every status: create", run: func(t *testing.T, s *suite) { verdicts(t, s, every(), OpCreate) }},
		{name: "verdict on every status: update", run: func(t *testing.T, s *suite) { verdicts(t, s, every(), OpUpdate) }},
		{name: "verdict of every operation", run: verdictOfAll},
		{name: "rate limits", run: rateLimits},
		{name: "answers that are no answers", run: brokenAnswers},
		{name: "cancelled before", run: cancelledBefore},
		{name: "cancelled during", run: cancelledDuring},
		{name: "a read survives one failure", needs: FeatureTransport, run: readsAreRepeated},
		{name: "concurrent use", run: concurrentUse},
	}
}

// every is every status that is a refusal or a failure, and the redirects.
func every() []int {
	all := []int{301, 302, 307}
	for n := 400; n <= 599; n++ {
		all = append(all, n)
	}
	return all
}

// A target is what operations need to be tried on.
type target struct {
	ref     connectors.Ref
	comment string // of ours
}

func (s *suite) target(t *testing.T) target {
	t.Helper()
	ref := s.World.Seed(t, 1)[0]
	w, err := s.Tracker.PostComment(t.Context(), ref, "ours", marker(1))
	s.works(t, "PostComment", err)
	return target{ref: ref, comment: w.CommentID}
}

// ops are the operations the tracker has.
func (s *suite) ops() []Op {
	all := []Op{OpGet, OpChanged, OpPresent, OpComments, OpFindCreated, OpCreated, OpCreate, OpUpdate, OpStatus, OpPostComment, OpEditComment}
	if _, ok := s.Tracker.(connectors.BulkReader); ok {
		all = append(all, OpMany)
	}
	if _, ok := s.Tracker.(connectors.CommentFeed); ok {
		all = append(all, OpCommentsSince)
	}
	if _, ok := s.Tracker.(connectors.Reactor); ok {
		all = append(all, OpReact)
	}
	if _, ok := s.Tracker.(connectors.EditTimes); ok {
		all = append(all, OpLastEdited)
	}
	if _, ok := s.Tracker.(connectors.Counter); ok {
		all = append(all, OpCount)
	}
	return all
}

// do performs an operation once.
func (s *suite) do(ctx context.Context, t *testing.T, op Op, on target) (err error) {
	t.Helper()
	switch op {
	case OpGet:
		_, err = s.Tracker.Get(ctx, on.ref)
	case OpMany:
		bulk, _ := s.Tracker.(connectors.BulkReader)
		_, err = bulk.GetMany(ctx, []connectors.Ref{on.ref})
	case OpChanged:
		for _, err = range s.Tracker.Changed(ctx, time.Time{}) {
			if err != nil {
				break
			}
		}
	case OpPresent:
		_, err = s.Tracker.Present(ctx, []connectors.Ref{on.ref})
	case OpComments:
		_, err = connectors.AllComments(s.Tracker.Comments(ctx, on.ref, ""))
	case OpCommentsSince:
		feed, _ := s.Tracker.(connectors.CommentFeed)
		for _, err = range feed.CommentsSince(ctx, time.Time{}) {
			if err != nil {
				break
			}
		}
	case OpFindCreated:
		_, err = s.Tracker.FindCreated(ctx, marker(1), s.World.Now(t).Add(-time.Hour))
	case OpCreated:
		_, err = s.Tracker.Created(ctx, s.World.Now(t).Add(-time.Hour))
	case OpCreate:
		_, err = s.Tracker.Create(ctx, s.draft(marker(500)))
	case OpUpdate:
		_, err = s.Tracker.Update(ctx, on.ref, title("updated"))
	case OpStatus:
		_, err = s.Tracker.Update(ctx, on.ref, connectors.Patch{Status: &s.Facts.Done[0]})
	case OpPostComment:
		_, err = s.Tracker.PostComment(ctx, on.ref, "text", marker(501))
	case OpEditComment:
		_, err = s.Tracker.EditComment(ctx, on.ref, on.comment, "edited", marker(1))
	case OpReact:
		reactor, _ := s.Tracker.(connectors.Reactor)
		_, err = reactor.React(ctx, on.ref, on.comment, connectors.ThumbsUp)
	case OpLastEdited:
		edits, _ := s.Tracker.(connectors.EditTimes)
		_, err = edits.LastEdited(ctx, []connectors.Ref{on.ref})
	case OpCount:
		counter, _ := s.Tracker.(connectors.Counter)
		_, err = counter.Count(ctx, s.Facts.Search.Seeded)
	default:
		t.Fatalf("no such operation: %q", op)
	}
	return err
}

// telltale is an error text in the shapes of both vendors.
const telltale = `{"message":"the suite says no","errorMessages":["the suite says no"],"errors":{}}`

func verdicts(t *testing.T, s *suite, statuses []int, op Op) {
	t.Helper()
	on := s.target(t)
	for _, status := range statuses {
		what := fmt.Sprintf("%s answered %d", op, status)
		s.World.Fault(t, op, simkit.Fault{Do: simkit.Status, Status: status, Body: telltale, Times: -1})
		err := s.do(t.Context(), t, op, on)
		s.World.Calm(t)
		e := s.fails(t, what, err, WantKind(status, op.Write()))
		if e.Status != status {
			t.Errorf("%s: Error.Status = %d", what, e.Status)
		}
		if status/100 == 4 && !strings.Contains(e.Detail, "the suite says no") {
			t.Errorf("%s: Error.Detail = %q, want the tracker's own words", what, e.Detail)
		}
		if e.Kind == connectors.Limited {
			s.until(t, what, e, time.Minute, 2*time.Hour)
		}
		// Nothing is remembered: when and whether to go on is the caller's decision.
		if err := s.do(t.Context(), t, OpGet, on); err != nil {
			t.Fatalf("Get after %s = %v, want success", what, err)
		}
	}
}

func verdictOfAll(t *testing.T, s *suite) {
	for _, op := range s.ops() {
		statuses := []int{301, 307, 400, 401, 403, 409, 412, 422, 429, 500, 501, 502, 503, 504}
		if op != OpPresent { // to Present these say that one issue, or the means of asking for many, is not there
			statuses = append(statuses, 404, 410)
		}
		verdicts(t, s, statuses, op)
	}
	// The verdict does not hang on the form of the body, nor on the redirect's aim.
	on := s.target(t)
	for _, f := range []simkit.Fault{
		{Status: 400},
		{Status: 404, Body: "<html><body>Not here</body></html>", Header: map[string]string{"Content-Type": "text/html"}},
		{Status: 403, Body: `[1, {"message": 3}]`},
		{Status: 422, Body: `{"message":{"a":["b"]},"errors":{"summary":["c"]},"errorMessages":{"d":1}}`},
		{Status: 503, Body: "\x00\xff\x1b[31m"},
		{Status: 400, Body: `{"message":"` + strings.Repeat("long ", 20_000) + `","errorMessages":["` + strings.Repeat("long ", 20_000) + `"]}`},
		{Status: 400, Body: strings.ReplaceAll(telltale, "no", "no to "+s.Facts.Credential)},
		{Status: 301, Header: map[string]string{"Location": "https://elsewhere.invalid/x?token=1"}},
		{Status: 302, Header: map[string]string{"Location": "https://%zz?token=1"}},
	} {
		f.Do, f.Times = simkit.Status, -1
		for _, op := range []Op{OpGet, OpUpdate} {
			what := fmt.Sprintf("%s answered %d %.80q %v", op, f.Status, f.Body, f.Header)
			s.World.Fault(t, op, f)
			err := s.do(t.Context(), t, op, on)
			s.World.Calm(t)
			e := s.fails(t, what, err, WantKind(f.Status, op.Write()))
			if text := e.Error(); strings.ContainsAny(text, "\x00\x1b\n") || utf8.RuneCountInString(text) > 1000 {
				t.Errorf("%s = %q, want one short line without control characters", what, text)
			}
		}
	}
}

// until checks when a limited caller may come back, by our clock.
func (s *suite) until(t testing.TB, what string, e *connectors.Error, least, most time.Duration) {
	t.Helper()
	const slack = 5 * time.Second
	if in := time.Until(e.Until); in < least-slack || in > most+slack {
		t.Errorf("%s: Error.Until is in %s, want between %s and %s", what, in.Round(time.Second), least, most)
	}
	if e.Scope == "" {
		t.Errorf("%s: Error.Scope is empty", what)
	}
}

func rateLimits(t *testing.T, s *suite) {
	limits := append([]Limit{
		{Name: "429 with seconds", Status: 429, Header: map[string]string{"Retry-After": "120"}, Least: 2 * time.Minute, Most: 2 * time.Minute},
		{Name: "429 with seconds, on a write", Op: OpUpdate, Status: 429, Header: map[string]string{"Retry-After": "120"}, Least: 2 * time.Minute, Most: 2 * time.Minute},
		{
			Name: "429 with a date", Status: 429, Least: 5 * time.Minute, Most: 5 * time.Minute,
			Header: map[string]string{"Retry-After": time.Now().Add(5 * time.Minute).UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")},
		},
		{Name: "429 that says nothing", Status: 429, Least: time.Minute, Most: 2 * time.Hour},
		{Name: "429 that says nothing, on a write", Op: OpCreate, Status: 429, Least: time.Minute, Most: 2 * time.Hour},
		{Name: "429 that says nonsense", Status: 429, Header: map[string]string{"Retry-After": "soon"}, Least: time.Minute, Most: 2 * time.Hour},
		{Name: "429 that has passed", Status: 429, Header: map[string]string{"Retry-After": "-5"}, Least: time.Minute, Most: 2 * time.Hour},
	}, s.Facts.Limits...)
	on, count := s.target(t), s.World.Count(t)
	for _, l := range limits {
		if l.Op == "" {
			l.Op = OpGet
		}
		if l.Body == "" {
			l.Body = telltale
		}
		s.World.Fault(t, l.Op, simkit.Fault{Do: simkit.Status, Status: l.Status, Header: l.Header, Body: l.Body, Times: -1})
		start := time.Now()
		err := s.do(t.Context(), t, l.Op, on)
		s.World.Calm(t)
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s: the call took %s, want it to return and not to wait", l.Name, took)
		}
		e := s.fails(t, l.Name, err, connectors.Limited)
		s.until(t, l.Name, e, l.Least, l.Most)
		if l.Scope != "" && e.Scope != l.Scope {
			t.Errorf("%s: Error.Scope = %q, want %q", l.Name, e.Scope, l.Scope)
		}
		if err := s.do(t.Context(), t, OpGet, on); err != nil {
			t.Fatalf("Get after %s = %v, want success: the caller waits, not the connector", l.Name, err)
		}
	}
	if got := s.World.Count(t); got != count {
		t.Errorf("issues = %d, want %d: what is limited does not happen", got, count)
	}
}

func brokenAnswers(t *testing.T, s *suite) {
	on := s.target(t)
	read := map[string][]connectors.Kind{
		simkit.Drop:     {connectors.Unavailable},
		simkit.Garbage:  {connectors.Malformed},
		simkit.Truncate: {connectors.Malformed, connectors.Unavailable},
	}
	for _, op := range s.ops() {
		for do, kinds := range read {
			if op.Write() {
				kinds = []connectors.Kind{connectors.Unknown}
			}
			s.World.Fault(t, op, simkit.Fault{Do: do, Times: -1})
			err := s.do(t.Context(), t, op, on)
			s.World.Calm(t)
			s.fails(t, string(op)+" with "+do, err, kinds...)
		}
	}
	for _, body := range []string{``, `null`, `[]`, `"x"`, `{`, `{"id":{}}`, `{"id":[],"fields":3,"number":"x","key":1}`} {
		for _, op := range []Op{OpGet, OpCreate} {
			s.World.Fault(t, op, simkit.Fault{Do: simkit.Status, Status: 200, Body: body, Times: -1})
			err := s.do(t.Context(), t, op, on)
			s.World.Calm(t)
			want := connectors.Malformed
			if op.Write() {
				want = connectors.Unknown
			}
			s.fails(t, fmt.Sprintf("%s answered 200 %s", op, body), err, want)
		}
	}
}

func cancelledBefore(t *testing.T, s *suite) {
	on, count := s.target(t), s.World.Count(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, op := range s.ops() {
		err := s.do(ctx, t, op, on)
		kinds := []connectors.Kind{connectors.Unavailable}
		if op.Write() {
			kinds = append(kinds, connectors.Unknown)
		}
		s.fails(t, string(op)+" with a cancelled context", err, kinds...)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s = %v, want context.Canceled in it", op, err)
		}
	}
	if i := s.get(t, on.ref); i.Status.Done || i.Fields[connectors.Title].Text == "updated" || s.World.Count(t) != count {
		t.Errorf("issue = %+v, want nothing done", i)
	}
}

func cancelledDuring(t *testing.T, s *suite) {
	on, count := s.target(t), s.World.Count(t)
	for _, op := range s.ops() {
		s.World.Fault(t, op, simkit.Fault{Do: simkit.Delay, Delay: time.Minute, After: true, Times: -1})
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		start := time.Now()
		err := s.do(ctx, t, op, on)
		cancel()
		s.World.Calm(t)
		want := connectors.Unavailable
		if op.Write() {
			want = connectors.Unknown
		}
		s.fails(t, string(op)+" cancelled during the call", err, want)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s = %v, want context.DeadlineExceeded in it", op, err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%s returned after %s, want soon after its deadline", op, took)
		}
	}
	i := s.get(t, on.ref)
	if !i.Status.Done || i.Fields[connectors.Title].Text != "updated" || s.World.Count(t) != count+1 {
		t.Errorf("issue = %+v, %d issues, want that every write took effect once", i, s.World.Count(t))
	}
}

func readsAreRepeated(t *testing.T, s *suite) {
	on := s.target(t)
	for _, op := range s.ops() {
		if op.Write() {
			continue
		}
		for _, f := range []simkit.Fault{{Do: simkit.Drop}, {Do: simkit.Status, Status: 502}} {
			s.World.Fault(t, op, f)
			err := s.do(t.Context(), t, op, on)
			s.World.Calm(t)
			if err != nil {
				t.Errorf("%s after one %s = %v, want success", op, f.Do, err)
			}
		}
	}
}

func concurrentUse(t *testing.T, s *suite) {
	const n = 8
	refs := s.World.Seed(t, n)
	var wg sync.WaitGroup
	for k, ref := range refs {
		wg.Go(func() {
			for step := range 3 {
				p := title(fmt.Sprintf("issue %d step %d", k, step))
				p.AddLabels = []string{fmt.Sprintf("step-%d", step)}
				_, err := s.Tracker.Update(t.Context(), ref, p)
				_, err2 := s.Tracker.PostComment(t.Context(), ref, fmt.Sprint(k, step), marker(100*k+step))
				_, err3 := s.Tracker.Get(t.Context(), ref)
				_, err4 := connectors.AllComments(s.Tracker.Comments(t.Context(), ref, ""))
				if err := errors.Join(err, err2, err3, err4); err != nil {
					t.Errorf("issue %d = %v, want success", k, err)
				}
			}
		})
	}
	wg.Go(func() {
		for _, err := range s.Tracker.Changed(t.Context(), time.Time{}) {
			if err != nil {
				t.Errorf("Changed = %v, want success", err)
			}
		}
	})
	wg.Wait()
	for k, ref := range refs {
		f := s.get(t, ref).Fields
		if got, want := f[connectors.Title].Text, fmt.Sprintf("issue %d step 2", k); got != want || len(f[connectors.Labels].Items) != 3 {
			t.Errorf("issue %d = %q with labels %v, want %q with three", k, got, f[connectors.Labels].Items, want)
		}
		if got := len(s.comments(t, ref)); got != 3 {
			t.Errorf("comments of issue %d = %d, want 3", k, got)
		}
	}
}
