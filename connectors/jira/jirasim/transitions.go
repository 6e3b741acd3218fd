package jirasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// screen lists the field names of a transition's screen, without the mark of
// the required ones.
func (t *Transition) screen() []string {
	out := []string{}
	for _, name := range t.Screen {
		out = append(out, strings.TrimSuffix(name, "!"))
	}
	return out
}

func (s *Server) renderTransitions(st *state, a *account, withFields bool) []any {
	out := []any{}
	for _, t := range s.flow.from(st, a) {
		m := map[string]any{"id": t.ID, "name": t.Name, "to": s.renderStatus(s.flow.status(t.To))}
		if s.cloud {
			m["hasScreen"], m["isGlobal"], m["isInitial"] = len(t.Screen) > 0, len(t.From) == 0, false
			m["isAvailable"], m["isConditional"], m["isLooped"] = true, t.Group != "" || t.NotAssignee, false
		}
		if withFields {
			fields := map[string]any{}
			for _, name := range t.Screen {
				if f := s.field(strings.TrimSuffix(name, "!")); f != nil && !f.Hidden {
					fields[f.ID] = s.renderScreenField(f, strings.HasSuffix(name, "!"))
				}
			}
			m["fields"] = fields
		}
		out = append(out, m)
	}
	return out
}

func (s *Server) getTransitions(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	withFields := slices.Contains(split(c.query["expand"]), "transitions.fields")
	c.reply(http.StatusOK, map[string]any{"expand": "transitions", "transitions": s.renderTransitions(is.now, c.a, withFields)})
}

func (s *Server) doTransition(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	var b issueBody
	if !c.decode(&b) {
		return
	}
	if b.Transition == nil || b.Transition.ID == "" {
		c.fail(http.StatusBadRequest, "Missing 'transition' identifier")
		return
	}
	var t *Transition
	for _, x := range s.flow.from(is.now, c.a) {
		if x.ID == b.Transition.ID {
			t = x
		}
	}
	if t == nil {
		c.fail(http.StatusBadRequest, "It seems that you have tried to perform an illegal workflow operation. The transition '"+b.Transition.ID+"' is not valid for the current state of this issue, or you do not have the permission to perform it.")
		return
	}
	values, errs := s.values(c.a, &b, is.now, t.screen())
	s.validate(t, is.now, values, errs)
	if len(errs) > 0 {
		c.failFields(errs)
		return
	}
	s.transition(is, c.a, t, values, c.id)
	for _, op := range b.Update["comment"] {
		var added struct {
			Body string `json:"body"`
		}
		if json.Unmarshal(op["add"], &added) == nil && added.Body != "" {
			s.addComment(is, c.a, added.Body, nil, c.id)
		}
	}
	c.reply(http.StatusNoContent, nil)
}

// validate checks required fields of the screen and the validators.
func (s *Server) validate(t *Transition, st *state, values map[string]any, errs map[string]string) {
	filled := func(f *fieldDef) bool {
		if v, given := values[f.ID]; given {
			return v != nil
		}
		return st.fields[f.ID] != nil
	}
	for _, name := range t.Screen {
		f := s.field(strings.TrimSuffix(name, "!"))
		if f == nil || f.Hidden || !strings.HasSuffix(name, "!") {
			continue
		}
		// A required resolution must come with the request, even if one is set.
		if values[f.ID] == nil && (f.ID == "resolution" || !filled(f)) && errs[f.ID] == "" {
			errs[f.ID] = f.Name + " is required."
		}
	}
	for _, name := range t.Filled {
		if f := s.field(name); f != nil && !filled(f) && errs[f.ID] == "" {
			errs[f.ID] = f.Name + " is required."
		}
	}
}
