package auditor

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

// A DayError says why an audit day cannot be opened, closed or shown.
type DayError struct{ What, Remedy string }

// Error says what is wrong.
func (e *DayError) Error() string { return e.What }

// A Day is an audit day as the log has it.
type Day struct {
	export.Opening
	Opened   int64     `json:"opened_entry"`
	OpenedAt time.Time `json:"opened"`
	// Closed is the entry that closes it, and Receipt what that entry holds; 0 and nil while the day
	// is open.
	Closed  int64  `json:"closed_entry,omitempty"`
	Receipt []byte `json:"-"`
	opening []byte
	entry   audit.Entry // that opened it
}

// OpenDay opens an audit day: it fixes the period and the population, draws the sample if the question
// has a seed, and notes all that in the log. It returns the checkpoint of the log that ends with the
// opening, for the auditor to keep.
func (d Desk) OpenDay(ctx context.Context, ref, period string, q sample.Question) (day Day, checkpoint []byte, err error) {
	row, err := d.Store.Record(ctx, ref)
	if err != nil {
		return day, nil, err
	}
	err = d.Store.Write(ctx, func(t *store.Tx) error {
		now, err := t.Row(ctx, row.Record.ID)
		if err != nil {
			return err
		}
		if err := inForce(now.Record); err != nil {
			return err
		}
		if last, err := dayOf(ctx, t, now.Record); err == nil && last.Closed == 0 {
			return &DayError{fmt.Sprintf("%s has an audit day that is open since %s", now.Record.Ref, last.OpenedAt.Format("2006-01-02 15:04")), "close it first: conformd audit day close --audit " + now.Record.Ref + " -o receipt.zip"}
		} else if _, none := errors.AsType[*DayError](err); err != nil && !none {
			return err
		}
		o := export.Opening{Audit: now.Record.Ref, AsOf: stamp(t.Now()), Period: period, From: q.From, To: q.To, Sample: []export.Sampled{}}
		cause, err := d.fix(ctx, t, &o, q)
		if err != nil {
			return err
		}
		doc, err := json.Marshal(o)
		if err != nil {
			return err
		}
		t.Audit(d.dayEntry(audit.AuditDayOpened, now, cause, opening(o, string(doc))))
		day = Day{Opening: o, OpenedAt: t.Now()}
		if day.Opened, err = t.Flush(ctx); err != nil {
			return err
		}
		// The checkpoint is signed with the entry. Others who share the commit come after it.
		checkpoint, err = auditdb.CurrentCheckpoint(ctx, t)
		return err
	})
	return day, checkpoint, err
}

// opening is what the entry that opens a day says. Doc is the opening as JSON.
func opening(o export.Opening, doc string) []audit.FieldChange {
	out := []audit.FieldChange{{Field: "period", After: audit.NewText(o.Period)}}
	if o.Seed != "" {
		out = append(out, audit.FieldChange{Field: "seed", After: audit.NewText(o.Seed)}, audit.FieldChange{Field: "size", After: audit.NewText(fmt.Sprint(o.Size))})
	}
	return append(out,
		audit.FieldChange{Field: "population", After: audit.NewText(fmt.Sprint(len(o.Population)))},
		audit.FieldChange{Field: "population_sha256", After: audit.NewText(o.Digest)},
		audit.FieldChange{Field: export.DayOpening, After: audit.NewText(doc)})
}

// fix fills in the population and the sample of an opening. It returns the number of the entry that
// notes the draw.
func (d Desk) fix(ctx context.Context, t *store.Tx, o *export.Opening, q sample.Question) (cause []int64, err error) {
	records, err := recordsOf(ctx, t)
	if err != nil {
		return nil, err
	}
	if q.Seed == "" {
		o.Population, o.Digest = sample.Population(records, q.From, q.To)
		return nil, nil
	}
	q.At = t.Now()
	s, err := sample.Draw(records, q)
	if err != nil {
		return nil, err
	}
	o.Population, o.Digest, o.Seed, o.Size = s.Population, s.Digest, q.Seed, q.Size
	ids := map[string]string{}
	for _, r := range records {
		ids[r.Ref] = r.ID
	}
	for _, c := range s.Chosen {
		x, err := stood(ctx, t, ids[c.Ref])
		if err != nil {
			return nil, err
		}
		also := []string{}
		for _, a := range c.Also {
			also = append(also, string(a))
		}
		o.Sample = append(o.Sample, export.Sampled{Stood: x, Why: string(c.Why), Also: also, Digest: c.Digest})
	}
	t.Audit(d.drawn(Drawn{Sample: s, Seed: q.Seed, From: q.From, To: q.To}, q.Size))
	seq, err := t.Flush(ctx)
	return []int64{seq}, err
}

