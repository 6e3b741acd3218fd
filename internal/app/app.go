// Package app builds the daemon from its configuration and runs it. It is the
// only place that knows every package; it constructs and connects, and decides
// nothing.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/ingest"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/reconcile"
)

// An App is conformd with everything it needs, not yet running.
type App struct {
	// Config is the configuration, with a binding for each repository that a pattern stands for.
	Config     *config.Config
	Store      *store.Store
	Bindings   []*binding.Binding
	Ingest     *ingest.Ingester
	Reconciler *reconcile.Reconciler
	Log        *zap.Logger
	// Origin is the first name of the audit log, see [tree.FirstName], and Public holds its
	// verifier keys for auditors, a line for each name.
	Origin, Public string
	// Operator is the person at the terminal of this process, who takes the decisions of a
	// command. The daemon does not use it.
	Operator audit.Actor
	// Unlisted holds a sentence for each pattern whose repositories could not be listed.
	Unlisted []string

	// pagesAt is where the pages are served, nil before.
	pagesAt net.Addr

	credentials *credentials
	checkAtOnce int64
	fresh       time.Duration

	audit *auditlog.Log
	// head is the file with the remembered head of the log, "" for a rehearsal; headNow is
	// what the file holds.
	head    string
	headNow []byte
	hooks   map[string]connectors.Webhook
	// policies say which policy is in force. unworkable is the reason why this program cannot
	// work under it, nil if it can.
	policies   PolicyState
	unworkable error
	count      counters
	setup      setup
}

// Options are what the process gives the daemon: network, clock, files.
type Options struct {
	Log *zap.Logger
	// Base sends the requests to the trackers; nil is the network.
	Base http.RoundTripper
	// Now is the clock; nil is the real one.
	Now func() time.Time
	// Jitter shortens the wait before a read is repeated; nil is random.
	Jitter func(time.Duration) time.Duration
	// Commit wraps every commit of the store; nil wraps nothing. See store.Options.
	Commit func(commit func() error) error
	// Dir replaces the data directory of the configuration, for a rehearsal on a copy.
	Dir string
	// Beside is true if a daemon may be working in the data directory. See store.Options.
	Beside bool
	// Signer signs the log of such a rehearsal, see [PlayKey]; nil is the key of the log.
	Signer tree.Signer
	// CheckAtOnce is the largest database, in bytes, that is checked for damage before the
	// daemon starts. A larger one is checked while it works. 0 is 256 MiB, about a second.
	CheckAtOnce int64
	// Version is the version of the program, for the backup before an upgrade.
	Version string
	// Driver is the database driver; the zero value is the one that ships.
	Driver store.Driver
	// Fresh is how long a proof of identity is good for a decision in the pages; 0 is five minutes.
	Fresh time.Duration
}

// Overlap is how far a poll looks back behind its cursor. Jira Cloud's search is
// eventually consistent, "seconds to minutes" by Atlassian's own account.
const Overlap = 10 * time.Minute

// withDefaults fills in the options that were not given.
func (o Options) withDefaults(c *config.Config) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.Dir == "" {
		o.Dir = c.DataDir
	}
	if o.CheckAtOnce == 0 {
		o.CheckAtOnce = 256 << 20
	}
	return o
}

