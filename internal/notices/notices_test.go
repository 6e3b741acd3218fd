package notices_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A date is announced twice, missed once and escalated once, each on a business day between
// eight and six, and once only although conformd looks every half hour.
func TestEachStageIsToldOnce(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers keep accounts", register.Major, "2026-01-19") // a Monday
	o.record("Backups were not restored", register.Minor, "2026-01-19")
	got := o.until(o.teller(), "2026-03-01")
	want := []string{
		"01-12 08:00 erik: 2 to come on 2026-01-12",
		"01-19 08:00 erik: 2 to come on 2026-01-19", // 1 day before is a Sunday
		"01-20 08:00 erik: 2 missed on 2026-01-20",
		"01-20 08:00 ira: 1 escalated on 2026-01-20",
		"01-20 08:00 tom: 1 escalated on 2026-01-20",
		"02-19 08:00 ira: 2 escalated on 2026-02-19", // the steps of a major nonconformity and of every other
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// After a month in which conformd did not run, each person is told once of what stands now.
func TestAMonthWithoutConformd(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers keep accounts", register.Major, "2026-01-19")
	o.record("No owner of the feed", register.Minor, "2026-02-10")
	if got := o.until(o.teller(), "2026-01-13"); len(got) != 1 {
		t.Fatalf("before the month: %q", got)
	}
	o.now = time.Date(2026, 2, 9, 8, 0, 0, 0, time.UTC)
	want := []string{"02-09 08:00 erik: 1 missed, 1 to come on 2026-02-09", "02-09 08:00 ira: 1 escalated on 2026-02-09", "02-09 08:00 tom: 1 escalated on 2026-02-09"}
	if diff := cmp.Diff(want, o.until(o.teller(), "2026-02-10")); diff != "" {
		t.Errorf("after it (-want +got):\n%s", diff)
	}
}

// A restart tells nobody again. A date that was moved is told of anew, and what is done is not
// told of at all.
func TestRestartsAndMovedDates(t *testing.T) {
	o := newOffice(t)
	r := o.record("Leavers keep accounts", register.Minor, "2026-01-12")
	if got := o.until(o.teller(), "2026-01-06"); len(got) != 1 {
		t.Fatalf("first: %q", got)
	}
	o.now = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
	if got := o.until(o.teller(), "2026-01-07"); got != nil {
		t.Errorf("after a restart: %q, want nothing", got)
	}
	r.Extensions = []register.Extension{{Milestone: register.MilestoneImplementation, To: "2026-01-15", Date: "2026-01-15", State: register.ExtensionApproved}}
	o.change(r)
	if got := o.until(o.teller(), "2026-01-09"); len(got) != 1 || !strings.HasPrefix(got[0], "01-08 08:00 erik: 1 to come") {
		t.Errorf("after the date was moved: %q", got)
	}
	r.State, r.Done = register.Verifying, o.now
	o.change(r)
	if got := o.until(o.teller(), "2026-01-30"); got != nil {
		t.Errorf("after the work was done: %q, want nothing", got)
	}
}

// Whoever may decide about a later date or an exception is told once that somebody asks for it;
// who asks, or has approved it, is not.
func TestALaterDateIsAskedFor(t *testing.T) {
	o := newOffice(t)
	r := o.record("Leavers keep accounts", register.Minor, "2026-02-27")
	r.Extensions = []register.Extension{{Milestone: register.MilestoneImplementation, To: "2026-04-01", By: "erik", At: time.Date(2026, 1, 10, 12, 0, 0, 0, time.UTC), State: register.ExtensionAsked}}
	o.change(r)
	if diff := cmp.Diff([]string{"01-12 08:00 ira: 1 to decide on 2026-01-12", "01-12 08:00 tom: 1 to decide on 2026-01-12"}, o.until(o.teller(), "2026-02-01")); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	r.Acceptances = []register.Acceptance{{Until: "2026-04-30", By: "ira", At: time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC), State: register.AcceptanceAsked, Reason: "the garage is rebuilt"}}
	o.change(r)
	if diff := cmp.Diff([]string{"02-02 08:00 rob: 1 to decide on 2026-02-02"}, o.until(o.teller(), "2026-02-10")); diff != "" {
		t.Errorf("of an exception (-want +got):\n%s", diff)
	}
}

// Of an improvement that was deferred, those who decide about it are told on its day; when it is
// deferred again, on the next one.
func TestADeferredImprovement(t *testing.T) {
	o := newOffice(t)
	r := o.record("Snapshots of the finance share", register.Minor, "2026-02-27")
	r.State, r.Dates, r.Fields[register.FieldKind] = register.Analysis, nil, string(register.Improvement)
	put := func(event, until string) {
		r.Approvals = append(r.Approvals, register.Approval{Event: event, Subject: register.SubjectAdoption, Outcome: register.Deferred, Until: until, By: "ira", At: o.now, How: register.ByComment, Reason: "There is no money before."})
		o.change(r)
	}
	put("e1", "2026-01-20")
	want := []string{
		"01-13 08:00 ira: 1 to come on 2026-01-13", "01-13 08:00 tom: 1 to come on 2026-01-13", "01-19 08:00 ira: 1 to come on 2026-01-19", "01-19 08:00 tom: 1 to come on 2026-01-19",
		"01-20 08:00 ira: 1 to come on 2026-01-20", "01-20 08:00 tom: 1 to come on 2026-01-20", "01-21 08:00 ira: 1 missed on 2026-01-21", "01-21 08:00 tom: 1 missed on 2026-01-21",
	}
	if diff := cmp.Diff(want, o.until(o.teller(), "2026-01-25")); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	put("e2", "2026-03-02")
	got := o.until(o.teller(), "2026-03-03")
	if len(got) != 4 || got[0] != "02-23 08:00 ira: 1 to come on 2026-02-23" {
		t.Errorf("deferred again: %q", got)
	}
}

// When evidence is gone and a record went back, its owner and its reviewer are told once; of another
// loss they are told again.
func TestLostEvidenceIsTold(t *testing.T) {
	o := newOffice(t)
	r := o.record("Leavers keep accounts", register.Minor, "2026-02-27")
	r.State, r.Dates, r.Fields[register.FieldReviewer] = register.Implementing, nil, "rob"
	r.Lost = &register.Loss{
		From: register.Verifying, To: register.Implementing, At: time.Date(2026, 1, 7, 12, 0, 0, 0, time.UTC), By: "erik", Rules: []string{"G12"}, What: []string{"Action 1 is done and has no evidence"},
	}
	o.change(r)
	if diff := cmp.Diff([]string{"01-07 08:00 erik: 1 lost on 2026-01-07", "01-07 08:00 rob: 1 lost on 2026-01-07"}, o.until(o.teller(), "2026-01-20")); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
	again := *r.Lost
	again.At = time.Date(2026, 1, 21, 12, 0, 0, 0, time.UTC)
	r.Lost, r.Fields[register.FieldOwner], r.Fields[register.FieldReviewer] = &again, "account:gh:9", ""
	o.change(r)
	if got := o.until(o.teller(), "2026-01-30"); len(got) != 1 || !strings.HasPrefix(got[0], "01-21 08:00 ira: 1 lost") {
		t.Errorf("of a record whose owner nobody knows: %q, want the ISMS manager", got)
	}
}

// Nobody is told on a holiday, at night, or while the register may be older than the trackers.
func TestQuietTimes(t *testing.T) {
	o := newOffice(t)
	o.hours.Calendar.Holidays = []register.Holiday{{Date: "2026-01-06", Name: "Epiphany"}}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	o.hours.Zone = berlin
	o.record("Leavers keep accounts", register.Minor, "2026-01-13") // 7 days after the holiday
	if got := o.until(o.teller(), "2026-01-08"); len(got) != 1 || !strings.HasPrefix(got[0], "01-07 07:00 ") {
		t.Errorf("around a holiday: %q, want one message on the day after, at eight in Berlin", got)
	}
	err = o.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.Rewind(t.Context(), []string{"gh"}, store.BrakeRestored, "restored")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	teller := o.teller()
	teller.Bindings = []string{"gh"}
	if got := o.until(teller, "2026-01-20"); got != nil {
		t.Errorf("before gh was read again: %q, want nothing", got)
	}
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.Looked(t.Context(), "gh") }); err != nil {
		t.Fatal(err)
	}
	if got := o.until(teller, "2026-01-21"); len(got) != 1 || !strings.Contains(got[0], "erik: 1 missed") {
		t.Errorf("after gh was read again: %q", got)
	}
}

