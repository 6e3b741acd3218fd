package jira_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/transport"
)

// A crowd is a Data Center where all issues were changed by one bulk edit.
type crowd struct {
	canned
	size int
}

func (s *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	body, ok := s.known(r.URL.Path)
	if !ok {
		start, _ := strconv.Atoi(r.URL.Query().Get("startAt"))
		var page struct {
			Issues []json.RawMessage `json:"issues"`
			Total  int               `json:"total"`
		}
		page.Total = s.size
		for n := start; n < min(start+100, s.size); n++ {
			page.Issues = append(page.Issues, json.RawMessage(fmt.Sprintf(
				`{"id":"%d","key":"ISMS-%d","fields":{"status":{"name":"Open"},"created":"2026-11-24T09:30:15.000+0000","updated":"2026-11-24T09:30:15.000+0000"}}`, n+1, n+1)))
		}
		raw, err := json.Marshal(page)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: r, Body: io.NopCloser(bytes.NewReader([]byte(body)))}, nil
}

// The bound on listings without end must not cut one that is only long.
func TestABulkEditIsListedWhole(t *testing.T) {
	s := &crowd{size: 5000}
	c, err := jira.New(jira.Config{BaseURL: "https://acme.example", User: "u", Token: "t", Project: "ISMS", HTTP: transport.Options{Base: s, Retries: -1}})
	must(t, err)
	seen := map[string]bool{}
	for page, err := range c.Changed(t.Context(), time.Time{}) {
		must(t, err)
		for _, is := range page.Issues {
			seen[is.Ref.ID] = true
		}
	}
	if len(seen) != s.size {
		t.Errorf("Changed yielded %d issues, want %d", len(seen), s.size)
	}
}
