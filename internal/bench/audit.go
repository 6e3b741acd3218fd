package main

import (
	"context"
	"os"

	"github.com/conformd/conformd/audit/auditbench"
)

// audited compares an audited commit with the bare write and fdatasync that any
// durable commit needs.
func audited(ctx context.Context, dir string) ([]Row, error) {
	dir, err := os.MkdirTemp(dir, "audit-")
	if err != nil {
		return nil, err
	}
	costs, err := auditbench.MeasureCommit(ctx, dir, 1000)
	if err != nil {
		return nil, err
	}
	return []Row{{Name: "audited_commit_vs_fdatasync_p50", Value: costs.Ratio(), Unit: "x", Goal: "<= 2.2"}}, nil
}
