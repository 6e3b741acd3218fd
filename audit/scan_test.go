package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// parseWithJSON reads an entry with encoding/json and writes it again, as versions before
// the scanner did: slow, and in no need of being trusted.
func parseWithJSON(leaf []byte) (Entry, error) {
	var w wireEntry
	dec := json.NewDecoder(bytes.NewReader(leaf))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return Entry{}, fmt.Errorf("audit: entry: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Entry{}, fmt.Errorf("audit: entry: more than one value: %w", ErrNotCanonical)
	}
	e, err := w.entry()
	if err != nil {
		return Entry{}, err
	}
	again, err := e.Canonical()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, leaf) {
		return Entry{}, fmt.Errorf("audit: entry: %w", ErrNotCanonical)
	}
	return e, nil
}

// The wire types are the JSON form of an entry, kept apart so that the Go form can
// change and the entries cannot.
type (
	wireEntry struct {
		Actor    wireActor     `json:"actor"`
		At       wireTime      `json:"at"`
		Cause    []int64       `json:"cause"`
		Changes  []wireChange  `json:"changes"`
		Config   string        `json:"config"`
		Facts    *wireText     `json:"facts"`
		Full     *wireText     `json:"full"`
		Intent   *int64        `json:"intent"`
		Occurred wireTime      `json:"occurred"`
		Origin   wireOrigin    `json:"origin"`
		Outcome  Outcome       `json:"outcome"`
		Reason   string        `json:"reason"`
		Request  *wireRequest  `json:"request"`
		Rules    []wireVerdict `json:"rules"`
		Run      string        `json:"run"`
		Subject  wireSubject   `json:"subject"`
		V        int           `json:"v"`
		Verb     Verb          `json:"verb"`
	}
	wireActor struct {
		How  How       `json:"how"`
		ID   string    `json:"id"`
		Kind ActorKind `json:"kind"`
	}
	wireOrigin struct {
		Binding  string  `json:"binding"`
		Delivery string  `json:"delivery"`
		Event    string  `json:"event"`
		Issue    string  `json:"issue"`
		Key      string  `json:"key"`
		Trigger  Trigger `json:"trigger"`
	}
	wireSubject struct {
		ID      string      `json:"id"`
		Ref     string      `json:"ref"`
		Type    SubjectType `json:"type"`
		Version int64       `json:"version"`
	}
	wireChange struct {
		After  *wireText `json:"after"`
		Before *wireText `json:"before"`
		Field  string    `json:"field"`
	}
	wireText struct {
		Commitment string `json:"commitment"`
		Length     int64  `json:"length"`
		SHA256     string `json:"sha256"`
		Value      string `json:"value"`
	}
	wireRequest struct {
		After     string   `json:"after"`
		Attempts  int      `json:"attempts"`
		Before    string   `json:"before"`
		Key       string   `json:"key"`
		Op        string   `json:"op"`
		ReadBack  ReadBack `json:"read_back"`
		RequestID string   `json:"request_id"`
		Status    int      `json:"status"`
		Target    string   `json:"target"`
	}
	wireVerdict struct {
		OK   bool   `json:"ok"`
		Rule string `json:"rule"`
		Why  string `json:"why"`
	}
	wireTime struct{ time.Time }
)

// UnmarshalJSON reads the one form of a time that entries have.
func (t *wireTime) UnmarshalJSON(b []byte) (err error) {
	t.Time, err = time.Parse(`"`+stamp+`"`, string(b))
	return err
}

