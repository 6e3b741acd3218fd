package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// An ISMS manager reminds the owner of a record on the page of violations: the page says that the message is on its way, the log
// says who asked, a second reminder within a day is refused with the time of the first, and nobody else may.
func TestPeopleAreRemindedByHand(t *testing.T) {
	r := receive(t, ungrouped)
	irene, erik := r.browser().enter("irene"), r.browser().enter("erik")
	ref := erik.filed("Leaver accounts stay enabled")
	irene.want(irene.do(ref, "triage", "grade", "minor", "risk", "low", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+ref+"?did=triage")
	const list = "/violations?show=open"
	at := "/records/" + ref + "/remind"
	if page := irene.get(list); strings.Contains(page.body, "Send reminder") || !strings.Contains(page.body, "has neither <code>notices.mail</code> nor <code>notices.webhook</code>") {
		t.Errorf("without a way to tell people the page has:\n%s", page.body)
	}
	if got := irene.post(at); got.status != http.StatusConflict || !strings.Contains(got.body, "no message reaches Erik") {
		t.Errorf("a reminder without a way = %d:\n%s", got.status, got.body)
	}

	r.app.Config.Notices.Mail.Server = "127.0.0.1:25"
	for i := range r.app.Config.People {
		r.app.Config.People[i].Email = r.app.Config.People[i].ID + "@acme.example"
	}
	page := irene.get(list)
	wellMade(t, list, page.body)
	form := fill(t, page.body, at)
	if strings.Contains(erik.get(list).body, "Send reminder") {
		t.Error("an engineer has the button")
	}
	if got := erik.post(at); got.status != http.StatusForbidden {
		t.Errorf("an engineer reminds: %d", got.status)
	}
	irene.want(irene.send(http.MethodPost, at, form), http.StatusSeeOther, "/violations?did=remind&show=open")
	if page := irene.get("/violations?did=remind&show=open"); !strings.Contains(page.body, "The reminder is on its way") || !strings.Contains(page.body, "the mail is on its way") {
		t.Errorf("who was told is not on the page:\n%s", page.body)
	}
	all, err := r.app.Store.Messages(t.Context(), "erik", 10)
	if err != nil || len(all) != 1 || all[0].State != store.MessageWaiting || !strings.Contains(all[0].Body, "Irene Ismail asks you to act on "+ref) || !strings.Contains(all[0].Body, "Leaver accounts stay enabled") {
		t.Errorf("erik is sent %+v, %v", all, err)
	}
	if got := r.log(audit.NoticeAsked); len(got) != 1 || got[0].Actor.ID != "irene" || got[0].Actor.How != audit.BySignIn || got[0].Subject.Ref != ref || got[0].Reason != "erik by mail" {
		t.Errorf("the log has %+v", got)
	}
	if got := irene.send(http.MethodPost, at, form); got.status != http.StatusConflict || !strings.Contains(got.body, "the last reminder of "+ref+" went out on "+r.clock().UTC().Format("2006-01-02")) {
		t.Errorf("a second reminder = %d:\n%s", got.status, got.body)
	}
	if got := irene.post("/records/NC-1999-0001/remind"); got.status != http.StatusNotFound {
		t.Errorf("a reminder of no record = %d", got.status)
	}
}
