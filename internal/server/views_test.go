package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// keep saves a list under a name through the form of its page, and returns the address of the view and its id.
func (b *browser) keep(list, name string, pairs ...string) (at, id string) {
	b.Helper()
	page := b.get("/views?save&" + list)
	wellMade(b.T, "/views?save", page.body)
	got := b.send(http.MethodPost, "/views", fill(b.T, page.body, "/views", append([]string{"name", name}, pairs...)...))
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.to, "/register?") {
		b.Fatalf("saving %q = %d to %q:\n%s", name, got.status, got.to, got.body)
	}
	u, err := url.Parse(got.to)
	if err != nil {
		b.Fatal(err)
	}
	return got.to, u.Query().Get("view")
}

// viewsOf are the views that a page of the register links to, with the open one in brackets.
func viewsOf(t *testing.T, page string) string {
	t.Helper()
	var out []string
	for _, n := range elements(t, page) {
		if n.Data != "nav" || attr(n, "aria-label") != "Views" {
			continue
		}
		for d := range n.Descendants() {
			if d.Type == html.ElementNode && d.Data == "a" {
				w := words(d)
				if attr(d, "aria-current") != "" {
					w = "[" + w + "]"
				}
				out = append(out, w)
			}
		}
	}
	return strings.Join(out, "|")
}

// A person saves a list, opens it, renames it, puts another list in its place, and deletes it.
func TestViewsAreKept(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	minor := irene.filed("Leaver accounts stay enabled")
	irene.want(irene.do(minor, "triage", "grade", "minor", "risk", "medium", "source", "internal_audit", "owner", "erik"), http.StatusSeeOther, "/records/"+minor+"?did=triage")
	other := irene.filed("Keys are shared")
	size, err := r.app.Store.LogSize(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	at, id := irene.keep("grade=minor&sort=title&columns=title&columns=grade&after=nonsense&part=rows", "  Minor ones ")
	page := irene.get(at)
	wellMade(t, at, page.body)
	if page.status != http.StatusOK || !strings.Contains(page.body, "The view is saved.") || !strings.Contains(page.body, minor) || strings.Contains(page.body, other) {
		t.Fatalf("the view opens as %d:\n%s", page.status, page.body)
	}
	if got := viewsOf(t, page.body); !strings.HasPrefix(got, "Overdue|Mine|Waiting for me|Waiting for evidence|Recorded in ") || !strings.Contains(got, "|Closed in 20") || !strings.HasSuffix(got, "|[Minor ones]|Save this list|All views") {
		t.Errorf("the views are %s", got)
	}
	if u, err := url.Parse(at); err != nil || u.Query().Has("after") || u.Query().Has("part") {
		t.Errorf("the view keeps a place in the list: %s", at)
	}

	irene.want(irene.send(http.MethodPost, "/views/"+id, fill(t, irene.get("/views").body, "/views/"+id, "name", "All minor ones")), http.StatusSeeOther, "/views?did=view-changed")
	changed := irene.get("/register?state=reported&view=" + id)
	if got := viewsOf(t, changed.body); !strings.HasSuffix(got, "|[All minor ones]|Save the change of All minor ones|All views") {
		t.Errorf("with another list the views are %s", got)
	}
	save := regexp.MustCompile(`href="(/views\?[^"]*)"`).FindStringSubmatch(changed.body)
	if save == nil {
		t.Fatal("the changed list cannot be saved")
	}
	form := fill(t, irene.get(strings.ReplaceAll(save[1], "&amp;", "&")).body, "/views/"+id)
	got := irene.send(http.MethodPost, "/views/"+id, form)
	if got.status != http.StatusSeeOther || !strings.Contains(got.to, "state=reported") || strings.Contains(got.to, "grade") {
		t.Fatalf("replacing = %d to %q", got.status, got.to)
	}
	if page := irene.get(got.to); !strings.Contains(page.body, other) || strings.Contains(page.body, ">"+minor+"<") || !strings.Contains(page.body, "The view is changed.") {
		t.Errorf("the view lists\n%s", page.body)
	}

	irene.want(irene.post("/views/"+id+"/delete"), http.StatusSeeOther, "/views?did=view-deleted")
	gone := irene.get("/register?state=reported&view=" + id)
	if gone.status != http.StatusOK || !strings.Contains(gone.body, "The view was deleted, or is not shared") || !strings.Contains(gone.body, other) {
		t.Errorf("a bookmark of a view that was deleted = %d:\n%s", gone.status, gone.body)
	}
	if now, err := r.app.Store.LogSize(t.Context()); err != nil || now != size {
		t.Errorf("views left %d entries in the audit log, %v; want none", now-size, err)
	}
}

// What cannot be a view is said beside its input, and what was typed stays.
func TestViewFaults(t *testing.T) {
	r := receive(t, ungrouped)
	erik := r.browser().enter("erik")
	erik.keep("show=open", "Open")
	for name, want := range map[string]string{
		" ": "Name is missing", strings.Repeat("é", 61): "The name has 61 characters", "open": `You have a view &#34;open&#34; already`, "a\u202eb": "cannot be seen", "<script>": "",
	} {
		form := fill(t, erik.get("/views?save&show=late").body, "/views", "name", name)
		got := erik.send(http.MethodPost, "/views", form)
		if want == "" {
			if got.status != http.StatusSeeOther || strings.Contains(erik.get("/views").body, "<script>") {
				t.Errorf("%q = %d:\n%s", name, got.status, got.body)
			}
			continue
		}
		wellMade(t, name, got.body)
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, want) || !strings.Contains(got.body, `id="view-name-fault"`) || !strings.Contains(got.body, `value="show=late"`) {
			t.Errorf("%q = %d, want %q beside the name:\n%s", name, got.status, want, got.body)
		}
	}
	for query, want := range map[string]string{
		"state=done": `&#34;done&#34; is not a state`, "%zz": "The list cannot be read", "q=x" + strings.Repeat("&field=owner:"+strings.Repeat("y", 190), 12): "a view has at most 2000",
	} {
		if got := erik.post("/views", "name", "x", "query", query); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, want) {
			t.Errorf("the list %.40q = %d, want %q:\n%s", query, got.status, want, got.body)
		}
	}
	if got := erik.post("/views", "name", "Everybody's", "query", "show=late", "shared", "yes"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Everybody&#39;s") {
		t.Errorf("an engineer shares a view: %d\n%s", got.status, got.body)
	}
	for n := range 48 {
		erik.want(erik.post("/views", "name", fmt.Sprint("view ", n), "query", "show=late"), http.StatusSeeOther, erik.last("show=late"))
	}
	if got := erik.post("/views", "name", "one more", "query", "show=late"); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "You have 50 views") {
		t.Errorf("the 51st view = %d", got.status)
	}
	if n := len(erik.saved("erik")); n != 50 {
		t.Errorf("erik has %d views", n)
	}
}

