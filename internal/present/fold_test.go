package present_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
)

// told prints a history, each event with its entries.
func told(es []present.Event) string {
	var b strings.Builder
	for _, e := range es {
		fmt.Fprintf(&b, "%v ", e.Entries)
		if e.Times > 1 {
			fmt.Fprintf(&b, "%d times ", e.Times)
		}
		b.WriteString(words(e))
	}
	return b.String()
}

func TestWritesAreToldWithWhatTheyCarried(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		story func(s *story)
		want  string
	}{
		{"each under its change", func(s *story) {
			s.pulled("title", "a", "b")
			s.pulled("grade", "minor", "major")
			s.done(s.intent("update", change("title", "a", "b")))
			s.done(s.intent("update", change("grade", "grade/minor", "grade/major")))
		}, `[110 140 150] Olga Owens (from the history of the issue): changed Grade in ISMS-3
  Grade: minor → major
  -> written to acme/isms#1, confirmed
[100 120 130] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> written to acme/isms#1, confirmed
`},
		{"a part of what changed is named", func(s *story) {
			s.say(audit.Entry{Verb: audit.SyncPulled, Actor: person("olga"), Origin: jira(), Changes: []audit.FieldChange{change("title", "a", "b"), change("due", "", "2026-12-01")}})
			s.done(s.intent("update", change("due", "", "2026-12-01")))
		}, `[100 110 120] Olga Owens (from the history of the issue): changed Title and Due in ISMS-3
  Title: a → b
  Due: (empty) → 2026-12-01
  -> Due written to acme/isms#1, confirmed
`},
		{"a lost answer", func(s *story) {
			s.pulled("title", "a", "b")
			in := s.intent("update", change("title", "a", "b"))
			s.outcome(in, audit.WriteOutcome, audit.Unknown, audit.Unread, "timeout")
			s.outcome(in, audit.WriteResolved, audit.Found, audit.ReadEqual, "")
		}, `[100 110 120 130] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> written to acme/isms#1; outcome unknown, found later
`},
		{"a lost answer of what never arrived, and the next try", func(s *story) {
			s.pulled("title", "a", "b")
			in := s.intent("update", change("title", "a", "b"))
			s.outcome(in, audit.WriteOutcome, audit.Unknown, audit.Unread, "timeout")
			s.outcome(in, audit.WriteResolved, audit.NotApplied, audit.ReadDiffers, "")
			s.wait(72 * time.Hour)
			s.done(s.intent("update", change("title", "a", "b")))
		}, `[100 110 120 130 140 150] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> tried to write to acme/isms#1; outcome unknown, found later that it was not done
  -> written to acme/isms#1, confirmed
`},
		{"a crash before the answer", func(s *story) {
			s.pulled("title", "a", "b")
			s.intent("update", change("title", "a", "b"))
		}, `[100 110] ! Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> tried to write to acme/isms#1; outcome not known yet
`},
		{"what nobody can know", func(s *story) {
			s.pulled("title", "a", "b")
			s.outcome(s.intent("update", change("title", "a", "b")), audit.WriteResolved, audit.Undeterminable, audit.Unread, "not found")
		}, `[100 110 120] ! Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> tried to write to acme/isms#1; outcome unknown, and it cannot be found out: not found
`},
		{"refused again and again", func(s *story) {
			s.pulled("title", "a", "b")
			for range 3 {
				s.say(audit.Entry{
					Verb: audit.WriteOutcome, Intent: s.intent("update", change("title", "a", "b")), Origin: github(), Outcome: audit.Refused, Reason: "title is too long",
					Request: &audit.Request{Status: 422},
				})
			}
			s.outcome(s.intent("update", change("title", "a", "b")), audit.WriteOutcome, audit.NotApplied, audit.Unread, "the tracker is down")
		}, `[100 110 120 130 140 150 160 170 180] ! Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> could not write to acme/isms#1: the tracker refused it (HTTP 422): title is too long (3 times)
  -> did not write to acme/isms#1: the tracker is down
`},
		{"accepted, and shown otherwise", func(s *story) {
			s.pulled("title", "a", "b")
			s.outcome(s.intent("update", change("title", "a", "b")), audit.WriteOutcome, audit.Done, audit.ReadDiffers, "")
			s.outcome(s.intent("update", change("title", "a", "b")), audit.WriteOutcome, audit.Done, audit.Unread, "")
		}, `[100 110 120 130 140] ! Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
  -> written to acme/isms#1; the issue shows another value
  -> written to acme/isms#1
`},
		{"a twin", func(s *story) {
			s.say(audit.Entry{Verb: audit.RecordCreated, Actor: person("olga"), Origin: jira(), Changes: []audit.FieldChange{change("kind", "", "nonconformity")}})
			s.pulled("title", "", "b")
			in := s.say(audit.Entry{Verb: audit.WriteIntent, Origin: audit.Origin{Binding: "gh-isms"}, Changes: []audit.FieldChange{change("title", "", "b"), change("ref", "", "NC-2026-0001")}, Request: &audit.Request{Op: "issue.create"}})
			s.outcome(in, audit.WriteOutcome, audit.Done, audit.Unread, "")
		}, `[110 120 130] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: (empty) → b
  -> filed as acme/isms#1, confirmed
[100] Olga Owens (from the history of the issue): filed the record in ISMS-3
  Kind: nonconformity
`},
		{"a create that is under way", func(s *story) {
			s.pulled("title", "", "b")
			s.say(audit.Entry{Verb: audit.WriteIntent, Origin: audit.Origin{Binding: "gh-isms"}, Changes: []audit.FieldChange{change("title", "", "b")}, Request: &audit.Request{Op: "issue.create"}})
		}, `[100 110] ! Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: (empty) → b
  -> tried to file an issue in gh-isms; outcome not known yet
`},
		{"steps of a workflow, a label and a comment", func(s *story) {
			s.say(audit.Entry{Verb: audit.RecordTransitioned, Actor: person("olga"), Origin: jira(), Changes: []audit.FieldChange{change(state, "reported", "planning")}})
			s.say(audit.Entry{Verb: audit.RecordRefused, Changes: []audit.FieldChange{change(state, "planning", "closed")}, Rules: []audit.Verdict{{Rule: "G07", Why: "Root cause is missing"}}})
			s.done(s.intent("update", change(state, "Reported", "Analysis")))
			held := func(op string, c audit.FieldChange) {
				in := s.say(audit.Entry{Verb: audit.WriteIntent, Origin: github(), Changes: []audit.FieldChange{c}, Rules: []audit.Verdict{{Rule: "G07"}}, Request: &audit.Request{Op: op}})
				s.done(in)
			}
			held("issue.update", change("label", "", "+conformd:held"))
			held("issue.comment", change("notice", "", "### held"))
			s.done(s.intent("update", change(state, "Analysis", "Action plan")))
			held("issue.update", change(state, "closed", "open"))
			s.done(s.intent("edit-comment", change("notice", "", "### held")))
		}, `[110 140 150 160 170 200 210 220 230] ! conformd: held the record in planning: close requested, 1 thing is needed
  G07 Root cause is missing
  -> label conformd:held added on acme/isms#1, confirmed
  -> comment posted on acme/isms#1, confirmed
  -> moved acme/isms#1 from closed to open, confirmed
  -> comment edited on acme/isms#1, confirmed
[100 120 130 180 190] Olga Owens (from the history of the issue): moved the record from reported to planning in ISMS-3
  -> moved acme/isms#1 from Reported to Analysis to Action plan, confirmed
`},
		{"a comment long after anything happened stands alone", func(s *story) {
			s.pulled("title", "a", "b")
			s.wait(time.Hour)
			s.done(s.say(audit.Entry{Verb: audit.WriteIntent, Origin: github(), Changes: []audit.FieldChange{change("notice", "", "### held")}, Reason: "what is missing has changed", Request: &audit.Request{Op: "issue.edit-comment"}}))
		}, `[110 120] conformd: what is missing has changed
  -> comment edited on acme/isms#1, confirmed
[100] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
`},
		{"the same again and again", func(s *story) {
			for range 3 {
				s.say(audit.Entry{Verb: audit.SyncProblem, Origin: jira(), Changes: []audit.FieldChange{{Field: "due"}}, Reason: `"soon" is no date`})
			}
			s.say(audit.Entry{Verb: audit.SyncProblem, Origin: jira(), Changes: []audit.FieldChange{{Field: "due"}}, Reason: `"later" is no date`})
			s.pulled("title", "a", "b")
			s.pulled("title", "b", "a")
		}, `[150] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: b → a
[140] Olga Owens (from the history of the issue): changed Title in ISMS-3
  Title: a → b
[130] ! conformd: found a problem with Due in ISMS-3
  because "later" is no date
[100 110 120] 3 times ! conformd: found a problem with Due in ISMS-3
  because "soon" is no date
`},
	} {
		s := newStory()
		c.story(s)
		if diff := cmp.Diff(c.want, told(s.tell())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// A write belongs to a change within reach, also a late one, and to none beyond it.
func TestReach(t *testing.T) {
	t.Parallel()
	for _, between := range []int{0, present.Reach - 1, present.Reach} {
		s := newStory()
		s.pulled("title", "a", "b")
		for i := range between {
			s.pulled("grade", fmt.Sprint(i), fmt.Sprint(i+1))
		}
		s.wait(time.Hour)
		s.done(s.intent("update", change("title", "a", "b")))
		got := s.tell()
		first := got[len(got)-1]
		if with := len(first.Writes) == 1; with != (between < present.Reach) {
			t.Errorf("with %d entries between, the write is told with the change: %v", between, with)
		}
	}
}

// A history that is told page by page, each with its reach on both sides, is the one
// that is told at once: no event is twice, none is missing, none looks otherwise.
func TestPagesAreOneHistory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, 7)) //nolint:gosec // repeatable
		s := chance(rng, 150+rng.IntN(200))
		whole := flat(s.tell())
		var paged []string
		before := int64(1 << 62)
		for before > 0 {
			at := slices.IndexFunc(s.entries, func(e audit.Stored) bool { return e.Seq >= before })
			if at < 0 {
				at = len(s.entries)
			}
			begin := max(0, at-1-rng.IntN(20))
			from := s.entries[begin].Seq
			if begin == 0 {
				from = 0
			}
			part := s.entries[max(0, begin-present.Reach):min(len(s.entries), at+present.Ahead)]
			paged = append(paged, flat(present.History(part, from, before, names()))...)
			before = from
		}
		slices.Sort(whole)
		slices.Sort(paged)
		if diff := cmp.Diff(whole, paged); diff != "" {
			t.Fatalf("seed %d (-at once +paged):\n%s", seed, diff)
		}
		var all []int64
		for _, e := range s.tell() {
			all = append(all, e.Entries...)
		}
		slices.Sort(all)
		if len(all) != len(s.entries) || len(slices.Compact(all)) != len(s.entries) {
			t.Fatalf("seed %d: %d entries are told, %d of them once, want each of %d once", seed, len(all), len(slices.Compact(all)), len(s.entries))
		}
	}
}

