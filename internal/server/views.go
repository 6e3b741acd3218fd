package server

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// mostBeside is how many saved views a list links to.
const mostBeside = 12

// The problems of views.
const (
	codeNoView  = "view-not-yours"
	codeNoViews = "not-of-people"
)

// The words for what was done to a view, by the value of did.
func saidOfView(did string) string {
	return map[string]string{"view-saved": "The view is saved.", "view-changed": "The view is changed.", "view-deleted": "The view is deleted."}[did]
}

// theViews are what keeps and returns views.
func (h *handler) theViews() *service.Views {
	return &service.Views{Store: h.o.Store, Reads: h.fitting}
}

// viewer is who looks at views.
func viewer(who *access.Who) service.Viewer {
	if who == nil {
		return service.Viewer{}
	}
	return service.Viewer{Person: who.Person, Manages: who.Has(access.ISMSManager)}
}

// fitting returns what of an address is a list of the register, and what is wrong with the rest: a sentence for each filter that there is
// none of any more.
func (h *handler) fitting(in url.Values) (url.Values, []string) {
	out := url.Values{}
	var gone []string
	for _, name := range append(parameters(), "columns") {
		for _, v := range in[name] {
			if v == "" {
				continue
			}
			one := url.Values{name: {v}}
			_, err := h.query(one, "")
			if err == nil {
				_, err = chosenColumns(one["columns"])
			}
			if err != nil {
				gone = append(gone, err.Error())
				continue
			}
			out.Add(name, v)
		}
	}
	return out, gone
}

// viewed returns the address of a list as it is read, and the views beside it. The address of a view opens even if one of its filters does
// not exist any more.
func (h *handler) viewed(r *http.Request) (url.Values, web.Views, error) {
	in, id := r.URL.Query(), r.URL.Query().Get("view")
	out := web.Views{Open: id}
	if id != "" {
		kept, gone := h.fitting(in)
		out.Gone = gone
		for _, name := range []string{"after", "view"} {
			kept[name] = in[name]
		}
		in = kept
		if owner := in.Get("owner"); owner != "" && !slices.Contains(h.peopleByName(), owner) {
			out.Still = fmt.Sprintf("The owner %q is not one of people. The list still has the records of this owner.", owner)
		}
	}
	all, err := h.theViews().Of(r.Context(), viewer(you(r)))
	if err != nil {
		return in, out, err
	}
	here := h.saved(in)
	for _, v := range h.builtIn(r) {
		out.Items = append(out.Items, web.Part{Label: v.Name, To: viewAt(v), Current: id == v.ID})
	}
	for i, v := range all {
		open := id == v.ID
		if i >= mostBeside && !open {
			continue // on the page of all views
		}
		label := v.Name
		if v.Person != h.person(r) {
			label += ", shared by " + h.nameOf(v.Person)
		} else if open && here != v.Query {
			out.Changed = v.Name
		}
		out.Items = append(out.Items, web.Part{Label: label, To: viewAt(v), Current: open})
	}
	if id != "" && !slices.ContainsFunc(out.Items, func(p web.Part) bool { return p.Current }) {
		out.Still = "The view was deleted, or is not shared with you any more. This is the list of its address."
	}
	save, err := url.ParseQuery(here)
	if id != "" {
		save.Set("view", id)
	}
	save.Set("save", "")
	out.Save = address("/views", save)
	return in, out, err
}

// saved is the list of an address in the form in which it is kept.
func (h *handler) saved(in url.Values) string {
	list, _ := h.fitting(in)
	return list.Encode()
}

// viewAt is the address of the list of a view.
func viewAt(v store.SavedView) string {
	q, err := url.ParseQuery(v.Query)
	if err != nil { // what was kept was read before
		q = url.Values{}
	}
	q.Set("view", v.ID)
	return address("/register", q)
}

