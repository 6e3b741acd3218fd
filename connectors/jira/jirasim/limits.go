package jirasim

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Limits are the rate limits. The zero value has none. Only Cloud names a
// reason and a moment of reset.
type Limits struct {
	// Burst is how many requests of one method and endpoint are served per second.
	Burst int
	// PerIssue is how many writes one issue takes within two seconds.
	PerIssue int
	// PerHour is how many requests are served until the next full hour.
	PerHour int
}

// CloudLimits are the limits of Jira Cloud that an integration with an API token
// meets.
func CloudLimits() Limits { return Limits{Burst: 100, PerIssue: 20} }

// budgets count requests in the windows under way.
type budgets map[string]budget

type budget struct {
	until time.Time
	used  int
}

// spend counts one request in the window named key, and returns when the window
// ends if it is used up.
func (b *budgets) spend(key string, limit int, now, until time.Time) (time.Time, bool) {
	if *b == nil {
		*b = budgets{}
	}
	w := (*b)[key]
	if !now.Before(w.until) {
		w = budget{until: until}
	}
	w.used++
	(*b)[key] = w
	return w.until, limit > 0 && w.used > limit
}

// limited answers 429 if the call is one too many.
func (s *Server) limited(c *call, path string) bool {
	l, now := s.opts.Limits, s.now()
	if l == (Limits{}) {
		return false
	}
	route, issue := endpointOf(path)
	reason, limit := "", 0
	var reset time.Time
	check := func(name, key string, n int, until time.Time) {
		if n <= 0 {
			return
		}
		if at, over := s.budgets.spend(key, n, now, until); over && reason == "" {
			reason, limit, reset = name, n, at
		}
	}
	check("jira-quota-tenant-based", "hour", l.PerHour, now.Truncate(time.Hour).Add(time.Hour))
	check("jira-burst-based", c.r.Method+" "+route, l.Burst, now.Add(time.Second))
	if is := s.find(issue, nil); is != nil && c.r.Method != http.MethodGet {
		check("jira-per-issue-on-write", "issue "+itoa(is.id), l.PerIssue, now.Add(2*time.Second))
	}
	if reason == "" {
		return false
	}
	wait := int(reset.Sub(now)/time.Second) + 1
	c.header.Set("Retry-After", strconv.Itoa(wait))
	c.header.Set("X-Ratelimit-Limit", strconv.Itoa(limit))
	c.header.Set("X-Ratelimit-Remaining", "0")
	if s.cloud {
		c.header.Set("Ratelimit-Reason", reason)
		c.header.Set("X-Ratelimit-Reset", reset.UTC().Format("2006-01-02T15:04Z"))
	} else {
		c.header.Set("X-Ratelimit-Interval-Seconds", "1")
		c.header.Set("X-Ratelimit-Fillrate", strconv.Itoa(limit))
	}
	c.fail(http.StatusTooManyRequests, "Rate limit exceeded.")
	return true
}

// endpointOf names the endpoint of a path and the issue it speaks of, if any.
func endpointOf(path string) (route, issue string) {
	parts := strings.Split(path, "/")
	for i := 1; i < len(parts); i++ {
		if parts[i-1] == "issue" && parts[i] != "createmeta" && parts[i] != "bulkfetch" {
			issue, parts[i] = parts[i], "{issue}"
		} else if parseInt(parts[i]) > 9 {
			parts[i] = "{id}"
		}
	}
	return strings.Join(parts, "/"), issue
}
