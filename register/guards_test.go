package register_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// kinds are the sorts of record whose complete form may be closed.
func kinds() map[register.Kind]register.Grade {
	return map[register.Kind]register.Grade{
		register.Nonconformity:          register.Major,
		register.PotentialNonconformity: register.Minor,
		register.Improvement:            register.GradeOFI,
		register.Observation:            register.GradeObservation,
	}
}

func TestACompleteRecordOfEachKindIsClosed(t *testing.T) {
	for k, g := range kinds() {
		r, held := advance(complete(k, g), register.Closed, at(now), register.DefaultPolicy())
		if r.State != register.Closed || len(held) > 0 {
			t.Errorf("Advance(complete %s) = %s, %v, want closed", k, r.State, held)
		}
		if !r.Closed.Equal(now) {
			t.Errorf("Advance(complete %s).Closed = %v, want %v", k, r.Closed, now)
		}
	}
}

// A guardCase takes one thing away from a complete record and names the one guard
// that must notice, with the clause that the guard serves in either edition.
type guardCase struct {
	name         string
	kind         register.Kind  // "": nonconformity
	grade        register.Grade // "": minor
	edit         func(*register.Record)
	guard        string   // "" for none: the record may still be closed
	is2022, is13 string   // clause labels
	lacks        []string // in words
}

