package measuring

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/register"
)

// An HTTP is a value at an address.
type HTTP struct {
	URL     string
	Pointer string
	// Header holds the token; "" is Authorization, as a bearer token.
	Header string
	Token  func() string // "" for none
	Client *http.Client
	Now    func() time.Time
}

// NewClient returns a client for addresses of the configuration. It asks no proxy, waits ten seconds for an
// answer of at most 1 MiB, asks again after a failure of the server, and follows a redirect within
// the same host alone.
func NewClient(agent string) *http.Client {
	return transport.New(transport.Options{
		Base: &http.Transport{
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: 5 * time.Second,
			IdleConnTimeout: 10 * time.Second, MaxIdleConnsPerHost: 1, MaxResponseHeaderBytes: 64 << 10,
		},
		Timeout: 10 * time.Second, Retries: 2, RetryWait: 500 * time.Millisecond, MaxBody: mostAnswer, UserAgent: agent,
	})
}

// String is the address without its query, which may hold a key.
func (h *HTTP) String() string {
	u, err := url.Parse(h.URL)
	if err != nil {
		return "an address" // the configuration has none like it
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}).String()
}

// Recalls is false: the address tells of the present.
func (h *HTTP) Recalls() bool { return false }

// Ask gets what is at the address.
func (h *HTTP) Ask(ctx context.Context, _ register.Period) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL, nil)
	if err != nil {
		return Answer{}, errors.New("the address is not valid") // err shows it
	}
	req.Header.Set("Accept", "application/json, text/plain;q=0.9, */*;q=0.1")
	if token := h.token(); token != "" {
		if h.Header == "" {
			req.Header.Set("Authorization", "Bearer "+token)
		} else {
			req.Header.Set(h.Header, token)
		}
	}
	resp, err := h.Client.Do(req)
	if err != nil {
		return Answer{}, errors.New(unreached(err))
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	switch {
	case resp.StatusCode >= 300 && resp.StatusCode < 400:
		return Answer{}, fmt.Errorf("it answered HTTP %d: the value is elsewhere, and conformd does not follow to another host", resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return Answer{}, fmt.Errorf("it answered HTTP %d", resp.StatusCode)
	}
	data, err := io.ReadAll(resp.Body)
	switch {
	case errors.Is(err, transport.ErrTooLarge):
		return Answer{}, errors.New("the answer is longer than 1 MiB")
	case err != nil:
		return Answer{}, errors.New("the answer broke off")
	}
	a, err := read(data, h.Pointer)
	a.Note = moment(h.Now)
	return a, err
}

// unreached says why there is no answer. The words are kept for ever, so that nothing of what the other
// side sent is in them.
func unreached(err error) string {
	timeout, isNet := errors.AsType[net.Error](err)
	name, isName := errors.AsType[*net.DNSError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	op, isOp := errors.AsType[*net.OpError](err)
	switch {
	case isNet && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case isName && name.IsNotFound:
		return "no answer: its host is not known"
	case isCertificate:
		return "no answer: its certificate is not accepted"
	case isOp && op.Op == "dial":
		return "no answer: no connection"
	default:
		return "no answer: the connection failed"
	}
}

func (h *HTTP) token() string {
	if h.Token == nil {
		return ""
	}
	return h.Token()
}
