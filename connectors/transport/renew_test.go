package transport_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/conformd/conformd/connectors/transport"
)

// A credential that was refused is asked for again before the next request, and only then.
func TestRenewing(t *testing.T) {
	var got []string
	valid := "Bearer old"
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("Authorization"))
		if got[len(got)-1] != valid {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer srv.Close()
	sign := func(s transport.Secret) (http.RoundTripper, error) {
		if s == "broken" {
			return nil, errors.New("no key")
		}
		return transport.BearerAuth(s, srv.Client().Transport), nil
	}
	file, asked := transport.Secret("old"), 0
	rt, err := transport.Renewing("old", sign, func() (transport.Secret, bool) {
		asked++
		return file, file != ""
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range []struct {
		valid  string
		file   transport.Secret
		status int
		asked  int
	}{
		{"Bearer old", "new", 200, 0},    // nobody refused the old one
		{"Bearer new", "old", 401, 0},    // revoked
		{"Bearer new", "", 401, 1},       // the file cannot be read
		{"Bearer new", "broken", 401, 2}, // half of it is written
		{"Bearer new", "new", 200, 3},    // corrected
		{"Bearer new", "newer", 200, 3},
	} {
		valid, file = step.valid, step.file
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := rt.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != step.status || asked != step.asked {
			t.Errorf("step %d: status %d, asked %d times; want %d and %d", i, resp.StatusCode, asked, step.status, step.asked)
		}
	}
	if len(got) != 6 {
		t.Errorf("%d requests, want 6: none is repeated", len(got))
	}
	if _, err := transport.Renewing("broken", sign, nil); err == nil {
		t.Error("a secret that cannot sign is accepted")
	}
	if rt, err := transport.Renewing("old", sign, nil); err != nil || rt == nil {
		t.Errorf("without renew: %v", err)
	}
}
