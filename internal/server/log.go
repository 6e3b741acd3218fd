package server

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/web"
)

// linesOnPage is how many entries a page of the log shows.
const linesOnPage = 200

// log shows a stretch of the audit log, newest first.
func (h *handler) log(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	checkpoint, err := auditdb.CurrentCheckpoint(ctx, h.o.Store.Reader())
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		h.fail(w, err)
		return
	}
	size, err := h.o.Store.LogSize(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	to, _, ok := before(r)
	if !ok {
		http.Error(w, "there is no such page: before is the number of an entry of the log", http.StatusNotFound)
		return
	}
	to = min(to, size)
	from := max(0, to-linesOnPage)
	lines, err := h.entries(ctx, from, to)
	if err != nil {
		h.fail(w, err)
		return
	}
	h.page(w, r, "Audit log", web.AuditPage(web.Audit{Lines: lines, Size: size, Older: from, Newest: to == size, Checkpoint: string(checkpoint), Key: h.o.Public}))
}

// entries returns a stretch of the log, newest first.
func (h *handler) entries(ctx context.Context, from, to int64) ([]web.Line, error) {
	var stored []audit.Stored
	records := map[string]bool{}
	for e, err := range auditdb.Read(ctx, h.o.Store.Reader(), from, to) {
		if err != nil {
			return nil, err
		}
		stored = append(stored, e)
		if e.Entry.Subject.Type == audit.SubjectRecord && e.Entry.Subject.ID != "" {
			records[e.Entry.Subject.ID] = true
		}
	}
	names, err := h.o.Register.Names(ctx, slices.Sorted(maps.Keys(records))...)
	if err != nil {
		return nil, err
	}
	out := make([]web.Line, len(stored))
	for i, e := range stored {
		out[len(out)-1-i] = newLine(e, names)
	}
	return out, nil
}

func newLine(s audit.Stored, n present.Names) web.Line {
	e := s.Entry
	l := web.Line{
		Seq: s.Seq, When: web.When(e.At), Who: n.Actor(e.Actor), Verb: e.Verb, Subject: e.Subject.Ref, Record: e.Subject.Type == audit.SubjectRecord && e.Subject.Ref != "",
		Rules: e.Rules, Reason: e.Reason, Outcome: string(e.Outcome), Leaf: string(s.Leaf),
	}
	if l.Subject == "" {
		l.Subject = string(e.Subject.Type)
	}
	for _, c := range e.Changes {
		x := web.Change{Field: present.FieldName(c.Field)}
		if c.Before != nil || c.After != nil {
			x.Before, x.After = logged(n, c.Field, c.Before), logged(n, c.Field, c.After)
		}
		l.Changes = append(l.Changes, x)
	}
	return l
}

// logged returns a value of an entry, with a name in place of an id.
func logged(n present.Names, field string, t *audit.Text) string {
	if t == nil || t.Commitment != "" || t.SHA256 != "" {
		return text(t)
	}
	if v := n.Logged(field, t.Value); v != "" {
		return v
	}
	return text(t)
}

// text returns a value of an entry as text.
func text(t *audit.Text) string {
	switch {
	case t == nil:
		return "(none)"
	case t.Commitment != "":
		return "(personal, kept beside the log)"
	case t.SHA256 != "":
		return fmt.Sprintf("(%d bytes, SHA-256 %.12s…)", t.Length, t.SHA256)
	case t.Value == "":
		return "(empty)"
	default:
		return t.Value
	}
}
