package jirasim

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// stamp is how Jira writes a moment, in the time zone of the asking account.
func stamp(t time.Time, a *account) string {
	return t.In(a.zone).Format("2006-01-02T15:04:05.000-0700")
}

// A view says which parts of issues an answer shows.
type view struct {
	a          *account
	v3         bool
	all        bool            // every field, but for the excluded
	fields     map[string]bool // named (true) and excluded (false) fields
	changelog  bool
	transition bool
	props      []string
	comments   int // newest kept
	history    int // newest kept
	rest       string
}

// viewOf reads fields, expand and properties, lists whose elements may hold
// commas.
func (s *Server) viewOf(c *call, fields, expand, props []string, base string) view {
	v := view{a: c.a, v3: c.v3, fields: map[string]bool{}, comments: s.opts.InlineComments, history: s.opts.InlineHistory, rest: s.base + "/rest/api/2"}
	if c.v3 {
		v.rest = s.base + "/rest/api/3"
	}
	if v.comments == 0 {
		v.comments = 5000
	}
	if v.history == 0 && s.cloud {
		v.history = 40
	}
	fields = split(fields)
	if len(fields) == 0 {
		fields = []string{base}
	}
	for _, f := range fields {
		switch {
		case f == "*all" || f == "*navigable":
			v.all = true
		case strings.HasPrefix(f, "-"):
			v.fields[f[1:]] = false
			if len(fields) == 1 {
				v.all = true
			}
		default:
			v.fields[f] = true
		}
	}
	for _, e := range split(expand) {
		switch e {
		case "changelog":
			v.changelog = true
		case "transitions", "transitions.fields":
			v.transition = true
		}
	}
	v.props = split(props)
	return v
}

