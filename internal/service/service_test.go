package service_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A desk is a register with three records: the first has a twin and an action, the
// second an issue whose key the third has as well, at another site.
type desk struct {
	*testing.T
	*service.Register
	store *store.Store
	recs  []register.Record
}

// newStore is an empty store on 1 July.
func newStore(t *testing.T) *store.Store {
	t.Helper()
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	st, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Log: auditlog.Open(signer, signer.Name()), Run: "run", Config: "sha256:c", Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	st := newStore(t)
	d := &desk{T: t, store: st, Register: &service.Register{Store: st, Repos: []string{"acme/isms"}, References: []connectors.References{github.References(), jira.References()}, Profiles: []*mapping.Profile{{Binding: "gh", Markup: mapping.MarkupGFM, Handles: true}}, People: map[string]register.Person{"olga": {ID: "olga", Name: "Olga Owens"}}}}
	for range 3 {
		d.write(func(tx *store.Tx) error {
			r, err := tx.NewRecord(t.Context(), "NC", register.Record{})
			d.recs = append(d.recs, r)
			return err
		})
	}
	d.link(0, "gh", "record", "1", "acme/isms#1", "https://github.com/acme/isms/issues/1")
	d.link(0, "jira", "record", "10", "ISMS-3", "https://acme.atlassian.net/browse/ISMS-3")
	d.link(0, "ops", "action", "20", "OPS-7", "https://acme.atlassian.net/browse/OPS-7")
	d.link(1, "jira", "record", "11", "SEC-1", "https://acme.atlassian.net/browse/SEC-1")
	d.link(2, "jira-b", "record", "11", "SEC-1", "https://jira.other.example/jira/browse/SEC-1")
	d.write(func(tx *store.Tx) error {
		is := &connectors.Issue{Ref: connectors.Ref{ID: "9", Key: "acme/isms#9"}, URL: "https://github.com/acme/isms/issues/9"}
		_, err := tx.Quarantine(t.Context(), store.Quarantined{Binding: "gh", Issue: is, Why: "names no record of the register"})
		return err
	})
	return d
}

func (d *desk) write(fn func(*store.Tx) error) {
	d.Helper()
	if err := d.store.Write(d.Context(), fn); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) link(rec int, binding, role, id, key, url string) {
	d.Helper()
	is := &connectors.Issue{
		Ref: connectors.Ref{ID: id, Key: key}, URL: url, Author: connectors.User{ID: "2002", Login: "erik"},
		Users: map[string]connectors.User{"3003": {Name: "Rita Review"}},
	}
	d.write(func(tx *store.Tx) error {
		return tx.PutBoundIssue(d.Context(), store.BoundIssue{Binding: binding, Ref: is.Ref, RecordID: d.recs[rec].ID, Role: role, State: store.IssueBound, Issue: is})
	})
}