// Open builds the daemon. The caller closes it.
func Open(ctx context.Context, c *config.Config, o Options) (*App, error) {
	o = o.withDefaults(c)
	a := &App{checkAtOnce: o.CheckAtOnce, fresh: o.Fresh, Config: c, Log: o.Log}
	if err := a.openStore(ctx, c, o); err != nil {
		return nil, err
	}
	err := a.build(a.Config, o)
	if err == nil {
		err = a.underPolicy(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// openStore opens the register and its log. Unless another process works with them, it makes
// a backup and brings both up to date.
func (a *App) openStore(ctx context.Context, c *config.Config, o Options) error {
	if err := seclude(o.Dir, o.Log); err != nil {
		return err
	}
	rehearsal := o.Signer != nil
	var err error
	if !rehearsal {
		if o.Signer, a.Public, err = signer(c, o.Dir); err != nil {
			return err
		}
		a.head = filepath.Join(o.Dir, backup.HeadFile)
	}
	if !rehearsal && !o.Beside && o.Driver.Open == nil {
		if err := a.backUp(ctx, c, o); err != nil {
			return err
		}
	}
	a.Origin = tree.FirstName(o.Signer.Name())
	a.audit = auditlog.Open(o.Signer, a.Origin)
	a.Store, err = store.Open(ctx, store.Options{Dir: o.Dir, Log: a.audit, Run: uuid.NewString(), Config: c.Digest(), Now: o.Now, Commit: o.Commit, Driver: o.Driver, Beside: o.Beside})
	if err != nil {
		return err
	}
	err = a.sameOrigin(ctx)
	if err == nil {
		err = a.headHolds(ctx)
	}
	if err == nil {
		a.Config, err = a.expand(ctx, c, o)
	}
	if err == nil && !o.Beside {
		err = errors.Join(a.carry(ctx), a.linkTexts(ctx))
	}
	if err != nil {
		return errors.Join(err, a.Close())
	}
	return nil
}

func (a *App) build(c *config.Config, o Options) error {
	a.credentials = newCredentials(c, o.Now)
	a.hooks = map[string]connectors.Webhook{}
	for i := range c.Bindings {
		b, hook, err := a.bind(&c.Bindings[i], o)
		if err != nil {
			return fmt.Errorf("binding %s: %w", c.Bindings[i].ID, err)
		}
		a.Bindings = append(a.Bindings, b)
		if hook != nil {
			a.hooks[b.ID] = hook
		}
	}
	brake := c.Sync.Brake
	a.Ingest = &ingest.Ingester{
		Store: a.Store, Bindings: a.Bindings, Prefixes: map[register.Kind]string{register.Nonconformity: c.Register.Prefix}, Overlap: Overlap,
		Missing: ingest.Missing{Floor: brake.Floor, Percent: brake.MaxMissing}, Log: a.Log.Named("ingest"), Now: o.Now,
	}
	a.Reconciler = &reconcile.Reconciler{
		Store:      a.Store,
		Ingest:     a.Ingest,
		Applier:    &apply.Applier{Store: a.Store, Log: a.Log.Named("apply"), Now: o.Now, Public: c.PublicURL, Alone: true, Events: a.Ingest.Events, Notice: a.Ingest.NoticeComments},
		People:     People(c), // underPolicy sets the rules
		MaxReverts: c.Sync.MaxReverts,
		Brake: reconcile.Brake{Window: brake.Window, Limits: plan.Limits{
			Floor: brake.Floor, Percent: brake.MaxChanges, Emptied: brake.MaxEmptied, Replaced: brake.MaxReplaced, Creates: brake.MaxCreates, Comments: brake.MaxComments,
		}},
		Log: a.Log.Named("reconcile"),
		Now: o.Now,
	}
	return nil
}

// Close closes the store.
func (a *App) Close() error { return a.Store.Close() }

// policy returns the rules that the configuration asks for.
func policy(c *config.Config) (register.Policy, error) {
	p := register.DefaultPolicy()
	p.Edition = register.Edition(c.Edition)
	p.SmallOrg = c.Register.SmallOrg
	p.Acceptance = register.AcceptanceDays{Major: c.Register.Acceptance.MajorDays, Minor: c.Register.Acceptance.MinorDays}
	p.Scales = c.Scales()
	p.Roles, p.Times, p.Rigour, p.Calendar = c.Acts(), c.Times(), c.Rigour(), c.Calendar()
	p.WaitDays = map[register.Grade]int{
		register.Major: c.Register.WaitingDays.Major, register.Minor: c.Register.WaitingDays.Minor,
		register.GradeObservation: c.Register.WaitingDays.Observation, register.GradeOFI: c.Register.WaitingDays.OFI,
	}
	p, err := c.Guards(p)
	return p.WithFields(c.CustomFields()), err
}
