package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// chosen is the address of the page for some records.
func chosen(refs []string, pairs ...string) string {
	q := url.Values{"ref": refs}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/register/acts?" + q.Encode()
}

// confirm is the form that does what a preview shows, as a browser would send it.
func confirm(t *testing.T, page string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, n := range elements(t, page) {
		if n.Data != "form" || attr(n, "action") != "/register/acts" || attr(n, "method") != "post" {
			continue
		}
		for d := range n.Descendants() {
			if d.Data == "input" {
				form.Add(attr(d, "name"), attr(d, "value"))
			}
		}
		return form
	}
	t.Fatalf("the page has nothing to confirm:\n%s", page)
	return nil
}

// tables are the records of a page under the heading of each of its tables.
func tables(t *testing.T, page string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, n := range elements(t, page) {
		if n.Data != "div" || attr(n, "role") != "region" {
			continue
		}
		for d := range n.Descendants() {
			if d.Data == "th" && attr(d, "scope") == "row" {
				out[attr(n, "aria-label")] = append(out[attr(n, "aria-label")], words(d))
			}
		}
	}
	return out
}

// A person gives several records an owner: they choose them in the list, see what would change and what is refused, and read what came of
// each. What another person changed meanwhile is not touched.
func TestSeveralRecordsGetAnOwner(t *testing.T) {
	r := receive(t, ungrouped)
	erik, irene := r.browser().enter("erik"), r.browser().enter("irene")
	a, b, c, d := erik.filed("Leaver accounts stay enabled"), erik.filed("Keys are shared"), erik.filed("Backups fail"), irene.filed("Visitors have no badge")
	irene.want(irene.do(d, "set", "field", "owner", "value", "irene"), http.StatusSeeOther, "/records/"+d+"?did=set")
	irene.want(irene.do(c, "set", "field", "owner", "value", "rita"), http.StatusSeeOther, "/records/"+c+"?did=set")

	list := erik.get("/register?sort=title")
	wellMade(t, "/register", list.body)
	boxes, checked := 0, 0
	for _, page := range []string{list.body, erik.get("/register?choose=all&sort=title").body} {
		for _, n := range elements(t, page) {
			if n.Data == "input" && attr(n, "name") == "ref" {
				boxes++
				if slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "checked" }) {
					checked++
				}
				if label := words(n.Parent); attr(n, "form") != "pick" || !strings.HasPrefix(label, "Choose NC-") || len(label) < 20 {
					t.Errorf("a box is called %q", label)
				}
			}
		}
	}
	if boxes != 8 || checked != 4 {
		t.Errorf("two pages of four records have %d boxes, %d of them chosen", boxes, checked)
	}

	choice := erik.get(chosen([]string{a, b, c, d}, "back", "/register?sort=title"))
	wellMade(t, "choosing", choice.body)
	if !strings.Contains(choice.body, `value="set:owner"`) || strings.Contains(choice.body, "set:root_cause") || strings.Contains(choice.body, "set:grade") || strings.Contains(choice.body, `value="triage"`) {
		t.Errorf("what can be done to several records:\n%s", choice.body)
	}
	form := erik.get(chosen([]string{a, b, c, d}, "do", "set:owner"))
	wellMade(t, "filling", form.body)
	if !strings.Contains(form.body, "Rita Review") {
		t.Errorf("nobody can be chosen:\n%s", form.body)
	}
	before := irene.record(a).Version
	page := erik.get(chosen([]string{a, b, c, d}, "do", "set:owner", "value", "rita", "preview", "1"))
	wellMade(t, "preview", page.body)
	got := fmt.Sprint(tables(t, page.body))
	if want := fmt.Sprint(map[string][]string{"These would change (2)": {a, b}, "These are so already (1)": {c}, "These are not yours (1)": {d}}); got != want {
		t.Fatalf("the preview says %s, want %s:\n%s", got, want, page.body)
	}
	if text := words(byID(t, page.body, "main")); !strings.Contains(text, "Owner: (empty) → Rita Review") || !strings.Contains(text, "Nothing has changed yet.") || !strings.Contains(text, "Change 2 records") {
		t.Errorf("the preview does not say what changes: %s", text)
	}
	if now := irene.record(a); now.Version != before || len(r.log(audit.AccessDenied)) != 0 {
		t.Fatalf("the preview changed the record: version %d after %d", now.Version, before)
	}

	irene.want(irene.do(b, "set", "field", "location", "value", "The office"), http.StatusSeeOther, "/records/"+b+"?did=set")
	sent := confirm(t, page.body)
	done := erik.send(http.MethodPost, "/register/acts", sent)
	wellMade(t, "done", done.body)
	got = fmt.Sprint(tables(t, done.body))
	if want := fmt.Sprint(map[string][]string{"Done (1)": {a}, "Changed meanwhile, and not touched (1)": {b}}); done.status != http.StatusOK || got != want {
		t.Fatalf("= %d, %s, want %s:\n%s", done.status, got, want, done.body)
	}
	owner := func(ref string) string { return irene.record(ref).Record.Fields[register.FieldOwner] }
	if owner(a) != "rita" || owner(b) != "" || owner(d) != "irene" {
		t.Errorf("the owners are %q, %q and %q", owner(a), owner(b), owner(d))
	}
	// Sent again, by a click or a reload, it says the same and does nothing.
	size, err := r.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	again := erik.send(http.MethodPost, "/register/acts", sent)
	if now := fmt.Sprint(tables(t, again.body)); now != got || !strings.Contains(again.body, "This form did it before") {
		t.Errorf("sent again it says %s:\n%s", now, again.body)
	}
	if now, err := r.app.Store.LogSize(t.Context()); err != nil || now != size {
		t.Errorf("sent again it left %d entries, %v", now-size, err)
	}
	// What was not touched is looked at again.
	link := ""
	for _, n := range elements(t, done.body) {
		if words(n) == "Look at those that were not touched" && n.Data == "a" {
			link = attr(n, "href")
		}
	}
	if page := erik.get(link); !strings.Contains(fmt.Sprint(tables(t, page.body)), "These would change (1):["+b+"]") {
		t.Errorf("%s shows %v", link, tables(t, page.body))
	}
	// A forged form does not change what is not one's own, and the log has who tried.
	sent.Set("saw", fmt.Sprint(d, " ", irene.record(d).Version))
	sent.Set("key", "another")
	if got := erik.send(http.MethodPost, "/register/acts", sent); !strings.Contains(fmt.Sprint(tables(t, got.body)), "These are not yours (1):["+d+"]") || owner(d) != "irene" {
		t.Errorf("a forged form = %d:\n%s", got.status, got.body)
	}
	if n := len(r.log(audit.AccessDenied)); n != 1 {
		t.Errorf("%d denials in the log, want one", n)
	}
}