// guardCases is the whole meaning of the guards, a sentence a row.
func guardCases() []guardCase {
	const (
		plan  = register.FieldActionPlan
		cause = register.FieldRootCause
		done  = "- [x] Automate the leaver webhook @ben due:2026-08-30 evidence:PR-12"
	)
	review := func(edit func(*register.Approval)) func(*register.Record) {
		return func(r *register.Record) { edit(&r.Approvals[len(r.Approvals)-1]) }
	}
	nature, reviewed, control := [2]string{"10.2 f", "10.1 f"}, [2]string{"10.2 b1", "10.1 b1"}, [2]string{"10.2 a1", "10.1 a1"}
	causes, action, effect := [2]string{"10.2 b2", "10.1 b2"}, [2]string{"10.2 c", "10.1 c"}, [2]string{"10.2 d", "10.1 d"}
	change := [2]string{"10.2 e", "10.1 e"}
	row := func(name, guard string, clause [2]string, edit func(*register.Record), lacks ...string) guardCase {
		return guardCase{name: name, edit: edit, guard: guard, is2022: clause[0], is13: clause[1], lacks: lacks}
	}
	rows := []guardCase{
		row("a record without a title is not filed", "G01", nature, drop(register.FieldTitle), "Title is missing"),
		row("a record that does not say what is wrong is not filed", "G01", nature, drop(register.FieldProblem), "What is wrong is missing"),
		row("a question left empty in a form is no problem statement", "G01", nature, set(register.FieldProblem, "_No response_\n"), "What is wrong is missing"),
		row("the date of identification is a date", "G01", nature, set(register.FieldIdentified, "last week"), `Date identified "last week" is not a date like 2026-09-30`),
		row("nothing is identified in the future", "G01", nature, set(register.FieldIdentified, "2026-12-03"), "Date identified is in the future"),
		row("today may be tomorrow elsewhere", "", nature, set(register.FieldIdentified, "2026-12-02")),

		row("a record without an owner is not triaged", "G02", reviewed, drop(register.FieldOwner), "Owner is missing"),
		row("an unknown account owns nothing", "G02", reviewed, set(register.FieldOwner, "account:gh-isms:42"), `Owner account 42 of gh-isms is not in the register's list of people`),
		row("a risk is one of the scale", "G02", reviewed, set(register.FieldRisk, "spicy"), `Risk "spicy" is not known`),
		row("a nonconformity is graded", "G02", reviewed, drop(register.FieldGrade), "Grade is missing"),
		row("a nonconformity breaks a requirement", "G02", reviewed, drop(register.FieldRequirements), "Requirement not met is missing"),
		row("a nonconformity was found somewhere", "G02", reviewed, drop(register.FieldLocation), "Where is missing"),
		row("a nonconformity rests on evidence", "G02", reviewed, set(register.FieldEvidence, "TBD"), "Objective evidence is missing"),
		row("a nonconformity is not graded down to an observation", "G02", reviewed, set(register.FieldGrade, "observation"), `Grade "observation" does not fit; a nonconformity is major or minor`),

		row("what was done at once is stated", "G05", control, drop(register.FieldCorrection), "Containment and correction is missing"),
		row("n/a alone is no correction", "G05", control, set(register.FieldCorrection, "n/a"), `Containment and correction says nothing; write what was done, or "not applicable: " and why`),
		row("not applicable with a reason is a correction", "", control, set(register.FieldCorrection, "not applicable: the accounts had left with the system")),

		row("a nonconformity has a root cause", "G07", causes, drop(cause), "Root cause is missing"),
		row("an empty answer of a form is no root cause", "G07", causes, set(cause, "_No response_"), "Root cause is missing"),
		row("punctuation is no root cause", "G07", causes, set(cause, "- - - - - - - - - - - - - -"), "Root cause is missing"),
		row("human error is where the analysis starts", "G07", causes, set(cause, "Root cause: Human Error!"), "Root cause stops at a person; say why it could happen"),
		row("TBD is no root cause", "G07", causes, set(cause, " tbd "), "Root cause says nothing"),
		row("n/a is no root cause", "G07", causes, set(cause, "N/A"), "Root cause says nothing"),
		row("unknown is no root cause", "G07", causes, set(cause, "The root cause is unknown."), "Root cause says nothing"),
		row("a problem in words that say nothing", "G21", nature, set(register.FieldProblem, "looks good"), `What is wrong says nothing: "looks good"`),
		row("twenty characters may say enough", "", causes, set(cause, "Nobody was on duty!!")),
		row("the problem in other punctuation is no root cause", "G07", causes, set(cause, "three leaver accounts were STILL enabled, 9 to 21 days after the leaving date"), "Root cause repeats the problem"),
		row("the title is no root cause", "G07", causes, set(cause, "**Leaver accounts stay enabled**"), "Root cause repeats the title"),
		row("the correction is no root cause", "G07", causes, set(cause, "Cause: accounts disabled on 2026-07-01 - sign-in logs checked, no use"), "Root cause repeats the correction"),
		row("the cause of a minor needs no named method", "", causes, drop(register.FieldCauseMethod)),

		row("a plan of nothing does not cover the cause", "G08", action, drop(plan), "No action is planned"),
		row("a minor may do without action for a reason", "", action, func(r *register.Record) {
			delete(r.Fields, plan)
			r.Fields[register.FieldNoAction] = "One slip in 4,000 leavers; correction is enough."
		}),
		row("none is no reason to do without action", "G08", action, func(r *register.Record) {
			delete(r.Fields, plan)
			r.Fields[register.FieldNoAction] = "none"
		}, "No action is planned"),
		row("a plan of prose has no action", "G08", action, set(plan, "We will do better."), "No action could be read"),
		row("a cancelled action covers no cause", "G08", action, set(plan, "- [ ] Automate it cancelled: too expensive"), "No action is planned"),
		row("two causes need two actions", "G08", action, set(cause, "1. Mails to nobody on duty\n2. No monthly comparison of accounts"), "Not every root cause has an action: C1, C2 of 2"),
		row("two actions for the first of two causes leave the second open", "G08", action, func(r *register.Record) {
			r.Fields[cause] = "1. Mails to nobody on duty\n2. No monthly comparison of accounts"
			r.Fields[plan] = done + " cause:1\n- [x] Train everybody @ben due:2026-08-30 cause:1 evidence:list"
		}, "Not every root cause has an action: C2 of 2"),
		row("an action for each of two causes covers both", "", action, func(r *register.Record) {
			r.Fields[cause] = "1. Mails to nobody on duty\n2. No monthly comparison of accounts"
			r.Fields[plan] = done + " cause:1\n- [x] Compare monthly @ben due:2026-08-30 cause:2 evidence:list"
		}),
		row("one action may address both causes", "", action, func(r *register.Record) {
			r.Fields[cause] = "1. Mails to nobody on duty\n2. No monthly comparison of accounts"
			r.Fields[plan] = done + " cause:1,2"
		}),
		row("the numbers of five whys are questions, not causes", "", action, func(r *register.Record) {
			r.Fields[register.FieldCauseMethod] = "five_whys"
			r.Fields[cause] = "1. Why enabled? Nobody knew.\n2. Why? The mail is read by nobody."
		}),

		row("somebody does each action", "G09", action, set(plan, "- [x] Automate it due:2026-08-30 evidence:PR-12"), `Action 1 "Automate it" has no assignee`),
		row("an unknown person does nothing", "G09", action, set(plan, "- [x] Automate it @zoe due:2026-08-30 evidence:PR-12"), `Action 1 "Automate it" is assigned to "zoe", who is not in the register's list of people`),
		row("each action is due some day", "G09", action, set(plan, "- [x] Automate it @ben evidence:PR-12"), `Action 1 "Automate it" has no due date`),
		row("soon is no due date", "G09", action, set(plan, "- [x] Automate it @ben due:soon evidence:PR-12"), `Action 1 "Automate it" is due "soon", which is not a date like 2026-09-30`),
		row("each action is of a kind", "G09", action, set(plan, "- [x] Automate it @ben due:2026-08-30 kind:magic evidence:PR-12"), `Action 1 "Automate it" is of the kind "magic"; it is corrective, preventive or improvement`),
		row("the issue of an action needs the same as a line of the plan", "G09", action, func(r *register.Record) {
			r.Actions = []register.Action{{ID: "a1", Title: "Page the duty", State: register.ActionDone, Evidence: "PR-13", Assignee: "ben", Due: "2026-08-30"}}
		}, `Action 1 "Page the duty" has no kind`),

		row("it is settled before how the effect is judged", "G10", effect, drop(register.FieldCriteria), "Effectiveness criteria is missing"),
		row("it is settled before who judges the effect", "G10", effect, drop(register.FieldReviewer), "Effectiveness reviewer is missing"),
		row("it is settled before when the effect is judged", "G10", effect, drop(register.FieldReviewDue), "Effectiveness review date is missing"),

		row("open work is not reviewed", "G12", action, set(plan, "- [ ] Automate it @ben due:2026-08-30"), `Action 1 "Automate it" is not done`),
		row("work under way is not reviewed", "G12", action, set(plan, "- [ ] Automate it @ben due:2026-08-30 state:in_progress"), `Action 1 "Automate it" is not done`),
		row("done means shown to be done", "G12", action, set(plan, "- [x] Automate it @ben due:2026-08-30"), `Action 1 "Automate it" is done and has no evidence`),
		row("work is cancelled for a reason", "G12", action, set(plan, done+"\n- ~~Buy a system @ben~~"), `Action 2 "Buy a system" is cancelled without a reason`),

		row("a minor waits sixty days", "G14", effect, func(r *register.Record) { r.Done = now.AddDate(0, 0, -59) }, "The waiting time ends on 2026-12-02"),
		row("after sixty days a minor is judged", "", effect, func(r *register.Record) { r.Done = now.AddDate(0, 0, -60) }),
		row("nothing is judged before the planned date", "G14", effect, set(register.FieldReviewDue, "2026-12-24"), "The waiting time ends on 2026-12-24"),
		row("what is not done has not waited", "G14", effect, func(r *register.Record) { r.Done = time.Time{} }, "The waiting time of 60 days starts when the actions are finished"),

		row("nobody judges a record of their own", "G15", effect, set(register.FieldOwner, "cem"), "The reviewer owns the record"),
		row("nobody judges work of their own", "G15", effect, set(plan, "- [x] Automate it @cem due:2026-08-30 evidence:PR-12"), "The reviewer was given one of its actions"),
		row("not even if it was cancelled", "G15", effect, set(plan, done+"\n- [ ] Buy it @cem cancelled: too dear"), "The reviewer was given one of its actions"),
		row("somebody unknown judges nothing", "G15", effect, review(func(a *register.Approval) { a.By = "zoe" }), `The reviewer "zoe" is not in the register's list of people`),

		row("nobody having judged is not effective", "G16", effect, func(r *register.Record) { r.Approvals = r.Approvals[:2] }, "Nobody has reviewed yet whether it worked"),
		row("a refused review counts for nothing", "G16", effect, review(func(a *register.Approval) { a.Refused = "G15: the reviewer owns the record" }), "Nobody has reviewed yet whether it worked"),
		row("a review of an earlier round counts for nothing", "G16", effect, func(r *register.Record) { r.Round, r.Approvals[1].Round = 1, 1 }, "Nobody has reviewed yet whether it worked"),
		row("an approved plan is no effect", "G16", effect, review(func(a *register.Approval) { a.Subject, a.Outcome = register.SubjectPlan, register.Approved }), "Nobody has reviewed yet whether it worked"),
		row("partially is not effective", "G16", effect, review(func(a *register.Approval) { a.Outcome = register.Partially }), "The latest review says partially"),
		row("the latest word counts", "G16", effect, func(r *register.Record) {
			a := r.Approvals[2]
			a.Event, a.Outcome = "later", register.Ineffective
			r.Approvals = append(r.Approvals, a)
		}, "The latest review says ineffective"),
		row("a verdict says what was checked", "G16", effect, review(func(a *register.Approval) { a.Reason = " " }), "The review does not say what was checked"),

		row("whether the ISMS had to change is answered", "G17", change, drop(register.FieldISMSChange), "Change to the ISMS is missing"),
		row("no is no answer without why", "G17", change, set(register.FieldISMSChange, "No."), `Change to the ISMS says nothing; write what was changed, or "no" and why`),
		row("no and why is an answer", "", change, set(register.FieldISMSChange, "No, the procedure already asks for it.")),
		row("the result is summed up", "G17", change, drop(register.FieldCloseSummary), "Closing summary is missing"),

		row("what did not work is not tried again unchanged", "G20", causes, func(r *register.Record) {
			r.Attempts = []register.Attempt{{RootCause: r.Fields[cause], Actions: []string{"Automate the leaver webhook"}}}
		}, "Neither the root cause nor an action is new since the review found the actions not effective"),
		row("a new action is a new attempt", "", causes, func(r *register.Record) {
			r.Attempts = []register.Attempt{{RootCause: r.Fields[cause], Actions: []string{"Remind everybody"}}}
		}),
		row("a recurrence says why the old actions did not last", "G31", causes, func(r *register.Record) {
			r.Recurrences = []register.Recurrence{{To: "old", Ref: "NC-2025-0031", State: register.RecurrenceConfirmed}}
		}, "Root cause does not name NC-2025-0031, which came up again: write why its actions did not last"),
		row("a candidate that was refused asks for nothing", "", causes, func(r *register.Record) {
			r.Recurrences = []register.Recurrence{{To: "old", Ref: "NC-2025-0031", State: register.RecurrenceRefused}}
		}),
		row("a new cause is a new attempt", "", causes, func(r *register.Record) {
			r.Attempts = []register.Attempt{{RootCause: "Nobody had reminded the People team.", Actions: []string{"Automate the leaver webhook"}}}
		}),
	}

	byGrade := []guardCase{
		{
			name: "before work on a major, similar ones are looked for", grade: register.Major, edit: func(r *register.Record) {
				delete(r.Fields, register.FieldSimilarity)
			},
			guard: "G11", is2022: "10.2 b3", is13: "10.1 b3", lacks: []string{"Similar nonconformities is missing", "Similar nonconformities is missing"},
		},
		{
			name: "the cause of a major is found with a named method", grade: register.Major, edit: drop(register.FieldCauseMethod),
			guard: "G07", is2022: "10.2 b2", is13: "10.1 b2", lacks: []string{"Root cause method is missing"},
		},
		{name: "a major is not closed on correction alone", grade: register.Major, edit: func(r *register.Record) {
			delete(r.Fields, plan)
			r.Fields[register.FieldNoAction] = "One slip in 4,000 leavers; correction is enough."
		}, guard: "G08", is2022: "10.2 c", is13: "10.1 c", lacks: []string{"No action is planned, and for this grade a reason is not enough"}},
		{name: "a major waits thirty days", grade: register.Major, edit: func(r *register.Record) { r.Done = now.AddDate(0, 0, -30) }},
		{
			name: "a risk is set", grade: register.Major, edit: drop(register.FieldRisk),
			guard: "G02", is2022: "10.2 b1", is13: "10.1 b1", lacks: []string{"Risk is missing"},
		},

		{name: "a potential nonconformity has nothing to correct", kind: register.PotentialNonconformity, edit: drop(register.FieldCorrection)},
		{
			name: "a potential nonconformity has a cause", kind: register.PotentialNonconformity, edit: drop(cause),
			guard: "G07", is2022: "10.2 b2", is13: "10.1 b2", lacks: []string{"Root cause is missing"},
		},
		{
			name: "an improvement needs no triage beyond an owner, no correction and no cause", kind: register.Improvement,
			edit: drop(register.FieldGrade, register.FieldRisk, register.FieldRequirements, register.FieldLocation, register.FieldEvidence,
				register.FieldCorrection, register.FieldCauseMethod, cause),
		},
		{name: "an adopted improvement may do without an action for a reason", kind: register.Improvement, edit: func(r *register.Record) {
			delete(r.Fields, plan)
			delete(r.Fields, register.FieldGrade)
			r.Fields[register.FieldNoAction] = "The vendor brings it with the next release."
		}},
		{
			name: "an improvement is neither forgotten", kind: register.Improvement, edit: drop(plan),
			guard: "G08", is2022: "10.2 c", is13: "10.1 c", lacks: []string{"No action is planned"},
		},
		{
			name: "an improvement has a driver", kind: register.Improvement, edit: drop(register.FieldDriver),
			guard: "G40", is2022: "10.1", is13: "10.2", lacks: []string{"Driver is missing"},
		},
		{
			name: "so has what could become a nonconformity", kind: register.PotentialNonconformity, edit: set(register.FieldDriver, "curiosity"),
			guard: "G40", is2022: "10.1", is13: "10.2", lacks: []string{`Driver "curiosity" is not known`},
		},
		{
			name: "what could become a nonconformity is likely or not", kind: register.PotentialNonconformity, edit: set(register.FieldLikelihood, "often"),
			guard: "G44", is2022: "6.1.1", is13: "6.1.1", lacks: []string{`Likelihood "often" is not known`},
		},
		{
			name: "and would lead to something", kind: register.PotentialNonconformity, edit: drop(register.FieldEffect),
			guard: "G44", is2022: "6.1.1", is13: "6.1.1", lacks: []string{"Effect if it happens is missing"},
		},
		{
			name: "it is prevented, and not corrected", kind: register.PotentialNonconformity, edit: set(plan, done),
			guard: "G45", is2022: "6.1.1", is13: "6.1.1", lacks: []string{`Action 1 "Automate the leaver webhook" is corrective; the actions of a potential nonconformity are preventive: write kind:preventive`},
		},
		{
			name: "an improvement is to bring something", kind: register.Improvement, edit: drop(register.FieldBenefit),
			guard: "G41", is2022: "10.1", is13: "10.2", lacks: []string{"Benefit is missing"},
		},
		{
			name: "a deferred improvement waits", kind: register.Improvement, edit: func(r *register.Record) {
				r.Approvals[2].Outcome, r.Approvals[2].Until = register.Deferred, "2027-03-01"
			},
			guard: "G42", is2022: "10.1", is13: "10.2", lacks: []string{"The improvement is deferred until 2027-03-01; deciding anew takes an ISMS manager or top management"},
		},
		{
			name: "somebody with the role adopts an improvement", kind: register.Improvement, edit: func(r *register.Record) { r.Approvals = slices.Delete(r.Approvals, 2, 3) },
			guard: "G43", is2022: "10.1", is13: "10.2", lacks: []string{"Nobody has adopted the improvement yet; that takes an ISMS manager or top management"},
		},
		{
			name: "who adopted another improvement adopted none", kind: register.Improvement, edit: func(r *register.Record) { r.Approvals[2].Void = "Benefit changed after it" },
			guard: "G43", is2022: "10.1", is13: "10.2", lacks: []string{"The decision about the improvement counts no longer: Benefit changed after it; that takes an ISMS manager or top management again"},
		},
		{
			name: "the review of an improvement asks for its benefit", kind: register.Improvement, edit: func(r *register.Record) { r.Approvals = r.Approvals[:3] },
			guard: "G16", is2022: "10.2 d", is13: "10.1 d", lacks: []string{"Nobody has reviewed yet whether the benefit was realised"},
		},
		{name: "the owner may judge an improvement", kind: register.Improvement, edit: set(register.FieldOwner, "cem")},
		{name: "an observation is closed after triage with a note", kind: register.Observation, edit: func(r *register.Record) {
			r.Fields = map[register.Field]string{
				register.FieldKind: "observation", register.FieldTitle: "Badge reader slow", register.FieldProblem: "It takes 4 s.",
				register.FieldIdentified: "2026-07-01", register.FieldOwner: "ana", register.FieldCloseSummary: "Told facilities.",
			}
			r.Approvals = r.Approvals[:1] // triage
		}},
		{
			name: "a recurrence names what recurs", edit: set(register.FieldSourceRef, "recurrence of NC-2025-0003"),
			guard: "G03", is2022: "10.2 b3", is13: "10.1 b3", lacks: []string{"The record is a recurrence of NC-2025-0003, and the register holds no other record of that name"},
		},
		{
			name: "what it led to is said", edit: drop(register.FieldConsequences),
			guard: "G06", is2022: "10.2 a2", is13: "10.1 a2", lacks: []string{"Consequences is missing"},
		},
		{
			name: "none alone does not say how that is known", edit: set(register.FieldConsequences, "none"),
			guard: "G06", is2022: "10.2 a2", is13: "10.1 a2", lacks: []string{`Consequences says nothing; write what it led to, or "none: " and how that is known`},
		},
		{
			name: "similar ones are looked for", edit: drop(register.FieldSimilarity),
			guard: "G13", is2022: "10.2 b3", is13: "10.1 b3", lacks: []string{"Similar nonconformities is missing"},
		},
		{
			name: "somebody with the role triages", edit: func(r *register.Record) { r.Approvals = r.Approvals[1:] },
			guard: "G24", is2022: "10.2 b1", is13: "10.1 b1", lacks: []string{"Not triaged yet; that takes an ISMS manager"},
		},
		{
			name: "somebody with the role approves the plan", edit: func(r *register.Record) { r.Approvals = slices.Delete(r.Approvals, 1, 2) },
			guard: "G25", is2022: "10.2 c", is13: "10.1 c", lacks: []string{"Nobody has approved the plan yet; that takes an ISMS manager"},
		},
		{
			name: "the approval of another plan does not count", edit: func(r *register.Record) { r.Approvals[1].Void = "Root cause changed after it" },
			guard: "G25", is2022: "10.2 c", is13: "10.1 c", lacks: []string{"The approval of the plan counts no longer: Root cause changed after it; that takes an ISMS manager again"},
		},
		{
			name: "a plan that was turned down is not approved", edit: func(r *register.Record) {
				turned := r.Approvals[1]
				turned.Event, turned.Outcome = "later", register.Rejected
				r.Approvals = append(r.Approvals, turned)
			},
			guard: "G25", is2022: "10.2 c", is13: "10.1 c", lacks: []string{"Nobody has approved the plan yet; that takes an ISMS manager"},
		},
		{
			name: "the reviewer may review", edit: func(r *register.Record) { r.Approvals[2].By = "dee" },
			guard: "G26", is2022: "10.2 d", is13: "10.1 d", lacks: []string{"The reviewer Dee Director is neither the one whom the approved plan names nor has the role of a reviewer"},
		},
		{
			name: "an observation is not closed without a note", kind: register.Observation, edit: drop(register.FieldCloseSummary),
			guard: "G17", is2022: "10.2 e", is13: "10.1 e", lacks: []string{"Closing summary is missing"},
		},
		{
			name: "an invented kind is judged as a nonconformity", kind: "paperwork", edit: drop(register.FieldCorrection),
			guard: "G05", is2022: "10.2 a1", is13: "10.1 a1", lacks: []string{"Containment and correction is missing"},
		},
	}
	return slices.Concat(rows, byGrade, evaluationCases())
}

