package simkit

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Control serves the routes with which people and scripts control a simulator:
//
//	GET    /_sim/log?since=12        what took effect after entry 12
//	POST   /_sim/faults              arms a Fault
//	DELETE /_sim/faults              disarms all
//	POST   /_sim/clock               {"advance":"2h"}
//	GET    /_sim/requests            the requests received
//	DELETE /_sim/requests            forgets them
//	POST   /_sim/webhooks            {"lose":1,"duplicate":0,"hold":false,"release":false,"reverse":false}
//	GET    /_sim/deliveries          the webhooks sent or lost
//
// Any of the four may be nil; its routes then answer 404. There is no
// authentication: a simulator listens on loopback.
func Control(c *Clock, t *Truth, f *Faults, w *Courier) http.Handler {
	mux := http.NewServeMux()
	if t != nil {
		mux.HandleFunc("GET /_sim/log", func(w http.ResponseWriter, r *http.Request) {
			since, err := strconv.ParseInt(r.FormValue("since"), 10, 64)
			if err != nil && r.FormValue("since") != "" {
				http.Error(w, "since is not a number", http.StatusBadRequest)
				return
			}
			answer(w, t.Since(since))
		})
	}
	if f != nil {
		controlFaults(mux, f)
	}
	if c != nil {
		mux.HandleFunc("POST /_sim/clock", take(func(q struct {
			Advance string `json:"advance"`
		},
		) (any, error) {
			d, err := time.ParseDuration(q.Advance)
			if err != nil {
				return nil, err
			}
			c.Advance(d)
			return map[string]time.Time{"now": c.Now()}, nil
		}))
	}
	if w != nil {
		controlCourier(mux, w)
	}
	return mux
}

func controlFaults(mux *http.ServeMux, f *Faults) {
	mux.HandleFunc("POST /_sim/faults", take(func(q Fault) (any, error) {
		if err := q.Validate(); err != nil {
			return nil, err
		}
		f.Add(q)
		return q, nil
	}))
	mux.HandleFunc("DELETE /_sim/faults", func(w http.ResponseWriter, _ *http.Request) {
		f.Clear()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /_sim/requests", func(w http.ResponseWriter, _ *http.Request) { answer(w, f.Requests()) })
	mux.HandleFunc("DELETE /_sim/requests", func(w http.ResponseWriter, _ *http.Request) {
		f.ResetCount()
		w.WriteHeader(http.StatusNoContent)
	})
}

func controlCourier(mux *http.ServeMux, c *Courier) {
	mux.HandleFunc("POST /_sim/webhooks", take(func(q struct {
		Lose      *int `json:"lose"`
		Duplicate *int `json:"duplicate"`
		Hold      bool `json:"hold"`
		Release   bool `json:"release"`
		Reverse   bool `json:"reverse"`
	},
	) (any, error) {
		if q.Hold && q.Release {
			return nil, errors.New("hold and release exclude each other")
		}
		if q.Lose != nil {
			c.Lose(*q.Lose)
		}
		if q.Duplicate != nil {
			c.Duplicate(*q.Duplicate)
		}
		if q.Hold {
			c.Hold()
		}
		if q.Release {
			c.Release(q.Reverse)
		}
		return map[string]bool{"ok": true}, nil
	}))
	mux.HandleFunc("GET /_sim/deliveries", func(w http.ResponseWriter, _ *http.Request) { answer(w, c.Deliveries()) })
}

// take decodes a JSON body, refuses unknown keys, and answers with the result of do. An error
// becomes a 400.
func take[Q any](do func(Q) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var q Q
		d := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
		d.DisallowUnknownFields()
		err := d.Decode(&q)
		var v any
		if err == nil {
			v, err = do(q)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer(w, v)
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // the client may have gone
}
