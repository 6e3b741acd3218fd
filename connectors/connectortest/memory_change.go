package connectortest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

// A refusal is why an edit is not possible.
type refusal string

func (r refusal) Error() string { return string(r) }

// A fieldRefusal is why a field cannot have a value.
type fieldRefusal struct {
	field connectors.Field
	why   string
}

func (r fieldRefusal) Error() string { return string(r.field) + ": " + r.why }

// A mark is a marker and the installation that wrote it.
type mark struct{ marker, installation string }

// file creates an issue. The caller holds the lock.
func (m *Memory) file(by connectors.User, fields map[connectors.Field]connectors.Value, as mark, request string) (*connectors.Issue, error) {
	if strings.TrimSpace(fields[connectors.Title].Text) == "" {
		return nil, fieldRefusal{connectors.Title, "a title is required"}
	}
	all := map[connectors.Field]connectors.Value{connectors.Title: {}, connectors.Body: {}, connectors.Labels: {}}
	for _, f := range m.opts.Fields {
		all[f] = connectors.Value{}
	}
	for f, v := range fields {
		if err := m.acceptable(f, v); err != nil {
			return nil, err
		}
		all[f] = normal(f, v)
	}
	at, id := m.moment(), m.id()
	i := &connectors.Issue{
		Ref: connectors.Ref{ID: id, Key: m.opts.Project + "-" + id}, Version: "v1", URL: "https://memory.invalid/" + id,
		Status: m.opts.Flow.Statuses[0], Fields: all, Author: by, Created: at, Updated: at, Marker: as.marker, Installation: as.installation,
	}
	m.issues[id] = &history{states: []*connectors.Issue{i}}
	m.truth.Add(simkit.Change{At: at, Tracker: m.traits.Name, Issue: i.Ref.Key, Field: "created", To: all[connectors.Title].Text, By: by.Login, Request: request})
	return i, nil
}

// acceptable says why a field cannot have a value, or nil.
func (m *Memory) acceptable(f connectors.Field, v connectors.Value) error {
	if why := m.opts.Unreadable[f]; why != "" {
		return fieldRefusal{f, why}
	}
	limit := 0
	switch f {
	case connectors.Title:
		limit = m.traits.TitleLimit
		if strings.ContainsAny(v.Text, "\r\n") {
			return fieldRefusal{f, "a title is one line"}
		}
	case connectors.Body:
		limit = m.traits.BodyLimit
	case connectors.Labels:
	default:
		if f == connectors.Assignee && m.opts.OneAssignee && len(tidy(v).Items) > 1 {
			return fieldRefusal{f, "an issue has one assignee"}
		}
		if !slices.Contains(m.opts.Fields, f) {
			return fieldRefusal{f, "there is no such field here"}
		}
	}
	if n := utf8.RuneCountInString(v.Text); limit > 0 && n > limit {
		return fieldRefusal{f, fmt.Sprintf("%d characters, at most %d are allowed", n, limit)}
	}
	if m.opts.Refuse == nil {
		return nil
	}
	if why := m.opts.Refuse(f, v); why != "" {
		return fieldRefusal{f, why}
	}
	return nil
}

// normal is a value of a field as the tracker keeps it. Several assignees are a set
// and a first one.
func normal(f connectors.Field, v connectors.Value) connectors.Value {
	v = tidy(v)
	if f != connectors.Assignee || len(v.Items) == 0 {
		return v
	}
	if !slices.Contains(v.Items, v.Text) {
		v.Text = v.Items[0]
	}
	if len(v.Items) == 1 {
		v.Items = nil
	}
	return v
}

// tidy sorts a set and drops doubles.
func tidy(v connectors.Value) connectors.Value {
	if v.Items != nil {
		v.Items = slices.Sorted(slices.Values(v.Items))
		v.Items = slices.Compact(v.Items)
	}
	if len(v.Items) == 0 {
		v.Items = nil
	}
	return v
}