func TestGuards(t *testing.T) {
	for _, c := range guardCases() {
		t.Run(c.name, func(t *testing.T) {
			kind, grade := c.kind, c.grade
			if kind == "" {
				kind = register.Nonconformity
			}
			if grade == "" {
				grade = register.Minor
			}
			r := complete(kind, grade)
			c.edit(&r)
			got := must(register.Check(r, register.Closed, at(now), register.DefaultPolicy()))
			if c.guard == "" {
				if len(got) > 0 {
					t.Fatalf("Check(r, closed) = %v, want nothing", words(got))
				}
				return
			}
			want := []string{c.guard}
			if c.guard == "G11" {
				want = append(want, "G13") // asks the same of all grades, later
			}
			if diff := cmp.Diff(want, ids(got)); diff != "" {
				t.Fatalf("Check(r, closed): guards (-want +got):\n%s\n%v", diff, words(got))
			}
			if diff := cmp.Diff(c.lacks, words(got)); diff != "" {
				t.Errorf("Check(r, closed): lacks (-want +got):\n%s", diff)
			}
			for ed, want := range map[register.Edition]string{register.Edition2022: c.is2022, register.Edition2013: c.is13} {
				if clause := register.Clause(got[0].Rule.Requirement, ed); clause != want {
					t.Errorf("Clause(%s, %s) = %q, want %q", got[0].Rule.Requirement, ed, clause, want)
				}
			}
			if state, _ := furthest(r, register.Closed, at(now), register.DefaultPolicy()); state == register.Closed {
				t.Errorf("Furthest(r, closed) = closed although %s fails", c.guard)
			}
		})
	}
}

