package githubsim

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// seek finds the issue of a request; a deleted one is gone, a transferred one is
// redirected if its new place may be seen.
func (c *call) seek() (*issue, reply, bool) {
	if c.repo.noIssues {
		return nil, issuesDisabled(), false
	}
	i := c.repo.issue(int(c.pathInt("number")))
	switch {
	case i == nil:
		return nil, notFound(), false
	case i.gone:
		return nil, fail(http.StatusGone, "This issue was deleted"), false
	}
	if i.movedTo == nil {
		return i, reply{}, true
	}
	to := i.movedTo
	for to.movedTo != nil {
		to = to.movedTo
	}
	// What hangs below a transferred issue is simply not there.
	below := strings.Count(c.r.URL.Path, "/") > 5
	if below || to.gone || to.repo.private && !c.who.may(to.repo, Read) {
		return nil, notFound(), false
	}
	return nil, c.redirect(http.StatusMovedPermanently, "/repositories/"+itoa(to.repo.id)+"/issues/"+itoa(to.number)), false
}

func issuesDisabled() reply {
	return fail(http.StatusGone, "Issues are disabled for this repo")
}

func (c *call) getIssue() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	return ok(c.s.renderIssue(i, i.version, true))
}

// listIssues answers the issues and pull requests of a repository.
func (c *call) listIssues() reply {
	if c.repo.noIssues {
		return issuesDisabled()
	}
	q := c.r.URL.Query()
	f := filter{state: "open"}
	if v := q.Get("state"); v != "" {
		f.state = v
	}
	if f.state != "open" && f.state != "closed" && f.state != "all" {
		return invalid(fieldError{Resource: "Issue", Code: "invalid", Field: "state", Value: f.state})
	}
	f.creator = strings.ToLower(q.Get("creator"))
	if v := q.Get("labels"); v != "" {
		f.labels = strings.Split(v, ",")
	}
	if v := q.Get("since"); v != "" {
		t, err := time.Parse(time.RFC3339, v)
		if err != nil {
			return invalid(fieldError{Resource: "Issue", Code: "invalid", Field: "since", Value: v})
		}
		f.since = c.s.from(t)
	}
	rows := c.s.listing(c.repo, q.Get("sort"), q.Get("direction") == "asc")
	if c.s.opts.ListLag <= 0 && !f.since.IsZero() && q.Get("sort") == "updated" && q.Get("direction") == "asc" {
		n, _ := slices.BinarySearchFunc(rows, f.since, func(i *issue, t time.Time) int { return i.updated.Compare(t) })
		rows = rows[n:]
	}
	var found []listed
	for _, i := range rows {
		if v := c.s.listed(i); v != nil && f.matches(v) {
			found = append(found, listed{i, v})
		}
	}
	if c.s.opts.ListLag > 0 { // the order of the listing is as old as its content
		order(found, q.Get("sort"), q.Get("direction") == "asc")
	}
	page := paginate(c, found)
	out := make([]issueJSON, 0, len(page))
	for _, l := range page {
		out = append(out, c.s.renderIssue(l.issue, l.version, false))
	}
	return ok(out)
}

type listed struct {
	issue   *issue
	version *version
}

type filter struct {
	state, creator string
	labels         []string
	since          time.Time
}

func (f filter) matches(v *version) bool {
	switch {
	case f.state != "all" && v.state != f.state,
		f.creator != "" && strings.ToLower(v.author.login) != f.creator,
		v.updated.Before(f.since):
		return false
	}
	for _, name := range f.labels {
		if !slices.ContainsFunc(v.labels, func(l *label) bool { return strings.EqualFold(l.name, name) }) {
			return false
		}
	}
	return true
}

func sortKey(by string) func(v *version) int64 {
	switch by {
	case "updated":
		return func(v *version) int64 { return v.updated.Unix() }
	case "comments":
		return func(v *version) int64 { return int64(v.comments) }
	default:
		return func(v *version) int64 { return v.created.Unix() }
	}
}