// flat returns what is told of each event, one line for each time that it happened: a
// run that a page cuts is told in two parts.
func flat(es []present.Event) []string {
	var out []string
	for _, e := range es {
		for range e.Times {
			out = append(out, words(e))
		}
	}
	return out
}

// chance is a story in which anything follows anything, with outcomes within reach.
func chance(rng *rand.Rand, n int) *story {
	s := newStory()
	open := map[int64]int{}
	fields := []string{"title", "grade", "due", state}
	for len(s.entries) < n {
		for seq, at := range open {
			if len(s.entries)-at > present.Reach/2 {
				s.done(seq)
				delete(open, seq)
			}
		}
		f := fields[rng.IntN(len(fields))]
		switch rng.IntN(8) {
		case 0, 1:
			s.pulled(f, fmt.Sprint(rng.IntN(3)), fmt.Sprint(rng.IntN(3)))
		case 2:
			s.say(audit.Entry{Verb: audit.SyncProblem, Origin: jira(), Changes: []audit.FieldChange{{Field: f}}, Reason: "no date"})
		case 3, 4:
			open[s.intent("update", change(f, "x", "y"))] = len(s.entries)
		case 5:
			open[s.intent("edit-comment", change("notice", "", "z"))] = len(s.entries)
		case 6:
			s.wait(time.Duration(rng.IntN(30)) * time.Minute)
		default:
			for seq := range open {
				o := []audit.Outcome{audit.Done, audit.Unknown, audit.Refused}[rng.IntN(3)]
				s.outcome(seq, audit.WriteOutcome, o, audit.ReadEqual, "")
				if o != audit.Unknown {
					delete(open, seq)
				}
				break
			}
		}
	}
	for seq := range open {
		s.done(seq)
	}
	return s
}

// An outcome that lies further ahead than the stretch is told with its intent when it is
// given, and by itself where the intent is not.
func TestOutcomesFarAhead(t *testing.T) {
	t.Parallel()
	s := newStory()
	s.pulled("title", "a", "b")
	in := s.intent("update", change("title", "a", "b"))
	for i := range 3 * present.Reach {
		s.pulled("grade", fmt.Sprint(i), fmt.Sprint(i+1))
	}
	end := s.outcome(in, audit.WriteResolved, audit.Found, audit.ReadEqual, "")
	part := append(slices.Clone(s.entries[:10]), s.entries[len(s.entries)-1])
	got := present.History(part, 0, in+1, names())
	if len(got) != 1 || len(got[0].Writes) != 1 || got[0].Writes[0].Result != present.FoundLater || !slices.Contains(got[0].Entries, end) {
		t.Errorf("the older page tells %s, want the write with its outcome", told(got))
	}
	got = present.History(s.entries[len(s.entries)-10:], 0, 1<<62, names())
	if got[0].Verb != audit.WriteResolved || !strings.Contains(got[0].What, fmt.Sprint("entry ", in)) {
		t.Errorf("the newest page begins with %s, want what became of entry %d", words(got[0]), in)
	}
}
