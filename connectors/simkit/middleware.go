package simkit

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// loginPage is the answer of a proxy or an identity provider in front of an API when a
// session has ended: status 200 and no JSON.
const loginPage = `<!DOCTYPE html>
<html lang="en"><head><title>Sign in</title></head>
<body><form method="post" action="/login"><input name="user"><input name="password" type="password"></form></body></html>
`

type whoKey struct{}

// Identify tells the request log who sent r. Without it the log shows the user
// name of HTTP basic authentication, if any; it never shows a password or token.
func Identify(r *http.Request, login string) {
	if who, ok := r.Context().Value(whoKey{}).(*string); ok {
		*who = login
	}
}

// Middleware lets requests through to next, except where a fault says otherwise,
// and logs them all.
func (fs *Faults) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who := new(string)
		*who, _, _ = r.BasicAuth()
		r = r.WithContext(context.WithValue(r.Context(), whoKey{}, who))
		s, began := &statusWriter{ResponseWriter: w}, fs.Clock.Now()
		s.logged = sync.OnceFunc(func() {
			fs.record(Request{
				Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery,
				Status: s.status, By: *who, Began: began, At: fs.Clock.Now(),
			})
		})
		defer s.logged()
		f, ok := fs.next(r.Method, r.URL.Path)
		if !ok {
			next.ServeHTTP(s, r)
			return
		}
		f.strike(s, r, next)
	})
}

// strike answers r in the way of the fault.
func (f Fault) strike(w *statusWriter, r *http.Request, next http.Handler) {
	if f.Do == Delay && !f.After {
		pause(r, f.Delay)
		next.ServeHTTP(w, r)
		return
	}
	full := newRecorder()
	// A read has no effect, so the fault can only cut its answer.
	if f.After || f.Do == Truncate && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
		next.ServeHTTP(full, r)
	} else {
		_, _ = io.Copy(io.Discard, r.Body) // the connection is read to its end, as a proxy would
		_, _ = full.Write([]byte(`{"message":"interrupted"}`))
	}
	pause(r, f.Delay)
	switch f.Do {
	case Delay:
		full.copyTo(w)
	case Drop:
		w.drop()
	case Garbage:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, loginPage)
	case Status:
		for k, v := range f.Header {
			w.Header().Set(k, v)
		}
		if w.Header().Get("Content-Type") == "" {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
	case Truncate:
		n := full.body.Len()
		if n < 2 { // an empty answer cannot be cut, only lost
			w.drop()
			return
		}
		full.header.Set("Content-Length", strconv.Itoa(n))
		full.body.Truncate(n / 2)
		full.copyTo(w)
		w.cut()
	}
}
