package notices_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// remind reminds the people of a record, as ira.
func (o *office) remind(t *notices.Teller, r register.Record) error {
	o.Helper()
	row, err := o.store.Record(o.Context(), r.Ref)
	if err != nil {
		o.Fatal(err)
	}
	_, err = t.Remind(o.Context(), notices.Reminder{
		By: audit.Actor{Kind: audit.Person, ID: "ira", How: audit.BySignIn}, Trigger: audit.TriggerPage, Row: row, Needs: present.Tell([]present.Need{{What: "Root cause is missing"}}, "Erik"),
	})
	return err
}

// A reminder goes out outside the hours and beside the message of the day, once a day for each record; its text says who asks and what is
// needed.
func TestAReminderDoesNotWait(t *testing.T) {
	o := newOffice(t)
	r, other := o.record("Leavers keep accounts", register.Minor, "2026-01-12"), o.record("Keys are shared", register.Minor, "2026-03-01")
	teller := o.teller()
	o.now = time.Date(2026, 1, 4, 22, 0, 0, 0, time.UTC) // a Sunday night
	if err := o.remind(teller, r); err != nil {
		t.Fatal(err)
	}
	if err := teller.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := o.box.taken()
	if len(got) != 1 || got[0].to != "erik" || got[0].subject != "conformd: a reminder of "+r.Ref {
		t.Fatalf("arrived: %+v", got)
	}
	for _, want := range []string{"Ira asks you to act on " + r.Ref + " now:", "Leavers keep accounts", "Root cause is missing", "2026-01-12"} {
		if !strings.Contains(got[0].text, want) {
			t.Errorf("the text does not say %q:\n%s", want, got[0].text)
		}
	}
	no := &notices.UnremindedError{}
	if err := o.remind(teller, r); !errors.As(err, &no) || !strings.Contains(no.What, "went out on 2026-01-04 at 22:00 UTC") {
		t.Errorf("a second reminder: %v", err)
	}
	if err := o.remind(teller, other); err != nil {
		t.Errorf("of another record: %v", err)
	}
	if got := o.until(teller, "2026-01-06"); len(got) != 2 || got[0] != "01-04 22:00 erik: a reminder of "+other.Ref || !strings.HasPrefix(got[1], "01-05 08:00 erik: 1 to come") {
		t.Errorf("arrived: %q, want the other reminder and the message of the day", got)
	}
	messages, _, err := o.store.Tellings(t.Context(), []string{other.ID})
	if err != nil || len(messages) != 1 || messages[0].State != store.MessageSent || messages[0].Person != "erik" {
		t.Errorf("who was told: %+v, %v", messages, err)
	}
	if err := o.remind(teller, r); err != nil {
		t.Errorf("a day later: %v", err)
	}
	r.State = register.Closed
	o.change(r)
	o.now = o.now.Add(48 * time.Hour)
	if err := o.remind(teller, r); !errors.As(err, &no) || !strings.Contains(no.What, "is at its end") {
		t.Errorf("a reminder of a closed record: %v", err)
	}
}

// Who has no address cannot be reminded, and a reminder that was not accepted does not count as one.
func TestAReminderReachesNobody(t *testing.T) {
	o := newOffice(t)
	r := o.record("Leavers keep accounts", register.Minor, "2026-01-12")
	teller := o.teller()
	channels := teller.Channels
	teller.Channels = nil
	no := &notices.UnremindedError{}
	if err := o.remind(teller, r); !errors.As(err, &no) || no.What != "no message reaches Erik" || !strings.Contains(no.Remedy, "notices.mail") {
		t.Errorf("without a way: %v", err)
	}
	teller.Channels = channels
	o.box.rule = func(string) error { return errors.New("no such mailbox") }
	for range 2 {
		if err := o.remind(teller, r); err != nil {
			t.Fatalf("a reminder: %v", err)
		}
		for range 400 { // until it is given up
			o.now = o.now.Add(time.Minute)
			if err := teller.Tell(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		o.now = o.now.Add(18 * time.Hour)
	}
}
