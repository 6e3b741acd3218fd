package jira_test

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

	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/transport"
)

// A canned Jira answers the first request of an operation with one body and
// status, and the requests after it with another body. What it is, who we are and
// which fields there are it says as it should, unless that is the operation.
type canned struct {
	cloud   bool
	about   string // "serverInfo", "myself" or "field" are answered as any other request
	status  int
	head    http.Header
	body    []byte
	next    []byte
	writes  bool // the operation does; some reads are a POST, too
	asked   int  // how many requests were answered so
	served  [][]byte
	wrote   bool
	last    int // the last status
	refused bool
}

const (
	// mostRequests is more than any operation needs for answers as small as these.
	mostRequests = 300
	fuzzToken    = "ATATT3x-fuzz-token=1D2C"
	marker       = "nc-2026-0001-x"
)

// known are the answers to what every operation asks first.
func (s *canned) known(path string) (string, bool) {
	name := path[strings.LastIndexByte(path, '/')+1:]
	if name == s.about || !slices.Contains([]string{"serverInfo", "myself", "field"}, name) {
		return "", false
	}
	deployment := map[bool]string{true: "Cloud", false: "Server"}[s.cloud]
	return map[string]string{
		"serverInfo": `{"deploymentType":"` + deployment + `","version":"10.3.1"}`,
		"myself":     `{"accountId":"me","key":"me","name":"conformd","displayName":"conformd"}`,
		"field": `[{"id":"summary","name":"Summary","schema":{"type":"string"}},{"id":"labels","name":"Labels","schema":{"type":"array","items":"string"}},` +
			`{"id":"assignee","name":"Assignee","schema":{"type":"user"}},{"id":"customfield_1","name":"Root cause","custom":true,"schema":{"type":"string"}}]`,
	}[name], true
}

func (s *canned) RoundTrip(r *http.Request) (*http.Response, error) {
	status, head, body := http.StatusOK, http.Header{"Content-Type": {"application/json"}}, s.next
	if answer, ok := s.known(r.URL.Path); ok {
		body = []byte(answer)
	} else {
		if s.asked++; s.asked == 1 {
			status, head, body = s.status, s.head.Clone(), s.body
		}
		if status < 300 { // what redirects is no answer
			s.served = append(s.served, body)
		}
		s.wrote = s.wrote || s.writes && r.Method != http.MethodGet
		s.last, s.refused = status, head.Get("X-Seraph-Loginreason") != ""
	}
	return &http.Response{
		StatusCode: status, Header: head, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(strings.NewReader(string(body))), ContentLength: int64(len(body)),
	}, nil
}

// statuses are those that are told apart.
func statuses() []int {
	return []int{200, 201, 204, 206, 301, 304, 307, 400, 401, 403, 404, 409, 410, 412, 429, 500, 502, 503}
}

// heads are the headers of an answer, by the bits of a number.
func heads(bits uint8) http.Header {
	h := http.Header{"Date": {"Tue, 24 Nov 2026 09:30:15 GMT"}}
	h.Set("Content-Type", []string{"application/json;charset=UTF-8", "text/html", "text/plain", ""}[bits%4])
	for i, x := range [][2]string{
		{"X-Seraph-Loginreason", "AUTHENTICATED_FAILED"},
		{"Retry-After", "30"},
		{"X-Ratelimit-Reset", "2026-11-24T09:31Z"},
		{"Ratelimit-Reason", "jira-burst-based"},
		{"Location", "https://acme.example/rest/api/2/issue/1"},
	} {
		if bits>>(i+2)&1 == 1 {
			h.Set(x[0], x[1])
		}
	}
	return h
}

const (
	tinyIssue = `{"id":"7","key":"ISMS-7","fields":{"summary":"t","status":{"id":"3","name":"Open","statusCategory":{"key":"new"}},"labels":["capa"],` +
		`"created":"2026-11-24T09:30:15.000+0000","updated":"2026-11-24T09:30:15.000+0000","comment":{"comments":[],"total":0}},"changelog":{"total":0,"histories":[]}}`
	tinyComment = `{"id":"8","body":"x","author":{"accountId":"me","key":"me"},"created":"2026-11-24T09:30:15.000+0000","updated":"2026-11-24T09:30:15.000+0000"}`
	tinyHistory = `{"id":"9","created":"2026-11-24T09:30:15.000+0000","items":[{"field":"Root cause","fieldId":"customfield_1","fromString":"","toString":"x"}]}`
)