// builtIn are the views that everybody has. Their ids are words; those of saved views are longer.
func (h *handler) builtIn(r *http.Request) []store.SavedView {
	out := []store.SavedView{{ID: "overdue", Name: "Overdue", Query: "show=late&sort=due"}}
	if p := h.person(r); p != "" {
		out = append(out,
			store.SavedView{ID: "mine", Name: "Mine", Query: url.Values{"owner": {p}, "show": {"open"}, "sort": {"due"}}.Encode()},
			store.SavedView{ID: "decide", Name: "Waiting for me", Query: "sort=recorded&waits=" + waitsForMe},
		)
	}
	year := h.now().UTC().Format("2006")
	return append(out,
		store.SavedView{ID: "evidence", Name: "Waiting for evidence", Query: "show=held"},
		store.SavedView{ID: "year", Name: "Recorded in " + year, Query: "from=" + year + "-01-01&sort=-recorded"},
		store.SavedView{ID: "closed", Name: "Closed in " + year, Query: "closed_from=" + year + "-01-01&sort=-closed&state=closed"},
	)
}

// views shows the views, and the form that saves the list of the address.
func (h *handler) views(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	h.showViews(w, r, http.StatusOK, viewForm{open: in.Has("save"), of: in.Get("view"), values: url.Values{service.ViewQuery: {h.saved(in)}}})
}

// A viewForm is a form about a view as a person sent it.
type viewForm struct {
	open    bool   // the form for a new view is shown
	of      string // id of the view that is open or was changed, "" for none
	values  url.Values
	invalid *service.InvalidError
}