// What was told between a backup and its restore is not told again, although the backup knows
// nothing of it. What stages began afterwards is told.
func TestARestoreTellsNothingTwice(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers keep accounts", register.Minor, "2026-01-12")
	o.now = time.Date(2026, 1, 6, 9, 0, 0, 0, time.UTC) // the message of the 5th was sent and is not in the backup
	err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Rewind(t.Context(), []string{"gh"}, store.BrakeRestored, "restored"); err != nil {
			return err
		}
		return tx.Looked(t.Context(), "gh")
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"01-12 08:00 erik: 1 to come on 2026-01-12", "01-13 08:00 erik: 1 missed on 2026-01-13"}
	if diff := cmp.Diff(want, o.until(o.teller(), "2026-01-20")); diff != "" {
		t.Errorf("after the restore (-want +got):\n%s", diff)
	}
}

// A server that is busy is asked again. What a server refuses is told again on the next
// business day. The log names both.
func TestAServerThatDoesNotAccept(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers keep accounts", register.Minor, "2026-01-12")
	tries := 0
	o.box.rule = func(string) error {
		if tries++; tries < 3 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "busy"}
		}
		return nil
	}
	if got := o.until(o.teller(), "2026-01-06"); len(got) != 1 || !strings.HasPrefix(got[0], "01-05 09:00 ") {
		t.Errorf("a busy server: %q after %d attempts, want the message at the third", got, tries)
	}
	o.box.rule = func(string) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	}
	if got := o.until(o.teller(), "2026-01-13"); got != nil {
		t.Errorf("a server that refuses: %q", got)
	}
	o.box.rule = nil
	if got := o.until(o.teller(), "2026-01-14"); len(got) != 1 || !strings.Contains(got[0], "1 missed") {
		t.Errorf("after the mailbox was there: %q", got)
	}
	if diff := cmp.Diff([]string{
		"notice.sent erik mail: NC-2026-0001 implementation 2026-01-12 7 days before",
		"notice.failed erik mail: NC-2026-0001 implementation 2026-01-12 1 days before",
		"notice.sent erik mail: NC-2026-0001 implementation 2026-01-12 missed",
	}, o.logged()); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

