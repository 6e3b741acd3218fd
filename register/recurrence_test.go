package register_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// summer returns a nonconformity that was closed on 1 December 2025, three months before
// reported() was recorded. Only its requirement and its cause category are those of it.
func summer() register.Record {
	r := complete(register.Nonconformity, register.Minor)
	r.ID, r.Ref, r.State = "old", "NC-2025-0031", register.Closed
	r.Recorded, r.Closed = time.Date(2025, 8, 1, 9, 0, 0, 0, time.UTC), time.Date(2025, 12, 1, 9, 0, 0, 0, time.UTC)
	r.Fields[register.FieldOwner] = "ben"
	r.Fields[register.FieldRequirements] = "A.5.18"
	r.Fields[register.FieldCategory] = "process"
	r.Fields[register.FieldProblem] = "Badges of contractors opened the archive."
	r.Fields[register.FieldRootCause] = "The reception keeps a paper list of badges."
	return r
}

// spring returns a report that breaks the same requirement.
func spring() register.Record {
	r := reported(register.Nonconformity, register.Minor, "low")
	r.ID = "new"
	r.Fields[register.FieldRequirements] = "Annex A 5.18"
	r.Fields[register.FieldCategory] = "process"
	return r
}

// answers runs a command where closed records are at hand, and returns the facts, too.
func answers(r register.Record, c register.Command, when time.Time, closed ...register.Record) (register.Record, []register.Fact, register.Refusal) {
	ctx := at(when)
	ctx.People["mia"] = register.Person{ID: "mia", Name: "Mia Manager", Roles: []string{register.RoleISMSManager}}
	ctx.Similar, ctx.Records = closed, map[string]register.Other{}
	for _, o := range closed {
		ctx.Records[o.Ref] = register.Other{ID: o.ID, Ref: o.Ref, State: o.State}
	}
	facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
	no, _ := errors.AsType[register.Refusal](err)
	return register.Replay(r, facts), facts, no
}

func says(who string, again bool, n int) register.AnswerRecurrence {
	return register.AnswerRecurrence{By: by(who, day(time.March, 10), fmt.Sprint("gh:comment:", n)), Name: "NC-2025-0031", Again: again, Reason: "The same export shows accounts of leavers again."}
}

func TestCandidates(t *testing.T) {
	t.Parallel()
	words := "Three leaver accounts were still enabled 9 to 21 days after the leaving date, and one opened the payroll."
	for _, tc := range []struct {
		name   string
		change func(new, old *register.Record)
		why    string // "" if it is no candidate
	}{
		{"the same requirement in other words, and the same category", func(_, _ *register.Record) {}, "the same requirement (a.5.18) and cause category (process)"},
		{"a clause is no control", func(_, old *register.Record) { old.Fields[register.FieldRequirements] = "5.1" }, ""},
		{"a control without its letter", func(_, old *register.Record) {
			old.Fields[register.FieldRequirements] = "ISO/IEC 27001:2022 control 5.18 Access rights"
		}, "the same requirement (a.5.18) and cause category (process)"},
		{"another requirement", func(_, old *register.Record) { old.Fields[register.FieldRequirements] = "A.5.17" }, ""},
		{"a policy by its words", func(r, old *register.Record) {
			r.Fields[register.FieldRequirements], old.Fields[register.FieldRequirements] = "Access Policy, 4.2", "access policy 4.2"
		}, "the same requirement (access policy 4 2) and cause category (process)"},
		{"another category", func(_, old *register.Record) { old.Fields[register.FieldCategory] = "people" }, ""},
		{"no category", func(r, old *register.Record) {
			r.Fields[register.FieldCategory], old.Fields[register.FieldCategory] = "", ""
		}, ""},
		{"a part of the scope", func(r, old *register.Record) {
			r.Fields[register.FieldCategory] = ""
			r.Fields[register.FieldScope], old.Fields[register.FieldScope] = "hr\npayments", "Payments"
		}, "the same requirement (a.5.18) and scope (payments)"},
		{"the same words alone", func(r, old *register.Record) {
			r.Fields[register.FieldRequirements], old.Fields[register.FieldProblem] = "A.8.2", words
		}, "their texts share most of their words"},
		{"a link alone", func(r, old *register.Record) {
			r.Fields[register.FieldCategory] = ""
			r.Links = []register.Link{{Kind: register.RecurrenceOf, To: old.ID, Ref: old.Ref}}
		}, "a link names it"},
		{"closed too long ago", func(_, old *register.Record) { old.Closed = old.Closed.AddDate(-1, 0, 0) }, ""},
		{"found within a year, recorded later", func(r, old *register.Record) {
			r.Fields[register.FieldIdentified], old.Closed = "2026-02-01", day(time.March, 2).AddDate(-1, 0, -10)
		}, "the same requirement (a.5.18) and cause category (process)"},
		{"found long before, as a dodge", func(r, _ *register.Record) { r.Fields[register.FieldIdentified] = "1999-01-01" }, "the same requirement (a.5.18) and cause category (process)"},
		{"closed after it was recorded", func(r, old *register.Record) { old.Closed = r.Recorded.Add(time.Hour) }, ""},
		{"rejected", func(_, old *register.Record) { old.State = register.StateRejected }, ""},
		{"reopened", func(_, old *register.Record) { old.State = register.Analysis }, ""},
		{"an observation", func(_, old *register.Record) { old.Fields[register.FieldKind] = "observation" }, ""},
		{"of an improvement", func(r, _ *register.Record) { r.Fields[register.FieldKind] = "improvement" }, ""},
	} {
		r, old := spring(), summer()
		tc.change(&r, &old)
		var got []string
		for _, c := range register.Candidates(r, []register.Record{r, old}) {
			got = append(got, c.Why)
		}
		if s := strings.Join(got, "; "); s != tc.why {
			t.Errorf("%s: %q, want %q", tc.name, s, tc.why)
		}
	}
}

