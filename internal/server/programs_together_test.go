package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/register"
)

// A program sets a value of several records: the dry run says for each record what would come of it and which version that is, and the
// request with these versions does it. Each record that is not changed says why, and holds no other up.
func TestProgramsActOnSeveralRecords(t *testing.T) {
	r := programs(t)
	erik, irene := r.script("erik", "act"), r.script("irene", "act")
	a, _ := erik.filed("Leaver accounts stay enabled")
	b, _ := erik.filed("Keys are shared")
	c, _ := erik.filed("Backups fail")
	d, _ := irene.filed("Visitors have no badge")
	set := func(s *script, ref, field, value string) {
		t.Helper()
		if got := s.post("/records/"+ref+"/acts/set", fmt.Sprintf(`{"inputs":{"field":%q,"value":%q}}`, field, value), "If-Match", tagOf(t, s, ref)); got.status != http.StatusOK {
			t.Fatalf("set %s of %s = %d %s", field, ref, got.status, got.body)
		}
	}
	set(irene, c, "owner", "rita")
	set(irene, d, "owner", "irene")

	owner := func(ref string) string {
		return r.browser().enter("irene").record(ref).Record.Fields[register.FieldOwner]
	}
	send := func(body, key string) (out api.Outcomes) {
		t.Helper()
		got := erik.post("/acts/set", body, "Idempotency-Key", key)
		if err := json.Unmarshal([]byte(got.body), &out); err != nil || got.status != http.StatusOK {
			t.Fatalf("POST /acts/set = %d %s", got.status, got.body)
		}
		return out
	}
	summary := func(x api.Outcomes) string {
		var words []string
		for _, o := range x.Outcomes {
			word := o.Record + " " + o.Outcome
			if o.Problem != nil {
				word += " " + o.Problem.Code
			}
			if o.Again {
				word += " again"
			}
			words = append(words, word)
		}
		return strings.Join(words, ", ")
	}
	const inputs = `"inputs":{"field":"owner","value":"rita"}`
	dry := send(fmt.Sprintf(`{"dry_run":true,"records":[{"record":%q},{"record":"NC-1999-0001"},{"record":%q},{"record":%q},{"record":%q}],%s}`, a, b, c, d, inputs), "k-1")
	if got, want := summary(dry), fmt.Sprintf("%s done, NC-1999-0001 refused record-unknown, %s done, %s same, %s foreign act-not-allowed", a, b, c, d); got != want || !dry.DryRun {
		t.Fatalf("the dry run says %s, want %s", got, want)
	}
	if x := dry.Outcomes[0]; len(x.Changes) != 1 || x.Changes[0].Field != register.FieldOwner || x.Changes[0].To != "rita" || x.Version == 0 {
		t.Errorf("the dry run says of %s: %+v", a, x)
	}
	if p := dry.Outcomes[1].Problem; p.Where != "body.records[1].record" || p.Status != http.StatusNotFound || p.Remedy == "" {
		t.Errorf("the record that is none has the problem %+v", p)
	}
	if owner(a) != "" || owner(b) != "" {
		t.Fatalf("the dry run gave an owner: %q, %q", owner(a), owner(b))
	}

	set(erik, b, "location", "The office")
	body := fmt.Sprintf(`{"records":[{"record":%q,"version":%d},{"record":%q,"version":%d}],%s}`, b, dry.Outcomes[2].Version, a, dry.Outcomes[0].Version, inputs)
	done := send(body, "k-1")
	if got, want := summary(done), fmt.Sprintf("%s stale record-changed, %s done", b, a); got != want || done.DryRun || owner(a) != "rita" || owner(b) != "" {
		t.Fatalf("it came to %s, want %s; the owners are %q and %q", got, want, owner(a), owner(b))
	}
	if x := done.Outcomes[0]; x.Version <= dry.Outcomes[2].Version || x.Problem.Where != "body.records[0].version" || x.Problem.Status != http.StatusPreconditionFailed {
		t.Errorf("the record that changed: %+v, %+v", x, x.Problem)
	}
	if x := done.Outcomes[1]; x.Version <= dry.Outcomes[0].Version || !strings.HasPrefix(tagOf(t, erik, a), fmt.Sprintf(`"%d.`, x.Version)) {
		t.Errorf("%s has the tag %s, and the answer says version %d", a, tagOf(t, erik, a), x.Version)
	}

	// Sent again with the version that the answer had, what was done is not done again, and what was not is.
	body = fmt.Sprintf(`{"records":[{"record":%q,"version":%d},{"record":%q,"version":%d}],%s}`, b, done.Outcomes[0].Version, a, dry.Outcomes[0].Version, inputs)
	if got, want := summary(send(body, "k-1")), fmt.Sprintf("%s done, %s done again", b, a); got != want || owner(b) != "rita" {
		t.Errorf("sent again it came to %s, want %s; the owner is %q", got, want, owner(b))
	}
	if got, want := summary(send(strings.Replace(body, `"value":"rita"`, `"value":"erik"`, 1), "k-1")), fmt.Sprintf("%s failed key-used, %s failed key-used", b, a); got != want || owner(b) != "rita" {
		t.Errorf("another request under the key came to %s, want %s", got, want)
	}
}

