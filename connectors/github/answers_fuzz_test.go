package github_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
)

// A canned GitHub answers the first request of an operation with one body and
// status, and the requests after it with another body; who we are, it knows.
type canned struct {
	status      int
	head        http.Header
	body, next  []byte
	self        string // answer to GET /user, "": as any other
	asked       int    // how many requests were answered so
	served      [][]byte
	wrote, last int // how many requests were writes; the last status
}

// mostRequests is more than any operation needs for answers as small as these.
const mostRequests = 300

func (s *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	status, head, body := http.StatusOK, http.Header{"Content-Type": {"application/json"}}, s.next
	switch {
	case s.self != "" && strings.HasSuffix(r.URL.Path, "/user"):
		body = []byte(s.self)
	default:
		if s.asked++; s.asked == 1 {
			status, body, head = s.status, s.body, s.head.Clone()
		} else if s.head.Get("Link") != "" && r.Method == http.MethodGet {
			head.Set("Link", s.head.Get("Link"))
		}
		if status < 300 { // what redirects is no answer
			s.served = append(s.served, body)
		}
		if r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/graphql") { // each POST to it is a query
			s.wrote++
		}
		s.last = status
	}
	return &http.Response{
		StatusCode: status, Header: head, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)),
	}, nil
}

// statuses are those that are told apart.
func statuses() []int {
	return []int{200, 201, 202, 204, 206, 301, 304, 307, 400, 401, 403, 404, 409, 410, 412, 422, 429, 500, 502, 503}
}

// heads are the headers of an answer, by the bits of a number.
func heads(bits uint8) http.Header {
	h := http.Header{"Date": {"Tue, 24 Nov 2026 09:30:15 GMT"}}
	h.Set("Content-Type", []string{"application/json; charset=utf-8", "text/html", "text/plain", ""}[bits%4])
	for i, x := range [][2]string{
		{"Link", `<https://api.github.com/repositories/1/issues?page=2>; rel="next"`},
		{"Retry-After", "30"},
		{"X-RateLimit-Remaining", "0"},
		{"Location", "https://api.github.com/repositories/1/issues/5"},
		{"X-RateLimit-Reset", "99999999999999"},
	} {
		if bits>>(i+2)&1 == 1 {
			h.Set(x[0], x[1])
		}
	}
	return h
}

const (
	selfBody  = `{"id":9000,"login":"conformd-bot","type":"User"}`
	tinyIssue = `{"id":7,"number":5,"repository_url":"https://api.github.com/repos/panjf2000/ants","title":"t","body":null,"state":"open",` +
		`"user":null,"labels":[{"name":"capa"}],"assignees":[],"created_at":"2026-11-24T09:30:15Z","updated_at":"2026-11-24T09:30:15Z"}`
	tinyComment = `{"id":8,"body":"x","issue_url":"https://api.github.com/repos/panjf2000/ants/issues/5","user":{"id":1,"login":"ana"},` +
		`"created_at":"2026-11-24T09:30:15Z","updated_at":"2026-11-24T09:30:15Z"}`
)

// answerSeeds are recorded answers and answers that are wrong on purpose.
func answerSeeds(f *testing.F) []string {
	f.Helper()
	out := []string{
		tinyIssue, "[" + tinyIssue + "]", tinyComment, "[" + tinyComment + "]", selfBody, "", "null", "{}", "[]", "[{}]", "<html>login</html>",
		strings.Replace(tinyIssue, `"user":null`, `"user":{}`, 1), strings.Replace(tinyIssue, `"labels":[{"name":"capa"}],`, "", 1),
		strings.Replace(tinyIssue, `"body":null,`, "", 1), strings.Replace(tinyIssue, "15Z", botToken, 1),
		strings.Replace(tinyComment, `"updated_at":"2026-11-24T09:30:15Z"`, `"x":0`, 1), strings.Replace(tinyIssue, `"id":7`, `"id":-7`, 1),
		`{"message":"Bad credentials ` + botToken + `"}`, `{"message":"Bad credentials ghp_bot\u002dsecret\u002dtoken","errors":["x",{"code":"y"}]}`,
		`{"id":3,"content":"+1"}`, `{"data":{"repository":{"i5":{"fullDatabaseId":"7","lastEditedAt":"2026-11-24T09:30:15Z","editor":{"__typename":"Bot","databaseId":1,"login":"ana"}}}}}`,
		`{"errors":[{"type":"RATE_LIMITED","message":"` + botToken + `"}]}`, `{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"]}]}`,
		`{"message":"You have exceeded a secondary rate limit"}`, `{"message":"Moved Permanently","url":"https://api.github.com/repositories/1000"}`,
	}
	files, err := filepath.Glob("testdata/answers/*.json")
	must(f, err)
	for _, name := range files {
		b, err := os.ReadFile(name)
		must(f, err)
		out = append(out, string(b))
	}
	csvFile, err := os.Open("githubsim/testdata/recorded_issues.csv")
	must(f, err)
	defer func() { _ = csvFile.Close() }()
	rows, err := csv.NewReader(csvFile).ReadAll()
	must(f, err)
	column := slices.Index(rows[0], "data")
	for _, row := range rows[1:5] {
		out = append(out, row[column], "["+row[column]+"]")
	}
	return out
}

