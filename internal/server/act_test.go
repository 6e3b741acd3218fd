package server_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// ungrouped lets the roles of people count without a group of the provider.
func ungrouped(o *signin.Options) { o.Rules.Groups = o.Rules.Groups[:1] }

// fill reads the first form of a page that goes to an address, as a browser would send it, and gives inputs other values. It fails for
// an input that the form does not have.
func fill(t *testing.T, page, action string, pairs ...string) (form url.Values) {
	t.Helper()
	in := false
	for _, n := range elements(t, page) {
		switch {
		case n.Data == "form":
			in = attr(n, "action") == action
			if in && form == nil {
				form = url.Values{}
			} else if in {
				in = false
			}
		case !in || attr(n, "name") == "":
		case n.Data == "textarea":
			form.Set(attr(n, "name"), strings.TrimPrefix(text(n), "\n"))
		case n.Data == "select":
			form.Set(attr(n, "name"), selected(n))
		case n.Data == "input":
			form.Set(attr(n, "name"), attr(n, "value"))
		}
	}
	if form == nil {
		t.Fatalf("the page has no form for %s:\n%s", action, page)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if !form.Has(pairs[i]) {
			t.Fatalf("the form for %s has no input %s: %v", action, pairs[i], form)
		}
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

func selected(n *html.Node) string {
	first, found := "", false
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != "option" {
			continue
		}
		if !found {
			first, found = attr(d, "value"), true
		}
		for _, a := range d.Attr {
			if a.Key == "selected" {
				return attr(d, "value")
			}
		}
	}
	return first
}

// filed files a record in the pages and returns its number.
func (b *browser) filed(title string) string {
	b.Helper()
	page := b.get("/new?kind=nonconformity")
	got := b.send(http.MethodPost, "/new", fill(b.T, page.body, "/new", "title", title, "problem", "Three accounts of people who left in May are enabled in July.", "location", "Directory of the office",
		"evidence", "The export of the directory of 1 July lists three of them.", "requirement_refs", "A.5.18", "consequences", "Former colleagues could read mails.", "identified_at", "1 July 2026"))
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/records/NC-") {
		b.Fatalf("filing = %d to %q:\n%s", got.status, got.to, got.body)
	}
	ref, _, _ := strings.Cut(strings.TrimPrefix(got.to, "/records/"), "?")
	return ref
}

// do sends the form of an act with some inputs.
func (b *browser) do(ref, act string, pairs ...string) reply {
	b.Helper()
	at := "/records/" + ref + "/acts/" + act
	page := b.get(at)
	if page.status != http.StatusOK {
		b.Fatalf("GET %s = %d:\n%s", at, page.status, page.body)
	}
	wellMade(b.T, at, page.body)
	return b.send(http.MethodPost, at, fill(b.T, page.body, at, pairs...))
}

func (b *browser) record(ref string) store.Row {
	b.Helper()
	row, err := b.app.Store.Record(b.Context(), ref)
	if err != nil {
		b.Fatal(err)
	}
	return row
}

