package server

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
)

// log shows a stretch of the audit log, newest first, narrowed as the address says.
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
	q, err := h.logQuery(r)
	if err != nil {
		h.refused(w, r, http.StatusNotFound, codeQuery, "There is no such page", err.Error()+".")
		return
	}
	s, err := h.stretch(ctx, q, size)
	if err != nil {
		h.fail(w, err)
		return
	}
	lines, err := h.lines(ctx, s.seen)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.Audit{Lines: lines, Size: size, Newest: q.before == service.Newest, Checkpoint: string(checkpoint), Key: h.o.Public, Filters: h.logFilters(q), Narrow: q.narrow(), Looked: s.looked}
	who := you(r)
	p.Exports = who != nil && who.Has(exporters()...)
	in := r.URL.Query()
	in.Del("before")
	p.All = address("/audit", in)
	if s.older > 0 {
		in.Set("before", strconv.FormatInt(s.older, 10))
		p.Older = address("/audit", in)
	}
	h.page(w, r, "Audit log", web.AuditPage(p))
}

// logEntry shows one entry: what it says, then its bytes, then its hash.
func (h *handler) logEntry(w http.ResponseWriter, r *http.Request) {
	ctx, none := r.Context(), "The log has no entry of this number."
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil || seq < 0 {
		h.refused(w, r, http.StatusNotFound, codeUnknown, "There is no such entry", none)
		return
	}
	size, err := h.o.Store.LogSize(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	seen, err := auditdb.Look(ctx, h.o.Store.Reader(), seq, seq+1)
	if err != nil {
		h.fail(w, err)
		return
	}
	if len(seen) == 0 {
		h.refused(w, r, http.StatusNotFound, codeUnknown, "There is no such entry", none)
		return
	}
	lines, err := h.lines(ctx, seen)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.Entry{Line: lines[0], Hash: hex.EncodeToString(seen[0].Hash[:]), Last: seq == size-1}
	h.page(w, r, fmt.Sprintf("Entry %d", seq), web.EntryPage(p))
}

// lines returns entries as people read them, in the opposite order.
func (h *handler) lines(ctx context.Context, seen []auditdb.Seen) ([]web.Line, error) {
	records := map[string]bool{}
	for _, e := range seen {
		if e.Entry.Subject.Type == audit.SubjectRecord && e.Entry.Subject.ID != "" {
			records[e.Entry.Subject.ID] = true
		}
	}
	names, err := h.o.Register.Names(ctx, slices.Sorted(maps.Keys(records))...)
	if err != nil {
		return nil, err
	}
	out := make([]web.Line, len(seen))
	for i, e := range seen {
		l := newLine(e.Stored, names)
		if told := present.History([]audit.Stored{e.Stored}, e.Seq, e.Seq+1, names); e.Fault == nil && len(told) == 1 {
			l.Event = told[0]
			l.Told = true
		}
		if e.Fault != nil {
			l = web.Line{Seq: e.Seq, Leaf: strings.ToValidUTF8(string(e.Leaf), "�"), Fault: e.Fault.Error()}
		}
		out[len(out)-1-i] = l
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