// TestACandidateIsEarlierAndClosed: of two records at most one is a candidate for the other, and
// that one was closed before the other was recorded. None is a candidate for itself, and whatever
// is a candidate is found by what the store keeps of it.
func TestACandidateIsEarlierAndClosed(t *testing.T) {
	seen := 0
	drawtest.Until(t, drawtest.Some{"a candidate": &seen}.Lacking, func(t *rapid.T) {
		draw := func(name string) register.Record {
			r := complete(rapid.SampledFrom([]register.Kind{register.Nonconformity, register.Nonconformity, register.Improvement}).Draw(t, name+" kind"), register.Minor)
			r.ID = name
			r.State = rapid.SampledFrom([]register.State{register.Reported, register.Analysis, register.Closed, register.Closed, register.StateRejected, register.Accepted}).Draw(t, name+" state")
			r.Recorded = day(time.January, rapid.IntRange(1, 900).Draw(t, name+" recorded"))
			if r.State == register.Closed {
				r.Closed = r.Recorded.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, name+" closed"))
			}
			r.Fields[register.FieldIdentified] = rapid.SampledFrom([]string{"", "soon", "1999-01-01", "2026-02-01", "2027-02-01"}).Draw(t, name+" found")
			r.Fields[register.FieldRequirements] = rapid.SampledFrom([]string{"A.5.18", "5.18\nA.8.2", "5.1", ""}).Draw(t, name+" requirement")
			r.Fields[register.FieldCategory] = rapid.SampledFrom([]string{"process", "people", ""}).Draw(t, name+" category")
			return r
		}
		a, b := draw("a"), draw("b")
		ab, ba := register.Candidates(a, []register.Record{a, b}), register.Candidates(b, []register.Record{a, b})
		if len(ab) > 0 && len(ba) > 0 {
			t.Fatalf("each is a candidate for the other: %+v, %+v", ab, ba)
		}
		check := func(r, old register.Record, found []register.Recurrence) {
			for _, c := range found {
				seen++
				if c.To != old.ID || old.State != register.Closed || !old.Closed.Before(r.Recorded) || r.State.Ended() {
					t.Fatalf("%+v of %s in %s, recorded %s, is a candidate for %s in %s, recorded %s", c, old.ID, old.State, old.Recorded, r.ID, r.State, r.Recorded)
				}
				kept, asked := register.KeptLikeness(old), register.LikenessOf(r)
				both := func(a, b []string) (n int) {
					for _, s := range a {
						if slices.Contains(b, s) {
							n++
						}
					}
					return n
				}
				if both(kept.Pairs, asked.Pairs) == 0 && both(kept.Words, asked.Words) < 2 {
					t.Fatalf("%s is not found: it is kept by %v, and %v is asked for", old.ID, kept, asked)
				}
			}
		}
		check(a, b, ab)
		check(b, a, ba)
	})
}

func TestACandidateHoldsTheTriageUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	r, facts, _ := answers(spring(), register.Move{To: register.Analysis}, day(time.March, 10), summer())
	if len(facts) == 0 || facts[0].Kind != register.FactRecurrence || facts[0].By != "" {
		t.Fatalf("%+v: want a proposal of the register", facts)
	}
	want := []register.Recurrence{{
		To: "old", Ref: "NC-2025-0031", Owner: "ben", Why: "the same requirement (a.5.18) and cause category (process)",
		Put: day(time.March, 10), State: register.RecurrenceProposed,
	}}
	if diff := cmp.Diff(want, r.Recurrences); diff != "" {
		t.Fatal(diff)
	}
	r, facts, _ = answers(r, register.Move{To: register.Analysis}, day(time.March, 11), summer())
	for _, f := range facts {
		if f.Kind == register.FactRecurrence {
			t.Errorf("it is proposed twice: %+v", f)
		}
	}
	triage := register.Judge{Approval: register.Approval{Event: "t1", Subject: register.SubjectTriage, Outcome: register.Approved, By: "ira", At: day(time.March, 11), How: register.ByComment}}
	if _, _, no := answers(r, triage, day(time.March, 11), summer()); no.Rule != "G03" || !strings.Contains(no.What, "NC-2025-0031") {
		t.Errorf("%+v: want that G03 holds it", no)
	}
	// Other words do not take the question away.
	r.Fields[register.FieldCategory] = "people"
	if _, _, no := answers(r, triage, day(time.March, 11), summer()); no.Rule != "G03" {
		t.Errorf("%+v: want that G03 holds it all the same", no)
	}
	r, _, no := answers(r, says("ira", false, 1), day(time.March, 11), summer())
	if no != (register.Refusal{}) || len(register.UnansweredRecurrences(r)) > 0 {
		t.Fatalf("%+v, %+v", no, r.Recurrences)
	}
	if r, _, no = answers(r, triage, day(time.March, 11), summer()); no != (register.Refusal{}) || r.State != register.Analysis {
		t.Errorf("%s, %+v: want that it is triaged", r.State, no)
	}
	// An edited comment does not stand, and the question with it.
	r, _, _ = answers(r, register.Retract{By: by("eve", day(time.March, 12), ""), Event: "gh:comment:1"}, day(time.March, 12), summer())
	if len(register.UnansweredRecurrences(r)) != 1 {
		t.Errorf("%+v: want the question again", r.Recurrences)
	}
}

func TestWhoAnswersACandidate(t *testing.T) {
	t.Parallel()
	r, _, _ := answers(spring(), register.Move{To: register.Reported}, day(time.March, 10), summer())
	for _, tc := range []struct {
		name string
		c    register.AnswerRecurrence
		r    func(*register.Record)
		what string // "" if it counts
	}{
		{"a manager", says("ira", true, 1), nil, ""},
		{"somebody without the role", says("ben", true, 1), nil, "may not answer a candidate for a recurrence; that takes an ISMS manager"},
		{"a stranger", says("account:gh:9", true, 1), nil, "is not in the register's list of people"},
		{"nobody known", says("", true, 1), nil, "is not in the register's list of people"},
		{"who edited a text", register.AnswerRecurrence{By: register.Author{Person: "ira", From: "gh"}, Name: "NC-2025-0031"}, nil, "it is not an attributable event"},
		{"the owner", says("ira", false, 1), func(r *register.Record) { r.Fields[register.FieldOwner] = "ira" }, "owns the record or did"},
		{"the owner who confirms", says("ira", true, 1), func(r *register.Record) { r.Fields[register.FieldOwner] = "ira" }, "owns the record or did"},
		{"a former owner", says("ira", false, 1), func(r *register.Record) {
			r.Involved = append(r.Involved, register.Involvement{Person: "ira", As: register.InvolvedOwner})
		}, "owns the record or did"},
		{"the owner of the closed record", says("ira", false, 1), func(r *register.Record) { r.Recurrences[0].Owner = "ira" }, "owned the closed record"},
		{"the owner of the closed record who admits it", says("ira", true, 1), func(r *register.Record) { r.Recurrences[0].Owner = "ira" }, ""},
		{"without a reason", register.AnswerRecurrence{By: by("ira", day(time.March, 10), "gh:1"), Name: "NC-2025-0031", Reason: "n/a"}, nil, "the answer has no reason"},
		{"another record", register.AnswerRecurrence{By: by("ira", day(time.March, 10), "gh:1"), Name: "NC-2025-0099", Reason: "It is another export."}, nil, "NC-2025-0099 is no candidate"},
		{"a record that does not exist", register.AnswerRecurrence{By: by("ira", day(time.March, 10), "gh:1"), Name: "NC-2025-0099", Again: true, Reason: "It is the same export."}, nil, "the register holds no other record of that name"},
	} {
		x := r.Clone()
		if tc.r != nil {
			tc.r(&x)
		}
		after, facts, no := answers(x, tc.c, day(time.March, 10), summer())
		if tc.what == "" {
			if no != (register.Refusal{}) {
				t.Errorf("%s: refused: %v", tc.name, no)
			}
			again, more, _ := answers(after, tc.c, day(time.March, 10), summer())
			if diff := cmp.Diff(after, again); diff != "" || len(more) > 0 {
				t.Errorf("%s: the same comment, seen again, changes the record: %s%v", tc.name, diff, more)
			}
			continue
		}
		if !strings.Contains(no.What, tc.what) {
			t.Errorf("%s: %q, want %q", tc.name, no.What, tc.what)
		}
		if len(facts) == 0 || facts[0].Kind != register.FactRefused {
			t.Errorf("%s: %+v: want that the log says who tried", tc.name, facts)
		}
		if diff := cmp.Diff(x.Recurrences, after.Recurrences); diff != "" {
			t.Errorf("%s: %s", tc.name, diff)
		}
	}
}

