// Package reconcile keeps one record at a time in step with the issues bound to
// it: it takes in what was observed, asks plan what should become true, and has
// apply carry it out. Observing all issues of a binding (Poll, Sweep) is here too.
//
// Everything that a turn needs to go on after a crash is in the store: a record
// wants to be looked at as long as its wanted count is ahead of its done count,
// and a write whose outcome is not known is an open intent. The job queue only
// says when to look.
package reconcile

import (
	"context"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/plan"
)

// A Reconciler keeps the records of one register in step. Its fields are set
// before its first use and not changed afterwards.
type Reconciler struct {
	Store    *store.Store
	Applier  *apply.Applier
	Bindings []*apply.Binding // in the order of the configuration, which is also that of precedence
	Policy   register.Policy
	People   map[string]register.Person
	SmallOrg bool
	Prefixes map[register.Kind]string // of record numbers, "NC"
	// MaxReverts is how often a field may be reverted in 24 hours.
	MaxReverts int
	// Overlap is how far a poll looks back behind its cursor: listings lag.
	Overlap time.Duration
	Brake   Brake
	Log     *zap.Logger
	Now     func() time.Time
	// Wake is called, in the transaction, for each record that wants to be looked
	// at. It may be nil: the store knows too.
	Wake func(ctx context.Context, t *store.Tx, recordID string) error
	// DryRun plans and stores, and writes to no tracker. It is meant for a copy of
	// the store.
	DryRun func(register.Record, plan.Plan)
	// Running holds the records at work, so that one process never works twice on
	// one record at a time.
	running gate
}

// Brake are the limits of change in one look at a binding; beyond them writing
// stops until a person has looked. A share counts only above Floor issues.
type Brake struct {
	Floor          int
	MissingPercent int
	ChangedPercent int
}

// trips reports whether n of all is more than the share allows.
func (b Brake) trips(n, all, percent int) bool {
	return percent > 0 && n > b.Floor && n*100 > all*percent
}

// binding returns the binding with an id, or nil if it is not configured any more.
func (r *Reconciler) binding(id string) *apply.Binding {
	i := slices.IndexFunc(r.Bindings, func(b *apply.Binding) bool { return b.ID == id })
	if i < 0 {
		return nil
	}
	return r.Bindings[i]
}

// want notes that a record must be looked at.
func (r *Reconciler) want(ctx context.Context, t *store.Tx, recordID string) error {
	if err := t.Want(ctx, recordID); err != nil {
		return err
	}
	if r.Wake == nil {
		return nil
	}
	return r.Wake(ctx, t, recordID)
}

func (r *Reconciler) context() register.Context {
	return register.Context{At: r.Now().UTC(), People: r.People, SmallOrg: r.SmallOrg}
}

// daemon is the actor of what conformd does by itself.
func daemon() audit.Actor { return audit.Actor{Kind: audit.Daemon, How: audit.ByNone} }
