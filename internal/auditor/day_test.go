package auditor_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

// audit files an audit that is under way.
func (r *room) audit() register.Record {
	r.t.Helper()
	rec := r.unplanned()
	acted, err := r.acts().Do(r.t.Context(), rec.ID, service.By{Person: "irene", Account: "os:1000"}, func(by register.Author) register.Command {
		return register.Judge{Approval: register.Approval{Event: by.Event, Subject: register.SubjectTriage, Outcome: register.Approved, By: by.Person, Account: by.Account, At: by.At, How: by.How}}
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return acted.Record
}

// unplanned files an audit that nobody has triaged.
func (r *room) unplanned() register.Record {
	return r.file(map[register.Field]string{
		register.FieldKind: string(register.Audit), register.FieldTitle: "Surveillance audit", register.FieldScope: "ISMS", register.FieldAuditors: "Ada Auditor",
		register.FieldPlannedFor: "2026-07-01", register.FieldSourceRef: "SA-2026", register.FieldOwner: "irene", register.FieldIdentified: "2026-06-01",
	})
}

func question(size int) sample.Question {
	return sample.Question{Size: size, Seed: "word", From: "2026-01-01", To: "2026-12-31"}
}

// aDay opens and closes an audit day with a sample and a request, on a log of at least size entries.
func aDay(t *testing.T, size int64) (r *room, checkpoint []byte, day auditor.Day, receipt auditor.Bound) {
	t.Helper()
	r = newRoom(t)
	a := r.audit()
	for range 6 {
		r.file(map[register.Field]string{register.FieldTitle: "Finding"})
	}
	for r.size() < size {
		r.file(map[register.Field]string{register.FieldTitle: "Another"})
	}
	_, checkpoint, err := r.OpenDay(t.Context(), a.Ref, "2026", question(3))
	if err != nil {
		t.Fatal(err)
	}
	asked := auditor.Asked{Bindings: []string{"gh-isms"}, Read: noon(), Requests: []export.Request{{Binding: "gh-isms", Issue: "acme/isms#9", Title: "Show <the> log " + wild, Asked: "2026-07-01T12:00:00Z", AskedBy: "irene"}}}
	if day, err = r.CloseDay(t.Context(), a.Ref, asked); err != nil {
		t.Fatal(err)
	}
	if receipt, err = r.DayReceipt(t.Context(), day, "v9", []string{r.key.String()}); err != nil {
		t.Fatal(err)
	}
	return r, checkpoint, day, receipt
}

// drawAgain draws the sample again as conform-verify does.
func drawAgain(o export.Opening) error {
	c := sample.Claim{Seed: o.Seed, Size: o.Size, Population: o.Population, Digest: o.Digest}
	for _, s := range o.Sample {
		c.Chosen = append(c.Chosen, sample.Choice{Ref: s.Record, Why: sample.Reason(s.Why), Digest: s.Digest})
	}
	return sample.Check(c)
}

func (r *room) checkReceipt(data, against []byte) *verify.Report {
	return verify.Dossier(data, r.key, verify.Options{Register: ledger.NewReplay(), Draw: drawAgain, Against: against})
}

// A receipt verifies against the checkpoint of the opening, also where that is at or beside the end of
// a tile of the tree. A log that is another one before the opening is refused.
func TestAReceiptContinuesTheOpening(t *testing.T) {
	for size := int64(252); size <= 253; size++ {
		r := newRoom(t)
		a := r.audit()
		for r.size() < size {
			r.file(map[register.Field]string{register.FieldTitle: "Another"})
		}
		for range 4 {
			_, checkpoint, err := r.OpenDay(t.Context(), a.Ref, "2026", sample.Question{From: "2026-01-01", To: "2026-12-31"})
			if err != nil {
				t.Fatal(err)
			}
			day, err := r.CloseDay(t.Context(), a.Ref, auditor.Asked{})
			if err != nil {
				t.Fatal(err)
			}
			r.stands(day, checkpoint)
		}
	}
	r, checkpoint, day, receipt := aDay(t, 0)
	for range 300 {
		r.file(map[register.Field]string{register.FieldTitle: "Later"})
	}
	r.stands(day, checkpoint)
	forked, err := tree.SignCheckpoint(origin, day.Opened+1, [32]byte{1}, []tree.Signer{r.signer})
	if err != nil {
		t.Fatal(err)
	}
	if rep := r.checkReceipt(receipt.ZIP, forked); rep.Result != verify.Failed || rep.Findings[0].Code != verify.Forked {
		t.Errorf("against a checkpoint of another log at the opening it verifies as %+v", rep)
	}
	fs := files(t, receipt.ZIP)
	lines := strings.SplitN(string(fs[export.FileSince]), "\n", 3)
	lines[1] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	fs[export.FileSince] = []byte(strings.Join(lines, "\n"))
	if rep := r.checkReceipt(again(t, fs, false), nil); rep.Result != verify.Failed || rep.Findings[0].Where != export.FileSince {
		t.Errorf("with another root at entry %d it verifies as %+v", day.Opened, rep)
	}
}

// stands holds that the receipt of a day verifies against the checkpoint of its opening.
func (r *room) stands(day auditor.Day, checkpoint []byte) {
	r.t.Helper()
	b, err := r.DayReceipt(r.t.Context(), day, "v9", []string{r.key.String()})
	if err != nil {
		r.t.Fatal(err)
	}
	if rep := r.checkReceipt(b.ZIP, checkpoint); rep.Result != verify.Verified || !rep.Receipt || rep.HeldSize != day.Opened+1 || rep.Size != r.size() {
		r.t.Errorf("opened with entry %d the receipt verifies as %+v", day.Opened, rep)
	}
	if rep := r.checkReceipt(b.ZIP, nil); rep.Result != verify.VerifiedInPart {
		r.t.Errorf("opened with entry %d the receipt verifies alone as %+v", day.Opened, rep)
	}
}

// A change of any file of a receipt is found, also if the manifest is written anew to match.
func TestATamperedReceiptIsRefused(t *testing.T) {
	r, _, day, receipt := aDay(t, 0)
	whole := files(t, receipt.ZIP)
	if rep := r.checkReceipt(again(t, maps.Clone(whole), false), nil); rep.Result != verify.VerifiedInPart {
		t.Fatalf("packed anew it verifies as %+v", rep)
	}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		if name == export.FileVerify || name == export.FileKey || name == export.FileManifest {
			continue // words, a copy of a key, and the manifest itself, which is made anew
		}
		for i := range whole[name] {
			if i%13 != 0 {
				continue
			}
			fs := maps.Clone(whole)
			fs[name] = bytes.Clone(fs[name])
			fs[name][i] ^= 1
			if rep := r.checkReceipt(again(t, fs, false), nil); rep.Result != verify.Failed {
				t.Errorf("%s with byte %d changed verifies as %s", name, i, rep.Result)
			}
		}
		fs := maps.Clone(whole)
		delete(fs, name)
		if rep := r.checkReceipt(again(t, fs, false), nil); rep.Result != verify.Failed && name != export.FileTexts {
			t.Errorf("without %s it verifies as %s", name, rep.Result)
		}
	}
	// The receipt of a day under the name of another audit, and the day of another one in its place.
	fs := maps.Clone(whole)
	fs[export.FileManifest] = bytes.ReplaceAll(fs[export.FileManifest], []byte(day.Audit), []byte("AUD-2026-0099"))
	if rep := r.checkReceipt(again(t, fs, true), nil); rep.Result != verify.Failed {
		t.Errorf("under another name it verifies as %+v", rep)
	}
	var x export.Receipt
	if err := json.Unmarshal(whole[export.FileReceipt], &x); err != nil || !slices.Equal(x.Auditors, []string{"Ada Auditor"}) || x.Reference != "SA-2026" || len(x.Sample) != 3 || x.Sample[0].SHA256 == "" {
		t.Errorf("the receipt says %+v, %v", x, err)
	}
	var m export.DossierManifest
	if err := json.Unmarshal(whole[export.FileManifest], &m); err != nil || m.Made != day.Closed || len(m.Entries) != 2 {
		t.Errorf("the manifest says %+v, %v", m, err)
	}
}

// The receipt names the digest that the record has in a dossier, at the opening and at the closing.
func TestAReceiptNamesTheRecordsOfDossiers(t *testing.T) {
	r, _, day, _ := aDay(t, 0)
	var x export.Receipt
	if err := json.Unmarshal(day.Receipt, &x); err != nil {
		t.Fatal(err)
	}
	for i, s := range x.Sample {
		d, err := r.Dossier(t.Context(), r.service(), s.Record, "v9", nil)
		if err != nil {
			t.Fatal(err)
		}
		if sum := fmt.Sprintf("%x", sha256.Sum256(files(t, d.ZIP)[export.FileRecord])); s.SHA256 != sum || day.Sample[i].Stood != s {
			t.Errorf("the receipt says %+v and the opening %+v of a record whose dossier has the digest %s", s, day.Sample[i], sum)
		}
	}
}

// A sample that was not drawn is found also where the log itself tells it so: whoever runs conformd
// cannot name records at will.
func TestASampleThatTheWordDoesNotDraw(t *testing.T) {
	r, _, _, receipt := aDay(t, 0)
	picky := func(o export.Opening) error {
		o.Sample[0].Why, o.Sample[0].Record = "drawn", "NC-2026-0099"
		return drawAgain(o)
	}
	rep := verify.Dossier(receipt.ZIP, r.key, verify.Options{Draw: picky})
	if rep.Result != verify.Failed || !strings.Contains(rep.Findings[0].Text, "the sample is not what its word draws") {
		t.Errorf("it verifies as %+v", rep)
	}
	if rep := verify.Dossier(receipt.ZIP, r.key, verify.Options{}); rep.Result != verify.VerifiedInPart || !slices.Contains(rep.NotChecked, "whether the sample is what its word draws") {
		t.Errorf("without a draw it verifies as %+v", rep)
	}
}

// A day is opened for an audit that is under way, once, and closed once. What is refused notes nothing.
func TestADayIsOpenedAndClosedOnce(t *testing.T) {
	r := newRoom(t)
	early, a, nc := r.unplanned(), r.audit(), r.file(map[register.Field]string{register.FieldTitle: "A finding"})
	r.file(map[register.Field]string{register.FieldTitle: "Another one"})
	refuse := func(what, want string, err error) {
		t.Helper()
		if no, ok := errors.AsType[*auditor.DayError](err); !ok || !strings.Contains(no.What, want) || no.Remedy == "" {
			t.Errorf("%s is answered by %v, want %q and what to do", what, err, want)
		}
	}
	before := r.size()
	open := func(rec register.Record, size int) error {
		q := question(size)
		if size == 0 {
			q.Seed = ""
		}
		_, _, err := r.OpenDay(t.Context(), rec.Ref, "2026", q)
		return err
	}
	refuse("opening a day of a finding", "is no audit", open(nc, 0))
	refuse("opening a day of an audit without triage", "is not triaged", open(early, 0))
	_, err := r.CloseDay(t.Context(), a.Ref, auditor.Asked{})
	refuse("closing before opening", "no audit day", err)
	if err := open(a, 99); !isSize(err) || r.size() != before {
		t.Errorf("a sample of 99 is answered by %v, with %d entries after %d", err, r.size(), before)
	}
	if err := open(a, 0); err != nil {
		t.Fatal(err)
	}
	refuse("opening twice", "that is open since", open(a, 0))
	day, err := r.CloseDay(t.Context(), a.Ref, auditor.Asked{})
	if err != nil || day.Closed != before+1 {
		t.Fatalf("CloseDay() = %+v, %v", day, err)
	}
	_, err = r.CloseDay(t.Context(), a.Ref, auditor.Asked{})
	refuse("closing twice", "was closed with entry", err)
	if err := open(a, 2); err != nil || r.size() != before+4 {
		t.Errorf("the next day of the audit is answered by %v, with %d entries after %d", err, r.size(), before)
	}
	if _, _, err := r.OpenDay(t.Context(), "AUD-2000-0001", "2026", question(0)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a day of no audit is answered by %v", err)
	}
	rep, err := verify.DB(t.Context(), r.Store.Reader(), r.key, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil || len(rep.Findings) > 0 || !rep.Compared {
		t.Errorf("the log with audit days in it verifies as %+v, %v", rep, err)
	}
	e, err := store.NewestOf(t.Context(), r.Store.Reader(), a.ID, audit.AuditDayOpened)
	if err != nil || len(e.Entry.Cause) != 1 || e.Entry.Actor.ID != "ada" {
		t.Errorf("the entry of the opening is %+v, %v, want one that names its draw", e, err)
	}
}

func isSize(err error) bool { _, ok := errors.AsType[*sample.SizeError](err); return ok }

// A pile is a tracker that lists issues by a label, with comments.
type pile struct {
	connectors.Tracker
	issues   []*connectors.Issue
	comments map[string][]connectors.Comment
	fails    error
}

func (p *pile) Labelled(_ context.Context, label string) iter.Seq2[[]*connectors.Issue, error] {
	return func(yield func([]*connectors.Issue, error) bool) {
		if label != auditor.RequestLabel {
			panic("another label: " + label)
		}
		_ = yield(p.issues, nil) && yield(p.issues, p.fails) // each twice, as a listing may
	}
}

func (p *pile) Comments(_ context.Context, ref connectors.Ref, _ string) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		for _, c := range p.comments[ref.ID] {
			if !yield(connectors.CommentPage{Comments: []connectors.Comment{c}}, nil) {
				return
			}
		}
	}
}

