package ledger

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register/kpi"
)

// on is an entry about a record that conformd wrote at a time.
func on(v audit.Verb, change func(*audit.Entry)) audit.Entry {
	e := audit.Entry{
		Verb: v, At: day(), Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Subject: audit.Subject{Type: audit.SubjectRecord, ID: "rec-1", Ref: "NC-2026-0001"},
		Origin: audit.Origin{Binding: "gh-isms", Issue: "101442", Key: "acme/isms#17"},
	}
	change(&e)
	return e
}

func entriesOfDiscrepancies() map[string]audit.Entry {
	text := audit.NewText
	field := func(name string) []audit.FieldChange { return []audit.FieldChange{{Field: name}} }
	value := func(name string) []audit.FieldChange { return []audit.FieldChange{{Field: name, After: text("x")}} }
	unknown, person := audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, audit.Actor{Kind: audit.Person, ID: "erik", How: audit.ByChangelog}
	stranger := audit.Actor{Kind: audit.Person, ID: "account:gh-isms:2002", How: audit.ByChangelog, Account: "gh-isms:2002"}
	issue, binding := audit.Subject{Type: audit.SubjectIssue, ID: "101442", Ref: "acme/isms#17"}, audit.Subject{Type: audit.SubjectBinding, ID: "gh-isms", Ref: "gh-isms"}
	return map[string]audit.Entry{
		"a conflict": on(audit.SyncConflict, func(e *audit.Entry) {
			e.Reason, e.Changes = "changed to different values; nothing is overwritten until a person decides", append(value("title@register"), value("title@gh-isms")...)
		}),
		"a conflict of a field with @": on(audit.SyncConflict, func(e *audit.Entry) {
			e.Reason, e.Changes = "changed to different values; nothing is overwritten until a person decides", value("Cost @ site (number)@register")
		}),
		"a policy decided": on(audit.SyncConflict, func(e *audit.Entry) {
			e.Reason, e.Changes = "changed to different values; policy latest took the value of gh-isms", value("title@register")
		}),
		"an overwritten value": on(audit.SyncConflict, func(e *audit.Entry) {
			e.Reason, e.Changes = "a person saved it between conformd's read and write, and it was overwritten", value("title@gh-isms")
		}),
		"an end of a conflict": on(audit.SyncConflictResolved, func(e *audit.Entry) {
			e.Reason, e.Changes = "the values are equal again", value("Cost @ site (number)")
		}),
		"a problem":           on(audit.SyncProblem, func(e *audit.Entry) { e.Reason, e.Changes = "Risk \"huge\" is unknown", field("risk") }),
		"an end of a problem": on(audit.SyncProblem, func(e *audit.Entry) { e.Reason, e.Changes = "put right: Risk \"huge\" is unknown", field("risk") }),
		"a dropped value": on(audit.SyncProblem, func(e *audit.Entry) {
			e.Reason, e.Changes = "the tracker did not keep the value that was sent", value("risk")
		}),
		"a dropped value, about the issue": on(audit.SyncProblem, func(e *audit.Entry) {
			e.Subject, e.Reason, e.Changes = issue, "the tracker accepted the write and did not keep the value", value("risk")
		}),
		"two issues of one record": on(audit.SyncProblem, func(e *audit.Entry) { e.Reason = "several issues carry the marker of this record: a, b" }),
		"an issue aside": on(audit.SyncProblem, func(e *audit.Entry) {
			e.Subject, e.Reason = issue, "the issue is quarantined: it has the marker of another record"
		}),
		"a binding": on(audit.SyncProblem, func(e *audit.Entry) {
			e.Subject, e.Reason, e.Origin = binding, "list: unavailable (HTTP 503)", audit.Origin{Binding: "gh-isms"}
		}),
		"a binding is read again": on(audit.SyncProblem, func(e *audit.Entry) { e.Subject, e.Reason = binding, "over: the binding is read again, after 3h" }),
		"contested":               on(audit.SyncContested, func(e *audit.Entry) { e.Changes = field("title") }),
		"gone":                    on(audit.SyncOrphaned, func(e *audit.Entry) { e.Actor = unknown }),
		"back":                    on(audit.SyncPulled, func(e *audit.Entry) { e.Subject, e.Reason = issue, "the issue is back" }),
		"refused":                 on(audit.WriteOutcome, func(e *audit.Entry) { e.Intent, e.Outcome = 7, audit.Refused }),
		"refused after all":       on(audit.WriteResolved, func(e *audit.Entry) { e.Intent, e.Outcome = 7, audit.Refused }),
		"no answer":               on(audit.WriteOutcome, func(e *audit.Entry) { e.Intent, e.Outcome = 7, audit.Unknown }),
		"found":                   on(audit.WriteResolved, func(e *audit.Entry) { e.Intent, e.Outcome = 7, audit.Found }),
		"done":                    on(audit.WriteOutcome, func(e *audit.Entry) { e.Intent, e.Outcome = 7, audit.Done }),
		"nobody's change":         on(audit.SyncPulled, func(e *audit.Entry) { e.Actor, e.Changes = unknown, value("risk") }),
		"nobody's proposal":       on(audit.RecordProposed, func(e *audit.Entry) { e.Actor, e.Changes = unknown, value("risk") }),
		"nobody's, and no change": on(audit.SyncPulled, func(e *audit.Entry) { e.Actor = unknown }),
		"somebody's change":       on(audit.SyncPulled, func(e *audit.Entry) { e.Actor, e.Changes = person, value("risk") }),
		"a stranger's change":     on(audit.SyncPulled, func(e *audit.Entry) { e.Actor, e.Changes = stranger, value("risk") }),
		"a stranger's review":     on(audit.ApprovalIgnored, func(e *audit.Entry) { e.Actor, e.Changes = stranger, value("approval.effectiveness") }),
		"of the first version":    on(audit.SyncOrphaned, func(e *audit.Entry) { e.Format = 1 }),
	}
}

