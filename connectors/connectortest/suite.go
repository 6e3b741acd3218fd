package connectortest

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

// A Harness is a tracker under test, the world around it, and what the suite
// cannot know about it.
type Harness struct {
	// Tracker is opened as the installation [Installation].
	Tracker connectors.Tracker
	// As opens another connection of the same account to the same project, as another
	// installation; "" is a conformd that knew no installations.
	As    func(t testing.TB, installation string) connectors.Tracker
	World World
	Facts Facts
}

// Installation is the id of the installation under test.
const Installation = "thisinstall0"

// A World is the tracker as people and bad luck see it: what the connector
// under test has no part in. It fails t itself if something cannot be arranged.
//
// A World may also implement Signer (webhooks), Mover (issues that change their
// address) and Onlooker (reactions).
type World interface {
	// Seed files n issues as a person, oldest first, each at least two seconds
	// (of the tracker's clock) after the one before. They are in Facts.Start, and
	// have a title, a body and no labels.
	Seed(t testing.TB, n int) []connectors.Ref
	// HumanEdit sets a field as a person; a zero value clears it.
	HumanEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value)
	// HumanComment posts a comment as Facts.Human and returns its id.
	HumanComment(t testing.TB, ref connectors.Ref, body string) string
	// HumanStatus moves an issue as a person.
	HumanStatus(t testing.TB, ref connectors.Ref, to connectors.Target)
	// Copy files an issue as a person with the title, the text and the labels of
	// another one, whatever is hidden in them included.
	Copy(t testing.TB, ref connectors.Ref) connectors.Ref
	// CopyComment posts the text of a comment again as Facts.Human, whatever is
	// hidden in it included, and returns the id of the copy.
	CopyComment(t testing.TB, ref connectors.Ref, id string) string
	// Vanish deletes an issue as an administrator.
	Vanish(t testing.TB, ref connectors.Ref)

	// Count is the number of issues that really exist.
	Count(t testing.TB) int
	// Now is the tracker's clock.
	Now(t testing.TB) time.Time
	// Advance moves the tracker's clock forward.
	Advance(t testing.TB, d time.Duration)
	// Settle waits, or moves the clock, until listings show all that happened.
	Settle(t testing.TB)

	// Fault arms f for the requests of one operation: the world fills in
	// f.Method and f.Path. Times and Skip count requests of that operation.
	Fault(t testing.TB, op Op, f simkit.Fault)
	// Calm disarms all faults.
	Calm(t testing.TB)
}

// An Op is an operation whose requests can be made to fail.
type Op string

// The operations. Of an operation that takes several requests it is the one that
// counts: OpStatus is the request that moves the issue, not the one that looks up
// how.
const (
	OpGet           Op = "get"
	OpMany          Op = "many"           // BulkReader.GetMany
	OpChanged       Op = "changed"        // each page of Changed
	OpPresent       Op = "present"        // the request of Present for many issues
	OpComments      Op = "comments"       // the comments of one issue
	OpCommentsSince Op = "comments-since" // each page of CommentFeed.CommentsSince
	OpCreate        Op = "create"
	OpUpdate        Op = "update" // fields and labels
	OpStatus        Op = "status" // a status move
	OpFindCreated   Op = "find-created"
	OpCreated       Op = "created"
	OpPostComment   Op = "post-comment"
	OpEditComment   Op = "edit-comment"
	OpReact         Op = "react"       // Reactor.React
	OpLastEdited    Op = "last-edited" // EditTimes.LastEdited
	OpCount         Op = "count"       // Counter.Count
)

// Write reports whether the operation changes the tracker.
func (o Op) Write() bool {
	switch o {
	case OpCreate, OpUpdate, OpStatus, OpPostComment, OpEditComment, OpReact:
		return true
	default:
		return false
	}
}

// Facts are what differs between trackers beyond Traits.
type Facts struct {
	// Secrets are all credentials in use: tokens, passwords, webhook secrets.
	Secrets []string
	// Credential is the one of Secrets that requests carry. A server that repeats
	// it in its refusal must not make it visible. Empty: requests carry none.
	Credential string
	// Human is the login of the person of HumanComment.
	Human string
	// Missing is an issue that never existed.
	Missing connectors.Ref
	// DraftFields are what a draft needs beside Title and Body, such as Type.
	DraftFields map[connectors.Field]connectors.Value
	// Writable are fields beside Labels that can be set, each with two values:
	// at least Title and Body.
	Writable map[connectors.Field][2]connectors.Value
	// Assignees are the ids of three accounts that can have an issue together, unless
	// FeatureCoAssignees is missing; then they are those of two that can have one.
	Assignees []string
	// Refused are values of fields that the tracker refuses in a create and in an
	// update: of at least two fields.
	Refused []Refused
	// Clearable are fields that can be emptied: at least Body.
	Clearable []connectors.Field
	// Empty is a field of a seeded issue that has a place but no value.
	Empty connectors.Field
	// Absent is a field the tracker or its project has no place for, although the
	// connector is configured to read it where that is possible.
	Absent connectors.Field

	// Unreadable is a field of a seeded issue whose value the connector cannot read,
	// unless FeatureUnreadable is missing.
	Unreadable connectors.Field

	// Search are searches of a Counter, unless FeatureCount is missing.
	Search Searches

	// Start is the status of a seeded issue.
	Start string
	// Done are statuses that count as finished and can be reached from Start in
	// one move, with every kind of reason.
	Done []connectors.Target
	// Unreachable is a status that cannot be reached from Start, and Reachable
	// some of those that can, which the error must name.
	Unreachable connectors.Target
	Reachable   []string

	// PageSize is how many issues the connector asks for at once in Changed.
	PageSize int
	// Limits are the vendor's own ways to say "too fast".
	Limits []Limit
	// Lacks names features this tracker does not have, with the reason. The case
	// is skipped and shows the reason. Nothing else is skipped.
	Lacks map[Feature]string
}

