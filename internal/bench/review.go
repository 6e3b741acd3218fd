package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/cli"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What a register at work looks like to a management review: one record in five is open, and each
// was changed so often, in turns with the others, that its entries of the log lie apart.
const (
	openOneIn     = 5
	openEntries   = 18
	closedEntries = 4
)

// reviewTime returns how long conformd report management-review takes to write its page, in seconds,
// from the reading of the configuration to the last byte. The register is that of a first sync, on
// which people then worked.
func (r *rig) reviewTime(ctx context.Context) (float64, error) {
	rows, err := r.app.Store.Records(ctx)
	if err != nil {
		return 0, err
	}
	if err := r.worked(ctx, rows); err != nil {
		return 0, err
	}
	acted, err := r.app.Acts().OpenReview(ctx, service.By{Person: "irene", Account: "os:irene"}, service.Opening{Period: time.Now().UTC().Format("2006")}, nil)
	if err != nil {
		return 0, err
	}
	page := filepath.Join(filepath.Dir(r.path), "review.html")
	var text, msgs bytes.Buffer
	began := time.Now()
	if code := cli.Main(ctx, []string{"report", "management-review", acted.Record.Ref, "--format", "html", "-o", page, "-c", r.path}, cli.Process{Stdout: &text, Stderr: &msgs, Env: rehearsal.Env}); code != cli.ExitDone {
		return 0, errors.New(msgs.String())
	}
	took := time.Since(began)
	html, err := os.ReadFile(page)
	if err != nil {
		return 0, err
	}
	if n := bytes.Count(html, []byte("<tr>")); n < len(rows)/openOneIn/10 {
		return 0, fmt.Errorf("the page of the management review has only %d rows", n)
	}
	return took.Seconds(), nil
}

// worked gives each record the entries of people's work, and closes four records of five.
func (r *rig) worked(ctx context.Context, rows []store.Row) error {
	const together = 500
	for n := range openEntries {
		for from := 0; from < len(rows); from += together {
			err := r.app.Store.Write(ctx, func(t *store.Tx) error {
				for k := from; k < min(from+together, len(rows)); k++ {
					f, ok := work(k, n)
					if !ok {
						continue
					}
					row, err := t.Acquire(ctx, rows[k].Record.ID)
					if err != nil {
						return err
					}
					if err := t.SaveFacts(ctx, register.Apply(row.Record, f), row.Fence, []register.Fact{f}, audit.TriggerManual); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// work is what happened to record k in round n; ok is false if nothing did.
func work(k, n int) (f register.Fact, ok bool) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	f = register.Fact{
		Kind: register.FactSet, Field: register.FieldRootCause, At: now, By: "olga", From: "register", Means: string(register.ByTerminal),
		After: fmt.Sprintf("The owner of system %d left, and nobody was asked to review in their place. Text number %d.", k, n),
	}
	switch open := k%openOneIn == 0; {
	case open && n == 0:
		f.Field, f.After = register.FieldKind, []string{"nonconformity", "nonconformity", "improvement", "signal"}[k/openOneIn%4]
	case open, n < closedEntries-1:
	case n == closedEntries-1:
		f = register.Fact{Kind: register.FactMoved, At: now, By: "irene", Move: &register.Moved{From: register.Reported, To: register.Closed, Confirmed: now, Done: now, Closed: now}}
	default:
		return f, false
	}
	return f, true
}