func TestDiscrepancyOfAnEntry(t *testing.T) {
	want := map[string]string{
		"a conflict":                       `conflict "rec-1 title" of record "rec-1"`,
		"a conflict of a field with @":     `conflict "rec-1 Cost @ site (number)" of record "rec-1"`,
		"a policy decided":                 `decided "rec-1 title" of record "rec-1"`,
		"an overwritten value":             `overwritten "rec-1 title" of record "rec-1"`,
		"an end of a conflict":             `conflict "rec-1 Cost @ site (number)" of record "rec-1" ends`,
		"a problem":                        `problem "rec-1 gh-isms acme/isms#17 risk" of record "rec-1"`,
		"an end of a problem":              `problem "rec-1 gh-isms acme/isms#17 risk" of record "rec-1" ends`,
		"a dropped value":                  `dropped "gh-isms:101442" of record "rec-1"`,
		"a dropped value, about the issue": `dropped "gh-isms:101442" of record ""`,
		"an issue aside":                   `unfiled "gh-isms:101442" of record ""`,
		"a binding":                        `unread "gh-isms" of record ""`,
		"a binding is read again":          `unread "gh-isms" of record "" ends`,
		"contested":                        `contested "rec-1 title" of record "rec-1"`,
		"gone":                             `gone "gh-isms:101442" of record "rec-1"`,
		"back":                             `gone "gh-isms:101442" of record "" ends`,
		"refused":                          `refused "7" of record "rec-1"`,
		"refused after all":                `refused "7" of record "rec-1"`,
		"no answer":                        `unanswered "7" of record "rec-1"`,
		"found":                            `unanswered "7" of record "rec-1" ends`,
		"nobody's change":                  `unattributed "gh-isms:101442" of record "rec-1"`,
		"nobody's proposal":                `unattributed "gh-isms:101442" of record "rec-1"`,
		"a stranger's change":              `unmapped "account:gh-isms:2002" of record "rec-1"`,
		"a stranger's review":              `unmapped "account:gh-isms:2002" of record "rec-1"`,
	}
	for name, e := range entriesOfDiscrepancies() {
		got := ""
		if d, ok := DiscrepancyOf(&e); ok {
			got = strings.TrimPrefix(Discrepancy{0, d}.text(), "entry 0 of 1772443800123: ")
			if !d.At.Equal(day().Truncate(time.Millisecond)) {
				t.Errorf("%s: at %s", name, d.At)
			}
		}
		if got != want[name] {
			t.Errorf("%s: %s, want %s", name, got, want[name])
		}
	}
}

