package connectortest

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// there returns an issue that can be read, or why it cannot. The caller holds
// the lock.
func (m *Memory) there(ref connectors.Ref) (*history, error) {
	h := m.find(ref)
	switch {
	case h == nil:
		return nil, &connectors.Error{Kind: connectors.NotFound, Status: http.StatusNotFound}
	case h.moved:
		return nil, &connectors.Error{Kind: connectors.Moved, Status: http.StatusMovedPermanently, To: h.to}
	case !h.gone.IsZero():
		return nil, &connectors.Error{Kind: connectors.Gone, Status: http.StatusGone}
	}
	return h, nil
}

// Check implements connectors.Tracker.
func (m *Memory) Check(ctx context.Context) (connectors.Report, error) {
	if err := ctx.Err(); err != nil {
		return connectors.Report{}, &connectors.Error{Op: "check", Kind: connectors.Unavailable, Err: err}
	}
	r := connectors.Report{Self: m.opts.Self, Server: "Memory", At: m.clock.Now()}
	for _, f := range slices.Sorted(maps.Keys(m.opts.Unreadable)) {
		r.Problems = append(r.Problems, connectors.Problem{
			Code: "unsupported-field", Field: f, What: fmt.Sprintf("the field %q is neither read nor written: %s", f, m.opts.Unreadable[f]),
			Remedy: "map a field of another type",
		})
	}
	return r, nil
}

