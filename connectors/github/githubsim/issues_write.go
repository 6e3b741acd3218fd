package githubsim

import "net/http"

func (c *call) postIssue() reply {
	if c.repo.noIssues {
		return issuesDisabled()
	}
	var q issueRequest
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if !c.who.may(c.repo, Read) && c.repo.private {
		return notFound()
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
		return forbidden()
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
