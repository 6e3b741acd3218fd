package githubsim

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

func (c *call) listLabels() reply {
	return ok(c.s.renderLabels(c.repo, paginate(c, c.repo.labels)))
}

func (c *call) getLabel() reply {
	if l := c.repo.label(c.r.PathValue("name")); l != nil {
		return ok(c.s.renderLabel(c.repo, l))
	}
	return notFound()
}

var color = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

type labelRequest struct {
	Name        *string `json:"name"`
	NewName     *string `json:"new_name"`
	Color       *string `json:"color"`
	Description *string `json:"description"`
}

func (q labelRequest) fault() *fieldError {
	switch {
	case q.Color != nil && !color.MatchString(*q.Color):
		return &fieldError{Resource: "Label", Code: "invalid", Field: "color"}
	case q.Description != nil && utf8.RuneCountInString(*q.Description) > 100:
		return &fieldError{Resource: "Label", Code: "custom", Field: "description", Message: "description is too long (maximum is 100 characters)"}
	}
	for _, n := range []*string{q.Name, q.NewName} {
		switch {
		case n == nil:
		case *n == "":
			return &fieldError{Resource: "Label", Code: "missing_field", Field: "name"}
		case utf8.RuneCountInString(*n) > maxLabel: // github/docs#32156
			return &fieldError{Resource: "Label", Code: "custom", Field: "name", Message: "name is too long (maximum is 50 characters)"}
		}
	}
	return nil
}

func (c *call) postLabel() reply {
	if !c.who.may(c.repo, Write) {
		return forbidden()
	}
	var q labelRequest
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	switch e := q.fault(); {
	case e != nil:
		return invalid(*e)
	case q.Name == nil:
		return invalid(fieldError{Resource: "Label", Code: "missing_field", Field: "name"})
	case c.repo.label(*q.Name) != nil:
		return invalid(fieldError{Resource: "Label", Code: "already_exists", Field: "name"})
	}
	l := &label{id: c.s.id(), name: *q.Name, color: strings.ToLower(textOr(q.Color, "ededed")), description: text(q.Description)}
	c.repo.labels = append(c.repo.labels, l)
	c.s.log(c.repo.full(), c.who, c.id, "label", "", l.name)
	c.s.hooks(c.repo, "label", map[string]any{"action": "created", "label": c.s.renderLabel(c.repo, l)}, c.who)
	return reply{http.StatusCreated, c.s.renderLabel(c.repo, l)}
}

func textOr(s *string, otherwise string) string {
	if s == nil || *s == "" {
		return otherwise
	}
	return *s
}

// labelToChange returns the label of the request, or nil and the answer where there is
// none or the caller may not change it.
func (c *call) labelToChange() (l *label, refused reply) {
	l = c.repo.label(c.r.PathValue("name"))
	switch {
	case l == nil:
		return nil, notFound()
	case !c.who.may(c.repo, Write):
		return nil, forbidden()
	}
	return l, reply{}
}

// patchLabel renames or recolours a label: it changes on all issues, without an
// event on any of them.
func (c *call) patchLabel() reply {
	l, refused := c.labelToChange()
	if l == nil {
		return refused
	}
	var q labelRequest
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if e := q.fault(); e != nil {
		return invalid(*e)
	}
	old := l.name
	l.name = textOr(q.NewName, textOr(q.Name, l.name))
	l.color = strings.ToLower(textOr(q.Color, l.color))
	if q.Description != nil {
		l.description = *q.Description
	}
	if l.name != old {
		c.s.log(c.repo.full(), c.who, c.id, "label", old, l.name)
	}
	c.s.hooks(c.repo, "label", map[string]any{
		"action": "edited", "label": c.s.renderLabel(c.repo, l),
		"changes": map[string]any{"name": map[string]string{"from": old}},
	}, c.who)
	return ok(c.s.renderLabel(c.repo, l))
}

// deleteLabel takes a label off the repository and so off all issues, without an event
// on any of them, and without touching their times.
func (c *call) deleteLabel() reply {
	l, refused := c.labelToChange()
	if l == nil {
		return refused
	}
	without := func(v *version) *version {
		next := *v
		next.labels = slices.DeleteFunc(slices.Clone(v.labels), func(x *label) bool { return x == l })
		return &next
	}
	c.repo.labels = slices.DeleteFunc(c.repo.labels, func(x *label) bool { return x == l })
	for _, i := range c.repo.issues {
		i.version = without(i.version)
		for n, v := range i.past {
			i.past[n] = without(v)
		}
	}
	c.repo.changed++
	c.s.log(c.repo.full(), c.who, c.id, "label", l.name, "")
	c.s.hooks(c.repo, "label", map[string]any{"action": "deleted", "label": c.s.renderLabel(c.repo, l)}, c.who)
	return reply{status: http.StatusNoContent}
}

func (c *call) issueLabels() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	return ok(c.s.renderLabels(c.repo, paginate(c, i.labels)))
}

// addIssueLabels takes the object form {"labels":[…]} and a bare array.
func (c *call) addIssueLabels() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	if !c.who.may(c.repo, Triage) {
		return forbidden()
	}
	var raw json.RawMessage
	if rp, ok := c.decode(&raw); !ok {
		return rp
	}
	var q struct{ Labels []json.RawMessage }
	if json.Unmarshal(raw, &q) != nil && json.Unmarshal(raw, &q.Labels) != nil {
		return fail(http.StatusBadRequest, "Problems parsing JSON")
	}
	names, e := c.labelNames(q.Labels)
	if e != nil {
		return invalid(*e)
	}
	all := i.labelNames()
	for _, n := range names {
		if !slices.ContainsFunc(all, func(have string) bool { return strings.EqualFold(have, n) }) {
			all = append(all, n)
		}
	}
	c.s.apply(i, c.who, change{labels: &all}, c.id)
	return ok(c.s.renderLabels(c.repo, i.labels))
}

func (c *call) removeIssueLabel() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	if !c.who.may(c.repo, Triage) {
		return forbidden()
	}
	all := i.labelNames()
	n := len(all)
	all = slices.DeleteFunc(all, func(have string) bool { return strings.EqualFold(have, c.r.PathValue("name")) })
	if len(all) == n {
		return fail(http.StatusNotFound, "Label does not exist")
	}
	c.s.apply(i, c.who, change{labels: &all}, c.id)
	return ok(c.s.renderLabels(c.repo, i.labels))
}

func (v *version) labelNames() []string {
	out := make([]string, 0, len(v.labels))
	for _, l := range v.labels {
		out = append(out, l.name)
	}
	return out
}

func (c *call) assignable() []*account {
	return slices.DeleteFunc(slices.Clone(c.s.accounts), func(a *account) bool {
		return a.kind == "Organization" || !a.may(c.repo, Read)
	})
}

func (c *call) listAssignees() reply {
	return ok(c.s.renderUsers(paginate(c, c.assignable())))
}

func (c *call) checkAssignee() reply {
	for _, a := range c.assignable() {
		if strings.EqualFold(a.login, c.r.PathValue("login")) {
			return reply{status: http.StatusNoContent}
		}
	}
	return notFound()
}
