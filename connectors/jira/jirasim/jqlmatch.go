package jirasim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// compare compiles "field op operands".
func (p *jqlParser) compare(field, op string, operands []token) (test, error) {
	switch field {
	case "created", "updated":
		return p.times(field, op, operands)
	case "id", "key", "issue", "issuekey":
		var ids []*issue
		for _, v := range operands {
			is := p.s.find(v.text, p.a)
			if is == nil {
				return nil, jqlErrorf("An issue with key '%s' does not exist for field '%s'.", v.text, field)
			}
			ids = append(ids, is)
		}
		return equality(field, op, func(is *issue, _ *state) bool { return slices.Contains(ids, is) })
	case "reporter", "creator", "assignee":
		var who []*account
		for _, v := range operands {
			a := p.a
			if v.text != "currentUser()" {
				a = p.s.user(v.text)
			}
			if a == nil {
				return nil, jqlErrorf("The value '%s' does not exist for the field '%s'.", v.text, field)
			}
			who = append(who, a)
		}
		return equality(field, op, func(_ *issue, st *state) bool {
			if field == "creator" {
				return slices.Contains(who, st.creator)
			}
			a, ok := st.fields[field].(*account)
			return ok && slices.Contains(who, a)
		})
	}
	return p.names(field, op, operands)
}

// names compiles tests on what is known by name.
func (p *jqlParser) names(field, op string, operands []token) (test, error) {
	var known func(v string) (string, bool)
	var of func(st *state) []string
	switch field {
	case "project":
		known = func(v string) (string, bool) {
			if pr := p.s.project(v); pr != nil && p.a.may("BROWSE_PROJECTS") {
				return pr.id, true
			}
			return "", false
		}
		of = func(st *state) []string { return []string{st.project.id} }
	case "issuetype", "type":
		known = func(v string) (string, bool) {
			for _, t := range p.s.types {
				if strings.EqualFold(t.name, v) || t.id == v {
					return t.id, true
				}
			}
			return "", false
		}
		of = func(st *state) []string { return []string{st.kind.id} }
	case "status":
		known = func(v string) (string, bool) {
			for _, st := range p.s.flow.Statuses {
				if strings.EqualFold(st.Name, v) || st.ID == v {
					return st.ID, true
				}
			}
			return "", false
		}
		of = func(st *state) []string { return []string{st.status} }
	case "labels":
		known = func(v string) (string, bool) { return v, true }
		of = func(st *state) []string { l, _ := st.fields["labels"].([]string); return l }
	case "statuscategory":
		known = func(v string) (string, bool) {
			id, ok := map[string]string{"to do": "new", "in progress": "indeterminate", "done": "done"}[strings.ToLower(v)]
			return id, ok
		}
		of = func(st *state) []string { return []string{p.s.flow.status(st.status).Category} }
	default:
		return nil, jqlErrorf("Field '%s' does not exist or you do not have permission to view it.", field)
	}
	var wanted []string
	for _, v := range operands {
		w, ok := known(v.text)
		if !ok {
			return nil, jqlErrorf("The value '%s' does not exist for the field '%s'.", v.text, field)
		}
		wanted = append(wanted, w)
	}
	return equality(field, op, func(_ *issue, st *state) bool {
		return slices.ContainsFunc(of(st), func(v string) bool { return slices.Contains(wanted, v) })
	})
}

// equality makes a test of one that asks whether the field has one of the
// operands.
func equality(field, op string, has test) (test, error) {
	switch op {
	case "=", "in":
		return has, nil
	case "!=", "not in":
		return func(is *issue, st *state) bool { return !has(is, st) }, nil
	}
	return nil, jqlErrorf("The operator '%s' is not supported by the '%s' field.", op, field)
}

// empty compiles "field is EMPTY".
func (p *jqlParser) empty(field string, not bool) (test, error) {
	switch field = strings.ToLower(field); field {
	case "labels", "assignee", "resolution", "duedate", "reporter", "description", "priority":
		return func(_ *issue, st *state) bool { return (st.fields[field] == nil) != not }, nil
	}
	return nil, jqlErrorf("Field '%s' does not exist or you do not have permission to view it.", field)
}

// times compiles tests on created and updated. A bare number counts
// milliseconds since 1970; a string is a minute in the asker's time zone.
func (p *jqlParser) times(field, op string, operands []token) (test, error) {
	v := operands[0]
	t, ok := p.moment(v)
	if !ok || len(operands) > 1 {
		return nil, jqlErrorf("Date value '%s' for field '%s' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", v.text, field)
	}
	limit := t.UnixMilli()
	of := func(st *state) int64 { return st.updated.UnixMilli() }
	if field == "created" {
		of = func(st *state) int64 { return st.created.UnixMilli() }
	}
	var holds func(x int64) bool
	switch op {
	case ">=":
		holds = func(x int64) bool { return x >= limit }
	case ">":
		holds = func(x int64) bool { return x > limit }
	case "<=":
		holds = func(x int64) bool { return x <= limit }
	case "<":
		holds = func(x int64) bool { return x < limit }
	default:
		return nil, jqlErrorf("The operator '%s' is not supported by the '%s' field.", op, field)
	}
	return func(_ *issue, st *state) bool { return holds(of(st)) }, nil
}

func (p *jqlParser) moment(v token) (time.Time, bool) {
	if n, err := strconv.ParseInt(v.text, 10, 64); err == nil && !v.quoted {
		return time.UnixMilli(n), true
	}
	for _, layout := range []string{"2006/01/02 15:04", "2006-01-02 15:04", "2006/01/02", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, v.text, p.a.zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
