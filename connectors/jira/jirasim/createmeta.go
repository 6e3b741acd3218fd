package jirasim

import "net/http"

// createTypes lists the issue types that can be created.
func (s *Server) createTypes(c *call) {
	if s.visibleProject(c) == nil {
		return
	}
	list := []any{}
	for _, t := range s.types {
		list = append(list, s.renderType(t))
	}
	s.replyPage(c, "issueTypes", list)
}

// createFields lists the fields of the create screen.
func (s *Server) createFields(c *call) {
	if s.visibleProject(c) == nil {
		return
	}
	var kind *issueType
	for _, t := range s.types {
		if t.id == c.r.PathValue("type") {
			kind = t
		}
	}
	if kind == nil {
		c.fail(http.StatusNotFound, "The issue type does not exist or you do not have permission to see it.")
		return
	}
	list := []any{}
	for _, f := range s.fields {
		if !f.settable() {
			continue
		}
		m := s.renderScreenField(f, f.Required)
		m["fieldId"] = f.ID
		list = append(list, m)
	}
	s.replyPage(c, "fields", list)
}

// editFields shows the fields of the edit screen of an issue.
func (s *Server) editFields(c *call) {
	if s.issueOf(c) == nil {
		return
	}
	fields := map[string]any{}
	for _, f := range s.fields {
		if f.settable() && f.ID != "project" && c.a.may("EDIT_ISSUES") {
			fields[f.ID] = s.renderScreenField(f, f.Required)
		}
	}
	c.reply(http.StatusOK, map[string]any{"fields": fields})
}

// replyPage answers a list of createmeta, which Cloud and Data Center name
// differently.
func (s *Server) replyPage(c *call, name string, list []any) {
	start, size := int(parseInt(c.query.Get("startAt"))), int(parseInt(c.query.Get("maxResults")))
	if size <= 0 {
		size = 50
	}
	part := window(list, start, size)
	m := map[string]any{"startAt": start, "maxResults": size, "total": len(list)}
	if s.cloud {
		m[name] = part
	} else {
		m["values"], m["isLast"] = part, start+len(part) >= len(list)
	}
	c.reply(http.StatusOK, m)
}

// window cuts a page out of a list.
func window[T any](list []T, start, size int) []T {
	start = min(max(start, 0), len(list))
	return list[start:min(start+size, len(list))]
}

// renderScreenField describes a field on a screen.
func (s *Server) renderScreenField(f *fieldDef, required bool) map[string]any {
	ops := []string{"set"}
	if sets(f.Kind) {
		ops = []string{"add", "set", "remove"}
	}
	m := map[string]any{
		"required": required, "schema": f.schema(), "name": f.Name, "key": f.ID, "hasDefaultValue": f.ID == "priority", "operations": ops,
	}
	var allowed []any
	v := &view{rest: s.base + "/rest/api/2"}
	for _, o := range f.Options {
		m := s.renderOption(f, o, v)
		if f.Kind == KindCascading {
			children := []any{}
			for _, child := range f.Children[o] {
				children = append(children, s.renderChild(f, cascade{o, child}, v))
			}
			m["children"] = children
		}
		allowed = append(allowed, m)
	}
	if f.Kind == KindVersion || f.Kind == KindVersions || f.Kind == kindComponents {
		allowed = []any{}
		for _, name := range s.names(f.Kind) {
			allowed = append(allowed, s.renderNamed(f, name, v))
		}
	}
	switch f.Kind {
	case kindPriority:
		for _, p := range priorities() {
			allowed = append(allowed, s.renderPriority(p))
		}
	case kindResolution:
		for _, r := range s.flow.Resolutions {
			allowed = append(allowed, s.renderResolution(r))
		}
	}
	if allowed != nil {
		m["allowedValues"] = allowed
	}
	return m
}
