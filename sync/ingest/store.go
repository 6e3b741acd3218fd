package ingest

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// A Store is what a scan needs of the store: how far it got, what it has shown, and which
// issues are known. All that it changes, it changes in a transaction.
type Store interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	CommandComments(ctx context.Context, recordID, binding string, limit int) ([]string, error)
	CommentBefore(ctx context.Context, binding string, issue connectors.Ref, id string) (c connectors.Comment, bound bool, err error)
	CountListed(ctx context.Context, binding string) (n int, err error)
	Hinted(ctx context.Context, binding string, limit int) ([]connectors.Ref, error)
	Installation() string
	Known(ctx context.Context, binding, after string, orphans time.Time, limit int) ([]store.Known, error)
	ListedIssues(ctx context.Context, binding, after string, limit int) ([]connectors.Ref, error)
	Mark(ctx context.Context, binding string, marker func(recordID string) string) error
	New(ctx context.Context) (bool, error)
	OtherInstallations(ctx context.Context) ([]store.Other, error)
	OwnListing(ctx context.Context, binding string) (store.OwnListing, error)
	QuarantinedAs(ctx context.Context, binding, issueID string) (*connectors.Issue, error)
	Reading(ctx context.Context, binding, issueID string) (store.Reading, error)
	Unseen(ctx context.Context, binding string, is *connectors.Issue) (l store.BoundIssue, seen bool, err error)
	Unverified(ctx context.Context, bindings []string) ([]string, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
