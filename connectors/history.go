package connectors

import (
	"context"
	"time"
)

// A History says how far the changes of an issue reach back.
type History string

// How far changes reach.
const (
	HistoryWhole  History = "whole"  // Changes holds all since the issue was created
	HistoryPart   History = "part"   // the tracker tells of some changes, and others may be missing
	HistoryUntold History = "untold" // the tracker was asked and did not tell; Changes is empty
	// HistoryListed: Changes came with the issue (Capabilities.Changelog) and hold all since it
	// was created, each with the tracker's own words for the values.
	HistoryListed History = "listed"
)

// Asked reports whether a Historian told the changes, each in the form that Historian says.
func (h History) Asked() bool { return h != "" && h != HistoryListed }

// A Change is one attributed change of one field, from the tracker's history.
type Change struct {
	ID     string    `json:"id"`
	At     time.Time `json:"at"`
	Author User      `json:"author"`
	// Field is the Field that changed ("title", "field:Root cause"), "status" for the
	// workflow, or the tracker's own name of a field nobody asked for.
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
	// FromID and ToID are the ids of the statuses that From and To name, where the
	// tracker has ids (Status.ID): names repeat and are renamed. They are "" for every
	// other field.
	FromID string `json:"from_id,omitempty"`
	ToID   string `json:"to_id,omitempty"`
	// Reason is the Status.Reason of the status that To names, "" for none and for every
	// other field.
	Reason string `json:"reason,omitempty"`
	// Untold: From is not known, although the text changed. What changed in it can only be
	// said together with the change before.
	Untold bool `json:"untold,omitempty"`
}

// A Historian is implemented by trackers whose issues do not come with their changes and
// that can be asked for them, many issues at a time.
type Historian interface {
	// Attribute asks who changed issues and comments that the caller has just read, in as few
	// requests as the tracker allows. It sets History, Changes and Users of each issue, and
	// Edited and Editor of each comment.
	//
	// Changes are oldest first, and end with the moment at which the issue was read: a later
	// change is left out. A change of Labels or Assignee adds one member (To) or removes one
	// (From); a change of Body holds both texts whole.
	//
	// Soon lists issues that the caller will read and ask about next. The connector may ask
	// about some of them in the same request, so that they need none of their own.
	//
	// After an error the issues are HistoryUntold and the comments are as they were. That a
	// server or a credential never tells is no error: the issues then have what it does tell
	// (HistoryPart), the comments stay as they are, and Check says what does not count.
	Attribute(ctx context.Context, issues []*Issue, comments []*Comment, soon []Ref) error
}

// An EditTimes is implemented by trackers whose issues do not come with a history of
// their texts, and that know who edited a body last.
type EditTimes interface {
	// LastEdited tells when and by whom the bodies of issues were last edited, by
	// Ref.ID. The Edit of a body that was never edited is zero. Issues that no longer
	// exist, or live elsewhere, are left out. An edit of anything but the body, such as
	// the title, does not count.
	LastEdited(ctx context.Context, refs []Ref) (map[string]Edit, error)
}

// An Edit is an edit of a text.
type Edit struct {
	At time.Time `json:"at"` // the tracker's clock; zero: never edited
	By User      `json:"by"` // its ID is "" where the account is gone or not shown
}