// saved are the views that a person sees.
func (r *reception) saved(person string) []store.SavedView {
	r.Helper()
	all, err := r.app.Store.SavedViews(r.Context(), person)
	if err != nil {
		r.Fatal(err)
	}
	return all
}

// last is the address of the view that was saved last, with its list.
func (b *browser) last(list string) string {
	b.Helper()
	var out store.SavedView
	if err := b.app.Store.Reader().QueryRowContext(b.Context(), "SELECT id FROM saved_view ORDER BY rowid DESC LIMIT 1").Scan(&out.ID); err != nil {
		b.Fatal(err)
	}
	return "/register?" + list + "&view=" + out.ID + "&did=view-saved"
}

// A view is its person's alone: by no role does anybody else see, change or delete it. A shared one is seen by everybody, changed by its
// person, and deleted by its person and by ISMS managers.
func TestViewsOfOthers(t *testing.T) {
	r := receive(t, nil)
	people := map[access.Role]*browser{}
	for role, person := range roleOf() {
		people[role] = r.browser().enter(person)
	}
	manager := r.browser()
	manager.want(manager.get(manager.begin("sub-irene", "/", "isms")), http.StatusSeeOther, "/")
	people[access.ISMSManager] = manager
	viewer := r.browser()
	viewer.want(viewer.get(viewer.begin("sub-of-a-stranger", "/", "staff")), http.StatusSeeOther, "/")
	people[access.Viewer] = viewer
	_, private := people[access.Engineer].keep("show=open", "A private matter")
	_, shared := manager.keep("show=closed", "Audit 2026", "shared", "yes")
	before := fmt.Sprint(r.saved("erik"))
	for role, b := range people {
		register, views := b.get("/register"), b.get("/views")
		if sees := strings.Contains(register.body+views.body, "A private matter"); sees != (role == access.Engineer) {
			t.Errorf("%s sees the view of an engineer: %t", role, sees)
		}
		if label := "Audit 2026, shared by Irene Ismail"; strings.Contains(register.body, label) == (role == access.ISMSManager) || !strings.Contains(register.body, "Audit 2026") {
			t.Errorf("%s does not see who shares a view:\n%s", role, viewsOf(t, register.body))
		}
		if deletes := strings.Contains(views.body, "/views/"+shared+"/delete"); deletes != (role == access.ISMSManager) {
			t.Errorf("%s is offered to delete a shared view: %t", role, deletes)
		}
		refused := http.StatusNotFound
		if role == access.Viewer {
			refused = http.StatusForbidden // is none of people
		}
		for id, owner := range map[string]access.Role{private: access.Engineer, shared: access.ISMSManager} {
			if role == owner {
				continue
			}
			for _, path := range []string{"/views/" + id, "/views/" + id + "/delete"} {
				if got := b.post(path, "name", "Mine now", "query", "show=late", "shared", "yes"); got.status != refused {
					t.Errorf("POST %s of %s as %s = %d, want %d", path, owner, role, got.status, refused)
				}
			}
		}
	}
	if after := fmt.Sprint(r.saved("erik")); after != before {
		t.Errorf("the views are %s, they were %s", after, before)
	}
	// An auditor keeps views of their own: that writes nothing to the register.
	vera := people[access.Auditor]
	vera.keep("kind=nonconformity", "My sample")
	if got := r.saved("vera"); len(got) != 2 || got[0].Name != "My sample" || got[1].Name != "Audit 2026" {
		t.Errorf("the auditor has %v", got)
	}
	if got := viewer.post("/views", "name", "Mine", "query", ""); got.status != http.StatusForbidden || len(r.saved("")) != 1 {
		t.Errorf("who is none of people saves a view: %d", got.status)
	}
	if n := len(r.log(audit.RecordUpdated, audit.RecordCreated)); n != 0 {
		t.Errorf("views changed %d records", n)
	}
}

