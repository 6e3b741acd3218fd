package server

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// eventsOnPage is how much of a record's history one page shows.
const eventsOnPage = 50

// A field is one piece of documented information as people read it.
type field struct {
	Label, Clause, Value string
}

// A group holds the fields that serve one step of clause 10.
type group struct {
	Title  string
	Fields []field
}

// record shows a record under its number. Every other name of it leads there.
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
	links, err := h.o.Store.Links(ctx, x.Record.ID)
	if err != nil {
		h.fail(w, err)
		return
	}
	conflicts, err := h.o.Store.ConflictsOf(ctx, x.Record.ID, conflictsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	history, err := h.o.Register.History(ctx, x.Record.ID, x.Record.Ref, before, eventsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	h.page(w, "record.html", map[string]any{
		"Record": x.Record, "Problem": x.Problem, "Links": links, "Conflicts": conflicts, "Missing": h.missing(x.Record),
		"Groups": h.groups(x.Record), "Actions": x.Record.AllActions(), "History": history, "Newest": first,
	})
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
		h.pageAs(w, http.StatusMultipleChoices, "several.html", several)
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

// before reads the parameter of that name: the number of an entry. It reports whether
// there is none, so that the newest page is meant, and whether it can be read.
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

// groups returns the known fields of a record under the steps of clause 10.
func (h *handler) groups(r register.Record) []group {
	out := []group{{Title: "The record"}, {Title: "What is wrong, and what was done at once"}, {Title: "Cause and similar cases"}, {Title: "Action"}, {Title: "Effectiveness and result"}}
	for _, info := range register.Fields() {
		v := r.Fields[info.Field]
		switch info.Field {
		case register.FieldTitle, register.FieldMissing, register.FieldRef, register.FieldState:
			continue
		}
		if v == "" {
			continue
		}
		g := &out[step(info)]
		g.Fields = append(g.Fields, field{info.Label, register.Clause(info.Requirement, h.o.Edition), v})
	}
	return out
}

func step(info register.FieldInfo) int {
	switch info.Field {
	case register.FieldProblem, register.FieldRequirements, register.FieldEvidence, register.FieldLocation, register.FieldIdentified, register.FieldConsequences, register.FieldCorrection:
		return 1
	case register.FieldCauseMethod, register.FieldRootCause, register.FieldCategory, register.FieldSimilarity:
		return 2
	case register.FieldActionPlan, register.FieldNoAction:
		return 3
	case register.FieldCriteria, register.FieldReviewer, register.FieldReviewDue, register.FieldISMSChange, register.FieldCloseSummary, register.FieldRejectReason:
		return 4
	default:
		return 0
	}
}
