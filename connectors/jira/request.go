package jira

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// A request is one call of the API.
type request struct {
	op     string // for people, see connectors.Error
	ref    connectors.Ref
	method string
	path   string // below the base URL, escaped
	query  url.Values
	body   any
	write  bool // has an effect, so that its outcome is unknown if the answer is lost
}

// An answer is an HTTP answer whose body was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends q and decodes a successful answer into v, unless v is nil. It treats an incomplete
// answer (see partial) as a failure. The error is a *connectors.Error. Some reads are a POST
// in Jira's API, and the transport repeats only GET: do sends such a read once more if it
// failed on the way.
func (c *Client) do(ctx context.Context, q request, v any) (*answer, error) {
	a, err := c.once(ctx, q, v)
	if q.method == http.MethodPost && !q.write && connectors.KindOf(err) == connectors.Unavailable && ctx.Err() == nil {
		return c.once(ctx, q, v)
	}
	return a, err
}

func (c *Client) once(ctx context.Context, q request, v any) (*answer, error) {
	fail := func(k connectors.Kind, status int, err error) error {
		return &connectors.Error{Op: q.op, Ref: q.ref, Kind: k, Status: status, Err: err}
	}
	if err := ctx.Err(); err != nil {
		return nil, fail(connectors.Unavailable, 0, err)
	}
	path := q.path
	if len(q.query) > 0 {
		path += "?" + q.query.Encode()
	}
	req, err := c.api.NewRequestWithContext(ctx, q.method, path, q.body)
	if err != nil {
		return nil, fail(connectors.Rejected, 0, errors.New("request cannot be built"))
	}
	req.Header.Set("Accept", "application/json")
	if q.body == nil {
		req.Header.Del("Content-Type")
	}
	resp, err := c.api.Do(req, nil)
	if until, paused := transport.Paused(err); paused {
		return nil, &connectors.Error{Op: q.op, Ref: q.ref, Kind: connectors.Limited, Until: until, Scope: connectors.ScopeAll, Err: transport.Scrub(err)}
	}
	if resp == nil || resp.Response == nil {
		return nil, fail(lost(q, err), 0, transport.Scrub(err))
	}
	body, err := readAll(resp.Body)
	a := &answer{status: resp.StatusCode, header: resp.Header, body: body}
	switch {
	case a.status >= 300:
		err := refusal(q, a, time.Now())
		c.cfg.HTTP.Pause.Note(err)
		return a, err
	case refusedLogin(a.header):
		return a, fail(connectors.Unauthenticated, a.status, nil)
	case err != nil && q.write:
		return a, fail(connectors.Unknown, a.status, transport.Scrub(err))
	case errors.Is(err, transport.ErrTooLarge):
		return a, fail(connectors.Malformed, a.status, err)
	case err != nil:
		return a, fail(connectors.Unavailable, a.status, transport.Scrub(err))
	}
	if v == nil && len(body) == 0 {
		return a, nil
	}
	if v == nil {
		v = &json.RawMessage{}
	}
	err = json.Unmarshal(body, v)
	if p, ok := v.(partial); err == nil && (!ok || p.complete()) {
		return a, nil
	}
	k, why := connectors.Malformed, errors.New("members are missing in the answer")
	if q.write {
		k = connectors.Unknown
	}
	if err != nil {
		why = errors.New("answer is not the JSON expected")
	}
	return a, fail(k, a.status, why)
}

// readAll reads and closes; the transport bounds the size.
func readAll(r io.ReadCloser) ([]byte, error) {
	body, err := io.ReadAll(r)
	return body, errors.Join(err, r.Close())
}

// lost classifies a request that got no answer. A write that found no
// connection never left; any other may have happened.
func lost(q request, err error) connectors.Kind {
	var dial *net.OpError
	if !q.write || errors.Is(err, transport.ErrNotSent) || errors.As(err, &dial) && dial.Op == "dial" {
		return connectors.Unavailable
	}
	return connectors.Unknown
}

// date returns the server's time from an answer, our own if the answer has none.
func (a *answer) date() time.Time {
	t, err := http.ParseTime(a.header.Get("Date"))
	if err != nil {
		return time.Now().UTC()
	}
	return t.UTC()
}

// requestID is the id by which the vendor's support finds the request.
func (a *answer) requestID() string {
	for _, name := range []string{"Atl-Traceid", "X-Arequestid"} {
		if id := a.header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// issuePath returns the path of an issue, by its id if that is known.
func issuePath(ref connectors.Ref, rest string) string {
	id := ref.ID
	if id == "" {
		id = ref.Key
	}
	return "rest/api/2/issue/" + url.PathEscape(id) + rest
}
