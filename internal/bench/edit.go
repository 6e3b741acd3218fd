package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
)

// edit measures what one edit costs that a webhook announces: requests from the
// delivery to the write, and durable commits from the delivery until the daemon rests,
// the job queue's own included.
func edit(ctx context.Context, dir string) ([]Row, error) {
	const n, edits = 20, 9
	return onRig(ctx, dir, func(r *rig) ([]Row, error) { return r.edits(ctx, n, edits) })
}

func (r *rig) edits(ctx context.Context, n, edits int) (rows []Row, err error) {
	if err := r.seed(n, 1); err != nil {
		return nil, err
	}
	if _, _, err := r.pass(ctx); err != nil {
		return nil, err
	}
	if err := r.twins(n); err != nil {
		return nil, err
	}
	r.world.Clock.Advance(time.Hour)
	if _, _, err := r.pass(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	addr, ended := make(chan app.Addrs, 1), make(chan error, 1)
	go func() { ended <- r.app.Run(ctx, func(a app.Addrs) { addr <- a }) }()
	defer func() {
		cancel()
		err = errors.Join(err, <-ended)
	}()
	select {
	case a := <-addr:
		if err := r.world.GitHubWebhooks(ctx, "http://"+a.Hooks.String()); err != nil {
			return nil, err
		}
	case err := <-ended:
		ended <- nil
		return nil, err
	}
	before, err := r.app.Store.LogSize(ctx)
	if err != nil {
		return nil, err
	}
	var requests, commits []int
	for k := 1; k <= edits; k++ {
		if err := r.rests(ctx); err != nil {
			return nil, err
		}
		a, b, err := r.oneEdit(ctx, k)
		if err != nil {
			return nil, err
		}
		requests, commits = append(requests, a), append(commits, b)
	}
	after, err := r.app.Store.LogSize(ctx)
	if err != nil {
		return nil, err
	}
	slices.Sort(requests)
	slices.Sort(commits)
	return []Row{
		{Name: "webhook_to_write_requests", Value: float64(requests[edits/2]), Unit: "requests", Goal: "<= 5 (median)"},
		{Name: "log_entries_per_edit", Value: float64(after-before) / float64(edits), Unit: "entries", Goal: "<= 3"},
		{Name: "commits_per_edit", Value: float64(commits[edits/2]), Unit: "commits", Goal: "<= 7 (median; the queue's own included)"},
	}, nil
}

// oneEdit retitles an issue and waits until the daemon rests. It returns the requests up
// to and including the write to Jira, and the commits.
func (r *rig) oneEdit(ctx context.Context, k int) (requests, commits int, err error) {
	wal := filepath.Join(filepath.Dir(r.path), "data", "conformd.db-wal")
	before, err := walCommits(wal)
	if err != nil {
		return 0, 0, err
	}
	r.world.Jira.Faults().ResetCount()
	r.world.GitHub.Faults().ResetCount()
	title := fmt.Sprintf("Review %d is late by weeks", k)
	if err := r.world.GitHub.As("erik").Retitle(k, title); err != nil {
		return 0, 0, err
	}
	for !slices.ContainsFunc(r.world.Jira.Snapshots(), func(s jirasim.Snapshot) bool { return s.Fields["summary"] == title }) {
		if err := sleep(ctx, 5*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
	asked := r.world.Jira.Faults().Requests()
	wrote := slices.IndexFunc(asked, func(q simkit.Request) bool { return q.Method == http.MethodPut })
	requests = wrote + 1 + r.world.GitHub.Faults().Count("", "") // the write is read back afterwards
	if err := r.rests(ctx); err != nil {
		return 0, 0, err
	}
	after, err := walCommits(wal)
	return requests, after - before, err
}

// rests waits until no record wants to be worked on, and a moment more for the queue.
func (r *rig) rests(ctx context.Context) error {
	for {
		ids, err := r.app.Store.Dirty(ctx, r.world.Clock.Now(), 1)
		if err != nil {
			return err
		}
		if err := sleep(ctx, 300*time.Millisecond); err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// walCommits counts the commits in SQLite's write-ahead log: the frames that end a
// transaction, see "The WAL File Format" at https://www.sqlite.org/fileformat2.html.
func walCommits(path string) (int, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	const header, frame = 32, 24
	if len(b) < header {
		return 0, nil
	}
	size := int(binary.BigEndian.Uint32(b[8:]))
	n := 0
	for at := header; at+frame+size <= len(b); at += frame + size {
		if string(b[at+8:at+16]) != string(b[16:24]) {
			break // of before the log was begun anew
		}
		if binary.BigEndian.Uint32(b[at+4:]) != 0 {
			n++
		}
	}
	return n, nil
}
