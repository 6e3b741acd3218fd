package github

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A request is one call to the API.
type request struct {
	op     string
	ref    connectors.Ref
	method string
	path   string // relative to the base, with its query
	body   any
	asApp  bool   // signed by the app itself
	query  bool   // a POST that only reads
	again  bool   // a listing that is asked for again and again
	steady bool   // a listing whose rows keep their order, and only move up when others are deleted
	newest bool   // a listing with the newest first, whose first page tells alone whether there is news
	known  string // the ETag of an answer that is known
}

func (r request) writes() bool { return r.method != http.MethodGet && !r.query }

// An answer is what GitHub said to a request that succeeded.
type answer struct {
	status int
	head   http.Header
	body   []byte
	from   string // path that answered, after redirects
}

// date is GitHub's clock.
func (a answer) date() time.Time { return headerDate(a.head) }

func headerDate(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// hasNext reports whether a listing goes on after this page.
func (a answer) hasNext() bool { return strings.Contains(a.head.Get("Link"), `rel="next"`) }

// linked finds the numbers of pages in a Link header, and what they are to this one.
var linked = regexp.MustCompile(`[?&]page=(\d+)[^>]*>; *rel="(next|last)"`)

// following is how many pages of a listing follow this one, 0 if the server does not say.
func (a answer) following() int {
	at := map[string]int{}
	for _, m := range linked.FindAllStringSubmatch(a.head.Get("Link"), -1) {
		at[m[2]], _ = strconv.Atoi(m[1]) // too big a number is none
	}
	if at["next"] == 0 || at["last"] == 0 {
		return 0
	}
	return max(0, at["last"]-at["next"]+1)
}

// do sends one request, once unless it is a read, and classifies what comes back. The
// error is a *connectors.Error. What the transport does for GET is done here for a
// query that is a POST: one that failed on the way is sent once more.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	a, err := c.once(ctx, r)
	if r.query && connectors.KindOf(err) == connectors.Unavailable && ctx.Err() == nil {
		return c.once(ctx, r)
	}
	return a, err
}

func (c *Client) once(ctx context.Context, r request) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, r.err(connectors.Unavailable, err)
	}
	hc := c.http
	if r.asApp {
		hc = c.app
	}
	api := c.api(hc)
	req, err := api.NewRequest(r.method, r.path, r.body)
	if err != nil {
		return answer{}, r.err(connectors.Rejected, errors.New("the request cannot be built"))
	}
	if r.known != "" {
		req.Header.Set("If-None-Match", r.known)
	}
	resp, err := api.BareDo(ctx, req)
	if resp == nil || resp.Response == nil {
		return answer{}, r.lost(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if r.known != "" && resp.StatusCode == http.StatusNotModified {
		return answer{status: resp.StatusCode, head: resp.Header}, nil
	}
	body, readErr := io.ReadAll(resp.Body)
	if s := resp.StatusCode; s < 200 || s > 299 || s == http.StatusAccepted {
		err := r.refused(resp.Response, body)
		c.cfg.Pause.Note(err)
		return answer{}, err
	}
	if readErr != nil {
		return answer{}, r.unreadable(resp.Response, readErr)
	}
	from := req.URL.Path
	if resp.Request != nil { // of a base that follows redirects
		from = resp.Request.URL.Path
	}
	return answer{resp.StatusCode, resp.Header, body, from}, nil
}

// fetch sends a request and decodes its answer.
func (c *Client) fetch(ctx context.Context, r request, v interface{ complete() bool }) (answer, error) {
	a, err := c.do(ctx, r)
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(a.body, v); err != nil || !v.complete() {
		return a, r.garbage(a, err)
	}
	return a, nil
}

func (r request) err(k connectors.Kind, cause error) *connectors.Error {
	return &connectors.Error{Op: r.op, Ref: r.ref, Kind: k, Err: cause}
}
