package service

import (
	"context"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// A Store is the part of the store that a [Register] reads.
type Store interface {
	Browse(ctx context.Context, b store.Browse) (store.Found, error)
	BoundIssues(ctx context.Context, recordID string) ([]store.BoundIssue, error)
	Brakes(ctx context.Context) ([]store.Brake, error)
	Comments(ctx context.Context, binding, issueID string, limit int) ([]connectors.Comment, error)
	ConflictsOf(ctx context.Context, recordID string, limit int) ([]store.ConflictRow, error)
	Count(ctx context.Context, b store.Browse, most int) (int, error)
	Counts(ctx context.Context) (map[store.Show]int, error)
	FacetNames(ctx context.Context) ([]string, error)
	Figures(ctx context.Context, questions ...kpi.Question) ([]kpi.Sheet, error)
	Findings(ctx context.Context, audit register.Record) ([]register.Finding, error)
	Existing(ctx context.Context, recordID string, names []string) (map[string]register.Other, error)
	IssueAddresses(ctx context.Context, ids []string) (map[string][]string, error)
	Lines(ctx context.Context, ns []int64, under int64, at time.Time) (map[int64]string, error)
	LinksTo(ctx context.Context, id string) ([]store.LinkFrom, error)
	StateOf(ctx context.Context, id string) (register.Other, error)
	History(ctx context.Context, recordID string, before int64, limit int) ([]audit.Stored, error)
	HistoryFrom(ctx context.Context, recordID string, from int64, limit int) ([]audit.Stored, error)
	Numbered(ctx context.Context, b store.Browse) (store.Found, error)
	OpenConflicts(ctx context.Context, limit int) ([]store.ConflictRow, int, error)
	Outcomes(ctx context.Context, intents map[int64]bool) ([]audit.Stored, error)
	Past(ctx context.Context, r report.Report, q kpi.Question) (report.Past, error)
	QuarantinedNamed(ctx context.Context, key string) ([]store.Quarantined, error)
	Record(ctx context.Context, ref string) (store.Row, error)
	Records(ctx context.Context) ([]store.Row, error)
	RecordsDue(ctx context.Context, day, person string) ([]store.Row, error)
	RecordsByIssue(ctx context.Context, key string) ([]store.Named, error)
	RecordsByNumber(ctx context.Context, number string) ([]store.Named, error)
	Rows(ctx context.Context, ns []int64) ([]store.Row, error)
	Surroundings(ctx context.Context, ids []string) (map[string]store.Surrounding, error)
	Standing(ctx context.Context, binding string) ([]store.Standing, error)
}