// A decision about several records says what the register refuses, and asks for one proof of identity.
func TestSeveralRecordsAreDecided(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser()
	const password = "a quiet lake in the morning"
	irene.want(irene.post(irene.link("irene", store.ForPassword), "password", password, "again", password), http.StatusSeeOther, "/")
	erik := r.browser().enter("erik")
	var refs []string
	for n := range 3 {
		ref := erik.filed(fmt.Sprint("Leaver accounts stay enabled ", n))
		irene.want(irene.do(ref, "triage", "grade", "minor", "risk", "medium", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+ref+"?did=triage")
		refs = append(refs, ref)
	}
	dates := register.Deadlines(irene.record(refs[0]).Record, r.clock())
	if len(dates) == 0 {
		t.Fatal("the records have no milestones")
	}
	m, later := dates[len(dates)-1], ""
	if day, err := time.Parse(time.DateOnly, m.Present); err != nil {
		t.Fatal(err)
	} else {
		later = day.AddDate(0, 1, 0).Format(time.DateOnly)
	}
	// Irene asks for a later date of all three, some time after she signed in.
	r.pass(6 * time.Minute)
	page := irene.get(chosen(refs, "do", "extend", "milestone", string(m.Milestone), "to", later, "reason", "The vendor delivers in December, as they wrote.", "preview", "1"))
	wellMade(t, "preview", page.body)
	if !strings.Contains(page.body, "waits for a decision") || !strings.Contains(page.body, "Prove who you are") {
		t.Fatalf("the preview of a later date:\n%s", page.body)
	}
	form := confirm(t, page.body)
	form.Del("password")
	got := irene.send(http.MethodPost, "/register/acts", form)
	if got.status != http.StatusForbidden || !strings.Contains(got.body, "Prove who you are") || len(irene.record(refs[0]).Record.Extensions) != 0 {
		t.Fatalf("without a proof = %d:\n%s", got.status, got.body)
	}
	form = confirm(t, got.body)
	form.Set("password", password)
	got = irene.send(http.MethodPost, "/register/acts", form)
	if want := fmt.Sprint(map[string][]string{"Done (3)": refs}); got.status != http.StatusOK || fmt.Sprint(tables(t, got.body)) != want {
		t.Fatalf("with a proof = %d, %v:\n%s", got.status, tables(t, got.body), got.body)
	}
	for _, ref := range refs {
		if x := irene.record(ref).Record.Extensions; len(x) != 1 || x[0].To != later || x[0].By != "irene" {
			t.Errorf("%s has the extensions %+v", ref, x)
		}
	}
	// A rejected record has no dates: the register refuses it, and it does not go with the form.
	irene.want(irene.do(refs[2], "reject", "reason", "The accounts belong to interns who still work here."), http.StatusSeeOther, "/records/"+refs[2]+"?did=reject")
	page = irene.get(chosen(refs, "do", "extend", "milestone", string(m.Milestone), "to", later, "reason", "The vendor delivers in January, as they wrote.", "preview", "1"))
	if all := fmt.Sprint(tables(t, page.body)); !strings.Contains(all, "These would be refused and are left out (1):["+refs[2]+"]") {
		t.Errorf("with a rejected record the preview says %s:\n%s", all, page.body)
	}
	if got := confirm(t, page.body)["saw"]; len(got) != 2 || strings.Contains(fmt.Sprint(got), refs[2]) {
		t.Errorf("the form goes on with %v", got)
	}
}

// What cannot be used is said beside its input with everything that was typed, before anything is tried.
func TestSeveralRecordsFaults(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	one, two := irene.filed("Leaver accounts stay enabled"), irene.filed("Keys are shared")
	refs := []string{one, two}
	got := irene.get(chosen(refs, "do", "set:due", "value", "some <b>day</b>", "reason", "Because of it", "preview", "1"))
	wellMade(t, "faults", got.body)
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `id="together-value-fault"`) || !strings.Contains(got.body, "some &lt;b&gt;day&lt;/b&gt;") || !strings.Contains(got.body, "Because of it") {
		t.Errorf("an unreadable day = %d:\n%s", got.status, got.body)
	}
	if got := irene.get(chosen(refs, "do", "set:due", "value", "2027-01-01", "reason", strings.Repeat("x", 2001), "preview", "1")); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "has 2001 bytes") {
		t.Errorf("a long reason = %d", got.status)
	}
	for name, c := range map[string]struct {
		path   string
		status int
		want   string
	}{
		"nothing chosen":    {"/register/acts", 422, "No record is chosen"},
		"too many":          {chosen(strings.Fields(numbers(101))), 422, "101 records are too many"},
		"an unknown record": {chosen([]string{one, "NC-1"}), 404, "There is no record NC-1"},
		"no act":            {chosen(refs, "do", "dance"), 404, "cannot be asked of several"},
		"an act of one":     {chosen(refs, "do", "triage"), 404, "cannot be asked of several"},
		"a field of one":    {chosen(refs, "do", "set:root_cause"), 404, "cannot be asked of several"},
	} {
		if got := irene.get(c.path); got.status != c.status || !strings.Contains(got.body, c.want) {
			t.Errorf("%s = %d, want %d with %q", name, got.status, c.status, c.want)
		}
	}
	for _, form := range []url.Values{{}, {"saw": {one}}, {"saw": {one + " x"}}, {"saw": {one + " 1"}}, {"saw": {one + " 1"}, "do": {"triage"}}} {
		if got := irene.send(http.MethodPost, "/register/acts", form); got.status < 400 || got.status >= 500 {
			t.Errorf("the form %v = %d", form, got.status)
		}
	}
	if vera := r.browser().enter("vera"); strings.Contains(vera.get("/register").body, `name="ref"`) {
		t.Error("an auditor is offered to choose records")
	}
}

// numbers are n numbers of records that there are none of.
func numbers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "NC-1999-%04d ", i)
	}
	return b.String()
}