// People file, change and decide in the pages; the log says who, and that they were signed in.
func TestPeopleActInThePages(t *testing.T) {
	r := receive(t, ungrouped)
	erik, irene := r.browser().enter("erik"), r.browser().enter("irene")
	ref := erik.filed("Leaver accounts stay enabled")
	page := erik.get("/records/" + ref + "?did=file")
	if !strings.Contains(page.body, "The record is filed.") || !strings.Contains(page.body, "/acts/set") || strings.Contains(page.body, "/acts/triage") {
		t.Errorf("who filed a record sees:\n%s", page.body)
	}
	erik.want(erik.do(ref, "set", "field", "correction", "value", "The three accounts were disabled the same morning."), http.StatusSeeOther, "/records/"+ref+"?did=set")
	irene.want(irene.do(ref, "triage", "grade", "minor", "risk", "medium", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+ref+"?did=triage")
	row := irene.record(ref)
	if row.Record.State != register.Analysis || row.Record.Fields[register.FieldOwner] != "erik" || row.Record.Fields[register.FieldReporter] != "erik" {
		t.Fatalf("the record is %s with %v", row.Record.State, row.Record.Fields)
	}
	var who []string
	for _, e := range r.log(audit.RecordCreated, audit.ApprovalGiven, audit.RecordUpdated) {
		if e.Subject.Ref == ref {
			if e.Actor.How != audit.BySignIn || e.Origin.Trigger != audit.TriggerPage || !strings.HasPrefix(e.Actor.Account, "local:") {
				t.Errorf("the log says %s by %+v, from %s", e.Verb, e.Actor, e.Origin.Trigger)
			}
			who = append(who, e.Actor.ID)
		}
	}
	if !strings.Contains(strings.Join(who, " "), "erik") || !strings.Contains(strings.Join(who, " "), "irene") {
		t.Errorf("the log names %v", who)
	}
}

// What cannot be used is said beside its input and in a summary, and what was typed is still there.
func TestFaultsStandBesideTheInputs(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	got := irene.do(ref, "accept", "until", "some <b>day</b>", "reason", "too short")
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("= %d", got.status)
	}
	wellMade(t, "accept", got.body)
	for _, want := range []string{`role="alert"`, `href="#accept-until"`, `id="accept-until-fault"`, `aria-invalid="true"`, "some &lt;b&gt;day&lt;/b&gt;", "too short"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if row := irene.record(ref); len(row.Record.Acceptances) != 0 {
		t.Error("something was done")
	}
	got = irene.send(http.MethodPost, "/new", fill(t, irene.get("/new?kind=signal").body, "/new", "statement", "Two suppliers merge."))
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="file-title-fault"`) || !strings.Contains(got.body, "Two suppliers merge.") {
		t.Errorf("a record without a title = %d:\n%s", got.status, got.body)
	}
}

// A refusal says the rule and who may, and keeps what was typed.
func TestRefusalSaysWhoMay(t *testing.T) {
	r := receive(t, ungrouped)
	erik := r.browser().enter("erik")
	ref := erik.filed("Leaver accounts stay enabled")
	got := erik.do(ref, "triage", "grade", "minor", "reason", "I am sure of it")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "may not triage records") || !strings.Contains(got.body, "ISMS manager") || !strings.Contains(got.body, "I am sure of it") {
		t.Errorf("= %d:\n%s", got.status, got.body)
	}
}

// Two people may not overwrite each other: who comes second is shown what the first one did, and their own text.
func TestStaleVersionShowsBoth(t *testing.T) {
	r := receive(t, ungrouped)
	erik, irene := r.browser().enter("erik"), r.browser().enter("irene")
	ref := erik.filed("Leaver accounts stay enabled")
	at := "/records/" + ref + "/acts/set?field=problem"
	first, second := erik.get(at), irene.get(at)
	to := "/records/" + ref + "/acts/set"
	if a := erik.send(http.MethodPost, to, fill(t, first.body, to, "value", "Four accounts, not three, are enabled.")); a.status != http.StatusSeeOther {
		t.Fatalf("the first = %d:\n%s", a.status, a.body)
	}
	got := irene.send(http.MethodPost, to, fill(t, second.body, to, "value", "Five accounts are enabled."))
	if got.status != http.StatusConflict {
		t.Fatalf("the second = %d", got.status)
	}
	for _, want := range []string{"The record changed since you saw it", "Four accounts, not three, are enabled.", "Five accounts are enabled.", "Erik Engel"} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page does not say %q:\n%s", want, got.body)
		}
	}
	if v := irene.record(ref).Record.Fields[register.FieldProblem]; v != "Four accounts, not three, are enabled." {
		t.Errorf("the record says %q", v)
	}
	if a := irene.send(http.MethodPost, to, fill(t, got.body, to)); a.status != http.StatusSeeOther {
		t.Errorf("sent again = %d:\n%s", a.status, a.body)
	}
	if v := irene.record(ref).Record.Fields[register.FieldProblem]; v != "Five accounts are enabled." {
		t.Errorf("sent again, the record says %q", v)
	}
}

// A form that is sent twice files one record.
func TestFormSentTwice(t *testing.T) {
	r := receive(t, ungrouped)
	erik := r.browser().enter("erik")
	form := fill(t, erik.get("/new?kind=nonconformity").body, "/new", "title", "Leaver accounts stay enabled")
	one, two := erik.send(http.MethodPost, "/new", form), erik.send(http.MethodPost, "/new", form)
	if one.status != http.StatusSeeOther || one.to != two.to {
		t.Errorf("the first leads to %q, the second to %q (%d)", one.to, two.to, two.status)
	}
}

// A button that is pressed twice does its act once, and the second answer is that of the first: the browser shows that one alone.
// Whoever goes back and sends the form with another text sees that the record changed since.
func TestActSentTwice(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	set, triage := "/records/"+ref+"/acts/set", "/records/"+ref+"/acts/triage"
	form := fill(t, irene.get(set+"?field=problem").body, set, "value", "Four accounts, not three, are enabled.")
	for range 2 {
		irene.want(irene.send(http.MethodPost, set, form), http.StatusSeeOther, "/records/"+ref+"?did=set")
	}
	form.Set("value", "Five accounts are enabled.")
	if got := irene.send(http.MethodPost, set, form); got.status != http.StatusConflict || !strings.Contains(got.body, "Five accounts are enabled.") {
		t.Errorf("with another text = %d:\n%s", got.status, got.body)
	}
	form = fill(t, irene.get(triage).body, triage, "grade", "minor", "risk", "low", "source", "internal_audit", "owner", "erik")
	for range 2 {
		irene.want(irene.send(http.MethodPost, triage, form), http.StatusSeeOther, "/records/"+ref+"?did=triage")
	}
	rec := irene.record(ref).Record
	if len(rec.Approvals) != 1 || rec.Fields[register.FieldProblem] != "Four accounts, not three, are enabled." {
		t.Errorf("the record has %d decisions and says %q", len(rec.Approvals), rec.Fields[register.FieldProblem])
	}
	// The form of one record does nothing to another, and one person's form nothing for another person.
	other := irene.filed("Restore tests are missing")
	at := "/records/" + other + "/acts/triage"
	form.Set("version", fill(t, irene.get(at).body, at).Get("version"))
	irene.want(irene.send(http.MethodPost, at, form), http.StatusSeeOther, "/records/"+other+"?did=triage")
	if n := len(irene.record(other).Record.Approvals); n != 1 {
		t.Errorf("the other record has %d decisions", n)
	}
}

// Who signed in some time ago proves anew who they are before a decision counts, with a password or at the provider, and nothing that was
// typed is lost.
func TestDecisionAsksForProof(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser()
	const password = "a quiet lake in the morning"
	irene.want(irene.post(irene.link("irene", store.ForPassword), "password", password, "again", password), http.StatusSeeOther, "/")
	ref := irene.filed("Leaver accounts stay enabled")
	r.pass(6 * time.Minute)
	at := "/records/" + ref + "/acts/reject"
	form := fill(t, irene.get(at).body, at, "reason", "The accounts belong to interns who still work here.")
	form.Del("password")
	got := irene.send(http.MethodPost, at, form)
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "Prove who you are") || !strings.Contains(got.body, "interns who still work here") {
		t.Fatalf("without a proof = %d:\n%s", got.status, got.body)
	}
	wellMade(t, at, got.body)
	got = irene.send(http.MethodPost, at, fill(t, got.body, at, "password", "a loud river at night"))
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "password is wrong") || strings.Contains(got.body, "a loud river") {
		t.Fatalf("with a wrong password = %d:\n%s", got.status, got.body)
	}
	before := irene.cookie()
	irene.want(irene.send(http.MethodPost, at, fill(t, got.body, at, "password", password)), http.StatusSeeOther, "/records/"+ref+"?did=reject")
	if irene.cookie() == before {
		t.Error("the session goes on under its old token")
	}
	if s := irene.record(ref).Record.State; s != register.StateRejected {
		t.Errorf("the record is %s", s)
	}
}

// At the provider, only an answer to the demand to prove it anew is a proof: a silent one is none.
func TestProofAtTheProvider(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser()
	irene.want(irene.get(irene.begin("sub-irene", "/", "isms")), http.StatusSeeOther, "/")
	ref := irene.filed("Leaver accounts stay enabled")
	got := irene.do(ref, "reject", "reason", "The accounts belong to interns who still work here.")
	if got.status != http.StatusForbidden || !strings.Contains(got.body, `href="/sign-in/provider?again&amp;to=%2Fyou"`) {
		t.Fatalf("after a silent answer of the provider = %d:\n%s", got.status, got.body)
	}
	a := irene.get("/sign-in/provider?again&to=%2Fyou")
	if to, err := url.Parse(a.to); err != nil || to.Query().Get("prompt") != "login" || to.Query().Get("max_age") != "0" {
		t.Fatalf("the provider is asked by %q", a.to)
	}
	irene.queue("sub-irene", "isms")
	a = irene.get(a.to)
	irene.want(irene.get(a.to), http.StatusSeeOther, "/you")
	at := "/records/" + ref + "/acts/reject"
	irene.want(irene.send(http.MethodPost, at, fill(t, got.body, at)), http.StatusSeeOther, "/records/"+ref+"?did=reject")
}

// An engineer changes the records that they have to do with, and no others.
func TestOwnRecordsAlone(t *testing.T) {
	r := receive(t, ungrouped)
	erik, irene := r.browser().enter("erik"), r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	irene.want(irene.do(ref, "set", "field", "owner", "value", "irene"), http.StatusSeeOther, "/records/"+ref+"?did=set")
	at := "/records/" + ref + "/acts/set"
	got := erik.send(http.MethodPost, at, fill(t, erik.get(at).body, at, "field", "location", "value", "Elsewhere"))
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "not one of yours") || !strings.Contains(got.body, "Irene Ismail") {
		t.Errorf("= %d:\n%s", got.status, got.body)
	}
	if n := len(r.log(audit.AccessDenied)); n != 1 {
		t.Errorf("%d denials in the log, want one", n)
	}
	vera := r.browser().enter("vera")
	if got := vera.send(http.MethodPost, at, url.Values{"field": {"location"}, "value": {"Elsewhere"}}); got.status != http.StatusForbidden || !strings.Contains(got.body, "role-missing") {
		t.Errorf("an auditor = %d", got.status)
	}
}

// The inbox shows one thing at a time, comes back after a decision, and shows those who may not decide no form.
func TestInbox(t *testing.T) {
	r := receive(t, ungrouped)
	erik, irene := r.browser().enter("erik"), r.browser().enter("irene")
	first, second := erik.filed("Leaver accounts stay enabled"), erik.filed("Restore test failed")
	page := irene.get("/inbox")
	wellMade(t, "/inbox", page.body)
	if !strings.Contains(page.body, "Triage (2)") || !strings.Contains(page.body, first) || strings.Contains(page.body, second) || !strings.Contains(page.body, "data-skip") {
		t.Fatalf("the inbox:\n%s", page.body)
	}
	at := "/records/" + first + "/acts/triage"
	got := irene.send(http.MethodPost, at, fill(t, page.body, at, "grade", "minor", "risk", "low", "source", "internal_audit", "owner", "erik"))
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/inbox?") {
		t.Fatalf("= %d to %q:\n%s", got.status, got.to, got.body)
	}
	if page = irene.get(got.to); !strings.Contains(page.body, "Triage (1)") || !strings.Contains(page.body, second) || !strings.Contains(page.body, "Done: Confirm the triage.") {
		t.Errorf("after it:\n%s", page.body)
	}
	// A later change of the grade by its owner waits for a person with the role.
	erik.want(erik.do(first, "set", "field", "grade", "value", "major"), http.StatusSeeOther, "/records/"+first+"?did=set")
	page = irene.get("/inbox?part=proposals")
	keep := "/records/" + first + "/acts/keep"
	if !strings.Contains(page.body, "Grade: minor → major") || !strings.Contains(page.body, `formaction="/records/`+first+`/acts/take"`) {
		t.Fatalf("the proposals:\n%s", page.body)
	}
	got = irene.send(http.MethodPost, "/records/"+first+"/acts/take", fill(t, page.body, keep, "reason", "Customer data was reached, as the log of the mail server shows."))
	if got.status != http.StatusSeeOther {
		t.Fatalf("= %d:\n%s", got.status, got.body)
	}
	if g := irene.record(first).Record.Fields[register.FieldGrade]; g != "major" {
		t.Errorf("the grade is %s", g)
	}
	if page := erik.get("/inbox?part=triage"); strings.Contains(page.body, `action="/records/`+second+`/acts/triage"`) || !strings.Contains(page.body, second) {
		t.Errorf("who may not triage sees:\n%s", page.body)
	}
	for _, bad := range []string{"/inbox?part=spam", "/inbox?part=triage&after=x", "/inbox?part=conflicts&after=-1"} {
		if got := irene.get(bad); got.status != http.StatusBadRequest {
			t.Errorf("GET %s = %d", bad, got.status)
		}
	}
}

// Whose session ended while they typed, here in another tab, signs in in another tab, and sends the same form again.
func TestNothingTypedIsLost(t *testing.T) {
	r := receive(t, ungrouped)
	erik := r.browser().enter("erik")
	ref := erik.filed("Leaver accounts stay enabled")
	at := "/records/" + ref + "/acts/set"
	form := fill(t, erik.get(at).body, at, "field", "location", "value", "Two lines\nof <i>text</i>")
	erik.want(erik.post("/sign-out"), http.StatusSeeOther, "/sign-in")
	got := erik.send(http.MethodPost, at, form)
	if got.status != http.StatusUnauthorized || !strings.Contains(got.body, "nothing that you typed is lost") || strings.Contains(got.body, "<i>text") {
		t.Fatalf("= %d:\n%s", got.status, got.body)
	}
	wellMade(t, at, got.body)
	erik.enter("erik")
	erik.want(erik.send(http.MethodPost, at, fill(t, got.body, at)), http.StatusSeeOther, "/records/"+ref+"?did=set")
	if v := erik.record(ref).Record.Fields[register.FieldLocation]; !strings.Contains(v, "Two lines") {
		t.Errorf("the record says %q", v)
	}
}

// A role that a group must give counts for nobody who signed in without the group, although people names them with it.
func TestRoleWithoutItsGroupDecidesNothing(t *testing.T) {
	r := receive(t, nil)
	local := r.browser().enter("irene")
	ref := local.filed("Leaver accounts stay enabled")
	if page := local.get("/records/" + ref); strings.Contains(page.body, "/acts/triage") {
		t.Error("who signed in without the group is offered the triage")
	}
	got := local.do(ref, "triage", "grade", "minor", "risk", "low", "source", "internal_audit", "owner", "erik")
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "may not triage") {
		t.Errorf("without the group = %d:\n%s", got.status, got.body)
	}
	member := r.browser()
	member.queue("sub-irene", "isms")
	a := member.get(member.get("/sign-in/provider?again&to=%2F").to)
	member.want(member.get(a.to), http.StatusSeeOther, "/")
	member.want(member.do(ref, "triage", "grade", "minor", "risk", "low", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+ref+"?did=triage")
}

// A conflict is decided in the inbox: for a place, or for a text of one's own, with a reason, by somebody who has to do with the record.
func TestConflictInTheInbox(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	id, github := irene.record(ref).Record.ID, r.app.Config.Bindings[0].ID
	for _, step := range []struct{ take, value, want string }{{github, "no date at all", "2026-12-24"}, {"", "24 January 2027", "2027-01-24"}} {
		err := r.app.Store.Write(t.Context(), func(tx *store.Tx) error {
			return tx.PutConflict(t.Context(), id, r.clock(), plan.Conflict{Field: register.FieldDue, Values: []plan.ConflictValue{{Place: github, Value: "2026-12-24"}, {Place: "register", Value: "2026-12-31"}}})
		})
		if err != nil {
			t.Fatal(err)
		}
		page := irene.get("/inbox?part=conflicts")
		wellMade(t, "/inbox?part=conflicts", page.body)
		at := "/records/" + ref + "/conflicts/due"
		form := fill(t, page.body, at, "take", step.take, "value", step.value)
		got := irene.send(http.MethodPost, at, form)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "decided with a reason") || !strings.Contains(got.body, step.value) {
			t.Fatalf("without a reason = %d:\n%s", got.status, got.body)
		}
		form.Set("reason", "The vendor named this day in the call of Monday.")
		if got = irene.send(http.MethodPost, at, form); got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/inbox?") {
			t.Fatalf("= %d to %q:\n%s", got.status, got.to, got.body)
		}
		if due := irene.record(ref).Record.Fields[register.FieldDue]; due != step.want {
			t.Errorf("the record is due %q, want %q", due, step.want)
		}
		if page := r.browser().enter("vera").get("/inbox?part=conflicts"); strings.Contains(page.body, `action="`+at) || !strings.Contains(page.body, "2026-12-24") {
			t.Errorf("an auditor sees:\n%s", page.body)
		}
	}
	if got := irene.post("/records/"+ref+"/conflicts/title", "take", github, "reason", "It is the later one."); got.status != http.StatusConflict {
		t.Errorf("a conflict that is none = %d", got.status)
	}
}