// edit makes a new state of an issue, if it differs. The caller holds the lock.
func (m *Memory) edit(h *history, by connectors.User, request string, change func(*connectors.Issue) error) error {
	was := h.now()
	is := *was
	is.Fields = maps.Clone(was.Fields)
	is.Comments, is.Changes = slices.Clip(was.Comments), slices.Clip(was.Changes)
	if err := change(&is); err != nil {
		return err
	}
	if is.Fields[connectors.Title].Text == "" {
		return fieldRefusal{connectors.Title, "a title is required"}
	}
	for f, v := range is.Fields {
		if plain(tidy(v)) == plain(was.Fields[f]) {
			continue
		}
		if err := m.acceptable(f, v); err != nil {
			return err
		}
	}
	at := m.moment()
	n := len(is.Changes)
	log := func(field, from, to string) {
		c := connectors.Change{ID: m.id(), At: at, Author: by, Field: field, From: from, To: to}
		if field == "status" {
			c.FromID, c.ToID = was.Status.ID, is.Status.ID
		}
		is.Changes = append(is.Changes, c)
		m.truth.Add(simkit.Change{At: at, Tracker: m.traits.Name, Issue: is.Ref.Key, Field: field, From: from, To: to, By: by.Login, Request: request})
	}
	for _, f := range slices.Sorted(maps.Keys(is.Fields)) {
		v := normal(f, is.Fields[f])
		if is.Fields[f] = v; plain(v) == plain(was.Fields[f]) {
			continue
		}
		log(string(f), plain(was.Fields[f]), plain(v))
	}
	if is.Status.Name != was.Status.Name {
		log("status", was.Status.Name, is.Status.Name)
	}
	if is.Status.Reason != was.Status.Reason {
		log("reason", was.Status.Reason, is.Status.Reason)
	}
	if is.Ref.Key != was.Ref.Key {
		log("key", was.Ref.Key, is.Ref.Key)
	}
	if n == len(is.Changes) && slices.Equal(was.Comments, is.Comments) {
		return nil
	}
	is.Version, is.Updated = fmt.Sprintf("v%d", len(h.states)+1), at
	h.states = append(h.states, &is)
	return nil
}

// plain is a value as the changelog shows it.
func plain(v connectors.Value) string {
	if v.Items != nil {
		return strings.Join(v.Items, ", ")
	}
	return v.Text
}

// move changes the status as the workflow allows.
func (m *Memory) move(i *connectors.Issue, to connectors.Target) error {
	s, known := m.opts.Flow.status(to.Name)
	reach := m.opts.Flow.Moves[i.Status.Name]
	if !known || !slices.Contains(reach, s.Name) {
		return refusal(fmt.Sprintf("%q cannot be reached from %q, only: %s", to.Name, i.Status.Name, strings.Join(reach, ", ")))
	}
	if to.Reason != "" && (!s.Done || !slices.Contains(m.opts.Flow.Reasons, to.Reason)) {
		return refusal(fmt.Sprintf("no reason %q, only: %s", to.Reason, strings.Join(m.opts.Flow.Reasons, ", ")))
	}
	s.Reason = to.Reason
	i.Status, i.Closed = s, time.Time{}
	if s.Done && !m.traits.Changelog {
		i.Closed = m.moment()
	}
	return nil
}

// comment adds a comment. The caller holds the lock.
func (m *Memory) comment(h *history, by connectors.User, body string, as mark, request string) (connectors.Comment, error) {
	var c connectors.Comment
	if strings.TrimSpace(body) == "" {
		return c, refusal("a comment needs a text")
	}
	if err := m.acceptable(connectors.Body, connectors.Value{Text: body}); err != nil {
		return c, err
	}
	err := m.edit(h, by, request, func(i *connectors.Issue) error {
		at := m.moment()
		c = connectors.Comment{ID: m.id(), Issue: i.Ref, Author: by, Body: body, Created: at, Updated: at, Marker: as.marker, Installation: as.installation}
		i.Comments = append(i.Comments, c)
		m.truth.Add(simkit.Change{At: at, Tracker: m.traits.Name, Issue: i.Ref.Key, Field: "comment", To: body, By: by.Login, Request: request})
		return nil
	})
	return c, err
}

// editComment replaces the text of a comment; the installation counts if by is our own
// account. The caller holds the lock.
func (m *Memory) editComment(h *history, by connectors.User, installation, id, body, request string) error {
	if err := m.acceptable(connectors.Body, connectors.Value{Text: body}); err != nil {
		return err
	}
	return m.edit(h, by, request, func(i *connectors.Issue) error {
		n := slices.IndexFunc(i.Comments, func(c connectors.Comment) bool { return c.ID == id })
		if n < 0 {
			return connectors.NotFound
		}
		i.Comments = slices.Clone(i.Comments)
		was := i.Comments[n].Body
		i.Comments[n].Body, i.Comments[n].Updated = body, m.moment()
		if by.ID == m.opts.Self.ID {
			i.Comments[n].Installation = installation
		}
		m.truth.Add(simkit.Change{At: m.last, Tracker: m.traits.Name, Issue: i.Ref.Key, Field: "comment", From: was, To: body, By: by.Login, Request: request})
		return nil
	})
}

// visible is the state a listing shows at a moment, or nil. The caller holds the lock.
func (h *history) visible(at time.Time) *connectors.Issue {
	if !h.gone.IsZero() && !h.gone.After(at) {
		return nil
	}
	for _, i := range slices.Backward(h.states) {
		if !i.Updated.After(at) {
			return i
		}
	}
	return nil
}
