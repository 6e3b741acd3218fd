package service_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A breaking store fails at one of its transactions, after the work in it was done.
type breaking struct {
	*store.Store
	left int
}

var errBroken = errors.New("the disk is full")

func (b *breaking) Write(ctx context.Context, do func(*store.Tx) error) error {
	return b.Store.Write(ctx, func(t *store.Tx) error {
		if err := do(t); err != nil {
			return err
		}
		if b.left--; b.left == 0 {
			return errBroken
		}
		return nil
	})
}

// An import that breaks off has filed whole records; the next one files the rest, and a third
// one nothing. A record that people made of a finding themselves counts as the finding's.
func TestAnImportGoesOnWhereItBrokeOff(t *testing.T) {
	d := newDesk(t)
	finding := func(ref, title string) findings.Finding {
		return findings.Finding{Ref: ref, Kind: register.Nonconformity, Titled: true, Values: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldGrade: "minor", register.FieldTitle: title, register.FieldProblem: title,
			register.FieldSource: "external_audit", register.FieldSourceRef: ref,
		}}
	}
	list := []findings.Finding{finding("SA/1", "One"), finding("SA/2", "Two"), finding("SA/3", "Three"), finding("SA/4", "Four")}
	disk := &breaking{Store: d.store, left: 3}
	acts := &service.Acts{
		Store: disk, People: d.People, Policy: register.DefaultPolicy(), Prefixes: func(register.Kind) string { return "NC" },
		Now: func() time.Time { return time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC) },
	}
	by := service.By{Person: "olga", Account: "os:1"}
	if _, err := acts.File(t.Context(), by, service.Filing{Kind: register.Nonconformity, Values: finding("sa/4", "Fourth, by hand").Values}); err != nil {
		t.Fatal(err)
	}
	run := func() (filed int, matched []service.Matched, err error) {
		rows, err := d.store.Records(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		matched = service.Match(rows, list)
		for _, m := range matched {
			if m.Record != nil {
				continue
			}
			if _, err := acts.FileFinding(t.Context(), by, m.Finding, map[register.Field]string{register.FieldOwner: "olga", register.FieldTitle: "not this"}, "row 1"); err != nil {
				return filed, matched, err
			}
			filed++
		}
		return filed, matched, nil
	}
	if filed, _, err := run(); filed != 1 || !errors.Is(err, errBroken) {
		t.Errorf("the first import filed %d: %v, want 1 and an error", filed, err)
	}
	if filed, _, err := run(); filed != 2 || err != nil {
		t.Errorf("the second import filed %d: %v, want the other 2", filed, err)
	}
	filed, matched, err := run()
	if filed != 0 || err != nil {
		t.Errorf("the third import filed %d: %v, want none", filed, err)
	}
	for i, m := range matched[:3] {
		if m.Record == nil || len(m.Differs) > 0 || m.Record.Fields[register.FieldOwner] != "olga" {
			t.Errorf("finding %d: %+v, want its record with the owner and no difference", i+1, m)
		}
	}
	if m := matched[3]; m.Record == nil || len(m.Differs) != 2 || m.Differs[0] != (service.Difference{Field: register.FieldTitle, Register: "Fourth, by hand", List: "Four"}) {
		t.Errorf("the finding that was filed by hand: %+v, want its record with two differences", m)
	}
	// Two people who import at once file one record.
	again, err := acts.FileFinding(t.Context(), by, list[0], nil, "row 1")
	if err != nil || again.Ref != matched[0].Record.Ref {
		t.Errorf("FileFinding() = %s, %v, want %s", again.Ref, err, matched[0].Record.Ref)
	}
}

// A version of a record is told of up to an entry of the log, whatever was written later.
func TestLastEntryOfAVersion(t *testing.T) {
	d := newDesk(t)
	acts := &service.Acts{
		Store: d.store, People: d.People, Policy: register.DefaultPolicy(), Prefixes: func(register.Kind) string { return "NC" },
		Now: func() time.Time { return time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC) },
	}
	by := service.By{Person: "olga", Account: "os:1"}
	filed, err := acts.File(t.Context(), by, service.Filing{Kind: register.Nonconformity, Values: map[register.Field]string{register.FieldTitle: "One"}})
	if err != nil {
		t.Fatal(err)
	}
	last := func() (version, entry int64) {
		row, err := d.store.Record(t.Context(), filed.Record.Ref)
		if err != nil {
			t.Fatal(err)
		}
		entry, err = d.LastEntry(t.Context(), row.Record.ID, row.Version)
		size, err2 := d.store.LogSize(t.Context())
		if err != nil || err2 != nil || entry != size-1 {
			t.Errorf("LastEntry() = %d, %v, want the newest of %d entries", entry, err, size)
		}
		return row.Version, entry
	}
	version, entry := last()
	if _, err := acts.Do(t.Context(), filed.Record.ID, by, func(a register.Author) register.Command {
		return register.Send{By: a, To: "Body X", On: "2026-07-01"}
	}); err != nil {
		t.Fatal(err)
	}
	last()
	if again, err := d.LastEntry(t.Context(), filed.Record.ID, version); err != nil || again != entry {
		t.Errorf("LastEntry() of the version before = %d, %v, want %d", again, err, entry)
	}
}