// showViews shows the page of views with a form and what is wrong with it.
func (h *handler) showViews(w http.ResponseWriter, r *http.Request, status int, x viewForm) {
	who := viewer(you(r))
	all, err := h.theViews().Of(r.Context(), who)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.ViewsPage{May: who.Person != ""}
	for _, v := range h.builtIn(r) {
		p.BuiltIn = append(p.BuiltIn, web.View{Name: v.Name, To: viewAt(v), Says: h.listWords(v.Query)})
	}
	for _, v := range all {
		shown := web.View{ID: v.ID, Name: v.Name, To: viewAt(v), Says: h.listWords(v.Query), Shared: v.Shared, By: h.nameOf(v.Person)}
		if who.MayDelete(v) {
			shown.Delete = "/views/" + v.ID + "/delete"
		}
		if v.Person != who.Person {
			p.Others = append(p.Others, shown)
			continue
		}
		of := viewForm{values: url.Values{service.ViewName: {v.Name}, service.ViewShared: {yes(v.Shared)}}}
		if !x.open && x.of == v.ID && x.invalid != nil {
			of, shown.Open = x, true
		}
		shown.Change = viewFormOf("view-"+v.ID, "/views/"+v.ID, "Change "+v.Name, who.Manages || v.Shared, of)
		if x.open && x.of == v.ID && x.values.Get(service.ViewQuery) != v.Query {
			p.Replace = &web.Form{Name: "replace", Action: "/views/" + v.ID, Submit: "Replace " + v.Name + " by this list", Hidden: []web.Hidden{
				{Name: service.ViewName, Value: v.Name}, {Name: service.ViewShared, Value: yes(v.Shared)}, {Name: service.ViewQuery, Value: x.values.Get(service.ViewQuery)},
			}}
		}
		p.Own = append(p.Own, shown)
	}
	if x.open {
		f := viewFormOf("view", "/views", "Save the view", who.Manages, x)
		f.Hidden = []web.Hidden{{Name: service.ViewQuery, Value: x.values.Get(service.ViewQuery)}}
		f.Back = "/register"
		if q := x.values.Get(service.ViewQuery); q != "" {
			f.Back += "?" + q
		}
		p.Save, p.Says = &f, h.listWords(x.values.Get(service.ViewQuery))
	}
	if x.invalid != nil {
		for _, f := range x.invalid.Faults {
			if f.Input == service.ViewQuery {
				p.Fault = f.What + "; " + f.Remedy
			}
		}
	}
	h.pageAs(w, r, status, h.inside(r, "Views"), web.ViewsPageOf(p))
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// viewFormOf is the form for the name of a view and, for who shares, for who sees it.
func viewFormOf(name, to, submit string, shares bool, x viewForm) web.Form {
	k := service.Ask{Inputs: []service.Input{{Name: service.ViewName, Label: "Name", Type: register.TypeLine, Needed: true, Hint: "As in: Audit 2026"}}}
	if shares {
		k.Inputs = append(k.Inputs, service.Input{
			Name: service.ViewShared, Label: "Who sees it", Type: register.TypeEnum, Needed: true, Value: "no", Options: []service.Option{{Value: "no", Label: "only me"}, {Value: "yes", Label: "everybody"}},
		})
	}
	return web.Form{Name: name, Action: to, Submit: submit, Inputs: inputs(k, sent{values: x.values, invalid: x.invalid})}
}

// listWords says what a list is narrowed to.
func (h *handler) listWords(query string) string {
	in, err := url.ParseQuery(query)
	if err != nil {
		return query
	}
	var out []string
	if q := in.Get("q"); q != "" {
		out = append(out, fmt.Sprintf("the words %q", q))
	}
	if show := in.Get("show"); show != "" && show != "all" {
		out = append(out, map[string]string{"held": "waiting for evidence", "late": "late", "problems": "with a problem", "open": "open", "closed": "ended"}[show])
	}
	for _, c := range h.choices(in) {
		said := c.Value
		for _, o := range c.Options {
			if o.Chosen && o.Value != "" {
				said = o.Label
			}
		}
		if said != "" {
			out = append(out, strings.ToLower(c.Label)+": "+said)
		}
	}
	for _, f := range in["field"] {
		out = append(out, "field "+f)
	}
	if n := len(in["columns"]); n > 0 {
		out = append(out, fmt.Sprintf("%d columns of its own", n))
	}
	if len(out) == 0 {
		return "the whole register"
	}
	return strings.Join(out, "; ")
}

// saveView keeps the list of a form under a name, or changes a view.
func (h *handler) saveView(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) || !h.keeps(w, r) {
		return
	}
	ask := service.ViewAsk{ID: r.PathValue("id"), Name: r.PostForm.Get(service.ViewName), Query: r.PostForm.Get(service.ViewQuery), Shared: r.PostForm.Get(service.ViewShared) == "yes"}
	v, err := h.theViews().Save(r.Context(), viewer(you(r)), ask)
	invalid, no := errors.AsType[*service.InvalidError](err)
	switch {
	case no:
		h.showViews(w, r, http.StatusUnprocessableEntity, viewForm{open: ask.ID == "", of: ask.ID, values: maps.Clone(r.PostForm), invalid: invalid})
	case errors.Is(err, store.ErrNotFound):
		h.noView(w, r)
	case err != nil:
		h.fail(w, err)
	case ask.ID != "" && ask.Query == "":
		http.Redirect(w, r, "/views?did=view-changed", http.StatusSeeOther)
	default:
		did := "view-saved"
		if ask.ID != "" {
			did = "view-changed"
		}
		http.Redirect(w, r, viewAt(v)+"&did="+did, http.StatusSeeOther)
	}
}

// deleteView deletes a view of the person who is signed in, or one that is shared, for an ISMS manager.
func (h *handler) deleteView(w http.ResponseWriter, r *http.Request) {
	if !h.keeps(w, r) {
		return
	}
	switch err := h.theViews().Delete(r.Context(), viewer(you(r)), r.PathValue("id")); {
	case errors.Is(err, store.ErrNotFound):
		h.noView(w, r)
	case err != nil:
		h.fail(w, err)
	default:
		http.Redirect(w, r, "/views?did=view-deleted", http.StatusSeeOther)
	}
}

// keeps reports whether who is signed in keeps views. It answers the request itself if not.
func (h *handler) keeps(w http.ResponseWriter, r *http.Request) bool {
	if h.person(r) != "" {
		return true
	}
	h.refused(w, r, http.StatusForbidden, codeNoViews, "Only people of the register keep views", "Ask the ISMS manager to add you to people. The address of a list can be bookmarked.")
	return false
}

func (h *handler) noView(w http.ResponseWriter, r *http.Request) {
	h.refused(w, r, http.StatusNotFound, codeNoView, "You have no such view", "It was deleted, or it is not yours. Your views are on the page Views.")
}