// TestEveryGuardOfTheTableHasACase keeps guards from being added without a row
// that fails them alone.
func TestEveryGuardOfTheTableHasACase(t *testing.T) {
	seen := map[string]bool{"G04": true, "G32": true, "G33": true, "G63": true} // see TestRejection, TestEachCellOfTheRigourMatrix
	for _, c := range guardCases() {
		seen[c.guard] = true
	}
	for _, info := range register.DefaultPolicy().Table() {
		if !seen[info.ID] && info.Severity == register.Must { // the others: TestTexts
			t.Errorf("no case fails %s, %s", info.ID, info.Sentence)
		}
	}
}

// TestEachGuardActsFromItsStateOn holds the table's To against what the guards do:
// with one thing missing, the record gets to the state before and no further.
func TestEachGuardActsFromItsStateOn(t *testing.T) {
	to := map[string]register.State{}
	for _, info := range register.DefaultPolicy().Table() {
		to[info.ID] = info.To
	}
	path := []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed}
	for _, c := range guardCases() {
		if c.guard == "" || c.kind != "" || c.grade != "" {
			continue
		}
		r := complete(register.Nonconformity, register.Minor)
		c.edit(&r)
		r.State = register.Reported
		// Reported is where every record starts, so G01 acts on the way to analysis.
		want := path[max(to[c.guard].Rank()-1, 0)]
		if got, _ := furthest(r, register.Closed, at(now), register.DefaultPolicy()); got != want {
			t.Errorf("%s: Furthest = %s, want %s, since %s is needed for %s", c.name, got, want, c.guard, to[c.guard])
		}
	}
}

