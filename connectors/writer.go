package connectors

import (
	"context"
	"strings"
	"time"
)

// A Patch is a change to one issue. Only what it names is written. There is no
// way to delete anything.
type Patch struct {
	Set          map[Field]Value `json:"set,omitempty"` // a zero Value clears; not for Labels
	AddLabels    []string        `json:"add_labels,omitempty"`
	RemoveLabels []string        `json:"remove_labels,omitempty"`
	Status       *Target         `json:"status,omitempty"`
	// IfVersion is the version of the issue that the patch was made for; "" for any. A
	// tracker that has to read the issue before it writes refuses with Conflict if it
	// shows another one; the others cannot tell and write. A write that replaces a set
	// in which others may have put something (labels, several assignees) reads first.
	IfVersion string `json:"if_version,omitempty"`
}

// Empty reports whether p changes nothing.
func (p Patch) Empty() bool {
	return len(p.Set) == 0 && len(p.AddLabels) == 0 && len(p.RemoveLabels) == 0 && p.Status == nil
}

// A Target is a status to move to. Name is a Jira status name or id, or "open"
// or "closed" on GitHub; Reason a resolution or state_reason, "" for none.
type Target struct {
	Name   string `json:"name"`
	Reason string `json:"reason,omitempty"`
}

// A Draft is an issue to create.
type Draft struct {
	Fields map[Field]Value `json:"fields"`
	// Marker is written in the create request itself, so that the issue can be
	// found again when the answer is lost. It matches [a-z0-9-]{8,64}.
	//
	// A connector that was told the id of its installation (its Config.Installation)
	// writes the id beside every marker, so that another conformd that works on the same
	// project with the same account can be told from this one. The marker itself stays
	// the same: whoever looks for it finds what every installation wrote.
	Marker string `json:"marker"`
}

// IsInstallation reports whether id has the form of the id of an installation:
// [a-z0-9]{8,16}.
func IsInstallation(id string) bool {
	if len(id) < 8 || len(id) > 16 {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'z') }) < 0
}

// A Written is what a tracker answered to a write.
type Written struct {
	Ref       Ref
	Issue     *Issue // the issue as the answer shows it, nil unless Capabilities.WriteEchoes
	CommentID string // of a posted or edited comment
	Status    int    // HTTP status
	RequestID string // the vendor's request id, "" if none
}

// A Writer changes issues. A write is never repeated by the connector. When the
// reply is lost, late, cut or unreadable the error is Unknown: the write may or
// may not have happened, and the caller must look.
type Writer interface {
	// Create files an issue with the marker in the same request.
	Create(ctx context.Context, d Draft) (Written, error)

	// Update applies p to an existing issue in one request. A status that cannot
	// be reached from the current one is Rejected, and the error's text lists
	// what can be reached.
	Update(ctx context.Context, ref Ref, p Patch) (Written, error)

	// FindCreated looks for issues that our own account created with marker at or
	// after the given time by the tracker's clock, by listing and never by a
	// full-text search. Not finding one proves nothing before Settle has passed.
	FindCreated(ctx context.Context, marker string, after time.Time) ([]Ref, error)

	// Created lists the issues that our own account created at or after the given time
	// by the tracker's clock and that carry a marker; the zero time lists all of them.
	// Like FindCreated it never uses a full-text search, and it may lag by Settle. An
	// issue is listed whether or not the binding still selects it, as far as the tracker
	// can still show it: its labels or its type may have changed, or it was moved to
	// another project.
	Created(ctx context.Context, after time.Time) ([]Made, error)

	// PostComment posts a comment that carries marker ([a-z0-9-]{8,64}).
	PostComment(ctx context.Context, ref Ref, body, marker string) (Written, error)

	// EditComment replaces the text of one of conformd's comments, keeping its marker. The
	// comment is of the installation that wrote it last.
	EditComment(ctx context.Context, ref Ref, commentID, body, marker string) (Written, error)
}

// A Made is an issue of our own account's making.
type Made struct {
	Ref    Ref
	Marker string // see Draft.Marker
	// Installation is that of the marker, see Issue.Installation.
	Installation string
	// Elsewhere: the issue lives outside the project or repository of the binding now.
	// Whether it was ever filed for the binding only its marker tells.
	Elsewhere bool
}

// Settle is how long a created issue may stay invisible to FindCreated.
const Settle = 5 * time.Minute

// The reactions of a Reactor.
const (
	ThumbsUp   = "+1"
	ThumbsDown = "-1"
)

// A Reactor is implemented by trackers in which a comment can be answered by a
// reaction.
type Reactor interface {
	// React puts a reaction of our own account on a comment. A reaction that is there
	// already is no error and stays one, so that after an Unknown outcome React can
	// simply be called again. An opposite reaction that we gave before stays beside it:
	// there is no way to delete anything.
	React(ctx context.Context, ref Ref, commentID, reaction string) (Written, error)
}