// FuzzAnswers: whatever GitHub answers, with whatever status, an operation ends with
// a result that is whole and agrees with the answer, or with an error of the right
// kind that does not show the token.
func FuzzAnswers(f *testing.F) {
	for i, body := range answerSeeds(f) {
		for op := range uint8(len(operations())) {
			f.Add(op, uint8(0), uint8(0), []byte(body), []byte(body))
		}
		f.Add(uint8(i), uint8(i), uint8(i*4), []byte(body), []byte("[]"))
		f.Add(uint8(0), uint8(10), uint8(0), []byte(body), []byte(body))
		f.Add(uint8(2), uint8(0), uint8(4), []byte(body), []byte(body))
	}
	all := operations()
	f.Fuzz(func(t *testing.T, op, status, bits uint8, body, next []byte) {
		o := all[int(op)%len(all)]
		s := canned{status: statuses()[int(status)%len(statuses())], head: heads(bits), body: body, next: next, self: selfBody}
		if o.name == "identity" {
			s.self = ""
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		what := fmt.Sprintf("%s of %d %q, then %q", o.name, s.status, body, next)
		var versions [2]string
		for i := range versions {
			s, l := s, &laws{t: t, what: what}
			l.server = &s
			c, err := github.New(github.Config{Owner: "panjf2000", Repo: "ants", Auth: github.Auth{Token: botToken}, Base: &s, Retries: -1})
			must(t, err)
			err = o.run(ctx, c, l)
			if ctx.Err() != nil || s.asked > mostRequests {
				t.Fatalf("%s: no end after %d requests", what, s.asked)
			}
			if err != nil {
				lawfulError(t, what, &s, err)
			} else if s.last > 299 || s.last == http.StatusAccepted {
				t.Errorf("%s: no error after status %d", what, s.last)
			}
			versions[i] = l.seen
		}
		if versions[0] != versions[1] {
			t.Errorf("%s: the same answer has the versions %q", what, versions)
		}
	})
}

// An operation is one call of the connector; it holds the result against the laws.
type operation struct {
	name string
	run  func(context.Context, *github.Client, *laws) error
}

func operations() []operation {
	ref := connectors.Ref{Key: "panjf2000/ants#5"}
	get := func(ctx context.Context, c *github.Client, l *laws) error {
		is, err := c.Get(ctx, ref)
		l.issue(is, err)
		return err
	}
	write := func(do func(context.Context, *github.Client) (connectors.Written, error)) func(context.Context, *github.Client, *laws) error {
		return func(ctx context.Context, c *github.Client, l *laws) error {
			w, err := do(ctx, c)
			l.written(w, err)
			return err
		}
	}
	return []operation{
		{"get", get},
		{"identity", get},
		{"changed", func(ctx context.Context, c *github.Client, l *laws) error {
			var shown []string
			for p, err := range c.Changed(ctx, time.Time{}) {
				if err != nil {
					return err
				}
				for _, is := range p.Issues {
					l.whole(is)
					shown = append(shown, is.Ref.ID)
				}
			}
			l.all(shown)
			return nil
		}},
		{"comments", func(ctx context.Context, c *github.Client, l *laws) error {
			list, err := connectors.AllComments(c.Comments(ctx, ref, ""))
			if err == nil {
				l.all(l.comments(list))
			}
			return err
		}},
		{"comments since", func(ctx context.Context, c *github.Client, l *laws) error {
			for list, err := range c.CommentsSince(ctx, time.Time{}) {
				if err != nil {
					return err
				}
				l.comments(list.Comments)
			}
			return nil
		}},
		{"find", func(ctx context.Context, c *github.Client, l *laws) error {
			refs, err := c.FindCreated(ctx, "nc-2026-0001-x", time.Time{})
			for _, r := range refs {
				l.ref(r)
			}
			return err
		}},
		{"create", write(func(ctx context.Context, c *github.Client) (connectors.Written, error) {
			return c.Create(ctx, connectors.Draft{Marker: "nc-2026-0001-x", Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "t"}}})
		})},
		{"update", write(func(ctx context.Context, c *github.Client) (connectors.Written, error) {
			return c.Update(ctx, ref, connectors.Patch{AddLabels: []string{"a"}})
		})},
		{"comment", write(func(ctx context.Context, c *github.Client) (connectors.Written, error) {
			return c.PostComment(ctx, ref, "x", "nc-2026-0001-x")
		})},
		{"react", write(func(ctx context.Context, c *github.Client) (connectors.Written, error) {
			return c.React(ctx, ref, "8", connectors.ThumbsUp)
		})},
		{"last edited", func(ctx context.Context, c *github.Client, l *laws) error {
			edits, err := c.LastEdited(ctx, []connectors.Ref{ref})
			for id, e := range edits {
				if !positive.MatchString(id) || e.By.ID != "" && (!positive.MatchString(e.By.ID) || e.At.IsZero()) {
					l.t.Errorf("%s: edit of %q %+v", l.what, id, e)
				}
			}
			return err
		}},
		{"check", func(ctx context.Context, c *github.Client, l *laws) error {
			r, err := c.Check(ctx)
			if err == nil && (r.Self.ID != "9000" || r.Server == "") {
				l.t.Errorf("%s: report %+v", l.what, r)
			}
			// A repository that is not there is what Check is there to find.
			if err == nil {
				l.server.last = http.StatusOK
			}
			return err
		}},
	}
}