// must returns the violations that hold a record back.
func must(vs []register.Violation) []register.Violation {
	return slices.DeleteFunc(vs, func(v register.Violation) bool { return v.Rule.Severity != register.Must })
}

func ids(vs []register.Violation) []string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Rule.ID)
	}
	return out
}

func words(vs []register.Violation) []string {
	var out []string
	for _, v := range vs {
		for _, l := range v.Lacks {
			out = append(out, l.What.String())
		}
	}
	return out
}

func TestPolicyWith(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	delete(r.Fields, register.FieldCorrection)
	p := register.DefaultPolicy()

	off, err := p.With("G05", false, "")
	if err != nil {
		t.Fatal(err)
	}
	if got := register.Check(r, register.Closed, at(now), off); len(got) > 0 {
		t.Errorf("Check without G05 = %v, want nothing", words(got))
	}
	if slices.ContainsFunc(off.Table(), func(i register.RuleInfo) bool { return i.ID == "G05" }) {
		t.Error("Table() lists G05 although it is switched off")
	}
	on, err := off.With("G05", true, register.Should)
	if err != nil {
		t.Fatal(err)
	}
	if got := ids(register.Check(r, register.Closed, at(now), on)); !slices.Equal(got, []string{"G05"}) {
		t.Errorf("Check with G05 as should = %v, want G05", got)
	}
	if state, held := furthest(r, register.Closed, at(now), on); state != register.Closed || len(held) > 0 {
		t.Errorf("Furthest with G05 as should = %s, %v, want closed", state, held)
	}
	if got := ids(register.Check(r, register.Closed, at(now), p)); !slices.Equal(got, []string{"G05"}) {
		t.Errorf("Check with the first policy = %v, want G05: With changed its receiver", got)
	}

	for _, c := range []struct {
		id       string
		severity register.Severity
		want     string
	}{
		{"G99", "", `no rule "G99"; the rules are G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13, G14, G15, G16, G17, G20, G21, G22, G23, G24, G25, G26, G27, G28, G29, G30, G31, G32, G33, G40, G41, G42, G43, G44, G45, G50, G51, G52, G53, G54, G55, G56, G57, G58, G59, G60, G61, G62, G63`},
		{"G18", "", `no rule "G18"; the rules are G01, G02, G03, G04, G05, G06, G07, G08, G09, G10, G11, G12, G13, G14, G15, G16, G17, G20, G21, G22, G23, G24, G25, G26, G27, G28, G29, G30, G31, G32, G33, G40, G41, G42, G43, G44, G45, G50, G51, G52, G53, G54, G55, G56, G57, G58, G59, G60, G61, G62, G63`},
		{"G05", "perhaps", `no severity "perhaps"; the severities are must, should`},
	} {
		if _, err := p.With(c.id, true, c.severity); fmt.Sprint(err) != c.want {
			t.Errorf("With(%s, %q): %v, want %s", c.id, c.severity, err, c.want)
		}
	}
}

