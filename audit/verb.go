package audit

import "sync"

// A Verb says what happened. The list is closed: an entry with another verb is
// neither written nor accepted as well-formed.
type Verb string

// The verbs.
const (
	RecordCreated      Verb = "record.created"
	RecordUpdated      Verb = "record.updated"
	RecordTransitioned Verb = "record.transitioned"
	RecordRefused      Verb = "record.refused" // a guard held a change back

	ApprovalGiven   Verb = "approval.given"
	ApprovalIgnored Verb = "approval.ignored" // somebody tried who may not
	ApprovalVoided  Verb = "approval.voided"  // what it covers changed

	RecordProposed Verb = "record.proposed" // a change that waits for somebody who may decide it
	RecordSettled  Verb = "record.settled"  // it does not wait any longer
	RecordLinked   Verb = "record.linked"   // it refers to another record
	RecordUnlinked Verb = "record.unlinked" // it does so no longer
	DueSet         Verb = "due.set"         // milestones have dates

	ExtensionAsked     Verb = "extension.asked"     // somebody asks for a later date
	ExtensionApproved  Verb = "extension.approved"  // somebody with the role gave it
	ExtensionDeclined  Verb = "extension.declined"  // or did not
	ExtensionWithdrawn Verb = "extension.withdrawn" // it is not asked for any more

	AcceptanceAsked     Verb = "acceptance.asked"     // somebody asks for an exception
	AcceptanceApproved  Verb = "acceptance.approved"  // somebody with the role gave an approval of it
	AcceptanceDeclined  Verb = "acceptance.declined"  // or decided against it
	AcceptanceWithdrawn Verb = "acceptance.withdrawn" // it is not asked for any more
	AcceptanceEnded     Verb = "acceptance.ended"     // its last day has passed, or what was approved changed
	AcceptanceRevoked   Verb = "acceptance.revoked"   // a person reopened the record

	RecurrenceProposed  Verb = "recurrence.proposed"  // a closed record may have come up again as this one
	RecurrenceConfirmed Verb = "recurrence.confirmed" // a person says that it did
	RecurrenceRefused   Verb = "recurrence.refused"   // or did not

	MeasurementEntered Verb = "measurement.entered" // a value of a measure, a control check or an objective
	MeasurementMissed  Verb = "measurement.missed"  // its source did not answer
	FiguresFrozen      Verb = "review.figures"      // a management review has these figures before it

	RecordSent    Verb = "record.sent"    // a document about it went to a party outside
	RecordCarried Verb = "record.carried" // the whole record, as an earlier version left it

	SyncReceived         Verb = "sync.received" // a webhook delivery; in older logs, see Origin.Delivery
	SyncPulled           Verb = "sync.pulled"
	SyncConflict         Verb = "sync.conflict"
	SyncConflictResolved Verb = "sync.conflict_resolved"
	SyncContested        Verb = "sync.contested" // reverted too often, a person decides
	SyncOrphaned         Verb = "sync.orphaned"  // the issue has vanished
	SyncMoved            Verb = "sync.moved"
	SyncProblem          Verb = "sync.problem"

	WriteIntent   Verb = "write.intent"   // before a request leaves
	WriteOutcome  Verb = "write.outcome"  // what came back
	WriteResolved Verb = "write.resolved" // found out later, after a crash or a lost answer

	NoticeAsked   Verb = "notice.asked"   // somebody reminds the people of a record
	NoticeSent    Verb = "notice.sent"    // a person was told of dates
	NoticeFailed  Verb = "notice.failed"  // the message was refused, or tried in vain for hours
	NoticeUnknown Verb = "notice.unknown" // no answer came; it is not sent again

	ConfigLoaded     Verb = "config.loaded"
	DaemonStarted    Verb = "daemon.started"
	DaemonStopped    Verb = "daemon.stopped"
	BrakeEngaged     Verb = "brake.engaged"  // too many changes at once, held back
	BrakeReleased    Verb = "brake.released" // a person lets writing go on
	KeyRotated       Verb = "key.rotated"
	ExportMade       Verb = "export.made"
	SampleDrawn      Verb = "sample.drawn"      // records were chosen for an auditor
	LogRead          Verb = "log.read"          // a program read the register for a person
	AuditDayOpened   Verb = "audit_day.opened"  // an auditor is there: the period and the sample are fixed
	AuditDayClosed   Verb = "audit_day.closed"  // what the auditor asked and when it was answered
	DisclosureErased Verb = "disclosure.erased" // personal data removed beside the log
	LogRestored      Verb = "log.restored"      // a backup took the place of the log, see Restore
	PolicyAdopted    Verb = "policy.adopted"    // other rules are in force from the next start
	PeopleAdopted    Verb = "people.adopted"    // other people, roles or accounts count

	AccountInvited Verb = "account.invited" // a one-time link for a person was made
	AccountSetUp   Verb = "account.set_up"  // a person has a password of conformd
	SessionOpened  Verb = "session.opened"  // somebody signed in to the pages
	SessionEnded   Verb = "session.ended"   // and out
	SessionRefused Verb = "session.refused" // somebody could not sign in
	AccessDenied   Verb = "access.denied"   // somebody asked for a page that their roles do not open
	PageRead       Verb = "page.read"       // an auditor read a page
	TokenMade      Verb = "token.made"      // a program may speak for a person
	TokenRevoked   Verb = "token.revoked"   // and may no longer
)

// Verbs returns every verb, sorted.
func Verbs() []Verb {
	return []Verb{
		AcceptanceApproved, AcceptanceAsked, AcceptanceDeclined, AcceptanceEnded, AcceptanceRevoked, AcceptanceWithdrawn, AccessDenied, AccountInvited,
		AccountSetUp, ApprovalGiven, ApprovalIgnored, ApprovalVoided, AuditDayClosed, AuditDayOpened, BrakeEngaged, BrakeReleased, ConfigLoaded,
		DaemonStarted, DaemonStopped, DisclosureErased, DueSet, ExportMade, ExtensionApproved, ExtensionAsked, ExtensionDeclined, ExtensionWithdrawn,
		KeyRotated, LogRead, LogRestored, MeasurementEntered, MeasurementMissed, NoticeAsked, NoticeFailed, NoticeSent, NoticeUnknown, PageRead, PeopleAdopted, PolicyAdopted,
		RecordCarried, RecordCreated, RecordLinked, RecordProposed, RecordRefused, RecordSent, RecordSettled, RecordTransitioned, RecordUnlinked,
		RecordUpdated, RecurrenceConfirmed, RecurrenceProposed, RecurrenceRefused, FiguresFrozen, SampleDrawn, SessionEnded, SessionOpened, SessionRefused,
		SyncConflict, SyncConflictResolved, SyncContested, SyncMoved, SyncOrphaned, SyncProblem, SyncPulled, SyncReceived, TokenMade, TokenRevoked,
		WriteIntent, WriteOutcome, WriteResolved,
	}
}

// known are the verbs by name; every entry that is read asks.
var known = sync.OnceValue(func() map[Verb]bool { //nolint:gochecknoglobals // a constant
	m := map[Verb]bool{}
	for _, v := range Verbs() {
		m[v] = true
	}
	return m
})

// Valid reports whether v is one of the verbs.
func (v Verb) Valid() bool { return known()[v] }

// Closes reports whether an entry with this verb names an intent.
func (v Verb) Closes() bool { return v == WriteOutcome || v == WriteResolved }
