package app

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// A Restoring is a backup that is about to replace a register.
type Restoring struct {
	Dir    string // holds the copy of the backup's database; it is not the data directory yet
	Signer tree.Signer
	Made   time.Time // when the backup was made
	// Restore says which head is replaced and why. The function Restore fills in what it says
	// of the backup.
	Restore audit.Restore
	// Known maps the record numbers of the replaced register to the ids of their records, as
	// far as that register could be read. No other record gets one of these numbers.
	Known map[string]string
	Now   func() time.Time
}

// Restored is what came of a restore.
type Restored struct {
	Bindings []string // writing to them is stopped
	Head     []byte   // the checkpoint of the log under its new name
}

// Restore makes a restored database safe to run, in one transaction: the log says that
// it was set back and gets a new name, the brake stops writing to every binding until a
// person releases it, and the next scan of each binding is a sweep.
func Restore(ctx context.Context, c *config.Config, r Restoring) (done Restored, err error) {
	log := auditlog.Open(r.Signer, r.Signer.Name())
	st, err := store.Open(ctx, store.Options{Dir: r.Dir, Log: log, Run: uuid.NewString(), Config: c.Digest(), Now: r.Now})
	if err != nil {
		return done, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if c, err = Remembered(ctx, c, st); err != nil {
		return done, err
	}
	var ids []string
	for _, b := range c.Bindings {
		ids = append(ids, b.ID)
	}
	err = st.Write(ctx, func(t *store.Tx) error {
		r.Restore.At = t.Now()
		e, err := log.Restored(ctx, t, r.Restore)
		if err != nil {
			return err
		}
		t.Audit(e)
		brake := store.RestoredWhy(r.Made, r.Restore.Told)
		bindings, err := t.Rewind(ctx, ids, store.BrakeRestored, brake)
		if err != nil {
			return err
		}
		done.Bindings = bindings
		for _, id := range bindings {
			t.Audit(audit.Entry{
				Verb: audit.BrakeEngaged, Actor: audit.Actor{Kind: audit.Operator, How: audit.ByLocal},
				Origin:  audit.Origin{Binding: id, Trigger: audit.TriggerManual},
				Subject: audit.Subject{Type: audit.SubjectBinding, ID: id, Ref: id}, Reason: brake,
			})
		}
		for ref, id := range r.Known {
			claims := []string{id}
			for _, b := range bindings {
				claims = append(claims, mapping.IssueMarker(id, b))
			}
			if err := t.Reserve(ctx, ref, claims...); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		done.Head, err = auditdb.CurrentCheckpoint(ctx, st.Reader())
	}
	return done, err
}
