package app

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// A Restoring is a backup that is about to replace a register.
type Restoring struct {
	Dir    string // holds the copy of the backup's database; it is not the data directory yet
	Signer audit.Signer
	Made   time.Time // when the backup was made
	// Restore says what the log lost. The function Restore fills in its number and time.
	Restore audit.Restore
	// Known maps the record numbers of the replaced register to the ids of their records, as
	// far as that register could be read. No other record gets one of these numbers.
	Known map[string]string
	Now   func() time.Time
}

// Restore makes a restored database safe to run, in one transaction: the log says that
// it was set back, the brake stops writing to every binding until a person releases it, and
// the next scan of each binding is a sweep. It returns the bindings.
func Restore(ctx context.Context, c *config.Config, r Restoring) (bindings []string, err error) {
	st, err := store.Open(ctx, store.Options{Dir: r.Dir, Log: audit.Open(r.Signer, r.Signer.Name()), Run: uuid.NewString(), Config: c.Digest(), Now: r.Now})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if c, err = Remembered(ctx, c, st); err != nil {
		return nil, err
	}
	var ids []string
	for _, b := range c.Bindings {
		ids = append(ids, b.ID)
	}
	err = st.Write(ctx, func(t *store.Tx) error {
		e := r.Restore.Entry()
		e.At = t.Now()
		e.Subject = audit.Subject{Type: audit.SubjectDaemon, ID: r.Signer.Name(), Ref: r.Signer.Name()}
		t.Audit(e)
		brake := store.RestoredWhy(r.Made, r.Restore.Told)
		if bindings, err = t.Rewind(ctx, ids, store.BrakeRestored, brake); err != nil {
			return err
		}
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
	return bindings, err
}