// answerSeeds are recorded answers and answers that are wrong on purpose.
func answerSeeds(f *testing.F) []string {
	f.Helper()
	all := `{"comments":[` + tinyComment + `],"total":1}`
	out := []string{
		tinyIssue, `{"issues":[` + tinyIssue + `],"total":1}`, `{"issues":[` + tinyIssue + `],"nextPageToken":"x","total":99999999}`, all, "", "null", "{}", "[]", "[{}]",
		`{"values":[` + tinyComment + `]}`, `{"values":[` + tinyHistory + `],"total":99999999}`, `{"comments":[` + tinyComment + `],"total":99999999}`, "<html>login</html>",
		strings.Replace(tinyIssue, `"comments":[],"total":0`, `"comments":[],"total":3`, 1), strings.Replace(tinyIssue, `"comments":[],"total":0`, `"comments":[`+tinyComment+`],"total":1`, 1),
		strings.Replace(tinyIssue, `"total":0,"histories":[]`, `"total":5,"histories":[`+tinyHistory+`]`, 1), strings.Replace(tinyIssue, `"total":0,"histories":[]`, `"total":1,"histories":[`+tinyHistory+`]`, 1),
		strings.Replace(tinyIssue, `"status":{"id":"3","name":"Open","statusCategory":{"key":"new"}},`, "", 1), strings.Replace(tinyIssue, "2026-11-24T09:30:15.000+0000", fuzzToken, 1),
		`{"key":"conformd","value":{"marker":"` + marker + `"}}`, `{"id":"8"}`, `{"deploymentType":"Cloud"}`, `{"name":"x"}`, `{"key":"me"}`,
		`{"errorMessages":["no ` + fuzzToken + `"],"errors":{"x":{"y":"ATATT3x-fuzz-token\u003d1D2C"}}}`, `{"message":"ATATT3x-fuzz-token\u003d1D2C"}`,
		`{"permissions":{"BROWSE_PROJECTS":{"havePermission":true}}}`, `{"issueTypes":[{"name":"Nonconformity"}]}`,
	}
	files, err := filepath.Glob("testdata/answers/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, string(b))
	}
	csvFile, err := os.Open("jirasim/testdata/recorded_issues.csv")
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = csvFile.Close() }()
	rows, err := csv.NewReader(csvFile).ReadAll()
	if err != nil {
		f.Fatal(err)
	}
	column := slices.Index(rows[0], "data")
	for _, row := range rows[4:6] { // the short ones
		out = append(out, row[column], `{"issues":[`+row[column]+`],"total":1}`)
	}
	return out
}

// FuzzAnswers: whatever Jira answers, with whatever status, an operation ends with a
// result that is whole and agrees with the answer, or with an error of the right
// kind that does not show the token.
func FuzzAnswers(f *testing.F) {
	all := operations()
	for i, body := range answerSeeds(f) {
		for op := range uint8(len(all)) {
			f.Add(op, uint8(0), uint8(0), i%2 == 0, []byte(body), []byte(body))
		}
		f.Add(uint8(0), uint8(0), uint8(0), true, []byte(body), []byte(`{"values":[`+tinyHistory+`],"comments":[`+tinyComment+`],"total":9}`))
		f.Add(uint8(i), uint8(i), uint8(i*4), false, []byte(body), []byte(`{"values":[]}`))
		f.Add(uint8(0), uint8(8), uint8(0), true, []byte(body), []byte(body))
	}
	f.Fuzz(func(t *testing.T, op, status, bits uint8, cloud bool, body, next []byte) {
		o := all[int(op)%len(all)]
		s := canned{status: statuses()[int(status)%len(statuses())], head: heads(bits), cloud: cloud, body: body, next: next, about: o.name, writes: o.writes}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		what := fmt.Sprintf("%s of %d %q, then %q", o.name, s.status, body, next)
		var versions [2]string
		for i := range versions {
			s, l := s, &laws{t: t, what: what}
			l.server = &s
			c, err := jira.New(jira.Config{
				BaseURL: "https://acme.example", User: "u", Token: fuzzToken, Project: "ISMS", IssueType: "Nonconformity",
				Fields: []string{"Root cause", "customfield_1"}, HTTP: transport.Options{Base: &s, Retries: -1},
			})
			must(t, err)
			err = o.run(ctx, c, l)
			if ctx.Err() != nil || s.asked > mostRequests {
				t.Fatalf("%s: no end after %d requests", what, s.asked)
			}
			if err != nil {
				lawfulError(t, what, &s, err)
			} else if (s.last > 299 || s.refused) && !o.bears {
				t.Errorf("%s: no error after status %d", what, s.last)
			}
			versions[i] = l.seen
		}
		if versions[0] != versions[1] {
			t.Errorf("%s: the same answer has the versions %q", what, versions)
		}
	})
}
