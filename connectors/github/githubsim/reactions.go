package githubsim

import (
	"net/http"
	"slices"
	"time"
)

// A reaction is one account's answer to a comment.
type reaction struct {
	id      int64
	who     *account
	content string
	created time.Time
}

// contents are the reactions that there are.
func contents() []string {
	return []string{"+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes"}
}

func (c *call) listReactions() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	all := slices.Clone(cm.reactions)
	if content := c.r.URL.Query().Get("content"); content != "" {
		all = slices.DeleteFunc(all, func(r *reaction) bool { return r.content != content })
	}
	out := []any{}
	for _, r := range paginate(c, all) {
		out = append(out, c.s.renderReaction(r))
	}
	return ok(out)
}

// postReaction answers 201 to a new reaction and 200 to one that was there already.
func (c *call) postReaction() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	var q struct{ Content string }
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if !slices.Contains(contents(), q.Content) {
		return invalid(fieldError{Resource: "Reaction", Code: "invalid", Field: "content", Value: q.Content})
	}
	r, created := c.s.react(cm, c.who, q.Content, c.id)
	if !created {
		return ok(c.s.renderReaction(r))
	}
	return reply{http.StatusCreated, c.s.renderReaction(r)}
}

func (c *call) deleteReaction() reply {
	cm := c.seekComment()
	if cm == nil {
		return notFound()
	}
	n := slices.IndexFunc(cm.reactions, func(r *reaction) bool { return r.id == c.pathInt("reaction") && r.who == c.who })
	if n < 0 {
		return notFound()
	}
	c.s.log(cm.issue.key(), c.who, c.id, "reaction", cm.reactions[n].on(cm), "")
	cm.reactions = slices.Delete(slices.Clone(cm.reactions), n, n+1)
	return reply{status: http.StatusNoContent}
}

// react puts a reaction on a comment. The times of comment and issue stay, and no
// webhook tells of it.
func (s *Server) react(cm *comment, by *account, content, request string) (r *reaction, created bool) {
	for _, r := range cm.reactions {
		if r.who == by && r.content == content {
			return r, false
		}
	}
	r = &reaction{id: s.id(), who: by, content: content, created: s.now()}
	cm.reactions = append(slices.Clip(cm.reactions), r)
	s.log(cm.issue.key(), by, request, "reaction", "", r.on(cm))
	return r, true
}

// on names a reaction and its comment for the ground truth.
func (r *reaction) on(cm *comment) string { return r.content + " " + itoa(cm.id) }

func (s *Server) renderReaction(r *reaction) any {
	return map[string]any{
		"id": r.id, "node_id": node("Reaction", r.id), "user": s.renderUser(r.who), "content": r.content, "created_at": stamp(r.created),
	}
}
