// Package connectors says what an issue tracker must be able to do to be kept
// in step with the register. Its subpackages jira and github implement the
// contract; connectortest checks that they all mean the same thing by it.
//
// A connector knows an API and nothing else: no mapping, no rule, no database,
// no retry loop above one request, no waiting for a rate limit. It does one
// thing, says what happened, and classifies what went wrong (see Kind).
package connectors

import (
	"context"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"
)

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
	Created    time.Time        `json:"created"`
	Updated    time.Time        `json:"updated"` // the tracker's clock
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
	// (Traits.InlineComments, Traits.Changelog), oldest first. They may be cut to
	// the newest; Reader.Comments has all.
	Comments []Comment `json:"comments,omitempty"`
	Changes  []Change  `json:"changes,omitempty"`
	// History says how far Changes reach; "" where no Historian was asked for them, and
	// those that came with the issue may be cut.
	History History `json:"history,omitempty"`
	// Installation is the id of the conformd that wrote Marker, see Draft.Marker; "" without
	// a marker, and where a conformd wrote it that knew no installations.
	Installation string `json:"installation,omitempty"`
}

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

// Capabilities are what a tracker can and cannot do, as far as a planner must know.
type Capabilities struct {
	Name string // of the kind of tracker, as a configuration names it
	// SeparateTransition: a status change is a request of its own, so a Patch may
	// hold fields or a status but not both.
	SeparateTransition bool
	InlineComments     bool   // issues read by Get and Changed carry their comments
	Changelog          bool   // issues read by Get and Changed carry their changes
	WriteEchoes        bool   // the answer to a write shows the issue, so no read back is needed
	TitleLimit         int    // runes
	BodyLimit          int    // runes, also of a comment
	LabelLimit         int    // runes of one label
	SpacedLabels       bool   // a label may hold spaces
	CoAssignees        bool   // an issue may have several assignees
	Handles            bool   // people call each other by their login, as in @olga
	Markup             string // "gfm" or "wiki"
	Concurrency        int    // requests the vendor allows at once from one client, cautious
	// Statuses are the names of those of which every issue has one; nil where people choose them.
	Statuses []string
}

// References say in which forms people name the issues of a kind of tracker.
type References struct {
	// Key reports whether a text has the form of Ref.Key, such as ISMS-42 or acme/isms#17.
	Key func(text string) bool
	// Address returns the key of the issue that the page at an address shows, "" for another
	// page.
	Address func(*url.URL) string
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

	// Comments returns all comments of an issue, oldest first.
	Comments(ctx context.Context, ref Ref) ([]Comment, error)
}

// A Presence is what Present tells of an issue that is there.
type Presence struct {
	Updated time.Time // last change, by the tracker's clock
	// Labels are those of the issue, in any order, nil if the tracker does not tell. Who
	// renames a label changes every issue that carries it, and Updated of none.
	Labels []string
}

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
	Issue     *Issue // the issue as the answer shows it, nil unless Traits.WriteEchoes
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

// A Tracker is a connection to one Jira project or GitHub repository.
type Tracker interface {
	Reader
	Writer

	// Check asks the tracker who we are and whether everything the configuration
	// names exists and is allowed. An error means that it could not ask.
	Check(ctx context.Context) (Report, error)
}

// A Report is the result of Check.
type Report struct {
	Self     User
	Server   string    // product and version, "Jira Cloud", "GitHub Enterprise Server 3.17"
	At       time.Time // the tracker's clock
	Problems []Problem
}