// Who answered a request is the first person who neither asked nor filed it. Requests that were
// closed before the day, and twins that conformd filed, are left out.
func TestRequestsAndTheirAnswers(t *testing.T) {
	r := newRoom(t)
	user := func(id string) connectors.User { return connectors.User{ID: id} }
	at := func(minutes int) time.Time { return noon().Add(time.Duration(minutes) * time.Minute) }
	issue := func(id string, created int, change func(*connectors.Issue)) *connectors.Issue {
		is := &connectors.Issue{
			Ref: connectors.Ref{ID: id, Key: "K-" + id}, Created: at(created), Author: user("1"), Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "Show " + id}},
		}
		if change != nil {
			change(is)
		}
		return is
	}
	done := func(is *connectors.Issue) { is.Status.Done = true }
	closed := func(minutes int) func(*connectors.Issue) {
		return func(is *connectors.Issue) { done(is); is.Closed = at(minutes) }
	}
	comment := func(by string, minutes int, change func(*connectors.Comment)) connectors.Comment {
		c := connectors.Comment{Author: user(by), Created: at(minutes)}
		if change != nil {
			change(&c)
		}
		return c
	}
	tracker := &pile{
		issues: []*connectors.Issue{
			issue("answered", 5, closed(30)),
			issue("before", -600, closed(-120)),
			issue("carried", -600, nil),
			issue("jira", 6, func(is *connectors.Issue) {
				done(is)
				is.Reporter = user("2")
				is.Changes = []connectors.Change{{Field: "status", At: at(7)}, {Field: "status", At: at(8)}, {Field: "title", At: at(9)}}
			}),
			issue("reopened", 7, func(is *connectors.Issue) { is.Changes = []connectors.Change{{Field: "status", At: at(8)}} }),
			issue("untold", 8, done),
			issue("twin", 9, func(is *connectors.Issue) { is.Marker = "rec-0123456789" }),
		},
		comments: map[string][]connectors.Comment{
			"answered": {
				comment("1", 6, nil), comment("3", 7, func(c *connectors.Comment) { c.Author.Bot = true }), comment("9", 8, func(c *connectors.Comment) { c.Marker = "sticky" }), comment("3", 20, nil), comment("4", 25, nil),
			},
			"jira": {comment("2", 7, nil), comment("1", 7, nil)},
		},
	}
	bound := r.file(map[register.Field]string{register.FieldTitle: "Bound"})
	r.bind(bound, "carried")
	profile := &mapping.Profile{Binding: "b", People: []mapping.Account{{Person: "irene", ID: "1"}, {Person: "erik", ID: "3"}}}
	sources := []auditor.Source{{Binding: "b", Tracker: tracker, Profile: profile}}
	got, err := r.Requests(t.Context(), sources, noon(), at(60))
	if err != nil {
		t.Fatal(err)
	}
	clock := func(minutes int) string { return at(minutes).Format(time.RFC3339) }
	want := auditor.Asked{Bindings: []string{"b"}, Read: at(60), Requests: []export.Request{
		{Binding: "b", Issue: "K-carried", Title: "Show carried", Record: bound.Ref, Asked: clock(-600), AskedBy: "irene"},
		{Binding: "b", Issue: "K-answered", Title: "Show answered", Asked: clock(5), AskedBy: "irene", Answered: clock(20), AnsweredBy: "erik", Done: true, Closed: clock(30)},
		{Binding: "b", Issue: "K-jira", Title: "Show jira", Asked: clock(6), AskedBy: "account:b:2", Done: true, Closed: clock(8)},
		{Binding: "b", Issue: "K-reopened", Title: "Show reopened", Asked: clock(7), AskedBy: "irene"},
		{Binding: "b", Issue: "K-untold", Title: "Show untold", Asked: clock(8), AskedBy: "irene", Done: true},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Requests() (-want +got):\n%s", diff)
	}
	tracker.fails = fmt.Errorf("the tracker is down")
	for what, s := range map[string]auditor.Source{"a tracker that is down": sources[0], "a tracker without labels": {Binding: "b", Tracker: &shelf{}, Profile: profile}} {
		_, err := r.Requests(t.Context(), []auditor.Source{s}, noon(), at(60))
		if no, ok := errors.AsType[*auditor.SourceError](err); !ok || no.Binding != "b" {
			t.Errorf("%s is answered by %v", what, err)
		}
	}
}
