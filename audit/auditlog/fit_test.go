package auditlog_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

// Every entry fits the log, however long its texts are: a refused entry would stop its
// record for ever.
func TestEveryEntryFits(t *testing.T) {
	wide := func(n, size int) (out []audit.FieldChange) {
		for i := range n {
			text := fmt.Sprint(i) + strings.Repeat("ü", size/2)
			out = append(out, audit.FieldChange{Field: fmt.Sprint("field_", i), Before: audit.NewText(text), After: audit.NewText(text + "!")})
		}
		return out
	}
	for name, change := range map[string]func(*audit.Entry){
		"a reason as long as a comment of GitHub": func(e *audit.Entry) { e.Reason = strings.Repeat("x", 65_000) },
		"a reason of control characters":          func(e *audit.Entry) { e.Reason = strings.Repeat("\x01", 65_000) },
		"a reason that ends in half a character":  func(e *audit.Entry) { e.Reason = strings.Repeat("€", 10_000) + "\xe2\x82" },
		"forty fields just below the limit":       func(e *audit.Entry) { e.Changes = wide(40, audit.LongText-2) },
		"forty fields far above it":               func(e *audit.Entry) { e.Changes = wide(40, 40_000) },
		"a thousand fields":                       func(e *audit.Entry) { e.Changes = wide(1000, 1000) },
		"rules that say a great deal": func(e *audit.Entry) {
			for range 60 {
				e.Rules = append(e.Rules, audit.Verdict{Rule: "G07", Why: strings.Repeat("why ", 2000)})
			}
		},
		"facts that say a great deal": func(e *audit.Entry) { e.Facts = audit.NewText(strings.Repeat("[1,2]", 1000)) },
		"a thousand fields and facts": func(e *audit.Entry) {
			e.Changes, e.Facts = wide(1000, 1000), audit.NewText(strings.Repeat("[1,2]", 1000))
		},
		"a name without end": func(e *audit.Entry) {
			e.Origin.Event, e.Subject.Ref = strings.Repeat("e", 70_000), strings.Repeat("r", 70_000)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := audittest.New(t)
			e := audittest.Plain(0)
			change(&e)
			whole := e.Reason
			seq := l.Append(t, e)
			audittest.VerifyClean(t, l, l.Checkpoint(t))
			got, err := auditdb.Get(t.Context(), l.DB, seq)
			if err != nil {
				t.Fatal(err)
			}
			if got.Entry.Verb != e.Verb || !got.Entry.At.Equal(e.At) {
				t.Errorf("the entry became %+v", got.Entry)
			}
			kept := got.Entry
			if kept.Full != nil {
				text, err := auditdb.TextOf(t.Context(), l.DB, kept.Full.SHA256)
				if err != nil {
					t.Fatal(err)
				}
				if kept, err = audit.ParseFull(text); err != nil {
					t.Fatalf("the whole entry cannot be read: %v", err)
				}
			}
			if len(kept.Changes) != len(e.Changes) || (kept.Facts == nil) != (e.Facts == nil) || len(kept.Rules) != len(e.Rules) {
				t.Errorf("%d changes and %d rules are kept, facts %v, want all of the entry", len(kept.Changes), len(kept.Rules), kept.Facts)
			}
			texts := []*audit.Text{kept.Facts}
			for _, c := range kept.Changes {
				texts = append(texts, c.Before, c.After)
			}
			for _, x := range texts {
				if x == nil || x.SHA256 == "" {
					continue
				}
				if text, err := auditdb.TextOf(t.Context(), l.DB, x.SHA256); err != nil || int64(len(text)) != x.Length {
					t.Fatalf("text of %s: %d bytes, %v, want %d", x.SHA256, len(text), err, x.Length)
				}
			}
			if len(whole) > audit.LongText {
				digest := got.Entry.Reason[len(got.Entry.Reason)-65 : len(got.Entry.Reason)-1]
				if text, err := auditdb.TextOf(t.Context(), l.DB, digest); err != nil || text != strings.ToValidUTF8(whole, "\uFFFD") {
					t.Errorf("the whole reason is not kept: %d bytes, %v", len(text), err)
				}
			}
		})
	}
}

// A long text beside the log that somebody changed is found by its digest.
func TestKeptTextChanged(t *testing.T) {
	l := audittest.New(t)
	e := audittest.Plain(0)
	e.Reason = strings.Repeat("The account list was compared with the leavers. ", 100)
	l.Append(t, e)
	audittest.VerifyClean(t, l, l.Checkpoint(t))
	err := audittest.InTx(t.Context(), l.DB, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), "UPDATE audit_text SET value = 'nobody compared anything'")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.DB(t.Context(), l.DB, l.Verifier, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings) != 1 || r.Findings[0].Code != verify.Tampered || r.Findings[0].Where != "audit_text" {
		t.Errorf("findings %+v, want one about audit_text", r.Findings)
	}
}