func TestAConfirmedRecurrence(t *testing.T) {
	t.Parallel()
	r, facts, no := answers(spring(), says("ira", true, 1), day(time.March, 10), summer())
	if no != (register.Refusal{}) || len(register.ConfirmedRecurrences(r)) != 1 {
		t.Fatalf("%+v, %+v", no, r.Recurrences)
	}
	links := register.Linked(r)
	if len(links) != 1 || links[0].Kind != register.RecurrenceOf || links[0].To != "old" || links[0].By != "ira" {
		t.Errorf("links: %+v", links)
	}
	if _, _, no := answers(r, says("ira", false, 2), day(time.March, 11), summer()); no.What != "the recurrence is confirmed" {
		t.Errorf("taken back: %+v", no)
	}

	// The old record gets a review of its own. Nothing of it is changed.
	confirmed := facts[slices.IndexFunc(facts, func(f register.Fact) bool { return f.By == "ira" })]
	was := summer()
	was.Approvals = []register.Approval{{Event: "r1", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem", At: was.Closed}}
	old, came, no := answers(was, register.Recur{By: confirmed.Author(), ID: r.ID, Ref: r.Ref, Reason: confirmed.Recurrence.Reason}, day(time.March, 10))
	if no != (register.Refusal{}) || old.State != register.Analysis || old.Round != was.Round+1 || len(old.Attempts) != 1 {
		t.Fatalf("%s in round %d with %d attempts, %v: want that it is analysed anew", old.State, old.Round, len(old.Attempts), no)
	}
	if diff := cmp.Diff(was.Approvals, old.Approvals[:1]); diff != "" {
		t.Errorf("the review of its day is another one:\n%s", diff)
	}
	a := old.Approvals[1]
	if a.Outcome != register.Ineffective || a.Trigger != register.TriggerRecurrence || a.By != "ira" || !strings.HasPrefix(a.Reason, r.Ref+" is a recurrence of this record: The same export") || !a.Counts() {
		t.Errorf("review: %+v", a)
	}
	for _, f := range came {
		if f.Kind == register.FactMoved && (f.Move.From != register.Closed || f.Move.Steps() == nil) {
			t.Errorf("moved: %+v", f.Move)
		}
	}
	if _, again, _ := answers(old, register.Recur{By: confirmed.Author(), ID: r.ID, Ref: r.Ref, Reason: "again"}, day(time.March, 10)); len(again) > 0 {
		t.Errorf("an open record: %+v, want nothing", again)
	}

	// Its root cause names the old record, and says why that did not last.
	for cause, want := range map[string]string{
		"The mail of HR goes to a shared mailbox without a duty.":                      "Root cause does not name NC-2025-0031, which came up again: write why its actions did not last",
		"See NC-2025-0031.\n\nThe mail of HR goes to a shared mailbox without a duty.": "Root cause names NC-2025-0031 and does not say why its actions did not last",
		"nc-2025-0031": "Root cause does not name NC-2025-0031, which came up again: write why its actions did not last",
		"NC-2025-0031 installed a webhook for employees alone, and leavers of the agency stand in no HR system.": "",
	} {
		x := complete(register.Nonconformity, register.Minor)
		x.Recurrences, x.Fields[register.FieldRootCause] = r.Recurrences, cause
		got := ""
		for _, v := range register.Unmet(x, register.Implementing, at(now), register.DefaultPolicy()) {
			if v.Rule.ID == "G31" {
				got = v.Lacks[0].What.String()
			}
		}
		if got != want {
			t.Errorf("%q: %q, want %q", cause, got, want)
		}
	}
}

// TestFewQuestionsAreAsked: five at first, the closest, and five more once the category is known.
func TestFewQuestionsAreAsked(t *testing.T) {
	t.Parallel()
	var closed []register.Record
	for i := range 30 {
		old := summer()
		old.ID, old.Ref, old.Closed = fmt.Sprint("old", i), fmt.Sprintf("NC-2025-%04d", i), old.Closed.AddDate(0, 0, -i)
		old.Fields[register.FieldScope] = "hr"
		closed = append(closed, old)
	}
	r := spring()
	r.Fields[register.FieldScope], r.Fields[register.FieldCategory] = "hr", ""
	r, _, _ = answers(r, register.Move{To: register.Reported}, day(time.March, 10), closed...)
	if len(r.Recurrences) != 5 || r.Recurrences[0].Ref != "NC-2025-0000" {
		t.Errorf("%d candidates from %+v", len(r.Recurrences), r.Recurrences)
	}
	r, _, _ = answers(r, register.Propose{By: by("ana", day(time.March, 10), ""), Field: register.FieldCategory, Value: "process"}, day(time.March, 10), closed...)
	if len(r.Recurrences) != 10 {
		t.Errorf("%d candidates once the category is known", len(r.Recurrences))
	}
}

// TestTheSecondRecurrenceProposesMajor: within a year, of the old record or of one before it. A
// person decides.
func TestTheSecondRecurrenceProposesMajor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		old  func(*register.Record)
		want bool
	}{
		"the first": {func(*register.Record) {}, false},
		"the old record came up before": {func(r *register.Record) {
			r.Approvals = []register.Approval{{Event: "a", Subject: register.SubjectEffectiveness, Outcome: register.Ineffective, Trigger: register.TriggerRecurrence, At: day(time.January, 1)}}
		}, true},
		"too long ago": {func(r *register.Record) {
			r.Approvals = []register.Approval{{Event: "a", Subject: register.SubjectEffectiveness, Outcome: register.Ineffective, Trigger: register.TriggerRecurrence, At: day(time.January, 1).AddDate(-1, 0, 0)}}
		}, false},
		"the old record is a recurrence": {func(r *register.Record) {
			r.Recurrences = []register.Recurrence{{To: "older", Ref: "NC-2025-0002", State: register.RecurrenceConfirmed, At: day(time.January, 1)}}
		}, true},
		"the old record is none": {func(r *register.Record) {
			r.Recurrences = []register.Recurrence{{To: "older", Ref: "NC-2025-0002", State: register.RecurrenceRefused, At: day(time.January, 1)}}
		}, false},
	} {
		old := summer()
		tc.old(&old)
		r, facts, no := answers(spring(), says("ira", true, 1), day(time.March, 10), old)
		if no != (register.Refusal{}) {
			t.Fatal(no)
		}
		i := slices.IndexFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactProposed })
		if (i >= 0) != tc.want || r.Grade() != register.Minor {
			t.Errorf("%s: %s, proposed: %v, want %v", name, r.Grade(), i >= 0, tc.want)
		}
		if i < 0 {
			continue
		}
		if f := facts[i]; f.By != "" || f.After != string(register.Major) || f.Proposal.From != "register" {
			t.Errorf("%s: %+v", name, f)
		}
		r, _, no = answers(r, register.Determine{By: by("ira", day(time.March, 10), "gh:comment:2"), Field: register.FieldGrade, Reason: "It is the second time within a year."}, day(time.March, 10), old)
		if no != (register.Refusal{}) || r.Grade() != register.Major || len(r.Proposals) > 0 {
			t.Errorf("%s: %v, %s with %d proposals, want a major", name, no, r.Grade(), len(r.Proposals))
		}
	}
}
