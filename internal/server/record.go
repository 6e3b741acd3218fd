package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// How much of a record's history its page shows, and how far back it looks for it.
const (
	entriesOnPage = 50
	entriesRead   = 5000
)

// A field is one piece of documented information as people read it.
type field struct {
	Label, Clause, Value string
}

// A group holds the fields that serve one step of clause 10.
type group struct {
	Title  string
	Fields []field
}

func (h *handler) record(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	x, err := h.o.Store.Record(ctx, r.PathValue("ref"))
	if errors.Is(err, store.ErrNotFound) {
		http.Error(w, "there is no record of this number", http.StatusNotFound)
		return
	}
	if err != nil {
		h.fail(w, err)
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
	lines, all, err := h.history(ctx, x.Record.ID, links)
	if err != nil {
		h.fail(w, err)
		return
	}
	h.page(w, "record.html", map[string]any{
		"Record": x.Record, "Problem": x.Problem, "Links": links, "Conflicts": conflicts, "Missing": h.missing(x.Record),
		"Groups": h.groups(x.Record), "Actions": x.Record.AllActions(), "Lines": lines, "AllLines": all, "Most": entriesOnPage, "Read": entriesRead,
	})
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

// history returns the newest entries about a record and the issues bound to it,
// newest first, and whether it has looked at the whole log for them.
func (h *handler) history(ctx context.Context, id string, links []store.Link) ([]line, bool, error) {
	bound := map[string]bool{}
	for _, l := range links {
		bound[l.Binding+" "+l.Ref.ID] = true
	}
	about := func(e audit.Entry) bool {
		s := e.Subject
		return s.ID == id && s.Type == audit.SubjectRecord || s.Type == audit.SubjectIssue && bound[e.Origin.Binding+" "+s.ID]
	}
	size, err := h.o.Store.LogSize(ctx)
	if err != nil {
		return nil, false, err
	}
	const stretch = 250
	var out []line
	to, floor := size, max(0, size-entriesRead)
	for to > floor && len(out) < entriesOnPage {
		from := max(floor, to-stretch)
		es, err := h.entries(ctx, from, to, about)
		if err != nil {
			return nil, false, err
		}
		out, to = append(out, es...), from
	}
	if len(out) > entriesOnPage {
		return out[:entriesOnPage], false, nil
	}
	return out, to == 0, nil
}
