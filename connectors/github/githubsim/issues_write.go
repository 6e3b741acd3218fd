package githubsim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// The limits of GitHub's texts, in characters.
const (
	maxTitle = 256
	maxBody  = 65536
	maxLabel = 50
)

// An issueRequest is the body of POST and PATCH; nil is a key that is absent.
type issueRequest struct {
	Title     *string           `json:"title"`
	Body      json.RawMessage   `json:"body"` // null clears
	State     *string           `json:"state"`
	Reason    *string           `json:"state_reason"`
	Labels    []json.RawMessage `json:"labels"` // names or objects
	Assignees *[]string         `json:"assignees"`
	Assignee  *string           `json:"assignee"` // deprecated form

	pull bool // seeded rows only
}

func (c *call) postIssue() reply {
	if c.repo.noIssues {
		return issuesDisabled
	}
	var q issueRequest
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if !c.who.may(c.repo, Read) && c.repo.private {
		return notFound
	}
	if q.Title == nil {
		return fail(http.StatusUnprocessableEntity, "Invalid request.\n\n\"title\" wasn't supplied.")
	}
	q.State, q.Reason = nil, nil
	ch, rp, ok := c.change(nil, q)
	if !ok {
		return rp
	}
	if rp, ok := c.s.createContent(c); !ok {
		return rp
	}
	i := c.s.open(c.repo, c.who, ch, c.id)
	c.head.Set("Location", c.s.repoURL(c.repo)+"/issues/"+itoa(i.number))
	return reply{http.StatusCreated, c.s.renderIssue(i, i.version, true)}
}

func (c *call) patchIssue() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	if !c.who.may(c.repo, Triage) && i.author != c.who {
		return forbidden
	}
	var q issueRequest
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	ch, rp, valid := c.change(i, q)
	if !valid {
		return rp
	}
	c.s.apply(i, c.who, ch, c.id)
	return ok(c.s.renderIssue(i, i.version, true))
}

// A change is a validated request: nil is left alone.
type change struct {
	title     *string
	body      **string
	state     *string
	reason    string
	labels    *[]string
	assignees *[]*account
	pull      bool
}

// change validates a request. What the caller has no right to set is dropped
// without a word; what nobody may set is refused.
func (c *call) change(i *issue, q issueRequest) (change, reply, bool) {
	ch := change{title: q.Title, pull: q.pull}
	bad := func(e ...fieldError) (change, reply, bool) { return ch, invalid(e...), false }
	if q.Title != nil {
		switch {
		case strings.TrimSpace(*q.Title) == "":
			return bad(fieldError{Resource: "Issue", Code: "missing_field", Field: "title"})
		case utf8.RuneCountInString(*q.Title) > maxTitle:
			return bad(fieldError{Resource: "Issue", Code: "custom", Field: "title", Message: "title is too long (maximum is 256 characters)"})
		}
	}
	if q.Body != nil {
		var body *string
		if err := json.Unmarshal(q.Body, &body); err != nil {
			return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "body"})
		}
		if body != nil && utf8.RuneCountInString(*body) > maxBody {
			return bad(fieldError{Resource: "Issue", Code: "custom", Field: "body", Message: "body is too long (maximum is 65536 characters)"})
		}
		ch.body = &body
	}
	if q.State != nil {
		if *q.State != "open" && *q.State != "closed" {
			return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "state", Value: *q.State})
		}
		// The reason is ignored unless the state changes with it.
		if i != nil && *q.State != i.state {
			reason, fits := stateReason(*q.State, q.Reason)
			if !fits {
				return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "state_reason", Value: *q.Reason})
			}
			ch.state, ch.reason = q.State, reason
		}
	}
	if !c.who.may(c.repo, Triage) {
		return ch, reply{}, true
	}
	if q.Labels != nil {
		names, e := labelNames(q.Labels)
		if e != nil {
			return bad(*e)
		}
		ch.labels = &names
	}
	if q.Assignee != nil && q.Assignees == nil {
		q.Assignees = &[]string{*q.Assignee}
		if *q.Assignee == "" {
			q.Assignees = &[]string{}
		}
	}
	if q.Assignees != nil {
		as := []*account{}
		for _, login := range *q.Assignees {
			a := c.s.byLogin[strings.ToLower(login)]
			// Refused, not dropped: JasonEtco/create-an-issue#41.
			if !a.may(c.repo, Read) || a.kind == "Organization" {
				return bad(fieldError{Resource: "Issue", Code: "invalid", Field: "assignees", Value: login})
			}
			if !slices.Contains(as, a) && len(as) < 10 {
				as = append(as, a)
			}
		}
		ch.assignees = &as
	}
	return ch, reply{}, true
}

func stateReason(state string, asked *string) (string, bool) {
	if state == "open" {
		return "reopened", asked == nil || *asked == "reopened"
	}
	if asked == nil {
		return "completed", true
	}
	return *asked, slices.Contains([]string{"completed", "not_planned", "duplicate"}, *asked)
}

func labelNames(raw []json.RawMessage) ([]string, *fieldError) {
	names := []string{}
	for _, r := range raw {
		var name string
		if json.Unmarshal(r, &name) != nil {
			var object struct{ Name string }
			if json.Unmarshal(r, &object) != nil {
				return nil, &fieldError{Resource: "Label", Code: "invalid", Field: "name"}
			}
			name = object.Name
		}
		if name == "" || utf8.RuneCountInString(name) > maxLabel {
			return nil, &fieldError{Resource: "Label", Code: "custom", Field: "name", Message: "name is too long (maximum is 50 characters)", Value: name}
		}
		if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
			names = append(names, name)
		}
	}
	return names, nil
}