func TestFind(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ref := d.recs[0].Ref
	for _, c := range []struct {
		name string
		want int // record, -1 for none, -2 for several
		says string
	}{
		{ref, 0, ""},
		{" " + strings.ToLower(ref) + "\n", 0, ""},
		{d.recs[1].ID, 1, ""},
		{"ISMS-3", 0, ""},
		{"isms-3", 0, ""},
		{"acme/isms#1", 0, ""},
		{"Acme/ISMS#1", 0, ""},
		{"#1", 0, ""},
		{"ops-7", 0, ""},
		{"https://github.com/acme/isms/issues/1", 0, ""},
		{"HTTPS://GitHub.com/Acme/Isms/issues/1?foo=1#issuecomment-12", 0, ""},
		{"<https://github.com/acme/isms/pull/1/files>", 0, ""},
		{"https://api.github.com/repos/acme/isms/issues/1", 0, ""},
		{"github.com/acme/isms/issues/1", 0, ""},
		{"https:/github.com/acme/isms/issues/1", 0, ""},
		{"acme/isms/issues/1", 0, ""},
		{"https://acme.atlassian.net/browse/ISMS-3?focusedCommentId=1", 0, ""},
		{"https://ACME.atlassian.net/jira/software/projects/ISMS/boards/1?selectedIssue=isms-3", 0, ""},
		{"https://acme.atlassian.net/projects/ISMS/issues/ISMS-3/", 0, ""},
		{"http://localhost:8484/records/" + ref, 0, ""},
		{"https://acme.atlassian.net/browse/SEC-1", 1, ""},
		{"https://jira.other.example/jira/browse/SEC-1", 2, ""},
		{"SEC-1", -2, `"SEC-1" means several records: ` + d.recs[1].Ref + " (SEC-1 in jira), " + d.recs[2].Ref + " (SEC-1 in jira-b)"},
		{"NC-1", -1, `the register has no "NC-1"; looked for the record NC-1 and the issue NC-1`},
		{"NC-2026-9999", -1, `the register has no "NC-2026-9999"; looked for the record NC-2026-9999`},
		{"ISMS-33", -1, `the register has no "ISMS-33"; looked for the record ISMS-33 and the issue ISMS-33`},
		{"#33", -1, `the register has no "#33"; looked for the issue acme/isms#33`},
		{"acme/isms#9", -1, `the register has no "acme/isms#9"; looked for the issue acme/isms#9; the issue acme/isms#9 names no record of the register`},
		{"https://jira.third.example/browse/ISMS-3", -1, `the register has no "https://jira.third.example/browse/ISMS-3"; looked for the issue ISMS-3 at jira.third.example; the register knows https://acme.atlassian.net/browse/ISMS-3`},
		{"https://github.com/acme/isms", -1, `the register has no "https://github.com/acme/isms"`},
		{"http://[::1", -1, `the register has no "http://[::1"`},
		{"", -1, `the register has no ""`},
		{"a%", -1, `the register has no "a%"; looked for the record a%`},
		{"' OR 1=1 --", -1, `the register has no "' OR 1=1 --"; looked for the record ' OR 1=1 --`},
	} {
		row, err := d.Find(t.Context(), c.name)
		switch {
		case c.want >= 0:
			if err != nil || row.Record.ID != d.recs[c.want].ID {
				t.Errorf("Find(%q) = %s, %v, want record %d", c.name, row.Record.Ref, err, c.want)
			}
			continue
		case c.want == -1:
			if _, ok := errors.AsType[*service.UnknownError](err); !ok {
				t.Errorf("Find(%q) = %v, want an UnknownError", c.name, err)
				continue
			}
		default:
			if _, ok := errors.AsType[*service.AmbiguousError](err); !ok {
				t.Errorf("Find(%q) = %v, want an AmbiguousError", c.name, err)
				continue
			}
		}
		if err.Error() != c.says {
			t.Errorf("Find(%q) says %q, want %q", c.name, err, c.says)
		}
	}
}

// A bare number is looked for in each repository: one issue is meant, several are listed.
func TestFindByBareNumber(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.Repos = []string{"acme/isms", "acme/platform"}
	if row, err := d.Find(t.Context(), "#1"); err != nil || row.Record.ID != d.recs[0].ID {
		t.Errorf("Find(#1) = %s, %v, want the only record that has such an issue", row.Record.Ref, err)
	}
	d.link(1, "gh-b", "action", "5", "acme/platform#1", "https://github.com/acme/platform/issues/1")
	if _, err := d.Find(t.Context(), "#1"); err == nil || !strings.Contains(err.Error(), "acme/isms#1 in gh") || !strings.Contains(err.Error(), "acme/platform#1 in gh-b") {
		t.Errorf("Find(#1) = %v, want both issues", err)
	}
	d.Repos = nil
	if _, err := d.Find(t.Context(), "#1"); err == nil || err.Error() != `the register has no "#1"` {
		t.Errorf("Find(#1) without a repository = %v", err)
	}
}

// pulled is an entry about a record.
func (d *desk) pulled(rec, n int) audit.Entry {
	return audit.Entry{
		Verb: audit.SyncPulled, Actor: audit.Actor{Kind: audit.Person, ID: "account:gh:2002", How: audit.ByChangelog}, Origin: audit.Origin{Binding: "gh", Issue: "1", Key: "acme/isms#1", Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: d.recs[rec].ID, Ref: d.recs[rec].Ref, Version: 1},
		Changes: []audit.FieldChange{{Field: "title", After: audit.NewText(fmt.Sprint("title ", n))}},
	}
}

// flush commits entries and returns the number of the first.
func (d *desk) flush(es ...audit.Entry) (first int64) {
	d.Helper()
	d.write(func(tx *store.Tx) (err error) {
		for _, e := range es {
			tx.Audit(e)
		}
		first, err = tx.Flush(d.Context())
		return err
	})
	return first
}

// pages reads a whole history page by page.
func (d *desk) pages(rec, limit int) (events []present.Event, pages int) {
	d.Helper()
	before := int64(service.Newest)
	for {
		p, err := d.History(d.Context(), d.recs[rec].ID, d.recs[rec].Ref, before, limit)
		if err != nil {
			d.Fatal(err)
		}
		if pages++; len(p.Events) > limit {
			d.Fatalf("a page has %d events, want at most %d", len(p.Events), limit)
		}
		events = append(events, p.Events...)
		if p.Next == 0 {
			return events, pages
		}
		if p.Next >= before {
			d.Fatalf("the page after that before %d goes on before %d", before, p.Next)
		}
		before = p.Next
	}
}

