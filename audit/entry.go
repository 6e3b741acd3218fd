package audit

import "time"

// MaxEntry is the largest entry in bytes: an entry bundle of C2SP tlog-tiles
// counts the bytes of an entry in 16 bits.
const MaxEntry = 65535

// FormatVersion is the version of the entry format, the member "v" of each entry.
// Version 2 adds the members "facts" and "full"; entries of version 1 are still read and verified.
const FormatVersion = 2

// An Entry is one thing that happened. Its number in the log, from 0, is given
// when it is appended and is not part of it.
//
// The zero value of a field means that there is nothing to say, and is left out.
type Entry struct {
	Verb Verb
	// At is when the daemon recorded it, to the millisecond, in UTC.
	At time.Time
	// Occurred is when it happened by the clock of the source, if that is known.
	Occurred time.Time
	Actor    Actor
	Origin   Origin
	Subject  Subject
	Changes  []FieldChange
	Rules    []Verdict
	// Intent is the number of the intent that this entry is the outcome of. It
	// counts for WriteOutcome and WriteResolved alone; a parsed entry of another
	// verb has -1.
	Intent  int64
	Request *Request
	Outcome Outcome
	// Reason is why, in words: of the person for an approval or a rejection, of the
	// daemon for a refusal.
	Reason string
	// Cause holds the numbers of the entries that led to this one.
	Cause []int64
	// Run identifies the run of the daemon, Config the digest of the configuration in force.
	Run, Config string
	// Facts is what the register holds since this entry, beyond the values in Changes, as
	// JSON. It is what replays the log into the register.
	Facts *Text
	// Full names the entry as it was before it was made to fit, when its lists were too long
	// for any entry. The text is kept beside the log; see [ParseFull].
	Full *Text

	// Format is the version that the entry was read in, 0 for FormatVersion.
	Format int
}

// An Actor is who acted.
type Actor struct {
	Kind ActorKind
	// ID is stable and pseudonymous (a tracker's account id, a person id of the
	// register), never a name or an e-mail address.
	ID string
	// How is by what means the daemon knows.
	How How
	// Account is the account behind a person, "gh-isms:1001" or "os:1000", so that a mapping
	// that changes later puts words into nobody's mouth. Since version 2.
	Account string
}

// An ActorKind is a sort of actor.
type ActorKind string

// The kinds of actor.
const (
	Person       ActorKind = "person"
	Daemon       ActorKind = "daemon"
	TrackerApp   ActorKind = "tracker_app"  // a bot or a rule in the tracker
	Operator     ActorKind = "operator"     // somebody at the daemon's own command line
	Unattributed ActorKind = "unattributed" // the source does not say
)

// A How is the means by which an actor is known.
type How string

// The means.
const (
	ByWebhook   How = "webhook"
	ByChangelog How = "changelog"
	ByComment   How = "comment"
	ByToken     How = "token"
	ByLocal     How = "local"
	ByAPI       How = "api"     // a program with a token, in the name of a person
	BySignIn    How = "sign_in" // signed in to the pages
	ByNone      How = "none"
)

// An Origin is where the daemon learnt of it.
type Origin struct {
	Binding  string // name of the binding
	Issue    string // the tracker's immutable id of the issue
	Key      string // the key or number people use
	Delivery string // id of the webhook delivery that made the daemon look
	Event    string // id of the tracker's change
	Trigger  Trigger
}

// A Trigger is what made the daemon look.
type Trigger string

// The triggers.
const (
	TriggerWebhook Trigger = "webhook"
	TriggerPoll    Trigger = "poll"
	TriggerSweep   Trigger = "sweep"
	TriggerManual  Trigger = "manual"
	TriggerStart   Trigger = "start"
	TriggerClock   Trigger = "clock" // its time has come
	TriggerPage    Trigger = "page"  // a request to the pages
)

// A Subject is what it happened to.
type Subject struct {
	Type    SubjectType
	ID      string
	Ref     string // what people call it, "NC-2026-0007"
	Version int64  // after the change; 0 when it has none
}

// A SubjectType is a sort of subject.
type SubjectType string

// The types of subject.
const (
	SubjectRecord  SubjectType = "record"
	SubjectIssue   SubjectType = "issue"
	SubjectBinding SubjectType = "binding"
	SubjectDaemon  SubjectType = "daemon"
	SubjectPerson  SubjectType = "person"
)

// A FieldChange is a field with its value before and after; nil is no value at all.
type FieldChange struct {
	Field         string
	Before, After *Text
}

// A Verdict is what a rule said.
type Verdict struct {
	Rule string // "G07"
	OK   bool
	Why  string
}

// A Request is a write to a tracker, with no secret in it.
type Request struct {
	Op        string // method or operation, "issue.update"
	Target    string // what it is addressed to, without query or credentials
	Key       string // the marker that makes a repetition recognisable
	Before    string // digest of the written fields as they were
	After     string // digest of the written fields as they are to be
	Status    int    // HTTP status; 0 when no answer came
	RequestID string // the tracker's id of the request
	ReadBack  ReadBack
	Attempts  int
}

// A ReadBack is what reading the written fields again has shown.
type ReadBack string

// The results of reading back.
const (
	ReadEqual   ReadBack = "equal"
	ReadDiffers ReadBack = "differs"
	Unread      ReadBack = "unread"
)

// An Outcome is how a write ended.
type Outcome string

// The outcomes. Unknown alone leaves the intent open: the request left and no
// answer came, so somebody has to look. Every other one is final.
const (
	Done           Outcome = "done"
	Refused        Outcome = "refused"     // by the tracker
	NotApplied     Outcome = "not-applied" // by us, or never sent
	Found          Outcome = "found"       // it had been done after all
	Adopted        Outcome = "adopted"     // somebody else's counterpart was taken over
	Unknown        Outcome = "unknown"
	Undeterminable Outcome = "undeterminable" // looked, and cannot be known
)