// open files an issue.
func (s *Server) open(r *repo, by *account, ch change, request string) *issue {
	now := s.clock.Now()
	i := &issue{repo: r, version: &version{
		id: s.id(), number: len(r.issues) + 1, title: *ch.title, state: "open", author: by,
		created: s.now(), updated: s.now(), since: now, pull: ch.pull,
	}}
	if ch.body != nil {
		i.body = *ch.body
	}
	if ch.labels != nil {
		i.version.labels = s.labelsNamed(r, *ch.labels, by)
		for _, l := range i.version.labels {
			s.event(i, &event{kind: "labeled", actor: by, label: l})
		}
	}
	if ch.assignees != nil {
		i.assignees = *ch.assignees
		for _, a := range i.assignees {
			s.event(i, &event{kind: "assigned", actor: by, assignee: a})
		}
	}
	r.issues = append(r.issues, i)
	r.changed++
	s.log(i.key(), by, request, "created", "", i.title)
	s.issueHook(i, "opened", by, nil)
	return i
}

// apply changes an issue, writes the truth and the history, and sends webhooks:
// one for each kind of change, as GitHub does.
func (s *Server) apply(i *issue, by *account, ch change, request string) {
	old := i.version
	type hookCall struct {
		action string
		extra  map[string]any
	}
	var hooks []hookCall
	edited := map[string]any{}
	next := *old
	note := func(field, from, to string) { s.log(i.key(), by, request, field, from, to) }
	if ch.title != nil && *ch.title != old.title {
		next.title = *ch.title
		edited["title"] = map[string]string{"from": old.title}
		s.event(i, &event{kind: "renamed", actor: by, from: old.title, to: next.title})
		note("title", old.title, next.title)
	}
	if ch.body != nil && text(*ch.body) != text(old.body) {
		next.body = *ch.body
		edited["body"] = map[string]string{"from": text(old.body)}
		note("body", text(old.body), text(next.body))
	}
	if len(edited) > 0 {
		hooks = append(hooks, hookCall{"edited", map[string]any{"changes": edited}})
	}
	if ch.labels != nil {
		next.labels = s.labelsNamed(i.repo, *ch.labels, by)
		gone, came := difference(old.labels, next.labels)
		for _, l := range gone {
			s.event(i, &event{kind: "unlabeled", actor: by, label: l})
			note("label", l.name, "")
			hooks = append(hooks, hookCall{"unlabeled", map[string]any{"label": s.renderLabel(i.repo, l)}})
		}
		for _, l := range came {
			s.event(i, &event{kind: "labeled", actor: by, label: l})
			note("label", "", l.name)
			hooks = append(hooks, hookCall{"labeled", map[string]any{"label": s.renderLabel(i.repo, l)}})
		}
	}
	if ch.assignees != nil {
		next.assignees = *ch.assignees
		gone, came := difference(old.assignees, next.assignees)
		for _, a := range gone {
			s.event(i, &event{kind: "unassigned", actor: by, assignee: a})
			note("assignee", a.login, "")
			hooks = append(hooks, hookCall{"unassigned", map[string]any{"assignee": s.renderUser(a)}})
		}
		for _, a := range came {
			s.event(i, &event{kind: "assigned", actor: by, assignee: a})
			note("assignee", "", a.login)
			hooks = append(hooks, hookCall{"assigned", map[string]any{"assignee": s.renderUser(a)}})
		}
	}
	if ch.state != nil {
		next.state, next.reason = *ch.state, ch.reason
		action := "reopened"
		if next.state == "closed" {
			action, next.closed, next.closedBy = "closed", s.now(), by
		} else {
			next.closed, next.closedBy = time.Time{}, nil
		}
		s.event(i, &event{kind: action, actor: by, reason: next.reason})
		note("state", old.state, next.state+"/"+next.reason)
		hooks = append(hooks, hookCall{action, nil})
	}
	if len(hooks) == 0 {
		return // nothing changed: not even the time
	}
	s.edit(i, func(v *version) { *v = next })
	for _, h := range hooks {
		s.issueHook(i, h.action, by, h.extra)
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// difference returns what left and what joined.
func difference[T comparable](old, now []T) (gone, came []T) {
	for _, x := range old {
		if !slices.Contains(now, x) {
			gone = append(gone, x)
		}
	}
	for _, x := range now {
		if !slices.Contains(old, x) {
			came = append(came, x)
		}
	}
	return gone, came
}

func (s *Server) event(i *issue, e *event) {
	e.id, e.at = s.id(), s.now()
	i.events = append(i.events, e)
}

// labelsNamed finds labels by name; one that does not exist is created, as it is
// when somebody with the right to do so puts it on an issue.
func (s *Server) labelsNamed(r *repo, names []string, by *account) []*label {
	out := make([]*label, 0, len(names))
	for _, n := range names {
		l := r.label(n)
		if l == nil {
			l = &label{id: s.id(), name: n, color: "ededed"}
			r.labels = append(r.labels, l)
			s.hooks(r, "label", map[string]any{"action": "created", "label": s.renderLabel(r, l)}, by)
		}
		out = append(out, l)
	}
	return out
}
