package register_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/register"
)

// A storyOfTexts is a record whose texts people write, one after the other.
type storyOfTexts struct {
	t *testing.T
	r register.Record
	n int
}

func texts(t *testing.T) *storyOfTexts {
	return &storyOfTexts{t: t, r: register.Record{ID: "rec-1", State: register.Analysis}}
}

func morning() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }

// write gives a field a text, as ben, an hour after the last one.
func (s *storyOfTexts) write(f register.Field, lines ...string) *storyOfTexts {
	s.t.Helper()
	s.n++
	by := register.Author{Person: "ben", At: morning().Add(time.Duration(s.n) * time.Hour), From: "gh"}
	facts, err := register.Decide(s.r, register.Propose{By: by, Field: f, Value: strings.Join(lines, "\n")}, register.Context{At: morning()}, register.DefaultPolicy())
	if err != nil {
		s.t.Fatal(err)
	}
	s.r = register.Replay(s.r, facts)
	return s
}

func (s *storyOfTexts) want(what string, got []string, want ...string) *storyOfTexts {
	s.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
	return s
}

func (s *storyOfTexts) causes(want ...string) *storyOfTexts {
	s.t.Helper()
	var got []string
	for _, c := range s.r.Causes() {
		got = append(got, c.ID+" "+c.Text)
	}
	return s.want("causes", got, want...)
}

func (s *storyOfTexts) actions(want ...string) *storyOfTexts {
	s.t.Helper()
	var got []string
	for _, a := range s.r.AllActions() {
		got = append(got, strings.TrimSpace(a.ID+" "+a.Title+" "+strings.Join(a.Addresses, ",")))
	}
	return s.want("actions", got, want...)
}

func (s *storyOfTexts) evidence(want ...string) *storyOfTexts {
	s.t.Helper()
	var got []string
	for _, e := range s.r.Evidence() {
		got = append(got, fmt.Sprintf("%s %s %s of %s by %s at %d", e.ID, e.Kind, e.URI+e.Text, e.Of, e.By, int(e.At.Sub(morning()).Hours())))
	}
	return s.want("evidence", got, want...)
}

const (
	cause  = register.FieldRootCause
	action = register.FieldActionPlan
)

func TestACauseKeepsItsID(t *testing.T) {
	texts(t).
		write(cause, "1. The feed of leavers has no owner", "2. Nobody compares accounts").
		causes("C1 The feed of leavers has no owner", "C2 Nobody compares accounts").
		// wherever its line moves,
		write(cause, "1. Nobody compares accounts", "2. The feed of leavers has no owner").
		causes("C2 Nobody compares accounts", "C1 The feed of leavers has no owner").
		// whatever comes before it,
		write(cause, "1. Mails go to a list that nobody reads", "2. Nobody compares accounts", "3. The feed of leavers has no owner").
		causes("C3 Mails go to a list that nobody reads", "C2 Nobody compares accounts", "C1 The feed of leavers has no owner").
		// however it is worded,
		write(cause, "1. Nobody ever compares the accounts with the list", "2. The feed of the leavers never had an owner").
		causes("C2 Nobody ever compares the accounts with the list", "C1 The feed of the leavers never had an owner").
		// and no other cause gets it afterwards.
		write(cause, "1. Mails go to a list that nobody reads", "2. The feed of the leavers never had an owner").
		causes("C4 Mails go to a list that nobody reads", "C1 The feed of the leavers never had an owner").
		write(cause).
		causes().
		write(cause, "Nobody compares accounts").
		causes("C5 Nobody compares accounts").
		// The only cause is that cause.
		write(cause, "Contracts end without a ticket").
		causes("C5 Contracts end without a ticket")
}

func TestTheFiveWhysAreOneCause(t *testing.T) {
	texts(t).
		write(cause, "1. The feed of leavers has no owner", "2. Nobody compares accounts").
		write(register.FieldCauseMethod, "five_whys").
		causes("C1 1. The feed of leavers has no owner\n2. Nobody compares accounts").
		write(register.FieldCauseMethod, "fishbone").
		causes("C1 The feed of leavers has no owner", "C3 Nobody compares accounts")
}