func (w *wireEntry) entry() (Entry, error) {
	e := Entry{
		Verb: w.Verb, At: w.At.Time, Occurred: w.Occurred.Time, Intent: -1, Outcome: w.Outcome,
		Reason: w.Reason, Cause: w.Cause, Run: w.Run, Config: w.Config, Facts: w.Facts.text(), Full: w.Full.text(),
		Actor: Actor{Kind: w.Actor.Kind, ID: w.Actor.ID, How: w.Actor.How},
		Origin: Origin{
			Binding: w.Origin.Binding, Issue: w.Origin.Issue, Key: w.Origin.Key,
			Delivery: w.Origin.Delivery, Event: w.Origin.Event, Trigger: w.Origin.Trigger,
		},
		Subject: Subject{Type: w.Subject.Type, ID: w.Subject.ID, Ref: w.Subject.Ref, Version: w.Subject.Version},
	}
	if w.V != FormatVersion {
		e.Format = w.V
	}
	if w.Intent != nil {
		if !w.Verb.Closes() {
			return Entry{}, fmt.Errorf("audit: entry %q names an intent", w.Verb)
		}
		e.Intent = *w.Intent
	}
	for _, c := range w.Changes {
		e.Changes = append(e.Changes, FieldChange{c.Field, c.Before.text(), c.After.text()})
	}
	for _, v := range w.Rules {
		e.Rules = append(e.Rules, Verdict{v.Rule, v.OK, v.Why})
	}
	if r := w.Request; r != nil {
		e.Request = &Request{
			Op: r.Op, Target: r.Target, Key: r.Key, Before: r.Before, After: r.After,
			Status: r.Status, RequestID: r.RequestID, ReadBack: r.ReadBack, Attempts: r.Attempts,
		}
	}
	return e, nil
}

func (t *wireText) text() *Text {
	if t == nil {
		return nil
	}
	return &Text{Value: t.Value, SHA256: t.SHA256, Length: t.Length, Commitment: t.Commitment}
}

// both reads a leaf in both ways and holds that they agree.
func both(t interface {
	Helper()
	Fatalf(string, ...any)
}, leaf []byte,
) {
	t.Helper()
	want, werr := parseWithJSON(leaf)
	got, err := ParseEntry(leaf)
	if (err == nil) != (werr == nil) {
		t.Fatalf("ParseEntry(%q) = %v, and with encoding/json %v", leaf, err, werr)
	}
	if err != nil {
		return
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Text{}, opening{})); diff != "" {
		t.Fatalf("ParseEntry(%q) (-encoding/json +ours):\n%s", leaf, diff)
	}
}

// drawEntry draws an entry with anything in it.
func drawEntry(t *rapid.T) Entry {
	str := rapid.OneOf(rapid.Just(""), rapid.StringN(0, 12, -1), rapid.SampledFrom([]string{"\x00\x1f\b\f\n\r\t\\\"/", "\u2028\ufffd😀", `\u0041`, "\x7f"}))
	at := time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)
	clock := func(name string) time.Time {
		return at.Add(time.Duration(rapid.Int64Range(-1<<40, 1<<40).Draw(t, name)) * time.Millisecond)
	}
	text := func(name string) *Text {
		switch rapid.IntRange(0, 3).Draw(t, name) {
		case 0:
			return nil
		case 1:
			return Digested(str.Draw(t, name))
		case 2:
			return &Text{Commitment: strings.Repeat("ab", 32)}
		default:
			return NewText(str.Draw(t, name))
		}
	}
	e := Entry{
		Verb: rapid.SampledFrom(Verbs()).Draw(t, "verb"), At: clock("at"), Actor: Actor{Kind: Person, ID: str.Draw(t, "id"), How: How(str.Draw(t, "how"))},
		Origin:  Origin{Binding: str.Draw(t, "binding"), Issue: str.Draw(t, "issue"), Event: str.Draw(t, "event")},
		Subject: Subject{Type: SubjectType(str.Draw(t, "type")), ID: str.Draw(t, "subject"), Version: rapid.Int64Range(0, 3).Draw(t, "version")},
		Outcome: Done, Reason: str.Draw(t, "reason"), Facts: text("facts"), Full: text("full"), Run: str.Draw(t, "run"),
		Cause: rapid.SliceOfN(rapid.Int64Range(0, maxInt), 0, 3).Draw(t, "cause"),
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "changes") {
		e.Changes = append(e.Changes, FieldChange{Field: fmt.Sprint("f", i), Before: text("before"), After: text("after")})
	}
	for range rapid.IntRange(0, 2).Draw(t, "rules") {
		e.Rules = append(e.Rules, Verdict{Rule: str.Draw(t, "rule"), OK: rapid.Bool().Draw(t, "ok"), Why: str.Draw(t, "why")})
	}
	if rapid.Bool().Draw(t, "occurs") {
		e.Occurred = clock("occurred")
	}
	if rapid.Bool().Draw(t, "asks") {
		e.Request = &Request{Op: str.Draw(t, "op"), Status: rapid.IntRange(-1, 600).Draw(t, "status"), Attempts: rapid.IntRange(0, 2).Draw(t, "attempts")}
	}
	if e.Facts == nil && e.Full == nil && rapid.Bool().Draw(t, "old") {
		e.Format = 1
	}
	return e
}