// A view opens even if its filters do not exist any more, and says which; a plain address with such a filter is refused.
func TestViewWithoutItsFilters(t *testing.T) {
	r := receive(t, ungrouped)
	irene := r.browser().enter("irene")
	ref := irene.filed("Leaver accounts stay enabled")
	err := r.app.Store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.PutSavedView(t.Context(), store.SavedView{ID: "of-an-older-version", Person: "irene", Name: "Old", Query: "binding=gh-gone&columns=colour&columns=title&field=colour%3Ared&owner=gone&state=done"})
	})
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`<a href="(/register\?[^"]*view=of-an-older-version)"[^>]*>Old</a>`).FindStringSubmatch(irene.get("/register").body)
	if link == nil {
		t.Fatal("the register does not link to the view")
	}
	page := irene.get(html.UnescapeString(link[1]))
	wellMade(t, link[1], page.body)
	text := html.UnescapeString(page.body)
	if page.status != http.StatusOK || strings.Contains(text, ref) {
		t.Fatalf("the view = %d with %s, want the records of its owner:\n%s", page.status, ref, text)
	}
	for _, want := range []string{"The view is not what it was", `"done" is not a state`, `a list has no column "colour"`, `"colour:red" is not a field`, `The owner "gone" is not one of people`, `<option value="gone" selected>gone</option>`} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if got := irene.get("/register?state=done"); got.status != http.StatusBadRequest {
		t.Errorf("a plain address with such a filter = %d", got.status)
	}
}

// "Waiting for me" lists what the person who looks may decide, and nothing for who decides nothing.
func TestWaitingForMe(t *testing.T) {
	r := receive(t, ungrouped)
	irene, erik := r.browser().enter("irene"), r.browser().enter("erik")
	ref := irene.filed("Leaver accounts stay enabled")
	for who, b := range map[string]*browser{"irene": irene, "erik": erik} {
		if lists := strings.Contains(b.get("/register?waits=me").body, ref); lists != (who == "irene") {
			t.Errorf("%s has %s waiting: %t", who, ref, lists)
		}
	}
}

// A program keeps, changes and deletes the views of its person, and is told what cannot be a view.
func TestProgramsKeepViews(t *testing.T) {
	r := programs(t)
	s, reader := r.script("irene", "read", "act"), r.script("erik", "read", "act")
	got := s.post("/views", `{"name":"Audit 2026","query":"sort=due&show=closed&after=x","shared":true}`)
	var v struct{ ID, Query, Person string }
	if err := json.Unmarshal([]byte(got.body), &v); err != nil || got.status != http.StatusOK || v.Query != "show=closed&sort=due" || v.Person != "irene" {
		t.Fatalf("= %d %s", got.status, got.body)
	}
	if got := reader.get("/views"); got.status != http.StatusOK || !strings.Contains(got.body, `"name":"Audit 2026"`) {
		t.Errorf("another person reads %s", got.body)
	}
	s.wantProblem(s.post("/views", `{"name":"audit 2026","query":"show=late"}`), http.StatusUnprocessableEntity, "request-invalid")
	reader.wantProblem(reader.post("/views", `{"name":"Mine","query":"show=late","shared":true}`), http.StatusUnprocessableEntity, "request-invalid")
	reader.wantProblem(reader.post("/views", `{"name":"Mine","query":"state=done"}`), http.StatusUnprocessableEntity, "request-invalid")
	reader.wantProblem(reader.post("/views/"+v.ID, `{"name":"Mine now"}`), http.StatusNotFound, "view-unknown")
	reader.wantProblem(reader.post("/views/"+v.ID+"/delete", ""), http.StatusNotFound, "view-unknown")
	if got := s.post("/views/"+v.ID, `{"name":"Audit 2027"}`); got.status != http.StatusOK || !strings.Contains(got.body, `"query":"show=closed&sort=due"`) || !strings.Contains(got.body, `"shared":false`) {
		t.Errorf("changed, it is %d %s", got.status, got.body)
	}
	if got := s.post("/views/"+v.ID+"/delete", ""); got.status != http.StatusNoContent || len(r.saved("irene")) != 0 {
		t.Errorf("deleted = %d %s", got.status, got.body)
	}
}