// Get implements connectors.Reader.
func (m *Memory) Get(ctx context.Context, ref connectors.Ref) (i *connectors.Issue, err error) {
	err = m.call(ctx, OpGet, ref, func() error {
		h, err := m.there(ref)
		if err == nil {
			i = m.shown(h.now())
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return i, nil
}

// Selected implements connectors.Reader. A Memory selects every issue.
func (m *Memory) Selected(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	return m.Get(ctx, ref)
}

// Changed implements connectors.Reader. Each page is read when it is asked for,
// and begins behind the last issue of the page before, so nothing is skipped
// when issues move.
func (m *Memory) Changed(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		page := connectors.Page{}
		after, lastID := since, ""
		for {
			var more bool
			page.Issues, page.Through = nil, time.Time{}
			err := m.call(ctx, OpChanged, connectors.Ref{}, func() error {
				if page.At.IsZero() {
					page.At = m.clock.Now()
				}
				listed := m.listed(func(i *connectors.Issue) bool {
					return i.Updated.After(after) || i.Updated.Equal(after) && i.Ref.ID > lastID
				})
				more = len(listed) > m.opts.PageSize
				for _, i := range listed[:min(len(listed), m.opts.PageSize)] {
					page.Issues = append(page.Issues, m.shown(i))
					after, lastID = i.Updated, i.Ref.ID
					page.Through = i.Updated
				}
				return nil
			})
			if err != nil {
				yield(connectors.Page{}, err)
				return
			}
			if !yield(page, nil) || !more {
				return
			}
		}
	}
}

// All implements connectors.Reader. A Memory selects every issue.
func (m *Memory) All(ctx context.Context, from time.Time) iter.Seq2[connectors.Page, error] {
	return m.Changed(ctx, from)
}

// listed returns what a listing shows now, in order of change. The caller holds
// the lock.
func (m *Memory) listed(want func(*connectors.Issue) bool) []*connectors.Issue {
	horizon := m.clock.Now().Add(-m.opts.ListLag)
	// The last moment may be ahead of the clock, see moment.
	if m.opts.ListLag == 0 && m.last.After(horizon) {
		horizon = m.last
	}
	var out []*connectors.Issue
	for _, h := range m.issues {
		if i := h.visible(horizon); i != nil && want(i) {
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b *connectors.Issue) int {
		return cmp.Or(a.Updated.Compare(b.Updated), cmp.Compare(a.Ref.ID, b.Ref.ID))
	})
	return out
}

// Present implements connectors.Reader.
func (m *Memory) Present(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
	out := map[string]connectors.Presence{}
	for part := range slices.Chunk(refs, 100) {
		err := m.call(ctx, OpPresent, connectors.Ref{}, func() error {
			for _, ref := range part {
				if h, err := m.there(ref); err == nil && h.now().Ref.ID == ref.ID {
					out[ref.ID] = connectors.Presence{Updated: h.now().Updated, Labels: append([]string{}, h.now().Fields[connectors.Labels].Items...)}
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Comments implements connectors.Reader.
func (m *Memory) Comments(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		for {
			var all []connectors.Comment
			err := m.call(ctx, OpComments, ref, func() error {
				h, err := m.there(ref)
				if err == nil {
					all = m.shownComments(h.now())
				}
				return err
			})
			if err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
			rest := all[slices.IndexFunc(all, func(c connectors.Comment) bool { return c.ID == from })+1:]
			out := connectors.CommentPage{Comments: rest[:min(len(rest), m.opts.PageSize)], Total: len(all)}
			if n := len(out.Comments); n < len(rest) {
				out.Next = out.Comments[n-1].ID
			}
			if from = out.Next; !yield(out, nil) || from == "" {
				return
			}
		}
	}
}

// written is the answer to a write.
func (m *Memory) written(i *connectors.Issue, status int, comment string) connectors.Written {
	w := connectors.Written{Ref: i.Ref, CommentID: comment, Status: status, RequestID: m.request()}
	if m.traits.WriteEchoes && comment == "" {
		w.Issue = m.shown(i)
	}
	return w
}

// request names the current request. The caller holds the lock.
func (m *Memory) request() string {
	n := 0
	for _, c := range m.calls {
		n += c
	}
	return fmt.Sprintf("mem-%d", n)
}

// Create implements connectors.Writer.
func (m *Memory) Create(ctx context.Context, d connectors.Draft) (w connectors.Written, err error) {
	return m.createOf(ctx, m.opts.Installation, d)
}

func (m *Memory) createOf(ctx context.Context, installation string, d connectors.Draft) (w connectors.Written, err error) {
	return m.write(ctx, OpCreate, connectors.Ref{}, func() (connectors.Written, error) {
		i, err := m.file(m.opts.Self, d.Fields, mark{d.Marker, installation}, m.request())
		if err != nil {
			return w, err
		}
		return m.written(i, http.StatusCreated, ""), nil
	})
}

// Update implements connectors.Writer.
func (m *Memory) Update(ctx context.Context, ref connectors.Ref, p connectors.Patch) (w connectors.Written, err error) {
	op := OpUpdate
	if p.Status != nil {
		op = OpStatus
	}
	return m.write(ctx, op, ref, func() (connectors.Written, error) {
		h, err := m.there(ref)
		if err != nil {
			return w, err
		}
		if p.Status != nil && m.traits.SeparateTransition && (len(p.Set) > 0 || len(p.AddLabels) > 0 || len(p.RemoveLabels) > 0) {
			return w, refusal("fields and status are separate requests")
		}
		if p.IfVersion != "" && p.IfVersion != h.now().Version {
			return w, &connectors.Error{Op: "update", Ref: ref, Kind: connectors.Conflict}
		}
		if err := m.edit(h, m.opts.Self, m.request(), func(i *connectors.Issue) error { return m.patch(i, p) }); err != nil {
			return w, err
		}
		return m.written(h.now(), http.StatusOK, ""), nil
	})
}

// patch applies p to a state.
func (m *Memory) patch(i *connectors.Issue, p connectors.Patch) error {
	for f, v := range p.Set {
		if err := m.acceptable(f, v); err != nil {
			return err
		}
		i.Fields[f] = v
	}
	labels := append(slices.Clone(i.Fields[connectors.Labels].Items), p.AddLabels...)
	i.Fields[connectors.Labels] = connectors.Value{
		Items: slices.DeleteFunc(labels, func(l string) bool { return slices.Contains(p.RemoveLabels, l) }),
	}
	if p.Status == nil {
		return nil
	}
	return m.move(i, *p.Status)
}

// FindCreated implements connectors.Writer.
func (m *Memory) FindCreated(ctx context.Context, marker string, after time.Time) (refs []connectors.Ref, err error) {
	err = m.call(ctx, OpFindCreated, connectors.Ref{}, func() error {
		carries := func(i *connectors.Issue) bool {
			return i.Marker == marker && i.Author.ID == m.opts.Self.ID && !i.Created.Before(after)
		}
		for _, i := range m.listed(carries) {
			refs = append(refs, i.Ref)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return refs, nil
}

// Created implements connectors.Writer.
func (m *Memory) Created(ctx context.Context, after time.Time) (made []connectors.Made, err error) {
	err = m.call(ctx, OpCreated, connectors.Ref{}, func() error {
		for _, i := range m.listed(func(i *connectors.Issue) bool {
			return i.Marker != "" && i.Author.ID == m.opts.Self.ID && !i.Created.Before(after)
		}) {
			made = append(made, connectors.Made{Ref: i.Ref, Marker: i.Marker, Installation: i.Installation})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return made, nil
}

// PostComment implements connectors.Writer.
func (m *Memory) PostComment(ctx context.Context, ref connectors.Ref, body, marker string) (connectors.Written, error) {
	return m.postOf(ctx, m.opts.Installation, ref, body, marker)
}

func (m *Memory) postOf(ctx context.Context, installation string, ref connectors.Ref, body, marker string) (w connectors.Written, err error) {
	return m.write(ctx, OpPostComment, ref, func() (connectors.Written, error) {
		h, err := m.there(ref)
		if err != nil {
			return w, err
		}
		c, err := m.comment(h, m.opts.Self, body, mark{marker, installation}, m.request())
		if err != nil {
			return w, err
		}
		return m.written(h.now(), http.StatusCreated, c.ID), nil
	})
}

// EditComment implements connectors.Writer.
func (m *Memory) EditComment(ctx context.Context, ref connectors.Ref, commentID, body, _ string) (connectors.Written, error) {
	return m.editOf(ctx, m.opts.Installation, ref, commentID, body)
}

func (m *Memory) editOf(ctx context.Context, installation string, ref connectors.Ref, commentID, body string) (w connectors.Written, err error) {
	return m.write(ctx, OpEditComment, ref, func() (connectors.Written, error) {
		h, err := m.there(ref)
		if err != nil {
			return w, err
		}
		if err := m.editComment(h, m.opts.Self, installation, commentID, body, m.request()); err != nil {
			return w, err
		}
		return m.written(h.now(), http.StatusOK, commentID), nil
	})
}

// write makes one writing call and tells of its effect, also if the answer is lost.
func (m *Memory) write(ctx context.Context, op Op, ref connectors.Ref, effect func() (connectors.Written, error)) (connectors.Written, error) {
	var w connectors.Written
	done := false
	err := m.call(ctx, op, ref, func() (err error) {
		w, err = effect()
		done = err == nil
		return err
	})
	if done && op != OpReact { // no tracker pushes reactions
		m.tell(w.Ref, op == OpPostComment || op == OpEditComment)
	}
	if err != nil {
		return connectors.Written{}, err
	}
	return w, nil
}
