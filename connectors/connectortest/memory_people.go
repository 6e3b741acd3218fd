package connectortest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/conformd/conformd/connectors"
)

// AddUser registers an account. People need no registration: an unknown login is
// a person with the id "u-" + login.
func (m *Memory) AddUser(u connectors.User) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.users[u.Login] = u
}

// user returns the account of a login. The caller holds the lock.
func (m *Memory) user(login string) connectors.User {
	if u, ok := m.users[login]; ok {
		return u
	}
	u := connectors.User{ID: "u-" + login, Login: login, Name: login}
	m.users[login] = u
	return u
}

// CreateAs files an issue as a person.
func (m *Memory) CreateAs(login string, fields map[connectors.Field]connectors.Value) (connectors.Ref, error) {
	m.mu.Lock()
	i, err := m.file(m.user(login), fields, mark{}, "")
	m.mu.Unlock()
	if err != nil {
		return connectors.Ref{}, err
	}
	m.tell(i.Ref, false)
	return i.Ref, nil
}

// EditAs edits the fields of an issue as a person: change is given a copy and
// alters it. A set without items is cleared by setting it to a zero value.
func (m *Memory) EditAs(login, key string, change func(map[connectors.Field]connectors.Value)) error {
	return m.actAs(login, key, false, func(h *history, u connectors.User) error {
		return m.edit(h, u, "", func(i *connectors.Issue) error {
			change(i.Fields)
			return nil
		})
	})
}

// MoveStatus moves an issue as a person, within the workflow.
func (m *Memory) MoveStatus(login, key string, to connectors.Target) error {
	return m.actAs(login, key, false, func(h *history, u connectors.User) error {
		return m.edit(h, u, "", func(i *connectors.Issue) error { return m.move(i, to) })
	})
}

// CommentAs posts a comment as a person and returns its id.
func (m *Memory) CommentAs(login, key, body string) (id string, err error) {
	err = m.actAs(login, key, true, func(h *history, u connectors.User) error {
		c, err := m.comment(h, u, body, mark{}, "")
		id = c.ID
		return err
	})
	return id, err
}

// CopyAs files an issue as a person with all that can be copied from another one:
// its fields and, as typed text that counts for nothing, its marker.
func (m *Memory) CopyAs(login, key string) (connectors.Ref, error) {
	m.mu.Lock()
	h := m.find(connectors.Ref{Key: key})
	if h == nil {
		m.mu.Unlock()
		return connectors.Ref{}, fmt.Errorf("%s: %w", key, connectors.NotFound)
	}
	i, err := m.file(m.user(login), h.now().Fields, mark{h.now().Marker, h.now().Installation}, "")
	m.mu.Unlock()
	if err != nil {
		return connectors.Ref{}, err
	}
	m.tell(i.Ref, false)
	return i.Ref, nil
}

// CopyCommentAs posts the text of a comment again as a person, with its marker as
// typed text, and returns the id of the copy.
func (m *Memory) CopyCommentAs(login, key, id string) (copied string, err error) {
	err = m.actAs(login, key, true, func(h *history, u connectors.User) error {
		n := slices.IndexFunc(h.now().Comments, func(c connectors.Comment) bool { return c.ID == id })
		if n < 0 {
			return connectors.NotFound
		}
		was := h.now().Comments[n]
		c, err := m.comment(h, u, was.Body, mark{was.Marker, was.Installation}, "")
		copied = c.ID
		return err
	})
	return copied, err
}

// EditCommentAs replaces the text of anybody's comment as a person.
func (m *Memory) EditCommentAs(login, key, id, body string) error {
	return m.actAs(login, key, true, func(h *history, u connectors.User) error { return m.editComment(h, u, "", id, body, "") })
}

// Delete removes an issue for good.
func (m *Memory) Delete(key string) error {
	return m.actAs("administrator", key, false, func(h *history, _ connectors.User) error {
		h.gone = m.moment()
		return nil
	})
}

// Transfer moves an issue to another address as a person. Kept means that the
// issue stays readable by its id, as in Jira; otherwise Get answers Moved.
func (m *Memory) Transfer(login, key string, to connectors.Ref, kept bool) error {
	return m.actAs(login, key, false, func(h *history, u connectors.User) error {
		if kept {
			return m.edit(h, u, "", func(i *connectors.Issue) error { i.Ref.Key = to.Key; return nil })
		}
		h.gone, h.moved, h.to = m.moment(), true, to
		return nil
	})
}

// actAs changes an issue that is there, and tells of it.
func (m *Memory) actAs(login, key string, comment bool, act func(*history, connectors.User) error) error {
	m.mu.Lock()
	h := m.find(connectors.Ref{Key: key})
	if h == nil || !h.gone.IsZero() {
		m.mu.Unlock()
		return fmt.Errorf("%s: %w", key, connectors.NotFound)
	}
	ref := h.now().Ref
	err := act(h, m.user(login))
	m.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	m.tell(ref, comment)
	return nil
}

func (m *Memory) tell(ref connectors.Ref, comment bool) {
	if m.notify != nil {
		m.notify(ref, comment)
	}
}

// Issue returns the truth about an issue: all comments and changes included,
// whatever Traits say.
func (m *Memory) Issue(key string) (*connectors.Issue, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	h := m.find(connectors.Ref{Key: key})
	if h == nil || !h.gone.IsZero() {
		return nil, fmt.Errorf("%s: %w", key, connectors.NotFound)
	}
	i := *h.now()
	i.Fields = maps.Clone(i.Fields)
	i.Comments, i.Changes = slices.Clone(i.Comments), slices.Clone(i.Changes)
	return &i, nil
}

// Issues returns the addresses of the issues that exist, in order of creation.
func (m *Memory) Issues() []connectors.Ref {
	m.mu.Lock()
	defer m.mu.Unlock()
	var there []*connectors.Issue
	for _, h := range m.issues {
		if h.gone.IsZero() {
			there = append(there, h.now())
		}
	}
	slices.SortFunc(there, func(a, b *connectors.Issue) int { return a.Created.Compare(b.Created) })
	var out []connectors.Ref
	for _, i := range there {
		out = append(out, i.Ref)
	}
	return out
}
