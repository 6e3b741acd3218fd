package auditor

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// CloseDay closes the audit day of an audit and notes in the log what was asked, as the trackers
// showed it at a moment. The receipt is made of that entry, see DayReceipt.
func (d Desk) CloseDay(ctx context.Context, ref string, asked Asked) (day Day, err error) {
	row, err := d.Store.Record(ctx, ref)
	if err != nil {
		return day, err
	}
	err = d.Store.Write(ctx, func(t *store.Tx) error {
		now, err := t.Row(ctx, row.Record.ID)
		if err != nil {
			return err
		}
		if day, err = dayOf(ctx, t, now.Record); err != nil {
			return err
		}
		if day.Closed != 0 {
			return &DayError{fmt.Sprintf("the audit day of %s was closed with entry %d of the log", now.Record.Ref, day.Closed), "conformd audit day receipt --audit " + now.Record.Ref + " -o receipt.zip writes its receipt again"}
		}
		x := export.Receipt{
			Format: export.ManifestFormat, Audit: now.Record.Ref, Reference: strings.TrimSpace(now.Record.Fields[register.FieldSourceRef]), Opened: day.Opened, Opening: day.opening,
			Auditors: strings.FieldsFunc(now.Record.Fields[register.FieldAuditors], func(r rune) bool { return r == '\n' }),
			Closed:   stamp(t.Now()), Sample: []export.Stood{}, Label: RequestLabel, Bindings: asked.Bindings, Read: stamp(asked.Read), Requests: asked.Requests,
		}
		for _, s := range day.Sample {
			r, err := d.Store.Record(ctx, s.Record)
			if err != nil {
				return err
			}
			is, err := stood(ctx, t, r.Record.ID)
			if err != nil {
				return err
			}
			x.Sample = append(x.Sample, is)
		}
		if day.Receipt, err = export.MarshalLine(x, "  "); err != nil {
			return err
		}
		t.Audit(d.dayEntry(audit.AuditDayClosed, now, []int64{day.Opened}, []audit.FieldChange{
			{Field: "requests", After: audit.NewText(fmt.Sprint(len(x.Requests)))},
			{Field: export.DayReceipt, After: audit.NewText(string(day.Receipt))},
		}))
		day.Closed, err = t.Flush(ctx)
		return err
	})
	return day, err
}

// DayReceipt makes the receipt of a day that is closed. Made later it has a later checkpoint, and the
// same content.
func (d Desk) DayReceipt(ctx context.Context, day Day, tool string, keys []string) (Bound, error) {
	tx, err := d.Store.Reader().BeginTx(ctx, readOnly())
	if err != nil {
		return Bound{}, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	x := export.Dossier{Record: day.Audit, Tool: tool, Keys: keys, Seqs: append([]int64{day.Opened, day.Closed}, day.entry.Cause...)}
	var b bytes.Buffer
	m, err := export.WriteReceipt(ctx, tx, &b, x, day.Receipt, day.Opened)
	return Bound{b.Bytes(), m}, err
}
