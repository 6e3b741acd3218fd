package apitest

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/api"
)

// TestPlantedDefectsAreFound: the drawn requests find each kind of defect that is planted between them and the daemon, and
// nothing where none is planted.
func TestPlantedDefectsAreFound(t *testing.T) {
	f := daemon(t, false)
	doc := f.served()
	at := func(path string) func(*http.Request) bool {
		return func(r *http.Request) bool { return r.URL.Path == api.Prefix+path }
	}
	for _, defect := range []struct {
		name  string
		fits  func(*http.Request) bool
		plant http.HandlerFunc
		fault string // "" for none
	}{
		{"nothing", func(*http.Request) bool { return false }, nil, ""},
		{"an internal error", at("/rules"), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) }, "the answer is 500"},
		{"an answer without what it must have", at("/counts"), answering(http.StatusOK, "application/json", `{"open":1}`), "the answer 200 is not as described"},
		{"an answer with more than is described", at("/you"), answering(http.StatusOK, "application/json", `{"name":"max","roles":[],"scopes":[],"secret":"x"}`), "the answer 200 is not as described"},
		{"a status that is not described", at("/sync"), answering(http.StatusTeapot, "application/problem+json", `{"status":418,"title":"t","code":"c","what":"w","remedy":"r"}`), "the answer 418 is not as described"},
		{"a refusal without words", at("/due"), answering(http.StatusUnprocessableEntity, "text/plain", `no`), "the answer 422 is no problem with words"},
		{"a parameter that is not checked", at("/conflicts"), answering(http.StatusOK, "application/json", `{"count":0,"conflicts":[]}`), "it is not as described"},
		{"a body that is not checked", func(r *http.Request) bool { return r.Method == http.MethodPost && at("/records")(r) }, answering(http.StatusOK, "application/json", `{}`), "it is not as described"},
		{"a hang", at("/policy"), func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, "there is no answer"},
	} {
		t.Run(defect.name, func(t *testing.T) {
			target, err := url.Parse(f.url)
			if err != nil {
				t.Fatal(err)
			}
			daemon := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if defect.fits(r) {
					defect.plant(w, r)
					return
				}
				daemon.ServeHTTP(w, r)
			}))
			defer s.Close()
			d := f.drawer(doc, 1)
			d.host = strings.TrimPrefix(s.URL, "http://")
			waits := patience
			if defect.fault == "there is no answer" {
				waits = 2 * time.Second
			}
			for range 60 * len(doc.operations) {
				x := d.draw(doc.operations[d.r.IntN(len(doc.operations))])
				_, fault := d.try(x, waits)
				if defect.fault != "" && strings.Contains(fault, defect.fault) {
					return
				}
				if defect.fault == "" && fault != "" {
					t.Errorf("%.300q: %s", x.wire, fault)
				}
			}
			if defect.fault != "" {
				t.Error("it is not found")
			}
		})
	}
}

// answering answers every request in one way.
func answering(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}