// inForce holds that a record is an audit that was taken in and has not ended.
func inForce(r register.Record) error {
	switch {
	case r.Kind() != register.Audit:
		return &DayError{fmt.Sprintf("%s is no audit", r.Ref), "conformd register list --kind audit shows the audits; conformd register new --kind audit files one"}
	case r.State == register.Reported:
		return &DayError{fmt.Sprintf("the audit %s is not triaged", r.Ref), "conformd register triage " + r.Ref}
	case r.State.Ended():
		return &DayError{fmt.Sprintf("the audit %s is %s", r.Ref, r.State), "conformd register list --kind audit --open shows the audits that are under way"}
	}
	return nil
}

// stood returns a record as it stands, by its id.
func stood(ctx context.Context, t *store.Tx, id string) (export.Stood, error) {
	row, err := t.Row(ctx, id)
	if err != nil {
		return export.Stood{}, err
	}
	sum := sha256.Sum256(ledger.Row{Record: row.Record}.Line())
	return export.Stood{Record: row.Record.Ref, Version: row.Version, SHA256: hex.EncodeToString(sum[:])}, nil
}

// dayEntry is an entry that opens or closes an audit day.
func (d Desk) dayEntry(v audit.Verb, row store.Row, cause []int64, changes []audit.FieldChange) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: d.Actor, Origin: audit.Origin{Trigger: audit.TriggerManual}, Cause: cause, Changes: changes,
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: row.Record.ID, Ref: row.Record.Ref, Version: row.Version},
	}
}

// Day returns the last audit day of an audit. The error is a *DayError if it had none.
func (d Desk) Day(ctx context.Context, r register.Record) (Day, error) {
	return dayOf(ctx, d.Store.Reader(), r)
}

func dayOf(ctx context.Context, tx auditdb.Tx, r register.Record) (day Day, err error) {
	e, err := store.NewestOf(ctx, tx, r.ID, audit.AuditDayOpened, audit.AuditDayClosed)
	if errors.Is(err, sql.ErrNoRows) {
		return day, &DayError{fmt.Sprintf("no audit day of %s was opened", r.Ref), "conformd audit day open --audit " + r.Ref + " --period 2026-Q3"}
	}
	if err != nil {
		return day, err
	}
	if e.Entry.Verb == audit.AuditDayClosed {
		day.Closed = e.Seq
		if day.Receipt, err = held(ctx, tx, e, export.DayReceipt); err != nil {
			return day, err
		}
		if len(e.Entry.Cause) != 1 {
			return day, fmt.Errorf("entry %d of the log names no opening of the audit day", e.Seq)
		}
		if e, err = auditdb.Get(ctx, tx, e.Entry.Cause[0]); err != nil {
			return day, err
		}
	}
	day.Opened, day.OpenedAt, day.entry = e.Seq, e.Entry.At.UTC(), e.Entry
	if day.opening, err = held(ctx, tx, e, export.DayOpening); err != nil {
		return day, err
	}
	if err := json.Unmarshal(day.opening, &day.Opening); err != nil {
		return day, fmt.Errorf("the opening in entry %d of the log: %w", e.Seq, err)
	}
	return day, nil
}

// held returns the value of a field of an entry, also one that is kept beside the log.
func held(ctx context.Context, tx auditdb.Tx, e audit.Stored, field string) ([]byte, error) {
	for _, c := range e.Entry.Changes {
		switch {
		case c.Field != field || c.After == nil:
		case c.After.SHA256 == "":
			return []byte(c.After.Value), nil
		default:
			text, err := auditdb.TextOf(ctx, tx, c.After.SHA256)
			if err != nil {
				return nil, fmt.Errorf("the %s of entry %d of the log: %w", field, e.Seq, err)
			}
			return []byte(text), nil
		}
	}
	return nil, fmt.Errorf("entry %d of the log has no %s", e.Seq, field)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
