package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/conformd/conformd/internal/api"
)

// A refusal keeps no key: the same request is judged anew, and a corrected one is taken under the same key.
func TestKeyIsFreeAfterARefusal(t *testing.T) {
	r := programs(t)
	irene, rita := r.script("irene", "act", "approve"), r.script("rita", "act", "approve")
	ref, tag := irene.filed("Leaver accounts stay enabled")
	acts := "/records/" + ref + "/acts/"

	// The register refuses a review before the work is done, each time that it is sent.
	review := `{"inputs":{"outcome":"effective","reason":"The export of June was compared with the list of leavers."}}`
	for range 2 {
		rita.wantProblem(rita.post(acts+"review", review, "If-Match", tagOf(t, rita, ref), "Idempotency-Key", "r-1"), http.StatusUnprocessableEntity, "act-refused")
		rita.wantProblem(rita.post(acts+"review", review, "If-Match", tag, "Idempotency-Key", "r-2"), http.StatusPreconditionFailed, "record-changed")
	}
	// What cannot be used is corrected under the same key.
	irene.wantProblem(irene.post(acts+"triage", `{"inputs":{"grade":"enormous"}}`, "If-Match", tagOf(t, irene, ref), "Idempotency-Key", "t-1"), http.StatusUnprocessableEntity, "request-invalid")
	got := irene.post(acts+"triage", `{"inputs":{"grade":"minor","risk":"medium","source":"internal_audit","owner":"erik"}}`, "If-Match", tagOf(t, irene, ref), "Idempotency-Key", "t-1")
	if got.status != http.StatusOK || !strings.Contains(got.body, `"state":"analysis"`) || !strings.Contains(got.body, `"again":false`) {
		t.Errorf("the corrected triage = %d %s", got.status, got.body)
	}
	irene.wantProblem(irene.post("/records", `{"inputs":{"kind":"nonconformity"}}`, "Idempotency-Key", "f-1"), http.StatusUnprocessableEntity, "request-invalid")
	if got := irene.post("/records", `{"inputs":{"kind":"nonconformity","title":"Badges are shared"}}`, "Idempotency-Key", "f-1"); got.status != http.StatusOK || !strings.Contains(got.body, `"changed":true`) {
		t.Errorf("the corrected filing = %d %s", got.status, got.body)
	}
	// What was done keeps its key.
	irene.wantProblem(irene.post("/records", `{"inputs":{"kind":"nonconformity","title":"Badges are lost"}}`, "Idempotency-Key", "f-1"), http.StatusUnprocessableEntity, "key-used")
}

// Of requests at once under one key, one is done; the others are answered with what came of it, or refused where they ask
// for something else.
func TestKeyOfRequestsAtOnce(t *testing.T) {
	r := programs(t)
	erik := r.script("erik", "act")
	send := func(key string, bodies ...string) (out []reply) {
		out = make([]reply, len(bodies))
		var wg sync.WaitGroup
		for i, body := range bodies {
			wg.Go(func() {
				out[i] = erik.do(t, asked{method: http.MethodPost, path: "/records", body: body, header: map[string]string{"Idempotency-Key": key}})
			})
		}
		wg.Wait()
		return out
	}
	same := make([]string, 12)
	for i := range same {
		same[i] = `{"inputs":{"kind":"nonconformity","title":"Badges are shared"}}`
	}
	first, refs := 0, map[string]bool{}
	for _, got := range send("once", same...) {
		var d api.Done
		if err := json.Unmarshal([]byte(got.body), &d); err != nil || got.status != http.StatusOK {
			t.Fatalf("the answer is %d %s", got.status, got.body)
		}
		if refs[d.Record.Ref] = true; !d.Again {
			first++
		}
	}
	if first != 1 || len(refs) != 1 {
		t.Errorf("%d requests were the first, about the records %v; want one about one", first, refs)
	}
	done := 0
	for i, got := range send("other", `{"inputs":{"kind":"nonconformity","title":"Doors stay open"}}`, `{"inputs":{"kind":"nonconformity","title":"Windows stay open"}}`) {
		if got.status == http.StatusOK {
			done++
			continue
		}
		if !strings.Contains(got.body, "key-used") || got.status != http.StatusUnprocessableEntity {
			t.Errorf("request %d = %d %s", i, got.status, got.body)
		}
	}
	if got := erik.get("/records?q=open"); done != 1 || !strings.Contains(got.body, `"count":1`) {
		t.Errorf("%d of two requests under one key are done, want 1: %s", done, got.body)
	}
}