// A Problem is a mistake in the set-up that a person must remedy.
type Problem struct {
	Code   string // stable: "missing-field", "unsupported-field", "missing-status", …
	What   string // what is wrong, with the name from the configuration
	Remedy string // what to change, and where
	Fatal  bool   // the binding cannot work at all
	// Field is the field that cannot be read or written while the problem lasts, ""
	// if the problem is about none. The rest of the binding works.
	Field Field
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

// A CommentFeed is implemented by trackers that list the comments of all issues
// at once. CommentsSince yields comments updated at or after since, oldest first,
// with Issue set at least to the Key. CommentsOf returns those of one issue, as
// Reader.Comments does and from the source of truth like it, that were updated at or
// after since.
type CommentFeed interface {
	CommentsSince(ctx context.Context, since time.Time) iter.Seq2[CommentPage, error]
	CommentsOf(ctx context.Context, ref Ref, since time.Time) ([]Comment, error)
}

// A CommentPage is a part of a listing of comments.
type CommentPage struct {
	Comments []Comment
	// Through says how far the listing got, as Page.Through does of issues.
	Through time.Time
	// More is how many requests the rest of the listing takes, 0 where that is not known.
	More int
}

// The reactions of a Reactor.
const (
	ThumbsUp   = "+1"
	ThumbsDown = "-1"
)

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

// A Reactor is implemented by trackers in which a comment can be answered by a
// reaction.
type Reactor interface {
	// React puts a reaction of our own account on a comment. A reaction that is there
	// already is no error and stays one, so that after an Unknown outcome React can
	// simply be called again. An opposite reaction that we gave before stays beside it:
	// there is no way to delete anything.
	React(ctx context.Context, ref Ref, commentID, reaction string) (Written, error)
}

// A Historian is implemented by trackers whose issues do not come with their changes and
// that can be asked for them, many issues at a time.
type Historian interface {
	// Attribute asks who made what the issues and comments show, as they were just read, in
	// as few requests as the tracker allows. It sets History, Changes and Users of each
	// issue, and Edited and Editor of each comment.
	//
	// The changes of an issue are those that lead to what it shows, oldest first; one that
	// came after the issue was read is left out. Each change of Labels or Assignee puts in
	// one member (To) or takes one out (From); each change of Body has whole texts.
	//
	// Soon are issues that wait to be read and will be asked about then. The tracker may tell
	// of some of them in the same request, so that they need none of their own.
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

// A Webhook is implemented by trackers that push changes. A delivery is authenticated
// in two steps, so that a stranger cannot make conformd read a body: the header must
// carry a well-formed signature, then the body must match it.
type Webhook interface {
	// Begin reads the header of a delivery. The error is Forged when it carries no
	// well-formed signature: the body need not be read.
	Begin(h http.Header) (Incoming, error)
}

// An Incoming is a delivery whose body is being read.
type Incoming interface {
	// Write takes in the next bytes of the raw body. It never fails and keeps them: how
	// many there may be is up to the caller.
	io.Writer
	// Hint is called after the last Write. It checks the signature of what was written,
	// and says what may have changed. Nothing else of the payload is used. The error is
	// Forged when the signature is wrong, Malformed when an authentic body cannot be
	// understood.
	Hint() (Delivery, error)
}

// Hint authenticates a delivery whose body is in memory, and says what may have changed.
func Hint(w Webhook, h http.Header, body []byte) (Delivery, error) {
	in, err := w.Begin(h)
	if err != nil {
		return Delivery{}, err
	}
	if _, err := in.Write(body); err != nil {
		return Delivery{}, err
	}
	return in.Hint()
}

// A Delivery is one authenticated webhook call.
type Delivery struct {
	ID     string // as the header names it, outside the signature; "" if the vendor sends none
	Event  string // the vendor's name of the event, for people; as ID
	Issues []Ref  // issues that may have changed; ID or Key may be empty
	// Unselected reports whether the payload shows that the configuration selects none of
	// Issues. One that is bound may have changed all the same; any other need not be read,
	// because an event of its own follows when it is selected, and a listing finds it.
	Unselected bool
	// Comment reports whether comments may have changed too.
	Comment bool
	// All reports whether anything of the binding may have changed (a renamed
	// label, a transferred repository).
	All bool
}
