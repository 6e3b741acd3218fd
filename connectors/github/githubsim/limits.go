package githubsim

import (
	"net/http"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// A budget is what one account has used of its limits.
type budget struct {
	reset   time.Time
	used    int
	content []time.Time // when content was created, oldest first
}

func (s *Server) perHour() int {
	switch n := s.opts.Limits.PerHour; {
	case n < 0, n == 0 && s.opts.GHES:
		return 0
	case n == 0:
		return 5000
	default:
		return n
	}
}

func (s *Server) budget(c *call) *budget {
	var id int64
	if c.who != nil {
		id = c.who.id
	}
	key := c.resource() + " " + itoa(id)
	b := s.budgets[key]
	if b == nil {
		b = &budget{}
		s.budgets[key] = b
	}
	now := s.clock.Now()
	if !now.Before(b.reset) {
		b.reset, b.used = now.Truncate(time.Second).Add(time.Hour), 0
	}
	return b
}

// resource names the budget that a request counts against.
func (c *call) resource() string {
	if c.graph {
		return "graphql"
	}
	return "core"
}

// spend counts a request against the primary limit and reports whether it may
// be served.
func (s *Server) spend(c *call) (reply, bool) {
	limit := s.perHour()
	if limit == 0 || c.r.URL.Path == "/rate_limit" {
		return reply{}, true
	}
	b := s.budget(c)
	if b.used >= limit {
		who := "your address"
		if c.who != nil {
			who = "user ID " + itoa(c.who.id)
		}
		if c.graph { // status 200, as everything there
			return ok(graphAnswer{Errors: []graphError{{Type: "RATE_LIMITED", Message: "API rate limit exceeded for " + who + "."}}}), false
		}
		return fail(http.StatusForbidden, "API rate limit exceeded for "+who+"."), false
	}
	b.used++
	return reply{}, true
}

// refund gives back what a conditional request did not cost.
func (s *Server) refund(c *call) {
	if b := s.budget(c); s.perHour() > 0 && b.used > 0 {
		b.used--
	}
}

func (s *Server) budgetHeaders(c *call, h http.Header) {
	limit := s.perHour()
	if limit == 0 {
		return
	}
	b := s.budget(c)
	h.Set("X-RateLimit-Limit", itoa(limit))
	h.Set("X-RateLimit-Remaining", itoa(max(0, limit-b.used)))
	h.Set("X-RateLimit-Used", itoa(b.used))
	h.Set("X-RateLimit-Reset", itoa(b.reset.Unix()))
	h.Set("X-RateLimit-Resource", c.resource())
}

// createContent applies the secondary limit to a request that creates content.
func (s *Server) createContent(c *call) (reply, bool) {
	lim := s.opts.Limits
	if lim.ContentPerMinute == 0 && lim.ContentPerHour == 0 {
		return reply{}, true
	}
	b, now := s.budget(c), s.clock.Now()
	b.content = slices.DeleteFunc(b.content, func(t time.Time) bool { return now.Sub(t) >= time.Hour })
	var wait time.Duration
	if n := lim.ContentPerHour; n > 0 && len(b.content) >= n {
		wait = time.Hour - now.Sub(b.content[len(b.content)-n])
	}
	if n := lim.ContentPerMinute; n > 0 && len(b.content) >= n {
		wait = max(wait, time.Minute-now.Sub(b.content[len(b.content)-n]))
	}
	if wait > 0 {
		if !lim.NoRetryAfter {
			c.head.Set("Retry-After", itoa(int64(wait/time.Second)+1))
		}
		return fail(http.StatusForbidden, contentText), false
	}
	b.content = append(b.content, now)
	return reply{}, true
}

// The words in which GitHub tells secondary limits.
const (
	contentText   = "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later."
	secondaryText = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)

// SecondaryLimit is a fault that answers the next n requests as the secondary
// limit does: status 403 or 429, with a Retry-After unless it is zero.
func SecondaryLimit(status, n int, retryAfter time.Duration) simkit.Fault {
	h := map[string]string{"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "4321"}
	if retryAfter > 0 {
		h["Retry-After"] = itoa(int64(retryAfter / time.Second))
	}
	return simkit.Fault{
		Do: "status", Status: status, Header: h, Times: n,
		Body: `{"message":"` + secondaryText + `","documentation_url":"https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits","status":"` + itoa(status) + `"}`,
	}
}

func (c *call) rateLimit() reply {
	limit := c.s.perHour()
	if limit == 0 {
		return fail(http.StatusNotFound, "Rate limiting is not enabled.")
	}
	b := c.s.budget(c)
	core := map[string]any{"limit": limit, "used": b.used, "remaining": max(0, limit-b.used), "reset": b.reset.Unix(), "resource": "core"}
	search := map[string]any{"limit": 30, "used": 0, "remaining": 30, "reset": c.s.clock.Now().Add(time.Minute).Unix(), "resource": "search"}
	return ok(map[string]any{"resources": map[string]any{"core": core, "search": search}, "rate": core})
}
