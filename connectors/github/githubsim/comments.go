package githubsim

import (
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

func (c *call) listIssueComments() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	since, rp, valid := c.since()
	if !valid {
		return rp
	}
	var all []*comment
	for _, cm := range c.repo.comments {
		if cm.issue == i && !cm.updated.Before(since) {
			all = append(all, cm)
		}
	}
	return c.comments(all)
}

// listComments answers the comments of all issues and pull requests.
func (c *call) listComments() reply {
	if c.repo.noIssues {
		return issuesDisabled()
	}
	since, rp, valid := c.since()
	if !valid {
		return rp
	}
	q := c.r.URL.Query()
	horizon := c.s.clock.Now().Add(-c.s.opts.ListLag)
	var all []*comment
	for _, cm := range c.repo.comments {
		if cm.issue.gone || cm.issue.movedTo != nil || cm.updated.Before(since) || c.s.opts.ListLag > 0 && cm.since.After(horizon) {
			continue
		}
		all = append(all, cm)
	}
	if by := q.Get("sort"); by == "updated" || by == "created" {
		desc := q.Get("direction") != "asc"
		slices.SortStableFunc(all, func(a, b *comment) int {
			d := a.updated.Compare(b.updated)
			if by == "created" {
				d = a.created.Compare(b.created)
			}
			if d == 0 {
				d = int(a.id - b.id)
			}
			if desc {
				d = -d
			}
			return d
		})
	}
	return c.comments(all)
}

func (c *call) comments(all []*comment) reply {
	out := []any{}
	for _, cm := range paginate(c, all) {
		out = append(out, c.s.renderComment(cm))
	}
	return ok(out)
}

func (c *call) since() (time.Time, reply, bool) {
	v := c.r.URL.Query().Get("since")
	if v == "" {
		return time.Time{}, reply{}, true
	}
	t, err := time.Parse(time.RFC3339, v)
	if err != nil {
		return t, invalid(fieldError{Resource: "IssueComment", Code: "invalid", Field: "since", Value: v}), false
	}
	return c.s.from(t), reply{}, true
}

// from is the first second that a listing since t shows.
func (s *Server) from(t time.Time) time.Time {
	t = t.Truncate(time.Second)
	if s.opts.SinceExclusive {
		t = t.Add(time.Second)
	}
	return t
}

// seekComment finds the comment of a request.
func (c *call) seekComment() *comment {
	cm := c.repo.comment(c.pathInt("comment"))
	if cm == nil || cm.issue.gone || cm.issue.movedTo != nil {
		return nil
	}
	return cm
}

func (c *call) getComment() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	return ok(c.s.renderComment(cm))
}

func (c *call) commentBody() (string, reply, bool) {
	var q struct{ Body *string }
	if rp, ok := c.decode(&q); !ok {
		return "", rp, false
	}
	if q.Body == nil {
		return "", fail(http.StatusUnprocessableEntity, "Invalid request.\n\n\"body\" wasn't supplied."), false
	}
	if e := badComment(*q.Body); e != nil {
		return "", invalid(*e), false
	}
	return *q.Body, reply{}, true
}

func badComment(body string) *fieldError {
	switch {
	case strings.TrimSpace(body) == "":
		return &fieldError{Resource: "IssueComment", Code: "unprocessable", Field: "data", Message: "Body cannot be blank"}
	case utf8.RuneCountInString(body) > maxBody:
		return &fieldError{Resource: "IssueComment", Code: "unprocessable", Field: "data", Message: "Body is too long (maximum is 65536 characters)"}
	}
	return nil
}

func (c *call) postComment() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	if i.locked && !c.who.may(c.repo, Write) {
		return fail(http.StatusForbidden, "Unable to create comment because issue is locked.")
	}
	body, rp, valid := c.commentBody()
	if !valid {
		return rp
	}
	if rp, ok := c.s.createContent(c); !ok {
		return rp
	}
	cm := c.s.comment(i, c.who, body, c.id)
	v := c.s.renderComment(cm)
	c.head.Set("Location", c.s.repoURL(c.repo)+"/issues/comments/"+itoa(cm.id))
	return reply{http.StatusCreated, v}
}

func (c *call) patchComment() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	if cm.author != c.who && !c.who.may(c.repo, Write) {
		return forbidden()
	}
	body, rp, valid := c.commentBody()
	if !valid {
		return rp
	}
	c.s.editComment(cm, c.who, body, c.id)
	return ok(c.s.renderComment(cm))
}

func (c *call) deleteComment() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	if cm.author != c.who && !c.who.may(c.repo, Write) {
		return forbidden()
	}
	c.s.removeComment(cm, c.who, c.id)
	return reply{status: http.StatusNoContent}
}

func (s *Server) comment(i *issue, by *account, body, request string) *comment {
	cm := &comment{id: s.id(), issue: i, author: by, body: body, created: s.now(), updated: s.now(), since: s.clock.Now()}
	i.repo.comments = append(i.repo.comments, cm)
	s.edit(i, func(v *version) { v.comments++ })
	s.log(i.key(), by, request, "comment", "", body)
	s.commentHook(cm, "created", by, nil)
	return cm
}

func (s *Server) editComment(cm *comment, by *account, body, request string) {
	if cm.body == body {
		return
	}
	old := cm.body
	cm.edits = s.edited(cm.edits, cm.author, cm.created, old, by, body)
	cm.body, cm.updated, cm.since = body, s.now(), s.clock.Now()
	s.edit(cm.issue, func(*version) {})
	s.log(cm.issue.key(), by, request, "comment", old, body)
	s.commentHook(cm, "edited", by, map[string]any{"changes": map[string]any{"body": map[string]string{"from": old}}})
}

func (s *Server) removeComment(cm *comment, by *account, request string) {
	r := cm.issue.repo
	r.comments = slices.DeleteFunc(r.comments, func(x *comment) bool { return x == cm })
	s.edit(cm.issue, func(v *version) { v.comments-- })
	s.log(cm.issue.key(), by, request, "comment", cm.body, "")
	s.commentHook(cm, "deleted", by, nil)
}
