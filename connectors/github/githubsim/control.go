package githubsim

import (
	"encoding/json"
	"net/http"

	"github.com/conformd/conformd/connectors/simkit"
)

// controls serves what simkit offers below /_sim/, and what GitHub has only in
// its web pages:
//
//	POST /_sim/transfer {"as":"alice","number":7,"to":"other-repo"}
//	POST /_sim/delete   {"as":"alice","number":7}
func (s *Server) controls() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/_sim/", simkit.Control(s.clock, s.truth, s.faults, s.post))
	mux.HandleFunc("POST /_sim/transfer", func(w http.ResponseWriter, r *http.Request) {
		s.actFor(w, r, func(p Person, q controlRequest) (any, error) {
			n, err := p.Transfer(q.Number, q.To)
			return map[string]any{"repo": q.To, "number": n}, err
		})
	})
	mux.HandleFunc("POST /_sim/delete", func(w http.ResponseWriter, r *http.Request) {
		s.actFor(w, r, func(p Person, q controlRequest) (any, error) {
			return map[string]any{"number": q.Number}, p.Delete(q.Number)
		})
	})
	return mux
}

type controlRequest struct {
	As     string `json:"as"`
	Number int    `json:"number"`
	To     string `json:"to"`
}

func (s *Server) actFor(w http.ResponseWriter, r *http.Request, act func(Person, controlRequest) (any, error)) {
	var q controlRequest
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	v, err := act(s.As(q.As), q)
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnprocessableEntity)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the client may have gone
}
