package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// replay measures what a full verification with a replay of the log costs, against reading
// the entries and hashing the tree over them alone. The log is one of people at work between
// the simulated trackers.
func replay(ctx context.Context, dir string) ([]Row, error) {
	return replayOf(ctx, dir, 200, 15)
}

func replayOf(ctx context.Context, dir string, records, times int) ([]Row, error) {
	const rounds = 8
	r, err := newRig(ctx, dir, rehearsal.Options{}, 8)
	if err != nil {
		return nil, err
	}
	rows, err := r.replay(ctx, records, rounds, times)
	return rows, errors.Join(err, r.close())
}

func (r *rig) replay(ctx context.Context, records, rounds, times int) ([]Row, error) {
	if err := r.work(ctx, records, rounds); err != nil {
		return nil, err
	}
	key, err := tree.NewVerifier(r.app.Public)
	if err != nil {
		return nil, err
	}
	var ratios []float64
	for range times {
		whole, err := r.timed(ctx, func(tx *sql.Tx) error {
			rep, err := verify.DB(ctx, tx, key, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
			if err == nil && (rep.Result != verify.VerifiedInPart || rep.Records != int64(records)) {
				err = fmt.Errorf("the log does not verify: %d records, %+v", rep.Records, rep.Findings)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
		tree, err := r.timed(ctx, func(tx *sql.Tx) error { return hashTree(ctx, tx) })
		if err != nil {
			return nil, err
		}
		ratios = append(ratios, float64(whole)/float64(tree))
	}
	slices.Sort(ratios)
	return []Row{{Name: "verify_replay_vs_tree_only", Value: ratios[len(ratios)/2], Unit: "x", Goal: "<= 8 (median)"}}, nil
}

// timed runs f on one state of the database.
func (r *rig) timed(ctx context.Context, f func(*sql.Tx) error) (time.Duration, error) {
	tx, err := r.app.Store.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	start := time.Now()
	err = f(tx)
	took := time.Since(start)
	return took, errors.Join(err, tx.Rollback())
}

// hashTree reads the entries and hashes the tree over them, and does nothing else.
func hashTree(ctx context.Context, tx *sql.Tx) (err error) {
	rows, err := tx.QueryContext(ctx, "SELECT leaf FROM audit_entry ORDER BY seq")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var hashes []tlog.Hash // stored hashes, as golang.org/x/mod/sumdb/tlog has them
	read := tlog.HashReaderFunc(func(is []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(is))
		for i, at := range is {
			out[i] = hashes[at]
		}
		return out, nil
	})
	var leaf sql.RawBytes
	n := int64(0)
	for ; rows.Next(); n++ {
		if err := rows.Scan(&leaf); err != nil {
			return err
		}
		more, err := tlog.StoredHashesForRecordHash(n, tlog.RecordHash(leaf), read)
		if err != nil {
			return err
		}
		hashes = append(hashes, more...)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = tlog.TreeHash(n, read)
	return err
}

// work has people write causes and plans, hand issues over, decide and close, for a while.
func (r *rig) work(ctx context.Context, records, rounds int) error {
	if err := r.seed(records, 1); err != nil {
		return err
	}
	if _, _, err := r.pass(ctx); err != nil {
		return err
	}
	for round := range rounds {
		r.world.Clock.Advance(time.Hour)
		for k := 1; k <= records; k++ {
			if err := r.act(k, round); err != nil {
				return fmt.Errorf("issue %d, round %d: %w", k, round, err)
			}
		}
		if _, _, err := r.pass(ctx); err != nil {
			return err
		}
	}
	return nil
}

// act is one thing that a person does to an issue. Together the rounds bring a record from
// its report to a held closure, with people coming and going.
func (r *rig) act(k, round int) error {
	erik, irene, rita := r.world.GitHub.As("erik"), r.world.GitHub.As("irene"), r.world.GitHub.As("rita")
	body := func(sections ...string) string {
		var b strings.Builder
		fmt.Fprintf(&b, "### Requirement not met\n\nA.5.18\n\n### What is wrong\n\nThe review of system %d was due in June and is not done.\n", k)
		for i := 0; i+1 < len(sections); i += 2 {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n", sections[i], sections[i+1])
		}
		return b.String()
	}
	cause := "Reviews are planned in a calendar that nobody took over when the team was parted."
	plan := fmt.Sprintf("- [ ] Hand the calendar over @erik due:2026-12-20 cause:1\n- [ ] Review system %d @olga due:2026-12-20 cause:1", k)
	said := func(_ int64, err error) error { return err }
	switch round {
	case 0:
		return erik.Assign(k, "erik")
	case 1:
		return erik.Rewrite(k, body("Objective evidence", "The list of reviews of June.", "Containment and correction", "The review was done on the day it was found.", "Root cause", "_No response_"))
	case 2:
		return said(irene.Comment(k, "/capa triage"))
	case 3:
		return erik.Rewrite(k, body("Objective evidence", "The list of reviews of June.", "Containment and correction", "The review was done on the day it was found.", "Root cause", cause))
	case 4:
		if k%2 == 0 {
			return erik.Retitle(k, fmt.Sprintf("Review %d of access rights is late, again", k))
		}
		return irene.Label(k, "grade/major")
	case 5:
		return erik.Rewrite(k, body("Objective evidence", "The list of reviews of June.", "Containment and correction", "The review was done on the day it was found.", "Root cause", cause, "Corrective action plan", plan))
	case 6:
		if err := said(irene.Comment(k, "/capa approve-plan")); err != nil {
			return err
		}
		return said(rita.Comment(k, "/capa effective Compared two exports of the accounts."))
	default:
		return erik.Close(k, "completed")
	}
}