// logged returns the entries about messages.
func (o *office) logged() []string {
	o.Helper()
	var out []string
	for x, err := range auditdb.Read(o.Context(), o.store.DB(), 0, 1<<30) {
		if err != nil {
			o.Fatal(err)
		}
		if e := x.Entry; e.Subject.Type == audit.SubjectPerson {
			out = append(out, strings.Join([]string{string(e.Verb), e.Subject.ID, e.Reason}, " "))
		}
	}
	return out
}

// hangsUp takes the text of a message and never answers.
type hangsUp struct{}

func (hangsUp) Name() string        { return "mail" }
func (hangsUp) Reaches(string) bool { return true }

func (hangsUp) Send(context.Context, notices.Message) error { return notices.ErrUnknown }

// A message without an answer is not sent again: it may have arrived.
func TestAMessageWithoutAnAnswer(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers keep accounts", register.Minor, "2026-01-12")
	teller := o.teller()
	teller.Channels = []notices.Channel{hangsUp{}}
	o.until(teller, "2026-01-06")
	if got := o.until(o.teller(), "2026-01-09"); got != nil {
		t.Errorf("%q, want nothing", got)
	}
	// The same when conformd is killed while it sends.
	err := o.store.Write(t.Context(), func(tx *store.Tx) error {
		_, err := tx.AddMessage(t.Context(), store.Message{Day: "2026-01-09", Person: "erik", Channel: "mail", Subject: "conformd: 1 missed"}, nil)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	open, err := o.store.OpenMessages(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("open: %+v, %v", open, err)
	}
	open[0].State = store.MessageSending
	if err := o.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SetMessage(t.Context(), open[0]) }); err != nil {
		t.Fatal(err)
	}
	if got := o.until(o.teller(), "2026-01-10"); got != nil {
		t.Errorf("after the kill: %q, want nothing", got)
	}
	all, err := o.store.Messages(t.Context(), "erik", 10)
	if err != nil || len(all) != 2 || all[0].State != store.MessageUnknown || all[1].State != store.MessageUnknown {
		t.Errorf("messages: %+v, %v, want both of unknown fate", all, err)
	}
}

// Titles come from trackers: they make neither a header nor a second line.
func TestATitleIsText(t *testing.T) {
	o := newOffice(t)
	o.record("Leavers\r\nBcc: all@acme.example\x1b[31m <!channel> @here", register.Minor, "2026-01-12")
	o.now = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	if err := o.teller().Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := o.box.taken()
	if len(got) != 1 || !strings.Contains(got[0].text, "NC-2026-0001 implementation is due 2026-01-12, in 7 days (Erik): Leavers Bcc: all@acme.example[31m") || strings.ContainsRune(got[0].text, '\x1b') {
		t.Fatalf("the message is %q", got)
	}
	if want := "<1.2026-01-05.acme.example-register@conformd>"; got[0].id != want {
		t.Errorf("the id is %q, want %q, the same at each attempt", got[0].id, want)
	}
}