// An action addresses the cause that its number meant when it was written.
func TestAnActionKeepsItsCause(t *testing.T) {
	texts(t).
		write(cause, "1. The feed of leavers has no owner", "2. Nobody compares accounts").
		write(action, "- [ ] Give the feed an owner cause:1", "- [ ] Compare accounts each month cause:2").
		actions("A1 Give the feed an owner C1", "A2 Compare accounts each month C2").
		write(cause, "1. Mails go to a list that nobody reads", "2. The feed of leavers has no owner", "3. Nobody compares accounts").
		actions("A1 Give the feed an owner C1", "A2 Compare accounts each month C2").
		// Ticking a box says nothing about causes; a new number means the list of today.
		write(action, "- [x] Compare accounts each month cause:2", "- [x] Give the feed an owner cause:1,2", "- [ ] Read the list cause:1", "- [ ] Close the list cause:C3").
		actions("A2 Compare accounts each month C2", "A1 Give the feed an owner C3,C1", "A3 Read the list C3", "A4 Close the list C3").
		write(action, "- [ ] Close the list cause:C3", "- [ ] Compare accounts each week cause:2").
		actions("A4 Close the list C3", "A2 Compare accounts each week C2")
}

// A plan may come before the causes that it names.
func TestAPlanMayComeFirst(t *testing.T) {
	texts(t).
		write(action, "- [ ] Give the feed an owner cause:1", "- [ ] Compare accounts each month cause:2").
		write(cause, "1. The feed of leavers has no owner", "2. Nobody compares accounts").
		actions("A1 Give the feed an owner C1", "A2 Compare accounts each month C2")
}

func TestEvidenceSaysWhoGaveItAndWhen(t *testing.T) {
	s := texts(t).
		write(register.FieldEvidence, "- https://acme.example/export/7", "- Interview of 2 July").
		evidence("E1 link https://acme.example/export/7 of evidence by ben at 1", "E2 text Interview of 2 July of evidence by ben at 1").
		write(register.FieldEvidence, "- Interview of 2 July", "- https://acme.example/export/8").
		evidence("E2 text Interview of 2 July of evidence by ben at 1", "E3 link https://acme.example/export/8 of evidence by ben at 2").
		write(action, "- [x] Give the feed an owner evidence:https://acme.example/pr/12").
		write(action, "- [x] Compare accounts", "- [x] Give the feed an owner @cem evidence:https://acme.example/pr/12 https://acme.example/pr/13").
		evidence("E2 text Interview of 2 July of evidence by ben at 1", "E3 link https://acme.example/export/8 of evidence by ben at 2",
			"A1.E1 link https://acme.example/pr/12 of A1 by ben at 3", "A1.E2 link https://acme.example/pr/13 of A1 by ben at 4")
	a := register.Action{ID: "gh:7", Title: "Give the feed an owner", State: register.ActionDone, Evidence: "Mail of Cem"}
	facts, _ := register.Decide(s.r, register.SetAction{By: register.Author{Person: "cem", At: morning().Add(9 * time.Hour), From: "gh"}, Action: a}, register.Context{At: morning()}, register.DefaultPolicy())
	s.r = register.Replay(s.r, facts)
	s.write(register.FieldEvidence).
		evidence("gh:7.E1 text Mail of Cem of gh:7 by cem at 9", "A1.E1 link https://acme.example/pr/12 of gh:7 by ben at 3", "A1.E2 link https://acme.example/pr/13 of gh:7 by ben at 4")
}

func TestCorrectionsHaveIDs(t *testing.T) {
	s := texts(t).
		write(register.FieldCorrection, "- The accounts were disabled", "- The customer was told").
		write(register.FieldCorrection, "- The sessions were ended", "- The accounts were disabled on 2 July")
	want := []register.Correction{{ID: "K3", Text: "The sessions were ended"}, {ID: "K1", Text: "The accounts were disabled on 2 July"}}
	if diff := cmp.Diff(want, s.r.Corrections()); diff != "" {
		t.Errorf("corrections (-want +got):\n%s", diff)
	}
}

// old is a record as an earlier version of conformd left it, which knew no ids.
func old() register.Record {
	return register.Record{
		ID: "rec-1", Ref: "NC-2026-0001", State: register.Verifying, Fields: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldGrade: "minor", register.FieldTitle: "Leavers keep accounts", register.FieldOwner: "ana",
			register.FieldProblem: "Three accounts of leavers were enabled.", register.FieldEvidence: "- https://acme.example/export/7\n- Interview of 2 July",
			register.FieldCorrection: "- The accounts were disabled\n- The customer was told",
			register.FieldRootCause:  "1. The feed of leavers has no owner\n2. Nobody compares accounts",
			register.FieldActionPlan: "- [x] Give the feed an owner @ben due:2026-09-30 cause:1 evidence:https://acme.example/pr/12\n- [ ] Compare accounts each month @cem due:2026-10-30 cause:2,1",
		},
		Actions: []register.Action{{
			ID: "gh:2001", Kind: register.Preventive, Title: "Train the team", Assignee: "dana", Due: "2026-10-01", State: register.ActionDone,
			Evidence: "https://acme.example/slides", Addresses: []string{"2"},
		}},
	}
}

