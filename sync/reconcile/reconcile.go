// Package reconcile keeps one record at a time in step with the issues bound to
// it: it reads what was hinted at, asks plan what should become true, and has apply
// carry it out. Package ingest tells it which records to look at.
//
// Everything that an attempt needs to go on after a crash is in the store: a record
// wants to be looked at as long as its wanted count is ahead of its done count,
// and a write whose outcome is not known is an open intent. The job queue only
// says when to look.
package reconcile

import (
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/ingest"
	"github.com/conformd/conformd/sync/plan"
)

// A Reconciler keeps the records of one register in step. Its fields are set
// before its first use and not changed afterwards.
type Reconciler struct {
	Store    Store
	Ingest   *ingest.Ingester
	Applier  *apply.Applier
	Policy   register.Policy
	People   map[string]register.Person
	SmallOrg bool
	// MaxReverts is how often a field may be reverted in 24 hours.
	MaxReverts int
	Brake      Brake
	Log        *zap.Logger
	Now        func() time.Time
	// DryRun plans and stores, and writes to no tracker. It is meant for a copy of
	// the store.
	DryRun func(register.Record, plan.Plan)

	working binding.Gate
	failed  setbacks
	listing binding.Turns // to list what conformd's own account created, by binding
}

// A Brake is how much may be written to a binding within a while before a person has to
// look.
type Brake struct {
	plan.Limits
	// Window is the while. It is longer than people need for a script that changes many
	// issues one by one, and shorter than a working day.
	Window time.Duration
}

// patience is how long a plan waits for those that are made beside it to be counted
// together with it.
const patience = 30 * time.Second

// bindings are the bindings in the order of the configuration.
func (r *Reconciler) bindings() []*binding.Binding { return r.Ingest.Bindings }

// binding returns the binding with an id, or nil if it is not configured any more.
func (r *Reconciler) binding(id string) *binding.Binding { return binding.Find(r.bindings(), id) }

func (r *Reconciler) context() register.Context {
	return register.Context{At: r.Now().UTC(), People: r.People, SmallOrg: r.SmallOrg}
}