// What is wrong with the whole request is one problem, and nothing is done.
func TestProgramsAreToldWhatIsWrongWithSeveral(t *testing.T) {
	r := programs(t)
	s, decides := r.script("irene", "act"), r.script("irene", "act", "approve")
	ref, _ := s.filed("Leaver accounts stay enabled")
	one := fmt.Sprintf(`{"record":%q,"version":1}`, ref)
	const inputs = `"inputs":{"field":"location","value":"The office"}`
	many := "{" + inputs + `,"records":[` + strings.TrimSuffix(strings.Repeat(one+",", 101), ",") + "]}"
	for _, tc := range []struct {
		act, body  string
		status     int
		code, path string
	}{
		{"sing", `{"records":[` + one + `],` + inputs + `}`, http.StatusNotFound, "act-unknown", "path.act"},
		{"triage", `{"records":[` + one + `],` + inputs + `}`, http.StatusUnprocessableEntity, "request-invalid", "path.act"},
		{"set", `{"records":[],` + inputs + `}`, http.StatusUnprocessableEntity, "request-invalid", "body.records"},
		{"set", many, http.StatusUnprocessableEntity, "request-invalid", "body.records"},
		{"set", `{"records":[{"record":"` + ref + `"}],` + inputs + `}`, http.StatusPreconditionRequired, "version-missing", "body.records[0].version"},
		{"set", `{"records":[{"record":"` + ref + `","version":0}],` + inputs + `}`, http.StatusUnprocessableEntity, "request-invalid", "body.records[0].version"},
		{"set", `{"records":[` + one + `,` + one + `],` + inputs + `}`, http.StatusUnprocessableEntity, "request-invalid", "body.records[1].record"},
		{"extend", `{"records":[` + one + `],"inputs":{}}`, http.StatusForbidden, "scope-missing", ""},
	} {
		if p := s.wantProblem(s.post("/acts/"+tc.act, tc.body), tc.status, tc.code); p.Where != tc.path {
			t.Errorf("%s %.100s is wrong at %q, want %q", tc.act, tc.body, p.Where, tc.path)
		}
	}
	// An input that no record can use is said for each record.
	got := decides.post("/acts/set", `{"dry_run":true,"records":[{"record":"`+ref+`"}],"inputs":{"field":"identified_at","value":"some day"}}`)
	var out api.Outcomes
	if err := json.Unmarshal([]byte(got.body), &out); err != nil || len(out.Outcomes) != 1 || out.Outcomes[0].Problem == nil || out.Outcomes[0].Problem.Where != "body.inputs.value" {
		t.Errorf("an unusable date = %d %s", got.status, got.body)
	}
	if got := s.get("/records/" + ref); got.status != http.StatusOK || strings.Contains(got.body, `"location":"The office"`) {
		t.Errorf("something was done: %s", got.body)
	}
}
