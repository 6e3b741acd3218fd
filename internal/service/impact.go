package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// An Impacted is a record that a change of the policy affects.
type Impacted struct {
	Ref    string         `json:"ref"`
	Title  string         `json:"title"`
	State  register.State `json:"state"`
	Closed time.Time      `json:"closed_at,omitzero"`
	// To is the state for which the rules were asked: the record's own if it is at its end,
	// else its next state.
	To    register.State       `json:"to"`
	Rules []register.Violation `json:"rules"`
}

// An Impact lists the records that a change of the policy affects. The change moves none of
// them: entering a state asks the rules, staying does not.
type Impact struct {
	Held  []Impacted `json:"held"`   // the new policy would have held them where the old one did not
	LetGo []Impacted `json:"let_go"` // the new policy would let them go where the old one holds them
}

// Impact checks records under both policies; closed records come first.
func (r *Register) Impact(ctx context.Context, rows []store.Row, before, after register.Policy) (Impact, error) {
	out := Impact{Held: []Impacted{}, LetGo: []Impacted{}}
	for _, row := range rows {
		held, err := r.impact(ctx, row, before, after)
		if err != nil {
			return out, err
		}
		out.Held = append(out.Held, held...)
		letGo, err := r.impact(ctx, row, after, before)
		if err != nil {
			return out, err
		}
		out.LetGo = append(out.LetGo, letGo...)
	}
	for _, list := range [][]Impacted{out.Held, out.LetGo} {
		slices.SortStableFunc(list, func(a, b Impacted) int {
			return cmp.Or(cmp.Compare(ended(a), ended(b)), cmp.Compare(a.Ref, b.Ref))
		})
	}
	return out, nil
}

// ended orders records: closed, other ends, open.
func ended(i Impacted) int {
	switch {
	case i.State == register.Closed:
		return 0
	case i.State.Ended():
		return 1
	default:
		return 2
	}
}

// impact returns the record of a row if after holds it and before does not.
func (r *Register) impact(ctx context.Context, row store.Row, before, after register.Policy) ([]Impacted, error) {
	rec, in := row.Record, register.Context{At: r.now(), People: r.People}
	vs := register.Impact(rec, in, before, after)
	if len(vs) == 0 {
		return nil, nil
	}
	names, err := r.names(ctx, rec.ID) // costs reads, so only where they are shown
	if err != nil {
		return nil, err
	}
	in.Accounts = names.Accounts
	to := rec.State
	if !rec.State.Ended() {
		to, _ = register.Next(rec)
	}
	return []Impacted{{
		Ref: rec.Ref, Title: rec.Fields[register.FieldTitle], State: rec.State, Closed: rec.Closed, To: to,
		Rules: register.Impact(rec, in, before, after),
	}}, nil
}