// listing returns all issues of a repository in order; the order is kept until
// something changes.
func (s *Server) listing(r *repo, by string, asc bool) []*issue {
	name := by + "/" + strconv.FormatBool(asc)
	if o, ok := r.orders[name]; ok && o.at == r.changed {
		return o.rows
	}
	key := sortKey(by)
	rows := slices.DeleteFunc(slices.Clone(r.issues), func(i *issue) bool { return i.gone || i.movedTo != nil })
	slices.SortStableFunc(rows, func(a, b *issue) int { return compare(key, asc, a.version, b.version) })
	r.orders[name] = ordered{r.changed, rows}
	return rows
}

func order(ls []listed, by string, asc bool) {
	key := sortKey(by)
	slices.SortStableFunc(ls, func(a, b listed) int { return compare(key, asc, a.version, b.version) })
}

func compare(key func(*version) int64, asc bool, a, b *version) int {
	d := key(a) - key(b)
	if d == 0 {
		d = a.id - b.id
	}
	if !asc {
		d = -d
	}
	return int(max(-1, min(1, d)))
}

// paginate cuts a page out of a listing and sets the Link header.
func paginate[T any](c *call, all []T) []T {
	q := c.r.URL.Query()
	per, page := number(q.Get("per_page"), 30), number(q.Get("page"), 1)
	per = min(per, cmp.Or(c.s.opts.PageSize, 100))
	last := max(1, (len(all)+per-1)/per)
	var links []string
	link := func(n int, rel string) {
		q.Set("page", itoa(n))
		u := url.URL{Path: c.r.URL.Path, RawQuery: q.Encode()}
		links = append(links, "<"+c.url(u.String())+">; rel=\""+rel+"\"")
	}
	if page > 1 {
		link(min(page-1, last), "prev")
	}
	if page < last {
		link(page+1, "next")
		link(last, "last")
	}
	if page > 1 {
		link(1, "first")
	}
	if len(links) > 0 {
		c.head.Set("Link", strings.Join(links, ", "))
	}
	from := min(len(all), (page-1)*per)
	return all[from:min(len(all), from+per)]
}

func number(s string, otherwise int) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return otherwise
	}
	return n
}

func (c *call) issueEvents() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	out := []any{}
	for _, e := range paginate(c, i.events) {
		out = append(out, c.s.renderEvent(i, e))
	}
	return ok(out)
}

// repoEvents answers the events of all issues and pull requests, newest first. The events
// of what was deleted or transferred are gone.
// https://docs.github.com/rest/issues/events#list-issue-events-for-a-repository
func (c *call) repoEvents() reply {
	if c.repo.noIssues {
		return issuesDisabled()
	}
	horizon := c.s.clock.Now().Add(-c.s.opts.ListLag)
	var all []*event
	for _, e := range slices.Backward(c.repo.events) {
		if !e.issue.gone && e.issue.movedTo == nil && (c.s.opts.ListLag <= 0 || !e.at.After(horizon)) {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b *event) int { return b.at.Compare(a.at) })
	out := []any{}
	for _, e := range paginate(c, all) {
		m := c.s.renderEvent(e.issue, e)
		m["issue"] = c.s.renderIssue(e.issue, e.issue.version, false)
		out = append(out, m)
	}
	return ok(out)
}

// issueTimeline answers the events and comments of an issue in one list.
func (c *call) issueTimeline() reply {
	i, rp, found := c.seek()
	if !found {
		return rp
	}
	type entry struct {
		at time.Time
		v  map[string]any
	}
	var all []entry
	for _, e := range i.events {
		all = append(all, entry{e.at, c.s.renderEvent(i, e)})
	}
	for _, cm := range c.repo.comments {
		if cm.issue == i {
			m := c.s.renderComment(cm)
			m["event"], m["actor"] = "commented", m["user"]
			all = append(all, entry{cm.created, m})
		}
	}
	slices.SortStableFunc(all, func(a, b entry) int { return a.at.Compare(b.at) })
	out := []any{}
	for _, e := range paginate(c, all) {
		out = append(out, e.v)
	}
	return ok(out)
}
