package connectors

import (
	"context"
	"iter"
	"time"
)

// A Page is a part of a listing.
type Page struct {
	Issues []*Issue
	// At is the tracker's clock when it answered the first request of the
	// listing (the Date header). Cursors move by it, never by our own clock.
	At time.Time
	// Through says how far the listing got, by the tracker's clock: every issue that
	// changed before it is on this page or an earlier one. A listing that broke off goes
	// on with Changed(Through). It is zero where the page makes no such claim.
	Through time.Time
}

// A Reader observes issues. Every method is safe for concurrent use.
type Reader interface {
	Capabilities() Capabilities

	// Get reads one issue from the source of truth, never from a search index.
	// A moved issue is returned with its new Key where the tracker keeps its ID;
	// otherwise the error is Moved and carries the destination.
	Get(ctx context.Context, ref Ref) (*Issue, error)

	// Selected reads one issue, as Get does, and returns it if Changed would show it to
	// somebody who knows no issue yet. It returns nil for an issue that the configuration
	// does not select. A tracker whose condition only its search can judge may lag behind
	// the truth as its listing does.
	Selected(ctx context.Context, ref Ref) (*Issue, error)

	// Changed yields the selected issues that changed at or after since by the
	// tracker's clock, oldest change first; the zero time yields all. It may yield
	// an issue twice; it must not skip one that keeps matching, even when issues
	// change during the listing. The listing may lag behind the truth. At least
	// one page is yielded, empty if nothing changed.
	Changed(ctx context.Context, since time.Time) iter.Seq2[Page, error]

	// All yields what Changed since the zero time yields, from a time on, but of the
	// issues that the configuration selects alone: a bound issue that is not selected any
	// more may be missing. Where the tracker can filter by what selects, it costs no
	// more than these issues. It is made for listings of everything, which go on with
	// All(Through) where they broke off.
	All(ctx context.Context, from time.Time) iter.Seq2[Page, error]

	// Present tells which of the issues are still in the project or repository under the
	// id of their Ref, by Ref.ID. It asks the source of truth, never a search index. It
	// leaves out issues that were deleted, moved away or hidden from our account. After an
	// error nothing is known of any of them.
	Present(ctx context.Context, refs []Ref) (map[string]Presence, error)

	// Comments yields the comments of an issue, oldest first, one page for each request.
	// From is "" for the beginning, or the Next of a page that was read before: the listing
	// goes on after that page. A comment may be yielded twice; none that is there all the
	// time is skipped, even when others are deleted before or during the listing. At least
	// one page is yielded, empty if there is no comment. A Next lasts as long as the issue,
	// and means nothing to another tracker.
	Comments(ctx context.Context, ref Ref, from string) iter.Seq2[CommentPage, error]
}

// A Presence is what Present tells of an issue that is there.
type Presence struct {
	Updated time.Time // last change, by the tracker's clock
	// Labels are those of the issue, in any order, nil if the tracker does not tell. Who
	// renames a label changes every issue that carries it, and Updated of none.
	Labels []string
}

// A BulkReader is implemented by trackers that can read many issues at once from
// the source of truth. Issues that no longer exist are left out of the result.
type BulkReader interface {
	GetMany(ctx context.Context, refs []Ref) ([]*Issue, error)
}

// A Workflow is implemented by trackers whose statuses cannot be reached from
// everywhere. Reachable returns the statuses that we may move an issue to now.
type Workflow interface {
	Reachable(ctx context.Context, ref Ref) ([]Status, error)
}

// A Directory is implemented by trackers that can be asked for accounts.
type Directory interface {
	// Account returns the account that has a login today; its ID stays with the person.
	// The error is NotFound where nobody has it, or where more than one account answers
	// to it.
	Account(ctx context.Context, login string) (User, error)
	// AccountByID returns the account that an id stands for, with the login that it has
	// today. The error is NotFound where there is none, or where our account may not see it.
	AccountByID(ctx context.Context, id string) (User, error)
}

// A Repository is one that a Catalogue lists.
type Repository struct {
	ID   int64  // never changes
	Name string // owner/name, as it is called now
	// Idle: it is archived, or its issues are switched off, so that nothing new happens in it.
	Idle bool
}

// A Catalogue is implemented by trackers whose bindings are repositories of an
// organisation.
type Catalogue interface {
	// Repositories lists those of an organisation that our account reaches, each once. The
	// error is NotFound where there is no such organisation for us.
	Repositories(ctx context.Context, owner string) ([]Repository, error)
}

// A Census is implemented by trackers that can list every issue of their project or repository,
// selected or not, for whoever asks what the selection leaves out.
type Census interface {
	// Selects says what the configuration selects, as a search in the tracker's own words.
	Selects() string
	// Everything yields every issue that our account sees in the project or repository, as
	// Changed would, in pages. It may yield an issue twice. The listing may lag behind the truth.
	Everything(ctx context.Context) iter.Seq2[[]Counted, error]
}

// A Counted is an issue of a Census.
type Counted struct {
	*Issue
	Selected bool // by the configuration alone, bound or not
}

// A Counter is implemented by trackers that can count the issues of a search.
type Counter interface {
	// Count returns how many issues of the project or repository match a search in the
	// tracker's own words. A search that would reach beyond it is Rejected, and one that
	// the tracker did not finish is Unavailable: part of a number is never returned. The
	// count may lag behind the truth.
	Count(ctx context.Context, query string) (int, error)
}

// A LabelReader is implemented by trackers that can list the issues of their project or repository
// by a label, for issues that are no records: the configuration need not select them.
type LabelReader interface {
	// Labelled yields every issue that carries the label, in pages. It may yield an issue twice. The
	// listing may lag behind the truth.
	Labelled(ctx context.Context, label string) iter.Seq2[[]*Issue, error]
}
