package jirasim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

func (s *Server) listComments(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	start, size := int(parseInt(c.query.Get("startAt"))), int(parseInt(c.query.Get("maxResults")))
	if limit := s.commentPage(); size <= 0 || size > limit {
		size = limit
	}
	size = s.atMost(size)
	list := slices.Clone(is.now.comments)
	if strings.HasPrefix(c.query.Get("orderBy"), "-") {
		slices.Reverse(list)
	}
	v := s.singleView(c)
	out := []any{}
	for _, x := range window(list, start, size) {
		out = append(out, s.renderComment(is, x, v))
	}
	c.reply(http.StatusOK, map[string]any{"comments": out, "startAt": start, "maxResults": size, "total": len(list)})
}

// commentPage is how many comments one page of a listing holds at most.
func (s *Server) commentPage() int {
	if s.cloud {
		return 100
	}
	return 1000
}

// commentOf finds the comment of the path, -1 after answering 404.
func (s *Server) commentOf(c *call, is *issue) int {
	i := slices.IndexFunc(is.now.comments, func(x *comment) bool { return x.id == c.r.PathValue("comment") })
	if i < 0 {
		c.fail(http.StatusNotFound, "Can not find a comment for the id: "+c.r.PathValue("comment")+".")
	}
	return i
}

func (s *Server) getComment(c *call) {
	if is := s.issueOf(c); is != nil {
		if i := s.commentOf(c, is); i >= 0 {
			c.reply(http.StatusOK, s.renderComment(is, is.now.comments[i], s.singleView(c)))
		}
	}
}

// commentBody reads the body of a posted or edited comment. Cloud refuses
// members it does not know and empty objects; Data Center looks away.
func (s *Server) commentBody(c *call) (body string, props map[string]json.RawMessage, ok bool) {
	if s.cloud && !c.keys("body", "properties", "visibility", "jsdPublic") {
		return "", nil, false
	}
	var b struct {
		Body       *string    `json:"body"`
		Properties []property `json:"properties"`
		Visibility *struct {
			Type string `json:"type"`
		} `json:"visibility"`
	}
	if !c.decode(&b) {
		return "", nil, false
	}
	switch {
	case s.cloud && b.Visibility != nil && b.Visibility.Type == "":
		c.fail(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
	case b.Body == nil || strings.TrimSpace(*b.Body) == "":
		c.failFields(map[string]string{"comment": "Comment body can not be empty!"})
	case utf8.RuneCountInString(*b.Body) > maxText:
		c.failFields(map[string]string{"comment": tooLong})
	default:
		return *b.Body, propertyMap(b.Properties), true
	}
	return "", nil, false
}

func (s *Server) postComment(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	if !c.a.may("ADD_COMMENTS") {
		c.fail(http.StatusForbidden, "You do not have the permission to comment on this issue.")
		return
	}
	body, props, ok := s.commentBody(c)
	if !ok {
		return
	}
	if !s.cloud {
		props = nil // a property of a comment has an endpoint of its own there
	}
	x := s.addComment(is, c.a, body, props, c.id)
	c.reply(http.StatusCreated, s.renderComment(is, x, s.singleView(c)))
}

func (s *Server) putComment(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	i := s.commentOf(c, is)
	if i < 0 {
		return
	}
	if is.now.comments[i].author != c.a && !c.a.Admin || !c.a.may("EDIT_OWN_COMMENTS") {
		c.fail(http.StatusBadRequest, "You do not have permission to edit comment with id: "+is.now.comments[i].id)
		return
	}
	body, props, ok := s.commentBody(c)
	if !ok {
		return
	}
	if !s.cloud {
		props = nil
	}
	x := s.editComment(is, c.a, i, body, props, c.id)
	c.reply(http.StatusOK, s.renderComment(is, x, s.singleView(c)))
}

func (s *Server) dropComment(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	i := s.commentOf(c, is)
	if i < 0 {
		return
	}
	if is.now.comments[i].author != c.a && !c.a.Admin {
		c.fail(http.StatusForbidden, "You do not have permission to delete comment with id: "+is.now.comments[i].id)
		return
	}
	s.deleteComment(is, c.a, i, c.id)
	c.reply(http.StatusNoContent, nil)
}

// commentsByID shows comments of any issues, with their properties if asked.
// Only here does Cloud show the properties of more than one comment.
func (s *Server) commentsByID(c *call) {
	var b struct {
		IDs []int64 `json:"ids"`
	}
	if !c.keys("ids") || !c.decode(&b) {
		return
	}
	if len(b.IDs) == 0 || len(b.IDs) > 1000 {
		c.fail(http.StatusBadRequest, "The number of comment ids must be between 1 and 1000.")
		return
	}
	wanted := map[string]bool{}
	for _, id := range b.IDs {
		wanted[itoa(id)] = true
	}
	withProps := slices.Contains(split(c.query["expand"]), "properties")
	v := s.singleView(c)
	out := []any{}
	for _, is := range s.order {
		if is.archived || !is.visible(c.a) {
			continue
		}
		for _, x := range is.now.comments {
			if !wanted[x.id] {
				continue
			}
			m := s.renderComment(is, x, v)
			if withProps {
				list := []any{}
				for k, raw := range x.props {
					list = append(list, map[string]any{"key": k, "value": raw})
				}
				m["properties"] = list
			}
			out = append(out, m)
		}
	}
	c.reply(http.StatusOK, map[string]any{"values": out, "startAt": 0, "maxResults": 1000, "total": len(out), "isLast": true})
}

// listHistory is the changelog of one issue, oldest first, paged.
func (s *Server) listHistory(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	start, size := int(parseInt(c.query.Get("startAt"))), int(parseInt(c.query.Get("maxResults")))
	if size <= 0 || size > 100 {
		size = 100
	}
	size = s.atMost(size)
	out := []any{}
	for _, h := range window(is.now.history, start, size) {
		out = append(out, s.renderChange(h, c.a))
	}
	c.reply(http.StatusOK, map[string]any{
		"self": s.base + c.r.URL.Path, "values": out, "startAt": start, "maxResults": size,
		"total": len(is.now.history), "isLast": start+len(out) >= len(is.now.history),
	})
}
