package jirasim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// display shows a value as the history and the ground truth quote it: the id
// behind it, and the words.
func (s *Server) display(f *fieldDef, v any) (id, words string) {
	switch v := v.(type) {
	case string:
		switch f.Kind {
		case kindStatus:
			return v, s.flow.status(v).Name
		case kindPriority:
			return itoa(int64(slices.Index(priorities(), v) + 1)), v
		case kindResolution:
			return s.flow.resolutionID(v), v
		case KindSelect, KindRadio:
			return f.optionID(slices.Index(f.Options, v)), v
		case KindVersion:
			return s.namedID(f.Kind, v), v
		}
		return "", v
	case []string:
		if f.Kind == KindLabels {
			return "", strings.Join(v, " ")
		}
		return "", strings.Join(v, ", ")
	case cascade:
		return "", f.cascadeWords(v)
	case []*account:
		return s.teamWords(v)
	case time.Time:
		return v.Format("2006-01-02T15:04:05-0700"), v.Format("02/Jan/06 3:04 PM")
	case float64:
		if f.Kind == KindSprint {
			return itoa(int64(v)), "Sprint " + itoa(int64(v))
		}
		raw, err := json.Marshal(v)
		if err != nil {
			return "", ""
		}
		return "", string(raw)
	case *account:
		if s.cloud {
			return v.AccountID, v.Display
		}
		return v.Key, v.Display
	case *issueType:
		return v.id, v.name
	case *project:
		return v.id, v.key
	}
	return "", ""
}

// log adds one change to the ground truth, with the time that the issue shows for it.
func (s *Server) log(at time.Time, is *issue, a *account, field, from, to, request string) {
	s.truth.Add(simkit.Change{
		At: at, Tracker: "jira", Issue: itoa(is.id), Field: field, From: from, To: to, By: a.Name, Request: request,
	})
}

// itemOf describes the change of one field for the history.
func (s *Server) itemOf(f *fieldDef, from, to any) item {
	it := item{Field: f.ID, FieldType: "jira"}
	if f.custom {
		it.Field, it.FieldType = f.Name, "custom"
	}
	if s.cloud {
		it.FieldID = f.ID
	}
	side := func(v any) (*string, *string) {
		if v == nil {
			return nil, nil
		}
		id, words := s.display(f, v)
		if id == "" {
			return nil, &words
		}
		return &id, &words
	}
	it.From, it.FromString = side(from)
	it.To, it.ToString = side(to)
	return it
}

// change writes values into the copy st of the state of is, and returns what
// really differs as history items. The status counts as a field here.
func (s *Server) change(is *issue, st *state, a *account, values map[string]any, request string) []item {
	var items []item
	for _, id := range slices.Sorted(maps.Keys(values)) {
		f, to := s.fieldByID[id], values[id]
		var from any
		switch id {
		case "status":
			from = st.status
		case "issuetype":
			from = st.kind
		default:
			from = st.fields[id]
		}
		if same(from, to) {
			continue
		}
		switch id {
		case "status":
			st.status = to.(string)
		case "issuetype":
			st.kind = to.(*issueType)
		default:
			st.set(id, to)
		}
		it := s.itemOf(f, from, to)
		items = append(items, it)
		s.log(st.at, is, a, it.Field, truthText(it.From, it.FromString, f), truthText(it.To, it.ToString, f), request)
	}
	return items
}

// truthText prefers the identity of people and the words of everything else.
func truthText(id, words *string, f *fieldDef) string {
	if f.Kind == KindUser && id != nil {
		return *id
	}
	if words == nil {
		return ""
	}
	return *words
}

func same(a, b any) bool {
	switch x := a.(type) {
	case []string:
		y, ok := b.([]string)
		return ok && slices.Equal(x, y)
	case []*account:
		y, ok := b.([]*account)
		return ok && slices.Equal(x, y)
	}
	switch b.(type) {
	case []string, []*account: // not comparable
		return false
	}
	return a == b
}

// commit stamps st, appends the history and makes it the truth.
func (s *Server) commit(is *issue, st *state, a *account, items []item) *history {
	st.updated = st.at
	var h *history
	if len(items) > 0 {
		h = &history{id: itoa(s.id()), at: st.updated, author: a, items: items}
		st.history = append(slices.Clip(st.history), h)
	}
	s.put(is, st)
	return h
}