// What people approved before there were ids stays approved: the digests are those that the
// earlier version made.
func TestOldApprovalsStand(t *testing.T) {
	const plan, evidence = "e902b7c2f34a5c8e68240b803c5bc33746109cb7d7994aebfd65461d6d365ee6", "779125d529e2e5f365af2188c0ebbaff46dfdaa1c45c072154c6f553c0762b17"
	r := old()
	if got := register.PlanDigest(r); got != plan {
		t.Errorf("PlanDigest() = %s, the earlier version made %s", got, plan)
	}
	if got := register.EvidenceDigest(r); got != evidence {
		t.Errorf("EvidenceDigest() = %s, the earlier version made %s", got, evidence)
	}
	r.Approvals = []register.Approval{
		{Event: "e1", Subject: register.SubjectPlan, Outcome: register.Approved, By: "irene", Covers: plan},
		{Event: "e2", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "rita", Covers: evidence},
	}
	facts, err := register.Decide(r, register.Propose{By: register.Author{Person: "ben", At: morning(), From: "gh"}, Field: register.FieldDue, Value: "2026-12-01"}, register.Context{At: morning()}, register.DefaultPolicy())
	if err != nil || len(facts) != 1 || facts[0].Kind != register.FactSet {
		t.Errorf("Decide() = %+v, %v, want the date alone and no approval void", facts, err)
	}
}

// The things of an old record count from 1, and go on from there.
func TestAnOldRecordHasThings(t *testing.T) {
	s := &storyOfTexts{t: t, r: old()}
	s.causes("C1 The feed of leavers has no owner", "C2 Nobody compares accounts").
		actions("gh:2001 Train the team C2", "A1 Give the feed an owner C1", "A2 Compare accounts each month C1,C2").
		write(cause, "1. Mails go to a list that nobody reads", "2. Nobody compares accounts").
		causes("C3 Mails go to a list that nobody reads", "C2 Nobody compares accounts").
		actions("gh:2001 Train the team C2", "A1 Give the feed an owner C1", "A2 Compare accounts each month C1,C2")
}

// TestThingsKeepTheirIDs: whatever is written, each thing has one id of its own, a line that
// stays has the id that it had, and no id ever means another line that shares no word with it.
func TestThingsKeepTheirIDs(t *testing.T) {
	words := []string{"feed", "owner", "list", "mail", "ticket", "contract", "account", "nobody"}
	rapid.Check(t, func(t *rapid.T) {
		r := register.Record{ID: "rec-1", State: register.Analysis}
		ever := map[string]string{} // what an id last meant
		for range rapid.IntRange(1, 12).Draw(t, "edits") {
			var lines []string
			for range rapid.IntRange(0, 5).Draw(t, "lines") {
				lines = append(lines, "- "+strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 2, 4).Draw(t, "words"), " "))
			}
			before := r
			value := strings.Join(lines, "\n")
			facts, err := register.Decide(r, register.Propose{By: register.Author{Person: "ben", At: morning(), From: "gh"}, Field: cause, Value: value}, register.Context{At: morning()}, register.DefaultPolicy())
			if err != nil {
				t.Fatal(err)
			}
			r = register.Replay(r, facts)
			ids := map[string]bool{}
			for _, c := range r.Causes() {
				if ids[c.ID] {
					t.Fatalf("%s is there twice in %q", c.ID, value)
				}
				ids[c.ID] = true
				was, known := ever[c.ID]
				stood := slices.ContainsFunc(before.Causes(), func(x register.Cause) bool { return x.ID == c.ID })
				if known && !stood {
					t.Fatalf("%s was %q, was gone, and is %q now", c.ID, was, c.Text)
				}
				ever[c.ID] = c.Text
			}
			for _, was := range before.Causes() {
				n := func(all []register.Cause) (n int) {
					for _, c := range all {
						if c.Text == was.Text {
							n++
						}
					}
					return n
				}
				if n(before.Causes()) == 1 && n(r.Causes()) == 1 && !slices.Contains(r.Causes(), was) {
					t.Fatalf("%v has another id in %v", was, r.Causes())
				}
			}
		}
	})
}
