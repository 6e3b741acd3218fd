package jirasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// issueBody is the body of a create, an edit or a transition.
type issueBody struct {
	Fields     map[string]json.RawMessage              `json:"fields"`
	Update     map[string][]map[string]json.RawMessage `json:"update"`
	Properties []property                              `json:"properties"`
	Transition *struct {
		ID string `json:"id"`
	} `json:"transition"`
}

type property struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

func propertyMap(list []property) map[string]json.RawMessage {
	if len(list) == 0 {
		return nil
	}
	m := map[string]json.RawMessage{}
	for _, p := range list {
		m[p.Key] = p.Value
	}
	return m
}

const offScreen = "' cannot be set. It is not on the appropriate screen, or unknown."

// values parses the fields of a body against st (nil: a new issue) and a screen
// (nil: the create or edit screen). Errors are by field.
func (s *Server) values(a *account, b *issueBody, st *state, screen []string) (map[string]any, map[string]string) {
	out, errs := map[string]any{}, map[string]string{}
	usable := func(id string) *fieldDef {
		f := s.fieldByID[id]
		shown := f != nil && f.settable()
		if screen != nil {
			shown = f != nil && !f.Hidden && (slices.Contains(screen, f.ID) || slices.Contains(screen, f.Name))
		}
		if !shown {
			errs[id] = "Field '" + id + offScreen
			return nil
		}
		if id == "assignee" && !a.may("ASSIGN_ISSUES") {
			errs[id] = "You do not have permission to assign issues."
			return nil
		}
		return f
	}
	for id, raw := range b.Fields {
		if st != nil && screen == nil && (id == "status" || id == "project") {
			continue // ignored in an edit, without a word
		}
		f := usable(id)
		if f == nil {
			continue
		}
		v, wrong := s.parse(f, raw)
		if wrong != "" {
			errs[id] = wrong
			continue
		}
		out[id] = v
	}
	for id, ops := range b.Update {
		if id == "comment" {
			continue
		}
		if _, twice := b.Fields[id]; twice {
			errs[id] = "Field '" + id + "' cannot appear in both 'fields' and 'update'"
			continue
		}
		f := usable(id)
		if f == nil {
			continue
		}
		var v any
		if st != nil {
			v = st.fields[id]
		}
		wrong := ""
		for _, op := range ops {
			for verb, raw := range op {
				if v, wrong = s.operate(f, v, verb, raw); wrong != "" {
					errs[id] = wrong
				}
			}
		}
		if errs[id] == "" {
			out[id] = v
		}
	}
	return out, errs
}

// operate does one update operation on a value.
func (s *Server) operate(f *fieldDef, old any, verb string, raw json.RawMessage) (any, string) {
	if verb == "set" {
		return s.parse(f, raw)
	}
	if !sets(f.Kind) || verb != "add" && verb != "remove" {
		return nil, "Field with id '" + f.ID + "' and name '" + f.Name + "' does not support operation '" + verb + "' Supported operation(s) are: 'set'"
	}
	one, wrong := s.parse(f, append(append([]byte("["), raw...), ']'))
	if wrong != "" {
		return nil, wrong
	}
	if f.Kind == KindMultiUser {
		people, _ := old.([]*account)
		who, _ := one.([]*account)
		return team(combined(people, who, verb)), ""
	}
	items, _ := old.([]string)
	add, _ := one.([]string)
	return set(combined(items, add, verb)), ""
}

// combined adds or removes members of a set.
func combined[T comparable](have, these []T, verb string) []T {
	if verb == "add" {
		return append(slices.Clone(have), these...)
	}
	return slices.DeleteFunc(slices.Clone(have), func(x T) bool { return slices.Contains(these, x) })
}

