package jirasim

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// A Seed is an issue that exists from the start. It sends no webhook and leaves
// no trace in the ground truth.
type Seed struct {
	ID         int64  // 0: the next
	Key        string // "": the next of the first project
	Type       string // "": the first
	Status     string // name; "": the initial one
	Reporter   string // any identity of an account; "": the first that is no app
	Created    time.Time
	Updated    time.Time      // zero: Created
	Fields     map[string]any // by id or name, values as Person.Edit takes them
	Resolution string
	Comments   []SeedComment
}

// A SeedComment is a comment of a Seed.
type SeedComment struct {
	By, Body string
	At       time.Time
}

// Seed adds issues. A zero Created is now.
func (s *Server) Seed(list ...Seed) error {
	s.mu.Lock()
	defer s.unlock()
	for _, seed := range list {
		if err := s.seed(seed); err != nil {
			return fmt.Errorf("seed %s: %w", seed.Key, err)
		}
	}
	return nil
}

func (s *Server) seed(in Seed) error {
	p, a := s.projects[0], s.user(in.Reporter)
	for _, u := range s.users {
		if a == nil && in.Reporter == "" && !u.App {
			a = u
		}
	}
	if a == nil {
		return fmt.Errorf("%w: no user %q", ErrRefused, in.Reporter)
	}
	st := &state{project: p, kind: s.types[0], key: in.Key, creator: a, created: in.Created, updated: in.Updated, fields: map[string]any{"reporter": a, "priority": "Medium"}}
	for _, t := range s.types {
		if t.name == in.Type {
			st.kind = t
		}
	}
	if in.Status == "" {
		in.Status = s.flow.Initial
	}
	status := s.flow.status(in.Status)
	if status == nil {
		return fmt.Errorf("%w: no status %q", ErrRefused, in.Status)
	}
	st.status = status.ID
	if st.created.IsZero() {
		st.created = s.now()
	}
	st.created = st.created.UTC().Truncate(time.Millisecond)
	if st.updated = st.updated.UTC().Truncate(time.Millisecond); st.updated.Before(st.created) {
		st.updated = st.created
	}
	if st.key == "" {
		p.count++
		st.key = p.key + "-" + itoa(p.count)
	}
	if err := s.seedFields(st, a, in); err != nil {
		return err
	}
	for _, c := range in.Comments {
		by := s.user(c.By)
		if by == nil {
			return fmt.Errorf("%w: no user %q", ErrRefused, c.By)
		}
		st.comments = append(st.comments, &comment{id: itoa(s.id()), author: by, editor: by, body: c.Body, created: c.At.UTC(), updated: c.At.UTC()})
	}
	is := &issue{id: in.ID}
	if is.id == 0 {
		is.id = s.id()
	}
	s.nextID = max(s.nextID, is.id)
	s.add(is, st)
	is.indexed, is.pending = st, nil // the index has long known it
	return nil
}

func (s *Server) seedFields(st *state, a *account, in Seed) error {
	wired, err := (&Person{s: s, a: a}).wire(in.Fields)
	if err != nil {
		return err
	}
	c, err := (&Person{s: s, a: a}).call(map[string]any{"fields": wired}, nil)
	if err != nil {
		return err
	}
	var b issueBody
	if !c.decode(&b) {
		return c.refusal()
	}
	values, errs := s.values(a, &b, nil, nil)
	for _, id := range slices.Sorted(maps.Keys(errs)) {
		return fmt.Errorf("%w: %s: %s", ErrRefused, id, errs[id])
	}
	for id, v := range values {
		st.set(id, v)
	}
	if in.Resolution != "" {
		if s.flow.resolution(in.Resolution) == "" {
			return fmt.Errorf("%w: no resolution %q", ErrRefused, in.Resolution)
		}
		st.set("resolution", in.Resolution)
		st.resolved = st.updated
	}
	return nil
}
