package jirasim

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
)

// maxProperty is the length of a property's value in bytes.
const maxProperty = 32768

func (s *Server) listProperties(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	out := []any{}
	for _, k := range slices.Sorted(maps.Keys(is.now.props)) {
		out = append(out, map[string]any{"key": k, "self": s.base + "/rest/api/2/issue/" + itoa(is.id) + "/properties/" + k})
	}
	c.reply(http.StatusOK, map[string]any{"keys": out})
}

func (s *Server) getProperty(c *call) {
	if is := s.issueOf(c); is != nil {
		s.replyProperty(c, is.now.props)
	}
}

func (s *Server) replyProperty(c *call, props map[string]json.RawMessage) {
	key := c.r.PathValue("property")
	raw, ok := props[key]
	if !ok {
		c.fail(http.StatusNotFound, "The property "+key+" does not exist.")
		return
	}
	c.reply(http.StatusOK, map[string]any{"key": key, "value": raw})
}

func (s *Server) putProperty(c *call) {
	is := s.issueOf(c)
	if is == nil {
		return
	}
	key := c.r.PathValue("property")
	switch {
	case !c.a.may("EDIT_ISSUES"):
		c.fail(http.StatusForbidden, "You do not have permission to edit issues in this project.")
	case !json.Valid(c.body) || len(c.body) > maxProperty || len(key) > 255:
		c.fail(http.StatusBadRequest, "Invalid property value.")
	default:
		_, had := is.now.props[key]
		s.edit(is, c.a, nil, map[string]json.RawMessage{key: c.body}, c.id)
		if had {
			c.reply(http.StatusOK, nil)
			return
		}
		c.reply(http.StatusCreated, nil)
	}
}

func (s *Server) getCommentProperty(c *call) {
	for _, is := range s.order {
		for _, x := range is.now.comments {
			if x.id == c.r.PathValue("comment") && !is.archived && is.visible(c.a) {
				s.replyProperty(c, x.props)
				return
			}
		}
	}
	c.fail(http.StatusNotFound, "Can not find a comment for the id: "+c.r.PathValue("comment")+".")
}
