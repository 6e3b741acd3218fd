package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// A management review is opened, prepared, held, given its figures and decisions, and signed in the pages; the report says so. A
// review without its inputs is not signed, and the refusal names each blank.
func TestManagementReviewInThePages(t *testing.T) {
	r := receive(t, ungrouped)
	irene, tom := r.browser().enter("irene"), r.browser().enter("tom")
	period := register.Quarter(r.clock().UTC()).String()

	page := irene.get("/new?kind=management_review").body
	bad := irene.send(http.MethodPost, "/new", fill(t, page, "/new", "period", "spring"))
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `id="period-fault"`) && !strings.Contains(bad.body, "2026-Q3") {
		t.Errorf("a period that is none = %d: %s", bad.status, bad.body)
	}
	opened := irene.send(http.MethodPost, "/new", fill(t, page, "/new", "period", period))
	if opened.status != http.StatusSeeOther {
		t.Fatalf("the review is not opened: %d %s", opened.status, opened.body)
	}
	at := opened.to
	at, _, _ = strings.Cut(at, "?")
	ref := strings.TrimPrefix(at, "/records/")
	again := irene.send(http.MethodPost, "/new", fill(t, irene.get("/new?kind=management_review").body, "/new", "period", period))
	if !strings.Contains(again.body, "is the management review of "+period+" already") {
		t.Errorf("a second review of the period = %d", again.status)
	}

	done := func(b *browser, act string, pairs ...string) {
		t.Helper()
		if got := b.do(ref, act, pairs...); got.status != http.StatusSeeOther {
			t.Fatalf("%s %v = %d: %s", act, pairs, got.status, got.body)
		}
	}
	if got := tom.do(ref, "sign", "reason", "As discussed in the meeting."); got.status == http.StatusSeeOther || !strings.Contains(got.body, "nput") {
		t.Errorf("a blank review is signed: %d", got.status)
	}
	done(irene, "hold", "held_on", r.clock().UTC().Format(time.DateOnly), "attendees", "Irene Ismail\nTom Top")
	done(irene, "decide", "text", "Name a deputy for backups", "type", "resource", "who", "erik", "due", r.clock().UTC().AddDate(0, 2, 0).Format(time.DateOnly))
	// A decision that files an improvement names it. Sent twice, it is one decision and one improvement.
	form := fill(t, irene.get("/records/"+ref+"/acts/decide").body, "/records/"+ref+"/acts/decide",
		"text", "Test restores each month", "type", "improvement", "who", "erik", "due", r.clock().UTC().AddDate(0, 2, 0).Format(time.DateOnly), "record", "yes")
	for range 2 {
		irene.send(http.MethodPost, "/records/"+ref+"/acts/decide", form)
	}
	plan := irene.record(ref).Record.Fields[register.FieldActionPlan]
	_, see, _ := strings.Cut(plan, "Test restores each month, see ")
	improvement, _, _ := strings.Cut(see, " ")
	if f := irene.record(improvement).Record.Fields; strings.Count(plan, "Test restores") != 1 || f[register.FieldKind] != string(register.Improvement) || f[register.FieldOwner] != "erik" || f[register.FieldSourceRef] != ref {
		t.Errorf("the decisions are %q, and the improvement is %v", plan, f)
	}
	if list := irene.get("/register?kind=improvement").body; strings.Count(list, "Test restores each month") == 0 || strings.Count(list, ">"+improvement+"<") != 1 {
		t.Errorf("the improvements are:\n%s", list)
	}
	for _, f := range []register.Field{register.FieldInputA, register.FieldInputB, register.FieldInputC, register.FieldInputD1, register.FieldInputD2, register.FieldInputD3, register.FieldInputD4, register.FieldInputE, register.FieldInputF, register.FieldInputG} {
		done(irene, "set", "field", string(f), "value", register.NothingToReport)
	}
	done(tom, "set", "field", "suitability", "value", "The scope fits the company after the purchase of last spring.")
	done(tom, "set", "field", "adequacy", "value", "Two people look after the ISMS, and that is enough this year.")
	done(tom, "set", "field", "effectiveness", "value", "Leavers lose their access in time; restores of backups do not work in time yet.")
	r.pass(time.Minute) // figures are as of the real clock: what follows is to be later
	done(irene, "freeze")
	if got := r.log(audit.FiguresFrozen); len(got) != 1 || got[0].Actor.ID != "irene" {
		t.Errorf("the log has of the figures %+v", got)
	}
	done(tom, "sign", "reason", "Inputs, figures and decisions were discussed in the meeting of today.")

	if page := irene.get("/records/" + ref).body; !strings.Contains(page, "report=management-review&amp;record="+ref) && !strings.Contains(page, "record="+ref+"&amp;report=management-review") {
		t.Error("the page of the review does not lead to its report")
	}
	report := irene.get("/reports/file?report=management-review&record=" + ref)
	for _, want := range []string{"Name a deputy for backups", "the figures are those that were frozen", "Tom Top"} {
		if !strings.Contains(report.body, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if strings.Contains(report.body, "Not signed.") {
		t.Error("the report says that it is not signed")
	}
}
