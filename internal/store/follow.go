package store

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register"
)

// Follow does what facts about a record lead to, in the transaction that stores those facts: neither is
// kept without the other. An observation or a signal that is promoted leads to a record of another kind, and
// a value that does not meet its target to a signal; each is linked to the record, and has its own entries
// in the log. Another source reference lets the audit be looked at that it names. Prefix is the beginning
// of the numbers of a kind.
func (t *Tx) Follow(ctx context.Context, of register.Record, facts []register.Fact, prefix func(register.Kind) string, trigger audit.Trigger) error {
	for _, f := range facts {
		var err error
		switch {
		case f.Kind == register.FactDecided && f.Decision.Subject == register.SubjectPromotion && f.Decision.Counts():
			next, link := f.Decision.PromotedFrom(of)
			next.ID = following("conformd promoted " + of.ID + " " + f.Decision.Event)
			err = t.file(ctx, of, filing{next, link, f, "promoted from " + of.Ref}, prefix, trigger)
		case f.Kind == register.FactSet && f.Field == register.FieldSourceRef:
			err = t.markAudits(ctx, f)
		case f.Kind == register.FactMeasured:
			err = t.signal(ctx, of, f, prefix, trigger)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// following is the id of a record that a fact leads to: the same fact, read again after a restore,
// files the same record.
func following(fact string) string { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(fact)).String() }

// signal files the signal of a value that does not meet its target, once for each period.
func (t *Tx) signal(ctx context.Context, of register.Record, f register.Fact, prefix func(register.Kind) string, trigger audit.Trigger) error {
	next, missed := f.Measurement.Signalled(of)
	if !missed {
		return nil
	}
	next.ID = following("conformd missed target " + of.ID + " " + f.Measurement.Period)
	if _, err := t.Record(ctx, next.ID); !errors.Is(err, ErrNotFound) {
		return err
	}
	return t.file(ctx, of, filing{next, f.Measurement.Raises(of), f, "a value of " + of.Ref + " did not meet its target"}, prefix, trigger)
}

// A filing is a record that a fact of another one leads to, with its link to that one.
type filing struct {
	next register.Record
	link register.Fact
	fact register.Fact
	why  string
}

func (t *Tx) file(ctx context.Context, of register.Record, x filing, prefix func(register.Kind) string, trigger audit.Trigger) error {
	next, err := t.NewRecord(ctx, prefix(x.next.Kind()), x.next)
	if err != nil {
		return err
	}
	t.Audit(audit.Entry{
		Verb: audit.RecordCreated, Occurred: x.fact.At, Actor: ledger.Actor(x.fact), Reason: x.why,
		Origin:  audit.Origin{Trigger: trigger, Event: x.fact.Event},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: next.ID, Ref: next.Ref, Version: 1},
		Changes: ledger.Filed(next),
		Facts:   ledger.Text([]register.Fact{{Kind: register.FactCarried, Record: &next}}),
	})
	row, err := t.Acquire(ctx, next.ID)
	if err != nil {
		return err
	}
	x.link.Account, x.link.Means = x.fact.Account, x.fact.Means
	if err := t.SaveFacts(ctx, register.Apply(next, x.link), row.Fence, []register.Fact{x.link}, trigger); err != nil {
		return err
	}
	for _, id := range []string{next.ID, of.ID} { // the comment of the record names the new one
		if err := t.MarkDirty(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