// Searches are searches in a tracker's own words.
type Searches struct {
	Seeded  string   // finds seeded issues that are not done
	Nothing string   // finds no issue
	Refused []string // could reach beyond the project or repository, or have no form
}

// A Refused is a value that a tracker does not take for a field.
type Refused struct {
	Why   string // for people: "an unknown option"
	Field connectors.Field
	Value connectors.Value
	Words string // what the tracker says of it, in part
}

// A Limit is an answer that means a rate limit.
type Limit struct {
	Name   string
	Op     Op // OpGet if empty
	Status int
	Header map[string]string // computed against the present, if it speaks of times
	Body   string
	Scope  connectors.Scope
	// Least and Most bound Error.Until, from the moment of the call.
	Least, Most time.Duration
}

// A Feature is something that not every tracker can do.
type Feature string

// The features that may be missing.
const (
	// Reads are repeated by the transport; a tracker without a network has none.
	FeatureTransport Feature = "transport"
	// A title beyond Traits.TitleLimit is refused.
	FeatureTitleLimit Feature = "title-limit"
	// Issues can be deleted and then be told from those that never were readable.
	FeatureVanish Feature = "vanish"
	// Issues can be moved to another address (Mover).
	FeatureMove Feature = "move"
	// Webhook (Signer).
	FeatureWebhook Feature = "webhook"
	// An issue can have several assignees at once.
	FeatureCoAssignees Feature = "co-assignees"
	// The tracker has fields whose values cannot be read.
	FeatureUnreadable Feature = "unreadable"
	// BulkReader.
	FeatureBulk Feature = "bulk"
	// CommentFeed.
	FeatureCommentFeed Feature = "comment-feed"
	// Reactor, in an Onlooker's world.
	FeatureReactions Feature = "reactions"
	// EditTimes.
	FeatureEditTimes Feature = "edit-times"
	// Historian, in a world that is a Crowd.
	FeatureHistory Feature = "history"
	// Counter.
	FeatureCount Feature = "count"
)

// A Signer is a World whose tracker sends webhooks.
type Signer interface {
	// Delivery returns an authentic delivery that tells of an edit of ref. With a
	// non-nil body it is that body, authentically signed for the same event.
	Delivery(t testing.TB, ref connectors.Ref, body []byte) (http.Header, []byte)
}

// An Onlooker is a World in which people see reactions to comments.
type Onlooker interface {
	// Reactions returns what our own account reacted to a comment, oldest first.
	Reactions(t testing.TB, ref connectors.Ref, comment string) []string
}

// A Mover is a World in which an issue can get another address.
type Mover interface {
	// Move moves an issue out of the binding, as a person, and returns its new
	// address. Kept reports whether Get follows it (the tracker keeps the ID) or
	// must answer Moved.
	Move(t testing.TB, ref connectors.Ref) (to connectors.Ref, kept bool)
}

// Run checks everything the contract of package connectors promises. Each case
// calls open for a fresh tracker in a fresh world, in which nothing exists yet.
//
// The connector must be opened with a retry wait of about a millisecond, since
// some cases answer hundreds of server errors.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	t.Helper()
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			h := open(t)
			if c.needs != "" {
				if why, lacks := h.Facts.Lacks[c.needs]; lacks {
					t.Skipf("%s has no %s: %s", h.Tracker.Capabilities().Name, c.needs, why)
				}
			}
			c.run(t, &suite{Harness: h})
		})
	}
}

// A suite is one case's view of the harness.
type suite struct{ Harness }

// A testCase is one promise of the contract.
type testCase struct {
	name  string
	needs Feature
	run   func(*testing.T, *suite)
}

func cases() []testCase {
	return slices.Concat(issueCases(), editCases(), historyCases(), presentCases(), writeCases(), refusalCases(), commentCases(), installationCases(), reactionCases(), listingCases(), failureCases(), webhookCases(), countCases())
}
