package audit_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/audit"
)

// full is an entry in which every member is set.
func full() audit.Entry {
	return audit.Entry{
		Verb: audit.WriteOutcome, At: time.Date(2026, 3, 2, 10, 30, 0, 7_654_321, time.FixedZone("CET", 3600)),
		Occurred: time.Date(2026, 3, 2, 9, 29, 58, 0, time.UTC),
		Actor:    audit.Actor{Kind: audit.Person, ID: "github:583231", How: audit.ByWebhook},
		Origin:   audit.Origin{Binding: "github-app", Issue: "I_kwDOA", Key: "7", Delivery: "72d3162e", Event: "1234567890123456789", Trigger: audit.TriggerWebhook},
		Subject:  audit.Subject{Type: audit.SubjectRecord, ID: "0191d3a0", Ref: "NC-2026-0007", Version: 4},
		Changes: []audit.FieldChange{
			{Field: "title", Before: audit.NewText(""), After: audit.NewText("<Grüße> & \"quotes\" \\ \t\n\x01 \u2028 😀")},
			{Field: "problem", After: audit.NewText(strings.Repeat("long ", 500))},
			{Field: "owner_name", Before: &audit.Text{Commitment: strings.Repeat("ab", 32)}},
		},
		Rules:  []audit.Verdict{{Rule: "G07", OK: false, Why: "no cause"}, {Rule: "G08", OK: true}},
		Intent: 41,
		Request: &audit.Request{
			Op: "issue.update", Target: "repos/acme/app/issues/7", Key: "cfd-1", Before: "sha256:aa", After: "sha256:bb",
			Status: 200, RequestID: "9A1C:2F", ReadBack: audit.ReadEqual, Attempts: 2,
		},
		Outcome: audit.Done, Reason: "as planned", Cause: []int64{3, 41}, Run: "run-1", Config: "sha256:8f43",
		Facts: audit.NewText(`[{"kind":"requested","state":"closed"}]`), Full: &audit.Text{SHA256: strings.Repeat("cd", 32), Length: 70_000},
	}
}

// fullV1 is full as the first version of the format could say it.
func fullV1() audit.Entry {
	e := full()
	e.Facts, e.Full, e.Format = nil, nil, 1
	return e
}

// The bytes of an entry are hashed and signed: they can never change for entries
// that have been written, in whichever version of the format.
func TestFormatIsStable(t *testing.T) {
	for name, expect := range map[string]audit.Entry{"entry-v1.json": fullV1(), "entry-v2.json": full()} {
		got, err := expect.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("Canonical() = %s\nwant testdata/%s: %s", got, name, want)
		}
		e, err := audit.ParseEntry(want)
		if err != nil {
			t.Fatal(err)
		}
		expect.At = expect.At.UTC().Truncate(time.Millisecond)
		if diff := cmp.Diff(expect, e); diff != "" {
			t.Errorf("ParseEntry(%s) (-want +got):\n%s", name, diff)
		}
		again, err := e.Canonical()
		if err != nil || !bytes.Equal(again, want) {
			t.Errorf("%s is written again as %s, %v", name, again, err)
		}
	}
}

func TestFactsBelongToTheSecondFormat(t *testing.T) {
	for name, change := range map[string]func(*audit.Entry){
		"facts": func(e *audit.Entry) { e.Facts = audit.NewText("[]") },
		"full":  func(e *audit.Entry) { e.Full = audit.NewText("{}") },
		"v":     func(e *audit.Entry) { e.Format = 3 },
	} {
		e := fullV1()
		change(&e)
		if b, err := e.Canonical(); err == nil {
			t.Errorf("%s: Canonical() = %s, want an error", name, b)
		}
	}
}

// Members are sorted and no white space is there: encoding/json, which sorts maps,
// writes the same.
func TestCanonicalAgreesWithEncodingJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := full()
		text := rapid.String()
		e.Reason, e.Actor.ID, e.Origin.Key, e.Subject.Ref = text.Draw(t, "reason"), text.Draw(t, "actor"), text.Draw(t, "key"), text.Draw(t, "ref")
		e.Changes[0].After = audit.NewText(text.Draw(t, "after"))
		e.Intent = rapid.Int64Range(0, 1<<53-1).Draw(t, "intent")
		got, err := e.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(bytes.NewReader(got))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		var want bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		// RFC 8785 leaves U+2028 and U+2029 as they are, and has \b and \f.
		w := strings.NewReplacer(`\\`, `\\`, `\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(want.String(), "\n"))
		if diff := cmp.Diff(w, string(got)); diff != "" {
			t.Fatalf("canonical form (-encoding/json +ours):\n%s", diff)
		}
		back, err := audit.ParseEntry(got)
		if err != nil {
			t.Fatal(err)
		}
		again, err := back.Canonical()
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("an entry read and written again is %s, %v", again, err)
		}
	})
}

func TestParseEntryRefusesASecondSpelling(t *testing.T) {
	b, err := full().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	for name, leaf := range map[string]string{
		"white space":             strings.Replace(string(b), ",", ", ", 1),
		"another order":           strings.Replace(string(b), `"how":"webhook","id":"github:583231"`, `"id":"github:583231","how":"webhook"`, 1),
		"a needless escape":       strings.Replace(string(b), "as planned", `\u0061s planned`, 1),
		"a member said twice":     strings.Replace(string(b), `"run":"run-1"`, `"run":"run-0","run":"run-1"`, 1),
		"an unknown member":       strings.Replace(string(b), `"run":"run-1"`, `"run":"run-1","sun":"1"`, 1),
		"a number with a point":   strings.Replace(string(b), `"intent":41`, `"intent":41.0`, 1),
		"another version":         strings.Replace(string(b), `"v":2`, `"v":3`, 1),
		"facts of another format": strings.Replace(string(b), `"v":2`, `"v":1`, 1),
		"an unknown verb":         strings.Replace(string(b), "write.outcome", "write.deleted", 1),
		"more after the end":      string(b) + "{}",
		"a time with a zone":      strings.Replace(string(b), "09:29:58.000Z", "10:29:58.000+01:00", 1),
		"bytes that are no text":  strings.Replace(string(b), "planned", "plann\xffed", 1),
		"nothing":                 "",
	} {
		if e, err := audit.ParseEntry([]byte(leaf)); err == nil {
			t.Errorf("ParseEntry(with %s) = %+v, want an error", name, e)
		}
	}
}

// Text that is not UTF-8 is written as a replacement, so that a tracker's rubbish
// cannot keep a change from being logged.
func TestTextThatIsNotUTF8IsStillLogged(t *testing.T) {
	e := full()
	e.Reason = "plann\xffed"
	b, err := e.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	got, err := audit.ParseEntry(b)
	if err != nil || got.Reason != "plann\uFFFDed" {
		t.Errorf("ParseEntry() = %q, %v, want the byte as U+FFFD", got.Reason, err)
	}
}

func TestVerbsAreSortedAndValid(t *testing.T) {
	vs := audit.Verbs()
	for i, v := range vs {
		if !v.Valid() || i > 0 && vs[i-1] >= v {
			t.Errorf("Verbs()[%d] = %s: not valid, or not after %s", i, v, vs[max(0, i-1)])
		}
	}
	if len(vs) != 69 || audit.Verb("record.deleted").Valid() {
		t.Errorf("%d verbs, want 69, and record.deleted none of them", len(vs))
	}
}
