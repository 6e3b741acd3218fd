package server

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// eventsOnPage is how many events of a record's history one page shows.
const eventsOnPage = 50

// A recordPage is what the page of one record shows.
type recordPage struct {
	service.Entry
	Conflicts []settled
	Groups    []group
	History   service.Page
	Newest    bool // the history is shown from its newest event
}

// A settled is a conflict of the record, open or settled.
type settled struct {
	store.ConflictRow
	Words  present.Conflict
	Winner string // the place whose value the field's conflict rule took, in words
}

// record shows a record under its number. Every other name redirects there.
func (h *handler) record(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	x, ok := h.named(w, r)
	if !ok {
		return
	}
	before, first, ok := before(r)
	if !ok {
		http.Error(w, "there is no such page: before is the number of an entry of the log", http.StatusNotFound)
		return
	}
	entry, err := h.o.Register.Entry(ctx, x)
	if err != nil {
		h.fail(w, err)
		return
	}
	history, err := h.o.Register.History(ctx, x.Record.ID, x.Record.Ref, before, eventsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := recordPage{Entry: entry, Groups: h.groups(entry), History: history, Newest: first}
	for _, c := range entry.Conflicts {
		p.Conflicts = append(p.Conflicts, settled{c, entry.Conflict(c), entry.Names.Place(c.Conflict.Winner)})
	}
	h.page(w, r, x.Record.Ref, "record.html", p)
}

// named returns the record that the address names by its number. It answers the request
// itself where there is none, or where the address has another name.
func (h *handler) named(w http.ResponseWriter, r *http.Request) (store.Row, bool) {
	name := r.PathValue("name")
	x, err := h.o.Register.Find(r.Context(), name)
	unknown, several := (*service.UnknownError)(nil), (*service.AmbiguousError)(nil)
	switch {
	case errors.As(err, &unknown):
		http.Error(w, unknown.Error(), http.StatusNotFound)
	case errors.As(err, &several):
		h.pageAs(w, http.StatusMultipleChoices, frame{Title: "Several records", You: you(r)}, "several.html", several)
	case err != nil:
		h.fail(w, err)
	case x.Record.Ref != name:
		to := url.URL{Path: "/records/" + x.Record.Ref, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, to.String(), http.StatusFound)
	default:
		return x, true
	}
	return x, false
}

// before reads the parameter of that name: the number of an entry. Newest is true if there is
// none, which means the newest page; ok is false if it is not a number.
func before(r *http.Request) (n int64, newest, ok bool) {
	v := r.URL.Query()["before"]
	if len(v) == 0 {
		return service.Newest, true, true
	}
	n, err := strconv.ParseInt(v[0], 10, 64)
	return n, false, err == nil && n >= 0
}

// An entryLink leads to an entry of the log.
type entryLink struct {
	Seq  int64
	Next int64 // the page of the log before this one begins with the entry
}

// entryLinks returns links to the entries of an event, to the first and the last of many.
func entryLinks(seqs []int64) []entryLink {
	shown, _ := present.Shown(seqs)
	out := make([]entryLink, len(shown))
	for i, seq := range shown {
		out[i] = entryLink{seq, seq + 1}
	}
	return out
}
