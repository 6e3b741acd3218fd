package service

import (
	"context"
	"slices"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

// A Stop is a binding where a brake stops writing until a person releases it, with the
// changes that wait there, record by record.
type Stop struct {
	present.Stop
	Brakes []store.Brake    `json:"brakes"`
	Writes []store.Standing `json:"writes"`
}

// Stops returns the bindings where writing is stopped, and the changes that wait there.
func (r *Register) Stops(ctx context.Context) ([]Stop, error) {
	brakes, err := r.Store.Brakes(ctx)
	if err != nil {
		return nil, err
	}
	var out []Stop
	for _, b := range brakes {
		if k := len(out); k > 0 && out[k-1].Binding == b.Binding {
			out[k-1].add(b)
			continue
		}
		s := Stop{Writes: []store.Standing{}}
		s.Binding = b.Binding
		s.add(b)
		writes, err := r.Store.Standing(ctx, b.Binding)
		if err != nil {
			return nil, err
		}
		if len(writes) > 0 {
			s.Writes, s.Records, s.List = writes, len(writes), store.ListDigest(writes)
		}
		for _, w := range writes {
			s.Load = s.Load.Add(w.Load)
		}
		out = append(out, s)
	}
	return out, nil
}

// add adds one more reason.
func (s *Stop) add(b store.Brake) {
	s.Brakes = append(s.Brakes, b)
	s.Why = store.Reasons(s.Brakes)
	if s.Since.IsZero() || b.Since.Before(s.Since) {
		s.Since = b.Since
	}
}

// Writing says one thing that would be written to a binding: "Title: A → B".
func (r *Register) Writing(n present.Names, binding string, w plan.Write) string {
	what, before, after := w.What, w.Before, w.After
	if w.Field != "" {
		what = present.FieldName(string(w.Field))
		before, after = r.Shown(n, binding, w.Field, before), r.Shown(n, binding, w.Field, after)
	}
	switch {
	case before == "":
		return what + ": " + after
	case after == "":
		return what + ": " + before + " → (empty)"
	default:
		return what + ": " + before + " → " + after
	}
}

// HasBinding reports whether a binding is configured.
func (r *Register) HasBinding(id string) bool {
	return slices.ContainsFunc(r.Profiles, func(p *mapping.Profile) bool { return p.Binding == id })
}