// A history is the same in pages of any length, and leaves out what is about others.
func TestHistoryInPages(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	n := 0
	for range 300 {
		first := d.flush(d.pulled(0, n), d.pulled(1, n))
		if n%3 == 0 {
			intent := d.pulled(0, n)
			intent.Verb, intent.Request = audit.WriteIntent, &audit.Request{Op: "issue.update", ReadBack: audit.Unread}
			seq := d.flush(intent)
			out := d.pulled(0, n)
			out.Verb, out.Changes, out.Intent, out.Outcome, out.Request = audit.WriteOutcome, nil, seq, audit.Done, &audit.Request{ReadBack: audit.ReadEqual}
			d.flush(out)
		}
		if n++; first < 0 {
			t.Fatal("nothing was written")
		}
	}
	want, pages := d.pages(0, 1000)
	if len(want) != 300 || pages != 1 {
		t.Fatalf("%d events on %d pages, want 300 on one", len(want), pages)
	}
	if e := want[2]; len(e.Writes) != 1 || e.Who != "@erik (not in the register's list of people)" || len(e.Entries) != 3 {
		t.Errorf("an event is %+v, want a change by @erik with its write", e)
	}
	for _, limit := range []int{1, 7, 50, 299, 300} {
		got, pages := d.pages(0, limit)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(present.Write{}), cmp.Comparer(func(a, b present.Write) bool { return a.What == b.What && slices.Equal(a.Entries, b.Entries) })); diff != "" {
			t.Errorf("in pages of %d (-at once +paged):\n%s", limit, diff)
		}
		if least := (300 + limit - 1) / limit; pages != least {
			t.Errorf("%d pages of %d, want %d", pages, limit, least)
		}
	}
}

// A run that is longer than a page may read is told in parts, none of it twice.
func TestHistoryOfALongRun(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	e := d.pulled(0, 0)
	e.Verb, e.Changes, e.Reason = audit.SyncProblem, nil, "the same again"
	es := make([]audit.Entry, 1000)
	for i := range es {
		es[i] = e
	}
	for range 7 {
		d.flush(es...)
	}
	events, pages := d.pages(0, 50)
	times := 0
	for _, e := range events {
		times += e.Times
	}
	if times != 7000 || pages != 2 {
		t.Errorf("told %d times on %d pages, want 7000 on 2", times, pages)
	}
}

// What became of a write is told with it, however much happened in between, and the
// records between which an issue moved by their numbers.
func TestHistoryLooksAhead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	intent := d.pulled(0, 0)
	intent.Verb, intent.Request = audit.WriteIntent, &audit.Request{Op: "issue.update", ReadBack: audit.Unread}
	moved := audit.Entry{
		Verb: audit.SyncMoved, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, Origin: audit.Origin{Binding: "ops", Issue: "20", Key: "OPS-7", Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectIssue, ID: "20", Ref: "OPS-7"},
		Changes: []audit.FieldChange{{Field: "record", Before: audit.NewText(d.recs[0].ID), After: audit.NewText(d.recs[1].ID)}},
	}
	first := d.flush(d.pulled(0, 0), intent, moved)
	es := make([]audit.Entry, 400)
	for i := range es {
		es[i] = d.pulled(0, i)
	}
	d.flush(es...)
	out := d.pulled(0, 0)
	out.Verb, out.Changes, out.Intent, out.Outcome, out.Request = audit.WriteResolved, nil, first+1, audit.Found, &audit.Request{ReadBack: audit.ReadEqual}
	last := d.flush(out)
	p, err := d.History(t.Context(), d.recs[0].ID, d.recs[0].Ref, first+3, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Events) != 2 || p.Next != 0 {
		t.Fatalf("the oldest page is %+v, want the move and the change", p)
	}
	if want := "OPS-7 moved from " + d.recs[0].Ref + " to " + d.recs[1].Ref; p.Events[0].What != want {
		t.Errorf("the move is told as %q, want %q", p.Events[0].What, want)
	}
	if e := p.Events[1]; len(e.Writes) != 1 || e.Writes[0].Result != present.FoundLater || !slices.Contains(e.Entries, last) {
		t.Errorf("the change is told as %+v, want its write with the outcome in entry %d", e, last)
	}
	both, err := d.History(t.Context(), d.recs[1].ID, d.recs[1].Ref, service.Newest, 10)
	if err != nil || len(both.Events) != 1 || both.Events[0].What != p.Events[0].What {
		t.Errorf("the record that the issue came to tells %+v, %v, want the move", both.Events, err)
	}
}
