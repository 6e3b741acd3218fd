package connectors

import "time"

// A Ref identifies an issue within one binding (one Jira project or GitHub
// repository).
type Ref struct {
	// ID never changes while the issue stays in its tracker: Jira's numeric id,
	// GitHub's database id, in decimal. It is the identity of the issue.
	ID string `json:"id"`
	// Key is the address people use, and may change: "SEC-42", "acme/isms#17".
	Key string `json:"key"`
}

func (r Ref) String() string {
	if r.Key != "" {
		return r.Key
	}
	return "#" + r.ID
}

// A Field names one field of an issue in the tracker's own vocabulary.
type Field string

// The fields that every tracker knows by the same name. A tracker's own fields
// are named "field:" + the selector of the configuration ("field:Root cause",
// "field:customfield_10042").
const (
	Title    Field = "title"    // one line
	Body     Field = "body"     // description in the tracker's own markup
	Labels   Field = "labels"   // set, in Value.Items
	Assignee Field = "assignee" // account ids, see User.ID; of several, see Value
	Type     Field = "type"     // issue type, by name
	Priority Field = "priority" // by name
	Due      Field = "due"      // date, 2006-01-02
)

// Custom returns the name of a tracker's own field, selected by its name or id.
func Custom(selector string) Field { return "field:" + Field(selector) }

// A Value is the content of one field. The zero Value is an empty field. An
// absent field (one the tracker has no place for, or did not show) is a missing
// key of Issue.Fields, never a zero Value.
//
// An Assignee is read as the account id of the first assignee in Text. Where an
// issue has several, Items holds the ids of all of them, the first included. A write
// with Items assigns exactly these accounts; a write with Text alone assigns that
// one and nobody else. A tracker in which an issue has one assignee rejects several.
type Value struct {
	Text  string   `json:"text,omitempty"`
	Items []string `json:"items,omitempty"` // set-valued fields; sorted, unique
}

// A Status is where an issue stands in the tracker's workflow.
type Status struct {
	ID     string `json:"id,omitempty"`     // Jira status id; "" on GitHub
	Name   string `json:"name"`             // Jira status name; "open" or "closed" on GitHub
	Done   bool   `json:"done"`             // whether the tracker counts the issue as finished
	Reason string `json:"reason,omitempty"` // Jira resolution name; GitHub state_reason
}

// A User is an account of the tracker.
type User struct {
	ID    string `json:"id"`              // Jira accountId (Cloud) or user key (Data Center); GitHub numeric id
	Login string `json:"login,omitempty"` // what a write needs where it differs from ID; may be reused by somebody else
	Name  string `json:"name,omitempty"`  // display name; personal data
	Bot   bool   `json:"bot,omitempty"`   // an app or automation, not a person
}

// An Issue is the observed state of an issue.
type Issue struct {
	Ref     Ref             `json:"ref"`
	Version string          `json:"version"` // opaque; differs whenever the issue differs
	URL     string          `json:"url,omitempty"`
	Status  Status          `json:"status"`
	Fields  map[Field]Value `json:"fields"`
	// Unreadable are the fields that the tracker shows with a value that cannot be
	// read, and why. None of them is in Fields: what they hold is unknown, which is
	// neither empty nor absent.
	Unreadable map[Field]string `json:"unreadable,omitempty"`
	Author     User             `json:"author"`
	// Reporter is who raised it, where the tracker keeps that apart from Author, the account
	// that created it; zero where it does not, or where nobody is named.
	Reporter User      `json:"reporter,omitzero"`
	Created  time.Time `json:"created"`
	Updated  time.Time `json:"updated"` // the tracker's clock
	// Closed is when the issue was closed, by the tracker's clock; zero while it is open,
	// and where the history of the issue tells it.
	Closed time.Time `json:"closed,omitzero"`
	// Marker is the marker of Draft.Marker found on the issue, or "". It counts only
	// on an issue that our own account created, since anyone can type a marker; on
	// any other issue it is text like the rest.
	Marker string `json:"marker,omitempty"`
	// Users holds the accounts that Fields and the lists below speak of, by ID.
	Users map[string]User `json:"users,omitempty"`
	// Comments and Changes are filled by trackers that show them with the issue
	// (Capabilities.InlineComments, Capabilities.Changelog), oldest first. Of an issue with
	// very many comments Comments holds the newest.
	Comments []Comment `json:"comments,omitempty"`
	// Older is how many comments an issue with InlineComments has that are older than those
	// in Comments; Reader.Comments has them.
	Older   int      `json:"older,omitempty"`
	Changes []Change `json:"changes,omitempty"`
	// History says how far Changes reach; "" where no Historian was asked for them, and
	// those that came with the issue may be cut.
	History History `json:"history,omitempty"`
	// Installation is the id of the conformd that wrote Marker, see Draft.Marker; "" without
	// a marker, and where a conformd wrote it that knew no installations.
	Installation string `json:"installation,omitempty"`
}

// A Comment is one comment of an issue.
type Comment struct {
	ID      string    `json:"id"`
	Issue   Ref       `json:"issue"`
	Author  User      `json:"author"`
	Body    string    `json:"body"` // the tracker's own markup, without the marker
	Created time.Time `json:"created"`
	Updated time.Time `json:"updated"` // equal to Created when the comment was never edited, or within the same tick of the clock
	// Edited is when the text was edited last, by the tracker's clock, and Editor who did it
	// (its ID is "" where the tracker does not say). Edited is zero when the text was never
	// edited, and where neither the comment itself nor a Historian tells who edited it.
	Edited time.Time `json:"edited,omitzero"`
	Editor User      `json:"editor,omitzero"`
	// Marker is the marker of PostComment, or "". It counts only on a comment that
	// our own account wrote.
	Marker string `json:"marker,omitempty"`
	// Installation is the id of the conformd that wrote Marker, as Issue.Installation is.
	Installation string `json:"installation,omitempty"`
}
