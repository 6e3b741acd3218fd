package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/signin"
)

// described holds requests and answers against the OpenAPI document, by a library that nobody here wrote.
var described = sync.OnceValues(func() (validator.Validator, error) {
	text, err := api.New(api.Options{Register: &service.Register{}}).YAML()
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

// programs opens the pages for people whose roles take no group.
func programs(t *testing.T) *reception {
	t.Helper()
	return receive(t, func(o *signin.Options) { o.Rules.Groups = nil })
}

// A script is a program with a token.
type script struct {
	*reception
	secret string
}

// script makes a token for a person.
func (r *reception) script(person string, scopes ...string) *script {
	r.Helper()
	return &script{r, r.browser().enter(person).token("script of "+person, 60, scopes...)}
}

// An asked is a request of a program.
type asked struct {
	method, path, body string
	header             map[string]string
}

// do sends a request and holds the answer against the document.
func (s *script) do(t failing, a asked) reply {
	t.Helper()
	v, err := described()
	if err != nil {
		t.Fatalf("the document cannot be read: %v", err)
	}
	make := func() *http.Request {
		req, err := http.NewRequestWithContext(s.Context(), a.method, s.url+api.Prefix+a.path, strings.NewReader(a.body))
		if err != nil {
			t.Fatalf("%s %s: %v", a.method, a.path, err)
		}
		if a.body != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		if s.secret != "" {
			req.Header.Set("Authorization", "Bearer "+s.secret)
		}
		for k, v := range a.header {
			req.Header.Set(k, v)
		}
		return req
	}
	resp, err := http.DefaultClient.Do(make())
	if err != nil {
		t.Fatalf("%s %s: %v", a.method, a.path, err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", a.method, a.path, err)
	}
	got := reply{resp.StatusCode, "", string(text), resp.Header}
	if got.status >= 400 && got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%s %s = %d with the type %s", a.method, a.path, got.status, got.header.Get("Content-Type"))
	}
	if !strings.Contains(a.path, "openapi.") && got.status != http.StatusNotModified && got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
		resp.Body = io.NopCloser(bytes.NewReader(text))
		if ok, errs := v.GetResponseBodyValidator().ValidateResponseBody(make(), resp); !ok {
			for _, e := range errs {
				t.Errorf("%s %s = %d, not as described: %s %s %v\n%.600s", a.method, a.path, got.status, e.Message, e.Reason, e.SchemaValidationErrors, text)
			}
		}
	}
	return got
}

// failing is what a *testing.T and a *rapid.T have in common.
type failing interface {
	Helper()
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func (s *script) get(path string) reply {
	s.Helper()
	return s.do(s, asked{method: http.MethodGet, path: path})
}

func (s *script) post(path, body string, headers ...string) reply {
	s.Helper()
	a := asked{method: http.MethodPost, path: path, body: body, header: map[string]string{}}
	for i := 0; i+1 < len(headers); i += 2 {
		a.header[headers[i]] = headers[i+1]
	}
	return s.do(s, a)
}

// wantProblem holds that an answer is a problem with a code that says what to do.
func (s *script) wantProblem(got reply, status int, code string) api.Problem {
	s.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != status || p.Status != status || p.Code != code || p.Title == "" || p.What == "" || p.Remedy == "" && len(p.Faults) == 0 {
		s.Errorf("the answer is %d %s, want %d %s with words", got.status, got.body, status, code)
	}
	return p
}

// filed files a record and returns its number and its tag.
func (s *script) filed(title string) (ref, tag string) {
	s.Helper()
	got := s.post("/records", `{"inputs":{"kind":"nonconformity","title":"`+title+`","problem":"Three accounts of people who left in May are enabled in July.","identified_at":"1 July 2026",
"evidence":"The export of the directory of 1 July lists three of them.","requirement_refs":"A.5.18","location":"Directory of the office","consequences":"Former colleagues could read customer mails for two months."}}`)
	var d api.Done
	if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK || d.Record.Ref == "" {
		s.Fatalf("no record was filed: %d %s", got.status, got.body)
	}
	return d.Record.Ref, got.header.Get("ETag")
}

// A list for programs is read from what is kept of each record. Its answer is the same as without it, and has the version that
// an act asks for.
func TestProgramsListWhatIsKept(t *testing.T) {
	r := programs(t)
	s := r.script("irene", "act")
	ref, tag := s.filed("Leaver accounts stay enabled")
	s.filed("Restore tests are missing")
	made := s.get("/records")
	if err := app.KeepAllLines(t.Context(), r.options.Register, r.app.Store); err != nil {
		t.Fatal(err)
	}
	if kept := s.get("/records"); kept.body != made.body || kept.status != http.StatusOK {
		t.Errorf("the answer is %d\n%s\nand without what is kept\n%s", kept.status, kept.body, made.body)
	}
	var list api.Listing
	if err := json.Unmarshal([]byte(made.body), &list); err != nil || len(list.Records) != 2 || list.Records[0].Record != ref || !strings.HasPrefix(tag, fmt.Sprintf("\"%d.", list.Records[0].Version)) {
		t.Errorf("%s with the tag %s is listed as %s, %v", ref, tag, made.body, err)
	}
	if _, err := r.app.Store.DB().ExecContext(t.Context(), "UPDATE line SET doc = json_set(doc, '$.needed', 'as it is kept')"); err != nil {
		t.Fatal(err)
	}
	if got := s.get("/records"); strings.Count(got.body, "as it is kept") != 2 {
		t.Errorf("the list reads the records themselves: %s", got.body)
	}
}

// A program reads all that the pages show, and each answer is as the document describes it.
func TestProgramsRead(t *testing.T) {
	r := programs(t)
	s := r.script("irene", "act")
	ref, tag := s.filed("Leaver accounts stay enabled")
	for _, path := range []string{
		"/records", "/records?q=leaver&show=open&kind=nonconformity&state=reported,analysis&sort=-number&limit=1", "/records/" + ref, "/records/" + ref + "/history?limit=5", "/records/" + ref + "/acts",
		"/acts", "/acts?kind=improvement", "/actions", "/needs", "/due?until=2099-12-31&person=irene", "/conflicts", "/sync", "/counts", "/audit/entries?limit=200", "/audit/entries?before=3&limit=2", "/audit/checkpoint",
		"/policy", "/rules", "/people", "/you", "/figures", "/figures?period=2026-Q3&trend=true", "/openapi.json", "/openapi.yaml",
	} {
		if got := s.get(path); got.status != http.StatusOK {
			t.Errorf("GET %s = %d %s", path, got.status, got.body)
		}
	}
	if got := s.get("/records?q=leaver"); !strings.Contains(got.body, ref) || !strings.Contains(got.body, `"count":1`) {
		t.Errorf("the search finds %s", got.body)
	}
	if got := s.do(s, asked{method: http.MethodGet, path: "/records/" + ref, header: map[string]string{"If-None-Match": tag}}); got.status != http.StatusNotModified || got.body != "" || got.header.Get("ETag") != tag {
		t.Errorf("with its tag the record is %d %v %s", got.status, got.header, got.body)
	}
	if got := s.get("/you"); !strings.Contains(got.body, `"person":"irene"`) || !strings.Contains(got.body, `"scopes":["read","act"]`) {
		t.Errorf("GET /you = %s", got.body)
	}
	// People in the pages read the same.
	irene := r.browser().enter("irene")
	if got := irene.get("/api/v1/records/" + ref); got.status != http.StatusOK || got.header.Get("ETag") != tag {
		t.Errorf("in the pages the record is %d %s", got.status, got.body)
	}
}

// What cannot be read is said, with where and what to do.
func TestProgramsAreToldWhatIsWrong(t *testing.T) {
	r := programs(t)
	s := r.script("irene", "act", "approve")
	for path, where := range map[string]string{
		"/records?colour=red": "query.colour", "/records?limit=0": "query.limit", "/records?limit=101": "query.limit", "/records?limit=ten": "query.limit", "/records?state=asleep": "query.state", "/records?kind=cat": "query.kind",
		"/records?sort=colour": "query.sort", "/records?show=some": "query.show", "/records?after=x": "query.after", "/records?limit=1&limit=2": "query.limit", "/records?from=yesterday": "query.from",
		"/audit/entries?before=-1": "query.before", "/due?until=2026-13-01": "query.until",
		"/records?state=": "query.state", "/records?kind=": "query.kind", "/records?sort=": "query.sort", "/records?limit=": "query.limit", "/records?from=": "query.from", "/figures?trend=": "query.trend", "/audit/entries?before=": "query.before",
	} {
		if p := s.wantProblem(s.get(path), http.StatusUnprocessableEntity, "request-invalid"); !strings.HasPrefix(p.Where, where) {
			t.Errorf("GET %s is wrong at %q, want %q", path, p.Where, where)
		}
	}
	s.wantProblem(s.get("/figures?period=soon"), http.StatusUnprocessableEntity, "request-invalid")
	s.wantProblem(s.get("/records/NC-1999-0001"), http.StatusNotFound, "record-unknown")
	s.wantProblem(s.get("/records?q="+strings.Repeat("x", 5000)), http.StatusRequestURITooLong, "query-too-long")
	for _, path := range []string{"/nothing", "/", "//records", "/records//acts", "/records/../acts", "/./you", "/records//acts/set", "/records/NC-1/"} {
		s.wantProblem(s.get(path), http.StatusNotFound, "address-unknown")
	}
	s.wantProblem(s.post("/records//acts/set", `{"inputs":{}}`), http.StatusNotFound, "address-unknown")
	if got := s.get("/records?q=&after=&owner="); got.status != http.StatusOK {
		t.Errorf("with empty texts the list is %d %s", got.status, got.body)
	}
	s.wantProblem(s.do(s, asked{method: http.MethodDelete, path: "/records/NC-1"}), http.StatusMethodNotAllowed, "method-not-allowed")
	s.wantProblem(s.post("/records", `{"inputs":`), http.StatusBadRequest, "request-unreadable")
	s.wantProblem(s.post("/records", `{"inputs":{},"colour":"red"}`), http.StatusUnprocessableEntity, "request-invalid")
	s.wantProblem(s.post("/records", `{"inputs":{"title":"`+strings.Repeat("x", 1<<20)+`"}}`), http.StatusRequestEntityTooLarge, "body-too-large")
	s.wantProblem(s.post("/records", `{"Inputs":{},"inputs":{"title":"x"}}`), http.StatusUnprocessableEntity, "request-invalid")
	for _, kind := range []string{"application/x-www-form-urlencoded", "application/problem+json", "text/plain", "", "/"} {
		s.wantProblem(s.post("/records", `{"inputs":{"title":"x"}}`, "Content-Type", kind), http.StatusUnsupportedMediaType, "not-json")
	}
	if p := s.wantProblem(s.post("/records", `{"inputs":{"kind":"nonconformity","identified_at":"some day","colour":"red"}}`), http.StatusUnprocessableEntity, "request-invalid"); len(p.Faults) < 2 {
		t.Errorf("not every fault is told: %+v", p)
	}
}

// Whoever has no token that counts gets 401, and the log says so once.
func TestProgramsWithoutAToken(t *testing.T) {
	r := programs(t)
	good := r.script("erik")
	s := &script{r, ""}
	s.wantProblem(s.get("/records"), http.StatusUnauthorized, "token-missing")
	for _, secret := range []string{"x", good.secret[:20], good.secret + "x", strings.Replace(good.secret, "cfd_", "cfe_", 1)} {
		s.secret = secret
		got := s.get("/records")
		s.wantProblem(got, http.StatusUnauthorized, "token-unknown")
		if !strings.Contains(got.header.Get("WWW-Authenticate"), "invalid_token") || strings.Contains(got.body, secret) && secret != "x" {
			t.Errorf("the answer is %v %s", got.header, got.body)
		}
	}
	if n := len(r.log(audit.SessionRefused)); n != 1 {
		t.Errorf("the log has %d refusals, want 1", n)
	}
	vera := r.script("vera")
	r.pass(31 * 24 * time.Hour)
	good.wantProblem(vera.get("/records"), http.StatusUnauthorized, "access-ended")
	if got := good.get("/records"); got.status != http.StatusOK {
		t.Errorf("after a month = %d %s", got.status, got.body)
	}
	r.pass(31 * 24 * time.Hour)
	good.wantProblem(good.get("/records"), http.StatusUnauthorized, "token-ended")
}

// Each request of an auditor's program is an entry of the log, once in ten minutes and address, and it changes nothing.
func TestProgramsOfAuditors(t *testing.T) {
	r := programs(t)
	s := r.script("vera")
	for range 3 {
		s.get("/records?limit=5")
	}
	s.get("/audit/checkpoint")
	entries := slices.DeleteFunc(r.log(audit.PageRead), func(e audit.Entry) bool { return e.Actor.How != audit.ByAPI })
	if n := len(entries); n != 2 || !strings.HasPrefix(entries[0].Actor.Account, "token:") || entries[0].Changes[0].After.Value != "GET /api/v1/records" {
		t.Errorf("the log has %d entries: %+v", n, entries)
	}
	s.wantProblem(s.post("/records", `{"inputs":{"title":"x"}}`), http.StatusForbidden, "role-missing")
	if n := len(r.log(audit.AccessDenied)); n != 1 {
		t.Errorf("the log has %d denials, want 1", n)
	}
}

// A program acts as its person may: with the scope for it, on the version that it saw, once for each key; and the log
// says which token it was.
func TestProgramsAct(t *testing.T) {
	r := programs(t)
	reads, erik, irene, decides := r.script("irene"), r.script("erik", "act", "approve"), r.script("irene", "act"), r.script("irene", "act", "approve")
	reads.wantProblem(reads.post("/records", `{"inputs":{"title":"x"}}`), http.StatusForbidden, "scope-missing")

	ref, tag := erik.filed("Leaver accounts stay enabled")
	set := `{"inputs":{"field":"correction","value":"The three accounts were disabled the same morning."}}`
	erik.wantProblem(erik.post("/records/"+ref+"/acts/set", set), http.StatusPreconditionRequired, "version-missing")
	erik.wantProblem(erik.post("/records/"+ref+"/acts/set", set, "If-Match", "1"), http.StatusUnprocessableEntity, "version-unreadable")
	erik.wantProblem(erik.post("/records/"+ref+"/acts/sing", set, "If-Match", tag), http.StatusNotFound, "act-unknown")
	got := erik.post("/records/"+ref+"/acts/set", set, "If-Match", tag, "Idempotency-Key", "k-1")
	if got.status != http.StatusOK || !strings.Contains(got.body, `"changed":true`) || got.header.Get("ETag") == tag {
		t.Fatalf("set = %d %s", got.status, got.body)
	}
	next := got.header.Get("ETag")
	if again := erik.post("/records/"+ref+"/acts/set", set, "If-Match", tag, "Idempotency-Key", "k-1"); again.status != http.StatusOK || !strings.Contains(again.body, `"again":true`) || again.header.Get("ETag") != next {
		t.Errorf("the repetition = %d %s", again.status, again.body)
	}
	erik.wantProblem(erik.post("/records/"+ref+"/acts/set", strings.Replace(set, "three", "four", 1), "If-Match", next, "Idempotency-Key", "k-1"), http.StatusUnprocessableEntity, "key-used")
	erik.wantProblem(erik.post("/records/"+ref+"/acts/set", set, "If-Match", next, "Idempotency-Key", "a key"), http.StatusUnprocessableEntity, "request-invalid")
	stale := erik.wantProblem(erik.post("/records/"+ref+"/acts/set", set, "If-Match", tag), http.StatusPreconditionFailed, "record-changed")
	if stale.Current == nil || stale.Current.Fields["correction"] == "" || stale.Current.Version < 2 {
		t.Errorf("the problem has the record %+v", stale.Current)
	}
	// Somebody else's key is another key.
	if got := irene.post("/records", `{"inputs":{"title":"Another"}}`, "Idempotency-Key", "k-1"); got.status == http.StatusUnprocessableEntity && strings.Contains(got.body, "key-used") {
		t.Errorf("the key of another person is used: %s", got.body)
	}

	triage := `{"inputs":{"grade":"minor","risk":"medium","source":"internal_audit","owner":"erik"}}`
	irene.wantProblem(irene.post("/records/"+ref+"/acts/triage", triage, "If-Match", next), http.StatusForbidden, "scope-missing")
	erik.wantProblem(erik.post("/records/"+ref+"/acts/triage", triage, "If-Match", next), http.StatusForbidden, "act-not-allowed")
	erik.wantProblem(erik.post("/records/"+ref+"/acts/triage", `{"inputs":{"grade":"enormous"}}`, "If-Match", tagOf(t, erik, ref)), http.StatusUnprocessableEntity, "request-invalid")
	got = decides.post("/records/"+ref+"/acts/triage", triage, "If-Match", tagOf(t, decides, ref))
	if got.status != http.StatusOK || !strings.Contains(got.body, `"state":"analysis"`) {
		t.Errorf("triage = %d %s", got.status, got.body)
	}
	if p := decides.wantProblem(decides.post("/records/"+ref+"/acts/review", `{"inputs":{"outcome":"effective","reason":"looked at all of it in the export"}}`, "If-Match", tagOf(t, decides, ref)), http.StatusForbidden, "act-not-allowed"); p.What == "" {
		t.Errorf("%+v", p)
	}
	decides.wantProblem(decides.post("/records/"+ref+"/conflicts/title", `{"take":"register","reason":"it is right"}`, "If-Match", tagOf(t, decides, ref)), http.StatusUnprocessableEntity, "act-refused")

	given := r.log(audit.ApprovalGiven)
	if i := slices.IndexFunc(given, func(e audit.Entry) bool { return e.Actor.ID == "irene" }); i < 0 || given[i].Actor.How != audit.ByAPI || !strings.HasPrefix(given[i].Actor.Account, "token:") || given[i].Actor.Kind != audit.Person {
		t.Errorf("the log has the decisions %+v", given)
	}
	// In the pages a decision takes a fresh sign-in, and another web page sends none.
	old := r.browser().enter("irene")
	old.header["Content-Type"], old.header["If-Match"] = "application/json", tagOf(t, decides, ref)
	r.pass(6 * time.Minute)
	if got := old.send(http.MethodPost, "/api/v1/records/"+ref+"/acts/approve", nil); got.status != http.StatusBadRequest && got.status != http.StatusForbidden {
		t.Errorf("a decision without a body = %d %s", got.status, got.body)
	}
}

// tagOf returns the tag of a record as it is now.
func tagOf(t *testing.T, s *script, ref string) string {
	t.Helper()
	got := s.get("/records/" + ref)
	if got.status != http.StatusOK {
		t.Fatalf("GET %s = %d %s", ref, got.status, got.body)
	}
	return got.header.Get("ETag")
}

// A role that takes a group of the provider is not shown by a token, and the register would count it: such a person acts
// in the pages alone.
func TestProgramsDoNotShowGroups(t *testing.T) {
	r := receive(t, nil)
	s := r.script("irene", "approve")
	s.wantProblem(s.post("/records", `{"inputs":{"title":"x"}}`), http.StatusForbidden, "role-not-shown")
	if got := s.get("/records"); got.status != http.StatusOK {
		t.Errorf("GET /records = %d %s", got.status, got.body)
	}
}
