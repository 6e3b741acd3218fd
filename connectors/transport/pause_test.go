package transport

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Clients that share a pause send nothing while it lasts, a read that is under way does not
// try again, and all go on when it is over.
func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		var off time.Duration
		pause := Pause{Now: func() time.Time { return time.Now().Add(off) }}
		limit := &connectors.Error{Kind: connectors.Limited, Until: time.Now().Add(time.Minute), Scope: connectors.ScopeAll}
		status := http.StatusOK
		base := roundTrip(func(r *http.Request) (*http.Response, error) {
			sent++
			return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
		})
		clients := []*http.Client{New(Options{Base: base, Pause: &pause}), New(Options{Base: base, Pause: &pause})}
		send := func(c *http.Client, method string) error {
			t.Helper()
			req, err := http.NewRequestWithContext(t.Context(), method, "http://tracker.invalid/", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Do(req)
			if err == nil {
				_ = resp.Body.Close()
			}
			return err
		}

		pause.Note(&connectors.Error{Kind: connectors.Limited, Until: limit.Until, Scope: connectors.ScopeIssue})
		pause.Note(&connectors.Error{Kind: connectors.Denied, Until: limit.Until})
		pause.Note(errors.New("no answer"))
		if err := send(clients[0], http.MethodGet); err != nil || sent != 1 {
			t.Errorf("after a limit of one issue: %d sent, %v; want it to be sent", sent, err)
		}
		status = http.StatusBadGateway
		go func() {
			time.Sleep(time.Millisecond)
			pause.Note(limit)
			pause.Note(&connectors.Error{Kind: connectors.Limited, Until: limit.Until.Add(-time.Second), Scope: connectors.ScopeAll})
		}()
		err := send(clients[0], http.MethodGet) // is tried again after 200 ms
		if until, ok := Paused(err); !ok || !until.Equal(limit.Until) || sent != 2 {
			t.Errorf("a read whose next try falls into the pause: %d sent, %v; want no second try", sent, err)
		}
		status = http.StatusOK
		for _, c := range clients {
			if _, ok := Paused(send(c, http.MethodPost)); !ok {
				t.Error("a write was sent in the pause")
			}
		}
		off = -time.Hour
		if err := send(clients[1], http.MethodPost); err != nil || sent != 3 {
			t.Errorf("after the clock was set back: %d sent, %v; want it to be sent", sent, err)
		}
		off = 0
		time.Sleep(time.Until(limit.Until))
		if err := send(clients[1], http.MethodPost); err != nil || sent != 4 {
			t.Errorf("after the pause: %d sent, %v; want it to be sent", sent, err)
		}
	})
}
