// Package mapping translates the fields of a tracker's issue into the words of the register, and
// back. It is a lens: View reads an issue, Project says what a value of the register looks like
// there, Patch is the smallest change that shows it.
//
// Tests check these laws: a patched field shows the wanted value; patching in a value that the
// issue already shows changes nothing; everything that no field map names keeps every byte; and
// a value that went there and back once never changes again.
//
// The package is pure: values in, values out. It knows nothing of merging, of
// guards or of requests.
package mapping

import (
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Profile says how the issues of one binding correspond to the register. It is
// never changed after it was made and safe for concurrent use.
type Profile struct {
	// Binding is the id of the binding. It is part of event ids and of the names
	// of accounts that no person is mapped to.
	Binding string
	Role    Role
	// Markup is how the tracker writes text: MarkupGFM or MarkupWiki.
	Markup string
	// TitleLimit and BodyLimit are in runes; 0 is no limit.
	TitleLimit, BodyLimit int
	LabelLimit            int  // runes of one label; 0 is no limit
	SpacedLabels          bool // a label may hold spaces
	CoAssignees           bool // an issue may have several assignees
	Handles               bool // people call each other by their login, as in @olga
	// Statuses are the names of the tracker's fixed statuses; nil if people choose the statuses.
	Statuses []string
	// More is an address where a text that was cut can be read in full; it is
	// named in the cut copy. It may be empty.
	More string
	// Fields are in the order in which a new issue shows them.
	Fields []FieldMap
	// States are tried in order when reading; the first that matches counts. When
	// writing, the first with the wanted state is used, unless the issue already
	// shows another one with that state. The first entry is where a new issue
	// starts.
	States []StateMap
	// People are the accounts of this tracker that belong to known people.
	People []Account
	// OwnLabels are names of labels, or prefixes ending in "/" or ":", that are
	// ours and therefore never part of register.FieldLabels. The labels named by
	// Fields and States are ours without being listed.
	OwnLabels []string
	// Approvals are the transitions that decide something.
	Approvals []ApprovalMap
	// Commands reports whether "/capa" comments are read.
	Commands bool
	// Scales are the organisation's own grades and risks.
	Scales map[register.Field][]register.Step
	// Language is the code of the language of the people of the binding, "" for English.
	Language string
	// Dates is how dates with slashes are read; "" is DatesISO.
	Dates DateOrder
}

// A Role is what the issues of a binding stand for.
type Role string

// The roles.
const (
	RoleRecord Role = "record" // an issue is a record of the register
	RoleAction Role = "action" // an issue is an action of a record; see Profile.View
)

// The markups.
const (
	MarkupGFM  = "gfm"  // GitHub-flavoured Markdown, the register's own
	MarkupWiki = "wiki" // Jira's text markup
)

// A FieldMap is the place of one register field in the tracker.
type FieldMap struct {
	Field  register.Field
	Remote Remote
	// Values translate an enumeration. Several From may share a To; the first
	// From with a To is the one written. Without pairs "Root_cause-x" and "root
	// cause x" both read as root_cause_x.
	Values []Pair
	// Authority says who may change the field; "" is AuthorityTracker.
	Authority Authority
	// Policy is what happens when both sides changed: "ask", "latest" or
	// "prefer:<binding>". It is carried for the planner; mapping does not use it.
	Policy string
}

// A Remote is a place in an issue.
type Remote struct {
	Kind RemoteKind
	// Name is the heading of a section, the selector of a custom field, or the
	// prefix of a label ("grade/"). Other kinds have none.
	Name string
	// Aliases are other headings that are read like Name.
	Aliases []string
}

// A RemoteKind is a sort of place.
type RemoteKind string

// The kinds of place.
const (
	KindTitle    RemoteKind = "title"
	KindBody     RemoteKind = "body"    // the description; its part above the first heading when there are sections
	KindSection  RemoteKind = "section" // the text under one heading of the description
	KindField    RemoteKind = "field"   // a custom field
	KindLabel    RemoteKind = "label"   // one label with a prefix
	KindLabels   RemoteKind = "labels"  // the labels that are not ours
	KindAssignee RemoteKind = "assignee"
	KindDue      RemoteKind = "due"
	KindPriority RemoteKind = "priority"
	KindType     RemoteKind = "type"
)

// A Pair is one value of an enumeration in both vocabularies.
type Pair struct {
	From string // the tracker's; of a label the part after the prefix
	To   string // the register's
}

// An Authority says who may change a field.
type Authority string

// The authorities.
const (
	AuthorityTracker  Authority = "tracker"  // either side
	AuthorityRegister Authority = "register" // pushed only
	AuthorityApproval Authority = "approval" // only by an attributable event
)

// A StateMap is one way a tracker shows a state. Matching ignores case. An empty
// Reason or Label matches any; on write they are set when given.
type StateMap struct {
	Status string // Jira status name; "open" or "closed" on GitHub
	Reason string // Jira resolution; GitHub state_reason
	Label  string
	// State is a state of the lifecycle. In a profile of RoleAction it holds a
	// register.ActionState.
	State register.State
}

// An Account is a person's account in the tracker.
type Account struct {
	Person string // register person id
	ID     string // connectors.User.ID; identifies the account
	Login  string // used in text, and if ID is empty
	Name   string // shown if a text mentions the account
}

// An ApprovalMap says that moving an issue to a status is a decision.
type ApprovalMap struct {
	To      string // name or id of the status moved to
	From    string // name or id of the status moved from; "" for any
	Subject register.Subject
	Outcome register.Outcome
}

// A Shown is the value of one field on one side.
type Shown struct {
	// Raw is the normalised text in the side's own vocabulary. Two reads of a field are the
	// same if their Raw is. Bases hold it.
	Raw string
	// Value is Raw in the register's words.
	Value string
	// Problem warns about a value that could be read but is doubtful, such as a cut copy.
	Problem string
	// Below is, for an empty section, the heading directly below it if a person added that
	// heading. See Profile.Against.
	Below string
}

// A View holds the values of one side. A missing key means that the side has no place for the
// field, or that its value is unknown; in the latter case there is a Problem. An empty Value is
// a field that is known to be empty.
type View map[register.Field]Shown

// A Problem is something a person must remedy, in the configuration (Validate) or
// on an issue (View).
type Problem struct {
	Field  register.Field // "" if it is not about one field
	Code   string         // stable: "unknown-value", "unknown-status", "not-a-date", …
	What   message.Text   // what is wrong, with the names people know
	Remedy message.Text   // what to change, and where
}

func (p Problem) String() string {
	s := p.What.String()
	if p.Remedy != "" {
		s += "; " + p.Remedy.String()
	}
	return s
}