func (s *Server) createIssue(c *call) {
	var b issueBody
	if !c.decode(&b) {
		return
	}
	values, errs := s.values(c.a, &b, nil, nil)
	p, _ := values["project"].(*project)
	kind, _ := values["issuetype"].(*issueType)
	if p != nil && (!c.a.may("BROWSE_PROJECTS") || !c.a.may("CREATE_ISSUES")) {
		c.failFields(map[string]string{"project": "You do not have permission to create issues in this project."})
		return
	}
	for _, f := range s.fields {
		if f.Required && !f.Hidden && values[f.ID] == nil && errs[f.ID] == "" {
			switch f.ID {
			case "project":
				errs[f.ID] = "valid project is required"
			case "issuetype":
				errs[f.ID] = "Specify an issue type"
			case "summary":
				errs[f.ID] = "You must specify a summary of the issue."
			default:
				errs[f.ID] = f.Name + " is required."
			}
		}
	}
	if len(errs) > 0 {
		c.failFields(errs)
		return
	}
	delete(values, "project")
	delete(values, "issuetype")
	is := s.create(c.a, p, kind, values, propertyMap(b.Properties), c.id)
	c.reply(http.StatusCreated, map[string]any{"id": itoa(is.id), "key": is.now.key, "self": s.base + "/rest/api/2/issue/" + itoa(is.id)})
}

// issueOf finds the issue of the path, nil after answering 404.
func (s *Server) issueOf(c *call) *issue {
	is := s.find(c.r.PathValue("issue"), c.a)
	if is == nil {
		c.noIssue()
	}
	return is
}

func (s *Server) getIssue(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	c.reply(http.StatusOK, s.renderIssue(is, is.now, s.singleView(c)))
}

func (s *Server) singleView(c *call) *view {
	v := s.viewOf(c, c.query["fields"], c.query["expand"], c.query["properties"], "*all")
	if s.cloud && s.opts.InlineHistory == 0 {
		v.history = 100
	}
	return &v
}

func (s *Server) editIssue(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	if !c.a.may("EDIT_ISSUES") {
		c.fail(http.StatusForbidden, "You do not have permission to edit issues in this project.")
		return
	}
	var b issueBody
	if !c.decode(&b) {
		return
	}
	values, errs := s.values(c.a, &b, is.now, nil)
	if v, given := values["summary"]; given && v == nil {
		errs["summary"] = "You must specify a summary of the issue."
	}
	if len(errs) > 0 {
		c.failFields(errs)
		return
	}
	s.edit(is, c.a, values, propertyMap(b.Properties), c.id)
	if s.cloud && c.query.Get("returnIssue") == "true" {
		c.reply(http.StatusOK, s.renderIssue(is, is.now, s.singleView(c)))
		return
	}
	c.reply(http.StatusNoContent, nil)
}

func (s *Server) assignIssue(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	b := issueBody{Fields: map[string]json.RawMessage{"assignee": c.body}}
	values, errs := s.values(c.a, &b, is.now, nil)
	if len(errs) > 0 {
		c.failFields(errs)
		return
	}
	s.edit(is, c.a, values, nil, c.id)
	c.reply(http.StatusNoContent, nil)
}

func (s *Server) dropIssue(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	if !c.a.may("DELETE_ISSUES") || c.a.App {
		c.fail(http.StatusForbidden, "You do not have permission to delete issues in this project.")
		return
	}
	s.remove(is, c.a, c.id)
	c.reply(http.StatusNoContent, nil)
}

// remove deletes an issue for good; the index learns it later.
func (s *Server) remove(is *issue, a *account, request string) {
	s.log(s.now(), is, a, "deleted", is.now.key, "", request)
	s.emit(event{name: "jira:issue_deleted", kind: "issue_deleted", is: is, by: a})
	delete(s.issues, is.id)
	maps.DeleteFunc(s.byKey, func(_ string, x *issue) bool { return x == is })
	s.index(is, nil)
	s.order = slices.DeleteFunc(s.order, func(x *issue) bool { return x == is && s.opts.IndexLag <= 0 })
	is.archived = true
}
