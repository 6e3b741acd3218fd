package jirasim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// call makes the call that the person's browser would make. The caller holds
// the lock.
func (p *Person) call(body any, path map[string]string) (*call, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	r := &http.Request{Method: http.MethodPost, URL: &url.URL{Path: "/"}, Header: http.Header{}}
	for k, v := range path {
		r.SetPathValue(k, v)
	}
	return &call{r: r, a: p.a, body: raw, query: url.Values{}, header: http.Header{}}, nil
}

// do makes a call of which only the success matters.
func (p *Person) do(endpoint func(*Server, *call), body any, path map[string]string) error {
	c, err := p.call(body, path)
	if err != nil {
		return err
	}
	endpoint(p.s, c)
	return c.refusal()
}

// refusal is the error of a call that was not granted.
func (c *call) refusal() error {
	if c.status < http.StatusMultipleChoices {
		return nil
	}
	raw, err := json.Marshal(c.answer)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %d %s", ErrRefused, c.status, raw)
}