// What the scanner takes is what encoding/json takes and writes again in the same bytes,
// and it reads the same from it: of entries as they are, and with any bytes of them changed.
func TestTheScannerAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawEntry(t)
		leaf, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseEntry(leaf); err != nil {
			t.Fatalf("ParseEntry(%s): %v", leaf, err)
		}
		both(t, leaf)
		from := rapid.IntRange(0, len(leaf)).Draw(t, "from")
		to := min(len(leaf), from+rapid.IntRange(0, 3).Draw(t, "cut"))
		put := rapid.SampledFrom([]string{"", " ", ",", `"`, "{}", "[]", "0", "-", "null", `\`, "true", "}", "\x01", "\xff", `"v":1`, "e1", "\\u0020"}).Draw(t, "put")
		both(t, bytes.Join([][]byte{leaf[:from], leaf[to:]}, []byte(put)))
	})
}

// Every byte of an entry, taken away or made another, is read in both ways alike.
func TestTheScannerAgreesAtEveryByte(t *testing.T) {
	e := Entry{
		Verb: WriteOutcome, At: time.Date(2024, 2, 29, 23, 59, 59, 999e6, time.UTC), Occurred: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), Actor: Actor{Kind: Daemon, ID: "\x01\n"},
		Intent: 10, Outcome: Done, Changes: []FieldChange{{"a", NewText(""), Digested("b")}, {"c", &Text{Commitment: "ab"}, nil}},
		Rules: []Verdict{{"G01", true, ""}, {"G02", false, "x"}}, Facts: NewText(`[{"kind":"set"}]`), Full: Digested("x"), Request: &Request{}, Cause: []int64{0, 3},
	}
	leaf, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for at := range leaf {
		both(t, bytes.Join([][]byte{leaf[:at], leaf[at+1:]}, nil))
		for _, c := range []byte(`0139"\,:{}[]-.aZT `) {
			other := bytes.Clone(leaf)
			other[at] = c
			both(t, other)
		}
	}
}

func FuzzTheScannerAgreesWithEncodingJSON(f *testing.F) {
	f.Add([]byte(`{"actor":{"kind":"daemon"},"at":"2026-03-02T09:30:00.007Z","v":1,"verb":"daemon.started"}`))
	f.Add([]byte(`{"actor":{"kind":"daemon"},"at":"2026-02-30T09:30:00.007Z","facts":{"value":"[]"},"v":2,"verb":"record.updated"}`))
	f.Fuzz(func(t *testing.T, leaf []byte) { both(t, leaf) })
}

func BenchmarkParseEntry(b *testing.B) {
	e := Entry{
		Verb: SyncPulled, At: time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC), Occurred: time.Date(2026, 3, 2, 9, 29, 0, 0, time.UTC),
		Actor:   Actor{Kind: Person, ID: "erik", How: ByChangelog},
		Origin:  Origin{Binding: "jira-sec", Issue: "10042", Key: "SEC-42", Event: "1", Trigger: TriggerPoll},
		Subject: Subject{Type: SubjectRecord, ID: "0191d3a0-5b1e-7c3d-9f00-2b7f3f1f9c11", Ref: "NC-2026-0007", Version: 4},
		Changes: []FieldChange{{"due", NewText("2026-04-01"), NewText("2026-05-01")}, {"problem", nil, NewText(strings.Repeat("No restore was tested.\n", 20))}},
		Run:     "0191d3a0-run", Config: "sha256:8f434346648f6b96",
	}
	leaf, err := e.Canonical()
	if err != nil {
		b.Fatal(err)
	}
	for name, parse := range map[string]func([]byte) (Entry, error){"scanner": ParseEntry, "encoding/json": parseWithJSON} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parse(leaf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