func TestClauseLabels(t *testing.T) {
	for _, c := range []struct{ key, is2022, is2013 string }{
		{"nc.cause", "10.2 b2", "10.1 b2"},
		{"ci.improve", "10.1", "10.2"},
		{"mr.needs", "9.3.2 c", ""},
		{"mr.trends.1", "9.3.2 d1", "9.3 c1"},
		{"doc.control", "7.5.3", "7.5.3"},
		{"no.such", "", ""},
	} {
		if got := register.Clause(c.key, register.Edition2022); got != c.is2022 {
			t.Errorf("Clause(%s, 2022) = %q, want %q", c.key, got, c.is2022)
		}
		if got := register.Clause(c.key, register.Edition2013); got != c.is2013 {
			t.Errorf("Clause(%s, 2013) = %q, want %q", c.key, got, c.is2013)
		}
	}
	for _, ed := range []register.Edition{register.Edition2022, register.Edition2013} {
		if !ed.Valid() {
			t.Errorf("%s.Valid() = false", ed)
		}
	}
	if register.Edition("iso27001-2005").Valid() {
		t.Error("iso27001-2005.Valid() = true")
	}
	for _, info := range register.DefaultPolicy().Table() {
		if register.Clause(info.Requirement, register.Edition2022) == "" {
			t.Errorf("%s serves %q, which is no requirement", info.ID, info.Requirement)
		}
	}
	for _, info := range register.Fields() {
		if info.Requirement != "" && register.Clause(info.Requirement, register.Edition2022) == "" {
			t.Errorf("%s serves %q, which is no requirement", info.Field, info.Requirement)
		}
	}
}

func TestCauses(t *testing.T) {
	for _, c := range []struct {
		name, method, text string
		want               []string
	}{
		{"an unanswered question names none", "fishbone", "_No response_", nil},
		{"a text is one", "fishbone", " Nobody on duty. ", []string{"Nobody on duty."}},
		{"a list of one is one text", "fishbone", "1. Nobody on duty.\nAt night.", []string{"1. Nobody on duty.\nAt night."}},
		{"a numbered list names several", "fishbone", "Two:\n1. Nobody on duty\n2) No comparison", []string{"Nobody on duty", "No comparison"}},
		{"five whys lead to one", "five_whys", "1. Why?\n2. Why?", []string{"1. Why?\n2. Why?"}},
	} {
		r := register.Record{Fields: map[register.Field]string{register.FieldRootCause: c.text, register.FieldCauseMethod: c.method}}
		var got []string
		for _, cause := range r.Causes() {
			got = append(got, cause.Text)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: Causes (-want +got):\n%s", c.name, diff)
		}
	}
}