// create adds an issue. The values are parsed and complete.
func (s *Server) create(a *account, p *project, kind *issueType, values map[string]any, props map[string]json.RawMessage, request string) *issue {
	p.count++
	t := s.moment()
	is := &issue{id: s.id()}
	st := &state{
		key: p.key + "-" + itoa(p.count), project: p, kind: kind, status: s.flow.status(s.flow.Initial).ID,
		fields: map[string]any{"priority": "Medium", "reporter": a}, creator: a, created: t, updated: t, props: props,
	}
	for id, v := range values {
		st.set(id, v)
	}
	if s.dropLabels {
		st.set("labels", nil)
	}
	s.add(is, st)
	s.log(t, is, a, "created", "", st.key, request)
	for _, id := range slices.Sorted(maps.Keys(st.fields)) {
		f := s.fieldByID[id]
		if _, given := values[id]; given {
			it := s.itemOf(f, nil, st.fields[id])
			s.log(t, is, a, it.Field, "", truthText(it.To, it.ToString, f), request)
		}
	}
	s.emit(event{name: "jira:issue_created", kind: "issue_created", is: is, by: a})
	return is
}

// add puts a new issue into the tables.
func (s *Server) add(is *issue, st *state) {
	s.issues[is.id] = is
	i, _ := slices.BinarySearchFunc(s.order, is.id, func(x *issue, id int64) int { return int(x.id - id) })
	s.order = slices.Insert(s.order, i, is)
	s.byKey[st.key] = is
	s.put(is, st)
}

// edit changes fields and properties of an issue.
func (s *Server) edit(is *issue, a *account, values map[string]any, props map[string]json.RawMessage, request string) {
	st := s.draft(is)
	items := s.change(is, st, a, values, request)
	items = append(items, s.bury(is, is.now, st, a, request)...)
	if len(props) > 0 {
		st.props = merged(st.props, props)
	}
	if len(items) == 0 {
		if len(props) > 0 { // properties alone leave no trace in updated
			s.put(is, st)
		}
		return
	}
	h := s.commit(is, st, a, items)
	kind := "issue_updated"
	if len(items) == 1 && items[0].Field == "assignee" {
		kind = "issue_assigned"
	}
	s.emit(event{name: "jira:issue_updated", kind: kind, is: is, by: a, change: h})
}

func merged(old, add map[string]json.RawMessage) map[string]json.RawMessage {
	out := maps.Clone(old)
	if out == nil {
		out = map[string]json.RawMessage{}
	}
	maps.Copy(out, add)
	return out
}

// transition makes transition t with the screen's values.
func (s *Server) transition(is *issue, a *account, t *Transition, values map[string]any, request string) {
	st := s.draft(is)
	to := s.flow.status(t.To)
	values = maps.Clone(values)
	if values == nil {
		values = map[string]any{}
	}
	values["status"] = to.ID
	switch _, given := values["resolution"]; {
	case t.Resolution == "-":
		values["resolution"] = nil
	case t.Resolution != "" && !given:
		values["resolution"] = t.Resolution
	}
	items := s.change(is, st, a, values, request)
	items = append(items, s.bury(is, is.now, st, a, request)...)
	if st.fields["resolution"] == nil {
		st.resolved = time.Time{}
	} else if st.resolved.IsZero() {
		st.resolved = s.now()
	}
	h := s.commit(is, st, a, items)
	kind := "issue_generic"
	if to.Category == "done" {
		kind = "issue_closed"
	}
	s.emit(event{name: "jira:issue_updated", kind: kind, is: is, by: a, change: h})
}

// addComment posts a comment.
func (s *Server) addComment(is *issue, a *account, body string, props map[string]json.RawMessage, request string) *comment {
	st := s.draft(is)
	s.commit(is, st, a, nil)
	c := &comment{id: itoa(s.id()), author: a, editor: a, body: body, created: st.updated, updated: st.updated, props: props}
	st.comments = append(slices.Clip(st.comments), c)
	s.log(st.at, is, a, "comment", "", body, request)
	s.emit(event{name: "comment_created", is: is, by: a, comment: c})
	return c
}

// editComment replaces the text of a comment.
func (s *Server) editComment(is *issue, a *account, i int, body string, props map[string]json.RawMessage, request string) *comment {
	before, st := is.now, s.draft(is)
	old := st.comments[i]
	c := *old
	c.body, c.editor = body, a
	if len(props) > 0 {
		c.props = merged(c.props, props)
	}
	st.comments = slices.Clone(st.comments)
	st.comments[i] = &c
	s.commit(is, st, a, s.bury(is, before, st, a, request))
	c.updated = st.updated
	s.log(st.at, is, a, "comment", old.body, body, request)
	s.emit(event{name: "comment_updated", is: is, by: a, comment: &c})
	return &c
}

// deleteComment removes a comment, as people do.
func (s *Server) deleteComment(is *issue, a *account, i int, request string) {
	before, st := is.now, s.draft(is)
	old := st.comments[i]
	st.comments = slices.Delete(slices.Clone(st.comments), i, i+1)
	s.commit(is, st, a, s.bury(is, before, st, a, request))
	s.log(st.at, is, a, "comment", old.body, "", request)
	s.emit(event{name: "comment_deleted", is: is, by: a, comment: old})
}
