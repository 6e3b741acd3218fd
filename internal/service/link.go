package service

import (
	"context"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// links returns the references of a record to others and of others to it, with where those
// stand now.
func (r *Register) links(ctx context.Context, rec register.Record, n present.Names) ([]present.Link, error) {
	others := map[string]register.Other{}
	for _, l := range rec.Links {
		o, err := r.Store.StateOf(ctx, l.To)
		if err != nil {
			return nil, err
		}
		others[l.To] = o
	}
	from, err := r.Store.LinksTo(ctx, rec.ID)
	if err != nil {
		return nil, err
	}
	var to []present.Link
	for _, l := range from {
		to = append(to, present.Link{Kind: l.Kind, Ref: l.From.Ref, State: l.From.State, From: true})
	}
	return present.Links(rec, others, to, n), nil
}
