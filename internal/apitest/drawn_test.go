package apitest

import (
	"encoding/json"
	"flag"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
)

var (
	drawSeed = flag.Uint64("draw.seed", 1, "the seed of the requests that are drawn; 0 is chance")
	drawFor  = flag.Duration("draw.for", 35*time.Second, "how long requests are drawn")
)

// TestDrawnRequests sends requests that are drawn from the document, valid and spoiled, as a person with every role that decides. conformd
// must answer in time and as the document says, do nothing that the document does not allow, and keep the register and its log whole.
func TestDrawnRequests(t *testing.T) {
	f := daemon(t, false)
	doc := f.served()
	seed := *drawSeed
	if seed == 0 {
		seed = rand.Uint64() //nolint:gosec // repeatable by its seed
	}
	t.Logf("repeat with -draw.seed=%d", seed)
	d := f.drawer(doc, seed)
	lasts := *drawFor
	if testing.Short() {
		lasts = min(lasts, 5*time.Second)
	}
	statuses, taken := map[int]int{}, map[string]int{}
	wrong := 0
	done := func() bool { // no conflict is open here; TestConflictIsResolved has one
		return !slices.ContainsFunc(doc.operations, func(op operation) bool { return taken[op.id] == 0 && op.id != "resolve-conflict" })
	}
	began := time.Now()
	for n := 0; time.Since(began) < lasts || !done() && time.Since(began) < 5*lasts; n++ {
		x := d.draw(doc.operations[n%len(doc.operations)])
		got, fault := d.try(x, patience)
		statuses[got.status]++
		if got.status == http.StatusOK || got.status == http.StatusNoContent {
			taken[x.op.id]++
			d.learn(x.op, got)
		}
		if fault == "" {
			continue
		}
		if wrong++; wrong > 20 {
			t.Fatal("twenty are enough")
		}
		t.Errorf("request %d of seed %d, %s: %s\n%.700q\nis answered\n%.500s", n, seed, x.op.id, fault, x.wire, got.body)
	}
	t.Logf("answers by status: %v; by operation that was done: %v", statuses, taken)
	if !done() {
		t.Errorf("of some of the %d operations no request was good enough to be done", len(doc.operations))
	}
	f.verified()
}

// try sends a request, and says what is wrong with its answer, "" for nothing.
func (d *drawer) try(x drawn, patience time.Duration) (answered, string) {
	got, err := send(d.host, x, patience)
	switch {
	case err == nil:
		return got, d.doc.judge(x, got)
	case x.cut(got, err):
		return got, ""
	default:
		return got, "there is no answer: " + err.Error()
	}
}

// drawer returns what draws requests in the name of somebody with every role that decides, about records that are there.
func (f *fixture) drawer(doc *document, seed uint64) *drawer {
	f.Helper()
	d := newDrawer(doc, seed)
	d.host, d.token = strings.TrimPrefix(f.url, "http://"), f.token("max", access.ScopeAct, access.ScopeApprove)
	var acts api.Acts
	if status, _ := f.program(d.token, http.MethodGet, "/acts", "", &acts); status != http.StatusOK || acts.Filing == nil {
		f.Fatalf("GET /acts = %d %+v", status, acts)
	}
	d.acts, d.filing = acts.Acts, acts.Filing
	for _, a := range acts.Acts {
		d.known["act"] = append(d.known["act"], a.Name)
		for _, i := range a.Inputs {
			if a.Name == "set" && i.Name == "field" {
				d.known["field"] = i.Options
			}
		}
	}
	for _, title := range []string{"Leaver accounts stay enabled", "Badges are shared"} {
		var done api.Done
		if status, _ := f.program(d.token, http.MethodPost, "/records", `{"inputs":{"kind":"nonconformity","title":"`+title+`"}}`, &done); status != http.StatusOK {
			f.Fatalf("POST /records = %d", status)
		}
		d.known["ref"] = append(d.known["ref"], done.Record.Ref)
	}
	d.tag = func(ref string) string {
		var any any
		_, header := f.program(d.token, http.MethodGet, "/records/"+ref, "", &any)
		return header.Get("ETag")
	}
	return d
}

// learn keeps what later requests can name.
func (d *drawer) learn(op operation, got answered) {
	keep := func(name, value string) {
		if value == "" {
			return
		}
		d.known[name] = append(d.known[name], value)
		if n := len(d.known[name]); n > 6 {
			d.known[name] = slices.Delete(d.known[name], 0, n-6)
		}
	}
	var x struct {
		ID     string `json:"id"`
		Next   string `json:"next"`
		Record struct {
			Ref string `json:"ref"`
		} `json:"record"`
	}
	if err := json.Unmarshal(got.body, &x); err != nil {
		return
	}
	keep("after", x.Next)
	keep("If-Match", got.header.Get("ETag"))
	keep("If-None-Match", got.header.Get("ETag"))
	switch op.id {
	case "file-record":
		keep("ref", x.Record.Ref)
	case "save-view":
		keep("id", x.ID)
	}
}
