package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// An ISMS manager pauses writing and releases it in the pages; the log says who and why, and nobody else may.
func TestWritingIsPausedAndReleased(t *testing.T) {
	r := receive(t, ungrouped)
	irene, erik := r.browser().enter("irene"), r.browser().enter("erik")
	binding := r.app.Config.Bindings[0].ID
	page := irene.get("/sync")
	wellMade(t, "/sync", page.body)
	form := fill(t, page.body, "/sync/pause", "binding", binding, "reason", "…")
	if got := irene.send(http.MethodPost, "/sync/pause", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "says nothing") {
		t.Errorf("a pause without a reason = %d:\n%s", got.status, got.body)
	}
	form.Set("reason", "The labels of the project are renamed today")
	irene.want(irene.send(http.MethodPost, "/sync/pause", form), http.StatusSeeOther, "/sync?did=control")
	if !strings.Contains(erik.get("/sync").body, "a person paused it: The labels of the project are renamed today") {
		t.Error("who looks is not told of the pause")
	}
	at := "/sync/" + binding + "/release"
	if got := erik.post(at, "reason", "I need it now"); got.status != http.StatusForbidden {
		t.Errorf("an engineer releases it: %d", got.status)
	}
	page = irene.get("/sync")
	irene.want(irene.send(http.MethodPost, at, fill(t, page.body, at, "reason", "The labels are renamed and were read again")), http.StatusSeeOther, "/sync?did=control")
	if brakes, err := r.app.Store.Brakes(t.Context()); err != nil || len(brakes) != 0 {
		t.Errorf("after the release %v stop writing, %v", brakes, err)
	}
	for _, e := range r.log(audit.BrakeEngaged, audit.BrakeReleased) {
		if e.Actor.ID != "irene" || e.Actor.How != audit.BySignIn || e.Origin.Binding != binding || !strings.Contains(e.Reason, "labels") {
			t.Errorf("the log says %s by %+v of %s because %q", e.Verb, e.Actor, e.Origin.Binding, e.Reason)
		}
	}
	form.Set("binding", "no-such-binding")
	if got := irene.send(http.MethodPost, "/sync/pause", form); got.status != http.StatusNotFound {
		t.Errorf("a pause of no binding = %d", got.status)
	}
	if got := irene.post(at, "reason", "The labels are renamed and were read again"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "is not stopped") {
		t.Errorf("a release of what is not stopped = %d:\n%s", got.status, got.body)
	}
}

// A record that waits is tried again by who may; a write without an outcome alone is settled.
func TestWorkThatWaits(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	irene.want(irene.post("/sync/records/"+ref+"/retry"), http.StatusSeeOther, "/sync?did=control")
	if got := irene.post("/sync/records/NC-1999-0001/retry"); got.status != http.StatusNotFound {
		t.Errorf("a record that is not there = %d", got.status)
	}
	if got := irene.post("/sync/records/"+ref+"/settle", "reason", "The issue has the new title"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "every write of this record has an outcome") {
		t.Errorf("nothing to settle = %d:\n%s", got.status, got.body)
	}
}

// Lists of dates and of violations are narrowed by person; an address that asks for no such list is refused with words.
func TestListsOfWork(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	irene.want(irene.do(ref, "triage", "grade", "major", "risk", "high", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+ref+"?did=triage")
	for path, want := range map[string]string{
		"/actions?within=all": ref, "/actions?within=all&person=erik": "/due/erik.ics", "/violations?show=open": "Erik Engel", "/violations?show=open&person=erik": ref,
		"/people": "Rita Review", "/rules": `id="G07"`, "/policy": "The configured policy is adopted",
	} {
		got := irene.get(path)
		wellMade(t, path, got.body)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("GET %s = %d, want %q in:\n%s", path, got.status, want, got.body)
		}
	}
	for _, path := range []string{"/actions?within=9", "/actions?person=nobody", "/violations?show=spam", "/violations?show=open&after=%21"} {
		if got := irene.get(path); got.status != http.StatusBadRequest {
			t.Errorf("GET %s = %d", path, got.status)
		}
	}
}

// The policy page says how the configured policy differs and what it would flag; a manager adopts it with a reason, having proved who they are.
func TestPolicyIsAdoptedInThePages(t *testing.T) {
	r := receive(t, ungrouped)
	const password = "a quiet lake in the morning"
	irene := r.browser()
	irene.want(irene.post(irene.link("irene", store.ForPassword), "password", password, "again", password), http.StatusSeeOther, "/")
	if err := r.app.Control().Adopt(t.Context(), audit.Actor{Kind: audit.Person, ID: "irene", How: audit.BySignIn}, "The first policy, as the handbook says."); err != nil {
		t.Fatal(err)
	}
	r.app.Config.Register.WaitingDays.Minor = 7
	r.pass(6 * time.Minute)
	page := irene.get("/policy?impact=1")
	wellMade(t, "/policy", page.body)
	if !strings.Contains(page.body, "The configured policy is not adopted") || !strings.Contains(page.body, "It moves no record") {
		t.Fatalf("the policy page:\n%s", page.body)
	}
	form := fill(t, page.body, "/policy/adopt", "reason", "Minor findings are checked within the week, as the review of March decided.")
	if got := irene.send(http.MethodPost, "/policy/adopt", form); got.status != http.StatusForbidden || !strings.Contains(got.body, "within the week") {
		t.Fatalf("without a proof = %d:\n%s", got.status, got.body)
	}
	form.Set("password", password)
	irene.want(irene.send(http.MethodPost, "/policy/adopt", form), http.StatusSeeOther, "/policy?did=control")
	got := r.log(audit.PolicyAdopted)
	last := got[len(got)-1]
	if last.Actor.ID != "irene" || last.Actor.How != audit.BySignIn || !strings.Contains(last.Reason, "within the week") {
		t.Errorf("the log says %+v because %q", last.Actor, last.Reason)
	}
	if page := irene.get("/policy"); !strings.Contains(page.body, "The configured policy is adopted") || !strings.Contains(page.body, "within the week") {
		t.Errorf("after it:\n%s", page.body)
	}
}
