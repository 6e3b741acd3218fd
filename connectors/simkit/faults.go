package simkit

import (
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// maxRequests bounds the request log; the oldest are forgotten.
const maxRequests = 100_000

// A Request is one request that a simulator received.
type Request struct {
	Method string    `json:"method"`
	Path   string    `json:"path"`
	Query  string    `json:"query,omitempty"`
	Status int       `json:"status"`       // as answered; 0 if the connection was dropped
	By     string    `json:"by,omitempty"` // login, see Identify
	Began  time.Time `json:"began"`        // when it arrived
	At     time.Time `json:"at"`           // when it was answered
}

// Faults injects failures into a simulator and keeps a log of its requests. The
// zero Faults injects none. It is safe for concurrent use.
type Faults struct {
	// Clock stamps the request log; nil is real time. Set it before use.
	Clock *Clock

	mu    sync.Mutex
	armed []*armed
	log   []Request
}

type armed struct {
	Fault
	path *regexp.Regexp
	seen int
}

// Add arms a fault. If several match a request, the one that was added first hits it. Add
// panics if f is not valid, see Fault.Validate.
func (fs *Faults) Add(f Fault) {
	if err := f.Validate(); err != nil {
		panic(err)
	}
	if f.Times == 0 {
		f.Times = 1
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.armed = append(fs.armed, &armed{Fault: f, path: regexp.MustCompile(f.Path)})
}

// Clear disarms all faults.
func (fs *Faults) Clear() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.armed = nil
}

// next returns the fault that hits this request, if any. Every armed fault that
// matches counts the request towards its Skip.
func (fs *Faults) next(method, path string) (Fault, bool) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	var hit *armed
	for _, a := range fs.armed {
		if (a.Method != "" && a.Method != method) || !a.path.MatchString(path) {
			continue
		}
		if a.seen < a.Skip {
			a.seen++
			continue
		}
		if hit == nil && a.Times != 0 {
			hit = a
		}
	}
	if hit == nil {
		return Fault{}, false
	}
	if hit.Times > 0 {
		hit.Times--
	}
	fs.armed = slices.DeleteFunc(fs.armed, func(a *armed) bool { return a.Times == 0 })
	return hit.Fault, true
}

// Requests returns the requests received so far, oldest first, in the order in
// which they were answered.
func (fs *Faults) Requests() []Request {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return slices.Clone(fs.log)
}

// Count counts the requests of a method ("" any) whose path matches a regular
// expression ("" any). It panics if that is malformed.
func (fs *Faults) Count(method, path string) int {
	re, n := regexp.MustCompile(path), 0
	for _, r := range fs.Requests() {
		if (method == "" || r.Method == method) && re.MatchString(r.Path) {
			n++
		}
	}
	return n
}

// ResetCount forgets the requests received so far.
func (fs *Faults) ResetCount() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.log = nil
}

func (fs *Faults) record(r Request) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.log = append(fs.log, r)
	if len(fs.log) > maxRequests {
		fs.log = slices.Clone(fs.log[maxRequests/2:])
	}
}

// Latency delays every answer of next by d, or until the client is gone.
func Latency(d time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pause(r, d)
		next.ServeHTTP(w, r)
	})
}

// pause waits for d or until the request is cancelled.
func pause(r *http.Request, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
	}
}
