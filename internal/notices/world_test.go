package notices_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A letter is what somebody was sent.
type letter struct{ to, subject, id, text string }

// A mailbox is an SMTP server that keeps the letters it accepted.
type mailbox struct {
	mu   sync.Mutex
	got  []letter
	rule func(to string) error // what the server answers to the text; nil accepts
	port int
}

func serve(t *testing.T) *mailbox {
	t.Helper()
	b := &mailbox{}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{box: b}, nil }))
	s.Domain = "localhost"
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b.port = l.Addr().(*net.TCPAddr).Port
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return b
}

type session struct {
	box *mailbox
	to  string
}

func (s *session) Reset()                                    { s.to = "" }
func (*session) Logout() error                               { return nil }
func (*session) Mail(string, *smtp.MailOptions) error        { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error { s.to = to; return nil }

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.box.mu.Lock()
	defer s.box.mu.Unlock()
	if s.box.rule != nil {
		if err := s.box.rule(s.to); err != nil {
			return err
		}
	}
	person, _, _ := strings.Cut(s.to, "@")
	text := strings.ReplaceAll(string(body), "=\r\n", "") // quoted-printable
	s.box.got = append(s.box.got, letter{person, m.Header.Get("Subject"), m.Header.Get("Message-Id"), text})
	return nil
}

// taken returns what arrived since the last call.
func (b *mailbox) taken() []letter {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.got
	b.got = nil
	return out
}

// An office is a register whose people are told of their dates.
type office struct {
	*testing.T
	store *store.Store
	box   *mailbox
	now   time.Time
	hours notices.Hours
	days  []int
}

// newOffice opens a register on a Thursday morning.
func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, box: serve(t), now: time.Date(2026, 1, 1, 7, 0, 0, 0, time.UTC), days: []int{7, 1}}
	o.hours = notices.Hours{From: 8 * time.Hour, Until: 18 * time.Hour, Zone: time.UTC, Calendar: register.DefaultCalendar()}
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	o.store, err = store.Open(t.Context(), store.Options{Dir: t.TempDir(), Log: auditlog.Open(signer, signer.Name()), Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.store.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

func people() map[string]register.Person {
	return map[string]register.Person{
		"erik": {ID: "erik", Name: "Erik"}, "ira": {ID: "ira", Name: "Ira", Roles: []string{register.RoleISMSManager}},
		"tom": {ID: "tom", Name: "Tom", Roles: []string{register.RoleTop}}, "rob": {ID: "rob", Name: "Rob", Roles: []string{register.RoleRiskOwner}},
	}
}

// teller returns what tells people, as a fresh start of the daemon has it.
func (o *office) teller() *notices.Teller {
	addresses := map[string]string{}
	for id := range people() {
		addresses[id] = id + "@acme.example"
	}
	t := &notices.Teller{
		Store: o.store, Hours: o.hours, Origin: "acme.example/register", Log: zap.NewNop(), Now: func() time.Time { return o.now },
		Rules:    notices.Rules{Before: o.days, Escalation: register.DefaultEscalation(), People: people(), Policy: register.DefaultPolicy()},
		Channels: []notices.Channel{&notices.Mail{Host: "127.0.0.1", Port: o.box.port, TLS: notices.NoTLS, From: "isms@acme.example", Addresses: addresses}},
		Names: func(context.Context) (present.Names, error) {
			return present.Names{People: map[string]string{"erik": "Erik", "ira": "Ira"}}, nil
		},
	}
	if err := t.Begin(o.Context()); err != nil {
		o.Fatal(err)
	}
	return t
}

// record adds a record of erik's in analysis whose implementation is due on a date.
func (o *office) record(title string, grade register.Grade, due string) register.Record {
	o.Helper()
	var r register.Record
	err := o.store.Write(o.Context(), func(tx *store.Tx) (err error) {
		r, err = tx.NewRecord(o.Context(), "NC", register.Record{Fields: map[register.Field]string{
			register.FieldTitle: title, register.FieldKind: string(register.Nonconformity), register.FieldGrade: string(grade), register.FieldOwner: "erik",
		}})
		if err != nil {
			return err
		}
		r.State = register.Analysis
		r.Dates = []register.MilestoneDate{{Milestone: register.MilestoneImplementation, Date: due}}
		return o.save(tx, r)
	})
	if err != nil {
		o.Fatal(err)
	}
	return r
}

func (o *office) save(tx *store.Tx, r register.Record) error {
	row, err := tx.Row(o.Context(), r.ID)
	if err != nil {
		return err
	}
	_, err = tx.SaveRecord(o.Context(), r, row.Fence)
	return err
}

// change saves a changed record.
func (o *office) change(r register.Record) {
	o.Helper()
	if err := o.store.Write(o.Context(), func(tx *store.Tx) error { return o.save(tx, r) }); err != nil {
		o.Fatal(err)
	}
}

// until moves the clock by half an hour at a step, and returns what arrived: "2026-01-05
// erik: 1 to come".
func (o *office) until(t *notices.Teller, day string) []string {
	o.Helper()
	end, err := time.Parse(time.DateOnly, day)
	if err != nil {
		o.Fatal(err)
	}
	var out []string
	for ; o.now.Before(end); o.now = o.now.Add(30 * time.Minute) {
		if err := t.Tell(o.Context()); err != nil {
			o.Fatal(err)
		}
		for _, m := range o.box.taken() {
			out = append(out, fmt.Sprintf("%s %s: %s", o.now.Format("01-02 15:04"), m.to, strings.TrimPrefix(m.subject, "conformd: ")))
		}
	}
	return out
}
