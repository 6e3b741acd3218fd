package register_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// rigorous returns the shipped policy with one row for every record.
func rigorous(x register.RigourRow) register.Policy {
	p := register.DefaultPolicy()
	p.Rigour = []register.RigourRow{x}
	return p
}

// minor is the row that conformd ships for a minor nonconformity, for every record.
func minor(edit func(*register.RigourRow)) register.RigourRow {
	x := register.DefaultPolicy().RigourFor(complete(register.Nonconformity, register.Minor))
	x.When = register.Condition{}
	edit(&x)
	return x
}

func TestEachCellOfTheRigourMatrix(t *testing.T) {
	t.Parallel()
	five := func(lines string) func(*register.Record) {
		return func(r *register.Record) {
			r.Fields[register.FieldCauseMethod], r.Fields[register.FieldRootCause] = "five_whys", lines
		}
	}
	const once = "The HR system tells the IdP of leavers by an e-mail that nobody is on duty to read."
	const thrice = once + "\nThe mailbox moved with the old team.\nNo procedure names an owner of the feed."
	reason := func(r *register.Record) {
		delete(r.Fields, register.FieldActionPlan)
		r.Fields[register.FieldNoAction] = "One slip in 4,000 leavers; correction is enough."
	}
	two := set(register.FieldRootCause, "1. Mails to nobody on duty\n2. No monthly comparison of accounts")
	for _, c := range []struct {
		name string
		row  func(*register.RigourRow)
		edit func(*register.Record)
		want []string // rule and words
	}{
		{"no cause", func(x *register.RigourRow) { x.Cause = register.CauseNone }, drop(register.FieldRootCause, register.FieldCauseMethod), nil},
		{"a cause by any method", func(*register.RigourRow) {}, drop(register.FieldRootCause), []string{"G07 Root cause is missing"}},
		{"a cause by any method has no name", func(*register.RigourRow) {}, drop(register.FieldCauseMethod), nil},
		{"a named method", func(x *register.RigourRow) { x.Cause = register.CauseNamed }, drop(register.FieldCauseMethod), []string{"G07 Root cause method is missing"}},
		{"whys too few", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, five(once), []string{"G33 Root cause asks why once; 3 whys (five whys, a line each) or a link to the diagram are asked for (rigour: every record)"}},
		{"whys enough", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, five(thrice), nil},
		{"another method without its diagram", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, set(register.FieldRootCause, thrice), []string{"G33 Root cause links no diagram; 3 whys (five whys, a line each) or a link to the diagram are asked for (rigour: every record)"}},
		{"another method with its diagram", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, set(register.FieldRootCause, once+" See https://wiki.example/fishbone-7"), nil},
		{"a picture is a diagram", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, set(register.FieldRootCause, once+"\n\n![fishbone](fishbone.png)"), nil},
		{"a missing cause is told once", func(x *register.RigourRow) { x.Cause, x.Whys = register.CauseNamed, 3 }, drop(register.FieldRootCause), []string{"G07 Root cause is missing"}},
		{"no action", func(x *register.RigourRow) { x.Actions, x.OrReason = register.ActionsNone, false }, drop(register.FieldActionPlan), nil},
		{"one action for two causes", func(x *register.RigourRow) { x.Actions = register.ActionsOne }, two, nil},
		{"one action is one", func(x *register.RigourRow) { x.Actions = register.ActionsOne }, drop(register.FieldActionPlan), []string{"G08 No action is planned"}},
		{"an action for each cause", func(*register.RigourRow) {}, two, []string{"G08 Not every root cause has an action: C1, C2 of 2"}},
		{"a reason for no action", func(*register.RigourRow) {}, reason, nil},
		{"a reason is not enough", func(x *register.RigourRow) { x.OrReason = false }, reason, []string{"G08 No action is planned, and for this grade a reason is not enough"}},
		{"similar ones or not", func(x *register.RigourRow) { x.Similarity = register.SimilarOptional }, drop(register.FieldSimilarity), nil},
		{"similar ones before verifying", func(*register.RigourRow) {}, drop(register.FieldSimilarity), []string{"G13 Similar nonconformities is missing"}},
		{"similar ones before the plan", func(x *register.RigourRow) { x.Similarity = register.SimilarBeforePlan }, drop(register.FieldSimilarity), []string{"G11 Similar nonconformities is missing", "G13 Similar nonconformities is missing"}},
		{"who approves the plan", func(x *register.RigourRow) { x.PlanApproval = []string{register.RoleTop} }, withoutPlan, []string{"G25 Nobody has approved the plan yet; that takes top management"}},
		{"who approves the plan by the policy", func(*register.RigourRow) {}, withoutPlan, []string{"G25 Nobody has approved the plan yet; that takes an ISMS manager"}},
		{"a review by anyone", func(x *register.RigourRow) { x.Review = register.ReviewAnyone }, reviewedBy("ana"), nil},
		{"an independent review", func(*register.RigourRow) {}, reviewedBy("ana"), []string{"G15 The reviewer owns the record", "G26 The reviewer Ana Owner is neither the one whom the approved plan names nor has the role of a reviewer"}},
		{"an independent review, not confirmed", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, func(*register.Record) {}, []string{"G32 The review of Cem Reviewer waits for an ISMS manager, neither the reviewer nor the owner, who confirms it (rigour: every record)"}},
		{"an independent review, confirmed", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, reviewedBy("cem", "ira"), nil},
		{"confirmed by the reviewer", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, reviewedBy("cem", "cem"), []string{"G32 The review of Cem Reviewer waits for an ISMS manager, neither the reviewer nor the owner, who confirms it (rigour: every record)"}},
		{"confirmed by the owner", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, func(r *register.Record) {
			reviewedBy("cem", "ira")(r)
			r.Fields[register.FieldOwner] = "ira"
		}, []string{"G32 The review of Cem Reviewer waits for an ISMS manager, neither the reviewer nor the owner, who confirms it (rigour: every record)"}},
		{"confirmed before the review", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, reviewedBy("ira", "cem"), []string{"G32 The review of Cem Reviewer waits for an ISMS manager, neither the reviewer nor the owner, who confirms it (rigour: every record)"}},
		{"confirmed, and no review was independent", func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }, reviewedBy("ana", "ira"), []string{"G26 The reviewer Ira Manager is neither the one whom the approved plan names nor has the role of a reviewer"}},
		{"the owner reviewed", func(x *register.RigourRow) { x.Review = register.ReviewOwnerAndManager }, reviewedBy("ana", "ira"), nil},
		{"the owner alone", func(x *register.RigourRow) { x.Review = register.ReviewOwnerAndManager }, reviewedBy("ana"), []string{"G32 The review of Ana Owner waits for an ISMS manager, neither the reviewer nor the owner, who confirms it (rigour: every record)"}},
		{"neither owner nor reviewer", func(x *register.RigourRow) { x.Review = register.ReviewOwnerAndManager }, reviewedBy("ben"), []string{"G32 Neither the owner nor a reviewer has found the actions effective (rigour: every record)"}},
	} {
		r := complete(register.Nonconformity, register.Minor)
		c.edit(&r)
		var got []string
		for _, v := range register.Unmet(r, register.Closed, at(now), rigorous(minor(c.row))) {
			for _, l := range v.Lacks {
				got = append(got, v.Rule.ID+" "+l.What.String())
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func withoutPlan(r *register.Record) { r.Approvals = slices.Delete(r.Approvals, 1, 2) }

// reviewedBy puts the reviews of people in the place of the one review, all effective.
func reviewedBy(people ...string) func(*register.Record) {
	return func(r *register.Record) {
		a := r.Approvals[len(r.Approvals)-1]
		r.Approvals = slices.Clone(r.Approvals[:len(r.Approvals)-1])
		for i, p := range people {
			b := a
			b.By, b.Event = p, fmt.Sprint("gh:comment:", i)
			r.Approvals = append(r.Approvals, b)
		}
	}
}

// TestAPolicyWithoutAMatrixIsAsBefore holds the shipped rows, and a policy that was adopted before
// there were any, against what the guards demanded then.
func TestAPolicyWithoutAMatrixIsAsBefore(t *testing.T) {
	t.Parallel()
	shipped := register.DefaultPolicy()
	doc := shipped.Document()
	doc.Rigour = nil
	doc.Rules = slices.DeleteFunc(doc.Rules, func(r register.PolicyRule) bool { return r.ID == "G32" || r.ID == "G33" })
	for i := range doc.Rules {
		switch r := &doc.Rules[i]; r.ID {
		case "G07", "G13", "G15", "G26", "G29":
			r.Kinds = []register.Kind{register.Nonconformity, register.PotentialNonconformity}
		case "G11":
			r.Kinds, r.Grades = []register.Kind{register.Nonconformity}, []register.Grade{register.Major}
		}
	}
	old, err := doc.Policy()
	if err != nil {
		t.Fatal(err)
	}
	edits := []func(*register.Record){
		func(*register.Record) {}, drop(register.FieldRootCause), drop(register.FieldCauseMethod), drop(register.FieldSimilarity), drop(register.FieldActionPlan), withoutPlan, reviewedBy("ana"), reviewedBy("ira"),
		func(r *register.Record) {
			delete(r.Fields, register.FieldActionPlan)
			r.Fields[register.FieldNoAction] = "One slip in 4,000 leavers; correction is enough."
		},
	}
	held := map[string]bool{}
	for _, k := range []register.Kind{register.Nonconformity, register.PotentialNonconformity, register.Improvement, register.Observation} {
		for _, g := range []register.Grade{register.Major, register.Minor, register.GradeObservation, register.GradeOFI, ""} {
			for i, edit := range edits {
				r := complete(k, g)
				edit(&r)
				want := ids(register.Unmet(r, register.Closed, at(now), old))
				if got := ids(register.Unmet(r, register.Closed, at(now), shipped)); !slices.Equal(got, want) {
					t.Errorf("%s %q, edit %d: held by %v under the shipped matrix, and by %v before", k, g, i, got, want)
				}
				demands := map[string]bool{ // as the guards had them, written down here
					"G07": k != register.Observation && k != register.Improvement && (i == 1 || i == 2 && g == register.Major),
					"G08": k != register.Observation && (i == 4 || i == 8 && (g == register.Major || g == "" && k != register.Improvement)),
					"G11": k == register.Nonconformity && g == register.Major && i == 3,
					"G13": k != register.Observation && k != register.Improvement && i == 3,
					"G15": k != register.Observation && k != register.Improvement && i == 6,
					"G25": k != register.Observation && i == 5,
				}
				for id, asked := range demands {
					if slices.Contains(want, id) != asked {
						t.Errorf("%s %q, edit %d: %s held = %v, want %v", k, g, i, id, !asked, asked)
					}
					held[id] = held[id] || asked
				}
			}
		}
	}
	if len(held) != 6 {
		t.Errorf("%d rules were tried, want 6", len(held))
	}
	for _, d := range register.Diff(doc, shipped.Document()) {
		t.Log(d)
	}
}

// A confirmation is taken in from an ISMS manager who worked on the record, after the review and not
// before it.
func TestAReviewIsConfirmed(t *testing.T) {
	t.Parallel()
	p := rigorous(minor(func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }))
	r := complete(register.Nonconformity, register.Minor)
	r.Approvals = r.Approvals[:2]
	r.Requested = register.Closed
	review := func(who string, o register.Outcome, n int) register.Approval {
		return register.Approval{
			Event: fmt.Sprint("gh:comment:", n), Subject: register.SubjectEffectiveness, Outcome: o, By: who, At: now.Add(time.Duration(n) * time.Minute), How: register.ByComment,
			Reason: "Exports of October and November hold no leaver account.",
		}
	}
	ctx := at(now.Add(time.Hour))
	r.Involved = append(r.Involved, register.Involvement{Person: "ira", As: register.InvolvedAuthor, Field: register.FieldRootCause})
	for _, c := range []struct {
		who     string
		outcome register.Outcome
		refused string
	}{
		{"ira", register.Effective, "G32: the review comes before its confirmation"},
		{"ben", register.Effective, "G15: the reviewer was given one of its actions"},
		{"cem", register.Effective, ""},
		{"ben", register.Effective, "G15: the reviewer was given one of its actions"},
		{"ira", register.Effective, ""},
	} {
		var a register.Approval
		if r, a = approve(r, review(c.who, c.outcome, len(r.Approvals)), ctx, p); a.Refused != c.refused {
			t.Errorf("%s: refused %q, want %q", c.who, a.Refused, c.refused)
		}
		held := slices.Contains(ids(register.Unmet(r, register.Closed, ctx, p)), "G32")
		if want := c.who == "cem" || c.who == "ben" && len(r.Approvals) > 5; held != want {
			t.Errorf("after %s: G32 holds it = %v, want %v", c.who, held, want)
		}
	}
	if r, held := advance(r, register.Closed, ctx, p); r.State != register.Closed {
		t.Errorf("confirmed: %s, held by %v", r.State, held)
	}
	failed, a := approve(r, review("ira", register.Ineffective, 9), ctx, p)
	if a.Refused != "" || failed.State != register.Analysis || failed.Round != 1 {
		t.Errorf("a manager who does not confirm: refused %q, %s in round %d, want analysis in round 1", a.Refused, failed.State, failed.Round)
	}
}

// Nobody confirms their own review, whatever roles they have; a finding in between takes a review and a
// confirmation anew.
func TestNobodyConfirmsTheirOwnReview(t *testing.T) {
	t.Parallel()
	p := rigorous(minor(func(x *register.RigourRow) { x.Review = register.ReviewIndependentAndManager }))
	ctx := at(now)
	ctx.People["max"] = register.Person{ID: "max", Roles: []string{register.RoleReviewer, register.RoleISMSManager}}
	for _, c := range []struct {
		reviews []string
		held    bool
	}{
		{[]string{"max"}, true},
		{[]string{"max", "max"}, true},
		{[]string{"max", "ira"}, false},
		{[]string{"cem", "max"}, false},
		{[]string{"max", "cem"}, true},
		{[]string{"cem", "max", "cem"}, false},
	} {
		r := complete(register.Nonconformity, register.Minor)
		reviewedBy(c.reviews...)(&r)
		if held := slices.Contains(ids(register.Unmet(r, register.Closed, ctx, p)), "G32"); held != c.held {
			t.Errorf("effective by %v: held by G32 = %v, want %v", c.reviews, held, c.held)
		}
		r.Approvals[len(r.Approvals)-1].Outcome = register.Partially
		if r.Approvals = append(r.Approvals, r.Approvals[2]); len(c.reviews) == 1 {
			continue
		}
		r.Approvals[len(r.Approvals)-1].Event, r.Approvals[len(r.Approvals)-1].Outcome = "gh:comment:99", register.Effective
		if held := slices.Contains(ids(register.Unmet(r, register.Closed, ctx, p)), "G32"); !held {
			t.Errorf("effective by %v, partially, and effective again: not held by G32", c.reviews)
		}
	}
}

// TestTheRowSaysWhoDecides: the plan and later dates of a record are approved by the roles of its row.
func TestTheRowSaysWhoDecides(t *testing.T) {
	t.Parallel()
	p := rigorous(minor(func(x *register.RigourRow) {
		x.PlanApproval, x.Extension = []string{register.RoleTop}, []string{register.RoleRiskOwner, register.RoleTop}
	}))
	r := complete(register.Nonconformity, register.Minor)
	if who := p.WhoOn(r, register.ActApprovePlan); who != "top management" {
		t.Errorf("the plan is approved by %q", who)
	}
	if who := p.Extends(r); who != "a risk owner or top management" {
		t.Errorf("a later date is approved by %q", who)
	}
	withoutPlan(&r)
	r.Approvals, r.State = r.Approvals[:1], register.Planning
	plan := register.Approval{Event: "gh:comment:5", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment}
	if _, a := approve(r, plan, at(now), p); a.Refused != "G25: Ira Manager may not approve the plan; that takes top management" {
		t.Errorf("refused %q", a.Refused)
	}
	plan.By = "dee"
	if _, a := approve(r, plan, at(now), p); a.Refused != "" {
		t.Errorf("refused %q, want nothing", a.Refused)
	}
}

// A case changes a rule for the records of its condition alone; the first one that holds counts.
func TestCasesOfARule(t *testing.T) {
	t.Parallel()
	p := register.DefaultPolicy()
	for _, c := range []struct {
		id       string
		when     register.Condition
		enabled  bool
		severity register.Severity
	}{
		{"G11", register.Condition{Risk: []string{"critical", "high"}}, true, register.Must},
		{"G13", register.Condition{Grade: []register.Grade{register.Minor}, Risk: []string{"low"}}, false, ""},
		{"G13", register.Condition{Grade: []register.Grade{register.Minor}}, true, register.Should},
		{"G33", register.Condition{Grade: []register.Grade{register.Major}}, true, ""},
	} {
		var err error
		if p, err = p.WithCase(c.id, c.when, c.enabled, c.severity); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.WithCase("G99", register.Condition{}, true, ""); err == nil {
		t.Error("a case of a rule that is not there is taken in")
	}
	for _, c := range []struct {
		grade    register.Grade
		risk     string
		must     []string
		reported []string
	}{
		{register.Minor, "high", []string{"G11"}, []string{"G13"}},
		{register.Minor, "medium", nil, []string{"G13"}},
		{register.Minor, "low", nil, nil},
		{register.Major, "low", []string{"G11", "G13", "G33"}, nil},
	} {
		r := complete(register.Nonconformity, c.grade)
		r.Fields[register.FieldRisk] = c.risk
		delete(r.Fields, register.FieldSimilarity)
		var reported []string
		for _, v := range register.Check(r, register.Closed, at(now), p) {
			if v.Rule.Severity == register.Should {
				reported = append(reported, v.Rule.ID)
			}
		}
		if got := ids(register.Unmet(r, register.Closed, at(now), p)); !slices.Equal(got, c.must) || !slices.Equal(reported, c.reported) {
			t.Errorf("%s, risk %s: held by %v and reported by %v, want %v and %v", c.grade, c.risk, got, reported, c.must, c.reported)
		}
	}
	back, err := p.Document().Policy()
	if diff := cmp.Diff(p.Cases, back.Cases); err != nil || diff != "" {
		t.Errorf("the adopted policy has other cases (%v):\n%s", err, diff)
	}
	want := []string{
		"cases of G11 for risk critical or high are new: holds records back", "cases of G13 for grade minor, risk low are new: off",
		"cases of G13 for grade minor are new: only reports", "cases of G33 for grade major are new: holds records back",
	}
	if diff := cmp.Diff(want, register.Diff(register.DefaultPolicy().Document(), p.Document())); diff != "" {
		t.Errorf("Diff (-want +got):\n%s", diff)
	}
}

func TestDemandsOfARule(t *testing.T) {
	t.Parallel()
	p := rigorous(minor(func(x *register.RigourRow) {
		x.Cause, x.Whys, x.PlanApproval, x.Extension = register.CauseNamed, 3, []string{register.RoleTop}, []string{register.RoleRiskOwner}
		x.Review = register.ReviewIndependentAndManager
	}))
	for id, want := range map[string][]string{
		"G33": {"every record: a cause by a named method, with 3 whys or a link to its diagram"},
		"G08": {"every record: an action for each cause, or a reason for none"},
		"G11": {"every record: similar ones looked for before verifying"},
		"G25": {"every record: plan approved by top management"},
		"G32": {"every record: an independent review, confirmed by an ISMS manager"},
		"G30": {"every record: later dates approved by a risk owner"},
		"G01": nil,
	} {
		if got := p.Demands(id); !slices.Equal(got, want) {
			t.Errorf("Demands(%s) = %q, want %q", id, got, want)
		}
	}
}

// TestAConfirmedReviewTakesTwo: whatever people edit and decide, in any order, a nonconformity whose row
// asks for it is closed after a review by somebody who was never involved, and a confirmation of it by
// an ISMS manager who is another person and does not own the record.
func TestAConfirmedReviewTakesTwo(t *testing.T) {
	closed := 0
	drawtest.Until(t, drawtest.Some{"a closed nonconformity": &closed}.Lacking, func(t *rapid.T) {
		x := drawStart(t)
		x.ctx.SmallOrg = false
		x.p.Rigour = []register.RigourRow{{Cause: register.CauseAny, Actions: register.ActionsOne, OrReason: true, Similarity: register.SimilarOptional, Review: register.ReviewIndependentAndManager}}
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			facts := x.step(t)
			if rapid.Bool().Draw(t, "confirmed") {
				x.n++
				facts = append(facts, x.do(register.Judge{Approval: register.Approval{
					Event: fmt.Sprint("confirm", x.n), Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "ira", At: x.said(), How: register.ByComment, Reason: "Read the exports and the review.",
				}})...)
				facts = append(facts, x.do(register.Move{To: register.Closed})...)
			}
			entered := slices.ContainsFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactMoved && f.Move.To == register.Closed })
			if !entered || x.r.State != register.Closed || x.r.Kind() != register.Nonconformity {
				continue
			}
			closed++
			covers := register.EvidenceDigest(x.r)
			stands := func(by func(string) bool) int {
				return slices.IndexFunc(x.r.Approvals, func(a register.Approval) bool {
					return a.Subject == register.SubjectEffectiveness && a.Outcome == register.Effective && a.Refused == "" && a.Void == "" && a.Round == x.r.Round && a.Covers == covers && by(a.By)
				})
			}
			review, confirmation := stands(func(by string) bool { return !x.involved[by] && by != "ira" }), stands(func(by string) bool { return by == "ira" })
			if review < 0 || confirmation < review || x.r.Fields[register.FieldOwner] == "ira" {
				t.Fatalf("closed on review %d and confirmation %d, owned by %s: %+v", review, confirmation, x.r.Fields[register.FieldOwner], x.r.Approvals)
			}
		}
	})
}
