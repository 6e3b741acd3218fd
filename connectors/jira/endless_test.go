package jira_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// emptyForever answers each search with an empty page and another token.
type emptyForever struct{ n int }

func (e *emptyForever) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/search/jql") {
		return http.DefaultTransport.RoundTrip(r)
	}
	e.n++
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(fmt.Sprintf(`{"issues":[],"nextPageToken":"t%d"}`, e.n))),
	}, nil
}

// A listing of empty pages with ever new tokens ends with an error.
func TestEmptyPagesEnd(t *testing.T) {
	e := &emptyForever{}
	r := open(t, jirasim.Options{}, func(c *jira.Config) { c.HTTP.Base = e })
	var err error
	for _, err = range r.client.Changed(t.Context(), time.Time{}) {
		if e.n > 1000 {
			t.Fatal("the listing goes on after 1000 empty pages")
		}
	}
	if connectors.KindOf(err) != connectors.Malformed {
		t.Errorf("Changed = %v after %d pages, want a malformed answer", err, e.n)
	}
}