// A form that was refused is a new one: sent again when something else has changed, it is judged again. Sent again before, it
// is refused again.
func TestRefusedFormIsJudgedAgain(t *testing.T) {
	r := receive(t, ungrouped)
	irene, rita := r.browser().enter("irene"), r.browser().enter("rita")
	ref := irene.filed("Leaver accounts stay enabled")
	at := "/records/" + ref + "/acts/review"
	first := rita.get(at)
	review := fill(t, first.body, at, "outcome", "effective", "reason", "The export of June was compared with the list of leavers.")
	got := rita.send(http.MethodPost, at, review)
	if got.status != http.StatusUnprocessableEntity {
		t.Fatalf("the review of a record without actions = %d to %q", got.status, got.to)
	}
	again := fill(t, got.body, at)
	if again.Get("key") == review.Get("key") || again.Get("key") == "" || again.Get("reason") != review.Get("reason") {
		t.Errorf("the refused form is shown with the values %v, which were %v", again, review)
	}
	review.Set("version", strconv.FormatInt(rita.record(ref).Version, 10))
	again.Set("version", review.Get("version"))
	for _, form := range []url.Values{review, again} {
		if got := rita.send(http.MethodPost, at, form); got.status == http.StatusSeeOther {
			t.Errorf("the form with the key %s is done: %s", form.Get("key"), got.to)
		}
	}
}