// An entry that was made to fit says the same, whatever it loses: the register reads entries before
// that, and a verification after it.
func TestDiscrepancyOfAnEntryThatWasMadeToFit(t *testing.T) {
	long := strings.Repeat("A long text. ", 10_000)
	for name, e := range entriesOfDiscrepancies() {
		if e.Format == 1 {
			continue
		}
		e.Reason += long
		if strings.HasPrefix(name, "a conflict") || name == "back" {
			e.Reason = strings.TrimSuffix(e.Reason, long) // whole sentences of conformd
		}
		for i, c := range e.Changes {
			if c.After != nil {
				e.Changes[i].After = audit.NewText(long)
			}
		}
		if name == "nobody's change" {
			for range 2000 { // too many for any entry
				e.Changes = append(e.Changes, e.Changes[0])
			}
		}
		want, _ := DiscrepancyOf(&e)
		fitted, _, err := e.Fitted()
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := fitted.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		read, err := audit.ParseEntry(leaf)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := DiscrepancyOf(&read); !(Discrepancy{0, got}).same(Discrepancy{0, want}) {
			t.Errorf("%s: %+v, and before it was made to fit %+v", name, got, want)
		}
	}
}

// The discrepancies that the register keeps are held against the log, one by one.
func TestDiscrepanciesAreHeldAgainstTheLog(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]Discrepancy) []Discrepancy
		want   string // of the finding, "" for none
	}{
		"as the log tells": {func(all []Discrepancy) []Discrepancy { return all }, ""},
		"one is gone":      {func(all []Discrepancy) []Discrepancy { return slices.Delete(all, 0, 1) }, "from entry 1 on"},
		"the last is gone": {func(all []Discrepancy) []Discrepancy { return all[:1] }, "from entry 3 on"},
		"one more": {func(all []Discrepancy) []Discrepancy {
			return append(all, Discrepancy{4, kpi.Discrepancy{At: day(), Kind: kpi.Refused, Record: "rec-1", Thing: "7"}})
		}, "from entry 4 on"},
		"another kind":   {func(all []Discrepancy) []Discrepancy { all[1].Kind = kpi.Dropped; return all }, "from entry 3 on"},
		"another time":   {func(all []Discrepancy) []Discrepancy { all[1].At = all[1].At.Add(time.Hour); return all }, "from entry 3 on"},
		"another record": {func(all []Discrepancy) []Discrepancy { all[0].Record = "rec-2"; return all }, "from entry 1 on"},
		"it ended":       {func(all []Discrepancy) []Discrepancy { all[0].Ends = true; return all }, "from entry 1 on"},
	} {
		t.Run(name, func(t *testing.T) {
			r, replay := working(t)
			all := entriesOfDiscrepancies()
			tell(t, replay, 1, all["a conflict"])
			tell(t, replay, 2, all["done"])
			tell(t, replay, 3, all["gone"])
			rows := c.change(slices.Clone(replay.discrepancies))
			got, err := replay.Compare(func(yield func(any, error) bool) {
				of := Discrepancies(func(yield func(Discrepancy, error) bool) {
					for _, d := range rows {
						if !yield(d, nil) {
							return
						}
					}
				})
				if yield(of, nil) {
					yield(Row{Record: r}, nil)
				}
			}, "record")
			if err != nil || got.Records != 1 {
				t.Fatalf("Compare() = %+v, %v", got, err)
			}
			found := ""
			if len(got.Findings) > 0 {
				_, found, _ = strings.Cut(got.Findings[0].Text, "are not what the log says, ")
			}
			if found != c.want || len(got.Findings) > 1 {
				t.Errorf("found %+v, want %q", got.Findings, c.want)
			}
		})
	}
}

// BenchmarkDiscrepancyOf is what the commonest entry costs, which is none: somebody's change.
func BenchmarkDiscrepancyOf(b *testing.B) {
	e := entriesOfDiscrepancies()["somebody's change"]
	for b.Loop() {
		if _, ok := DiscrepancyOf(&e); ok {
			b.Fatal("it is a discrepancy")
		}
	}
}
