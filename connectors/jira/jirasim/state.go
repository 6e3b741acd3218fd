package jirasim

import (
	"encoding/json"
	"maps"
	"strings"
	"time"
)

type issueType struct{ id, name string }

type project struct {
	id, key, name string
	count         int64 // of keys given out
}

// AddProject adds a project that shares workflow, types and fields with the
// others. name "" is the key.
func (s *Server) AddProject(key, name string) {
	if name == "" {
		name = key
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.project(key) == nil {
		s.projects = append(s.projects, &project{id: itoa(int64(10000 + len(s.projects))), key: key, name: name})
	}
}

// project finds a project by key or id. The caller holds the lock.
func (s *Server) project(id string) *project {
	for _, p := range s.projects {
		if strings.EqualFold(p.key, id) || p.id == id {
			return p
		}
	}
	return nil
}

// An issue is the truth and what the search index believes. A state is never
// changed once it is in place; a change puts a new one there.
type issue struct {
	id       int64
	now      *state
	indexed  *state // nil: the index does not know the issue
	pending  []lag
	archived bool
	hidden   map[*account]bool // issue security
}

type lag struct {
	at time.Time
	st *state // nil: removal
}

type state struct {
	key      string
	project  *project
	kind     *issueType
	status   string         // id
	fields   map[string]any // by field id; empty ones are absent
	creator  *account
	created  time.Time
	updated  time.Time
	resolved time.Time // zero: open
	comments []*comment
	history  []*history // oldest first
	props    map[string]json.RawMessage

	attachments []*attachment // oldest first

	at time.Time // of the change that led here, see draft
}

type comment struct {
	id               string
	author, editor   *account
	body             string
	created, updated time.Time
	props            map[string]json.RawMessage
}

type history struct {
	id     string
	at     time.Time
	author *account
	items  []item
}

type item struct {
	Field      string  `json:"field"`
	FieldType  string  `json:"fieldtype"`
	FieldID    string  `json:"fieldId,omitempty"`
	From       *string `json:"from"`
	FromString *string `json:"fromString"`
	To         *string `json:"to"`
	ToString   *string `json:"toString"`
}

// edit returns a copy of st that the caller may change.
func (st *state) edit() *state {
	c := *st
	c.fields = maps.Clone(st.fields)
	return &c
}

// draft returns a copy of the state of is that the caller may change, and the moment at
// which that change will have happened. The caller holds the lock.
func (s *Server) draft(is *issue) *state {
	st := is.now.edit()
	st.at = s.moment()
	return st
}

func (st *state) set(field string, v any) {
	if v == nil {
		delete(st.fields, field)
		return
	}
	st.fields[field] = v
}

// put makes st the truth about is, and tells the index, which believes it later.
func (s *Server) put(is *issue, st *state) {
	is.now = st
	s.index(is, st)
}

func (s *Server) index(is *issue, st *state) {
	if s.opts.IndexLag <= 0 && len(is.pending) == 0 {
		is.indexed = st
		return
	}
	is.pending = append(is.pending, lag{at: s.now().Add(s.opts.IndexLag), st: st})
}

// seen is the index entry of is at time t.
func (is *issue) seen(t time.Time) *state {
	for len(is.pending) > 0 && !is.pending[0].at.After(t) {
		is.indexed = is.pending[0].st
		is.pending = is.pending[1:]
	}
	return is.indexed
}

// find returns the issue of an id or a key, present or former, nil if there is
// none that a may see. The caller holds the lock.
func (s *Server) find(idOrKey string, a *account) *issue {
	is := s.issues[parseInt(idOrKey)]
	if is == nil {
		is = s.byKey[strings.ToUpper(idOrKey)]
	}
	if is == nil || is.archived || a != nil && !is.visible(a) {
		return nil
	}
	return is
}

func (is *issue) visible(a *account) bool { return a.may("BROWSE_PROJECTS") && !is.hidden[a] }