func split(list []string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.Join(list, ","), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (v *view) shows(field string) bool {
	show, named := v.fields[field]
	if named {
		return show
	}
	return v.all
}

// renderIssue shows an issue in state st.
func (s *Server) renderIssue(is *issue, st *state, v *view) map[string]any {
	m := map[string]any{
		"expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
		"id":     itoa(is.id), "key": st.key, "self": v.rest + "/issue/" + itoa(is.id),
	}
	if !v.all && len(v.fields) == 1 && v.fields["id"] {
		return map[string]any{"id": itoa(is.id)}
	}
	fields := map[string]any{}
	for _, f := range s.fields {
		// Not even as null: only the visible fields of the field configuration are put
		// into an issue
		// (https://support.atlassian.com/jira-cloud-administration/docs/specify-field-behavior/).
		if v.shows(f.ID) && !f.Hidden {
			fields[f.ID] = s.renderField(is, st, f, v)
		}
	}
	m["fields"] = fields
	if v.changelog {
		m["changelog"] = s.renderHistory(st, v)
	}
	if len(v.props) > 0 {
		props := map[string]json.RawMessage{}
		for k, raw := range st.props {
			if slices.Contains(v.props, k) || slices.Contains(v.props, "*all") {
				props[k] = raw
			}
		}
		m["properties"] = props
	}
	if v.transition {
		m["transitions"] = s.renderTransitions(st, v.a, true)
	}
	return m
}

func (s *Server) renderField(is *issue, st *state, f *fieldDef, v *view) any {
	switch f.ID {
	case "issuetype":
		return s.renderType(st.kind)
	case "project":
		return s.renderProject(st.project)
	case "status":
		return s.renderStatus(s.flow.status(st.status))
	case "creator":
		return s.renderUser(st.creator)
	case "created":
		return stamp(st.created, v.a)
	case "updated":
		return stamp(st.updated, v.a)
	case "resolutiondate":
		if st.resolved.IsZero() {
			return nil
		}
		return stamp(st.resolved, v.a)
	case "comment":
		return s.renderComments(is, st, v)
	case "attachment":
		return s.renderAttachments(st, v)
	case "labels", "components", "fixVersions", "versions": // empty sets of Jira's own are lists
		if st.fields[f.ID] == nil {
			return []any{}
		}
	}
	return s.renderValue(f, st.fields[f.ID], v)
}

// renderValue shows a value in the form in which Jira answers it.
func (s *Server) renderValue(f *fieldDef, val any, v *view) any {
	switch x := val.(type) {
	case nil:
		return nil
	case *account:
		return s.renderUser(x)
	case []*account:
		out := []any{}
		for _, a := range x {
			out = append(out, s.renderUser(a))
		}
		return out
	case []string:
		if f.Kind == KindLabels {
			return x
		}
		out := []any{}
		for _, o := range x {
			out = append(out, s.renderItem(f, o, v))
		}
		return out
	case cascade:
		m := s.renderOption(f, x.parent, v)
		if x.child != "" {
			m["child"] = s.renderChild(f, x, v)
		}
		return m
	case time.Time:
		return stamp(x, v.a)
	case float64:
		if f.Kind == KindSprint {
			return []any{renderSprint(x)}
		}
		return javaNumber(x)
	case *project:
		return s.renderProject(x)
	case string:
		if options(f.Kind) || named(f.Kind) {
			return s.renderItem(f, x, v)
		}
		switch f.Kind {
		case kindPriority:
			return s.renderPriority(x)
		case kindResolution:
			return s.renderResolution(x)
		case KindParagraph:
			if v.v3 {
				return document(x)
			}
		}
	}
	return val
}

func (s *Server) renderOption(f *fieldDef, o string, v *view) map[string]any {
	id := f.optionID(slices.Index(f.Options, o))
	return map[string]any{"self": v.rest + "/customFieldOption/" + id, "value": o, "id": id}
}

// renderHistory shows the changelog: newest first on Cloud, oldest first on
// Data Center.
func (s *Server) renderHistory(st *state, v *view) any {
	list := st.history
	if v.history > 0 && len(list) > v.history {
		list = list[len(list)-v.history:]
	}
	out := make([]any, 0, len(list))
	for _, h := range list {
		out = append(out, s.renderChange(h, v.a))
	}
	if s.cloud {
		slices.Reverse(out)
	}
	return map[string]any{"startAt": 0, "maxResults": len(out), "total": len(st.history), "histories": out}
}

func (s *Server) renderChange(h *history, a *account) map[string]any {
	return map[string]any{"id": h.id, "author": s.renderUser(h.author), "created": stamp(h.at, a), "items": h.items}
}

func (s *Server) renderComments(is *issue, st *state, v *view) any {
	list := st.comments
	if len(list) > v.comments {
		list = list[len(list)-v.comments:]
	}
	out := make([]any, 0, len(list))
	for _, c := range list {
		out = append(out, s.renderComment(is, c, v))
	}
	m := map[string]any{"comments": out, "maxResults": len(out), "total": len(st.comments), "startAt": len(st.comments) - len(out)}
	if s.cloud {
		m["self"] = v.rest + "/issue/" + itoa(is.id) + "/comment"
	}
	return m
}

func (s *Server) renderComment(is *issue, c *comment, v *view) map[string]any {
	m := map[string]any{
		"self": v.rest + "/issue/" + itoa(is.id) + "/comment/" + c.id, "id": c.id,
		"author": s.renderUser(c.author), "updateAuthor": s.renderUser(c.editor),
		"body": c.body, "created": stamp(c.created, v.a), "updated": stamp(c.updated, v.a),
	}
	if v.v3 {
		m["body"] = document(c.body)
	}
	if s.cloud {
		m["jsdPublic"] = true
	}
	return m
}

// document is text as version 3 shows it: an Atlassian document of paragraphs.
func document(text string) any {
	var content []any
	for line := range strings.SplitSeq(text, "\n") {
		p := map[string]any{"type": "paragraph"}
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			p["content"] = []any{map[string]any{"type": "text", "text": line}}
		}
		content = append(content, p)
	}
	return map[string]any{"type": "doc", "version": 1, "content": content}
}
