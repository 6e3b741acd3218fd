package register_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// What people write who must fill a field and have nothing to say, and what they are told.
// A row that names no rule is a text as people write them who have.
func TestTexts(t *testing.T) {
	const cause = register.FieldRootCause
	for _, c := range []struct {
		name  string
		field register.Field
		text  string
		says  string // "" for nothing
	}{
		{"n/a over and over", cause, "n/a n/a n/a n/a n/a n/a", `G21 Root cause says nothing: "n a"`},
		{"human error three times", cause, "Human error. Human error. Human error.", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"human error in more words", cause, "Human error made by a member of staff.", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"an analysis that is to come", cause, "To be determined later by the team", `G21 Root cause says nothing: "to be determined later"`},
		{"an analysis that goes on", cause, "Root cause analysis is still ongoing", `G21 Root cause says nothing: "ongoing"`},
		{"the title and one more word", cause, "Leaver accounts stay enabled sometimes", `G21 Root cause repeats "Title"`},
		{"placeholder text", cause, "Lorem ipsum dolor sit amet, consectetur adipiscing elit", "G21 Root cause is placeholder text"},
		{"letters of another script", cause, "humаn еrrоr оf thе ореrаtоr", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"letters that show nothing", cause, "hu\u00adman er\u200bror of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"letters of full width", cause, "ｈｕｍａｎ ｅｒｒｏｒ ｏｆ ｓｔａｆｆ", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"error eight times", cause, strings.Repeat("error ", 8), `G21 Root cause stops at a person: "error"; say why it could happen`},
		{"the heading", cause, "Root cause root cause", "G21 Root cause says nothing"},
		{"the same text three times", cause, strings.Repeat("The leaver process has no owner in the People team. ", 3), "G21 Root cause says the same thing 3 times"},
		{"in German", cause, "Menschliches Versagen des Mitarbeiters", `G21 Root cause stops at a person: "menschliches versagen"; say why it could happen`},
		{"in German, not applicable", cause, "nicht zutreffend / siehe oben", `G21 Root cause says nothing: "nicht zutreffend siehe oben"`},
		{"numbers", cause, "1234567890 1234567890", "G21 Root cause holds numbers alone"},
		{"a link", cause, "https://wiki.acme.example/root-causes/42", "G21 Root cause is a link alone; say in words what is to be seen there"},
		{"keys", cause, "asdf asdf asdf asdf asdf", `G21 Root cause holds no words: "asdf"`},
		{"hardly more than a person", cause, "Human error in the offboarding checklist", `G21 Root cause hardly goes beyond a person's mistake: "human error"; say why it could happen`},
		{"three words", cause, "Offboarding checklist was outdated", `G21 Root cause says very little: "offboarding checklist outdated"`},

		{"ok as a requirement", register.FieldRequirements, "ok", `G21 Requirement not met says nothing: "ok"`},
		{"ok as a place", register.FieldLocation, "ok", `G21 Where says nothing: "ok"`},
		{"ok as evidence", register.FieldEvidence, "OK.", `G21 Objective evidence says nothing: "ok"`},
		{"ok as a correction", register.FieldCorrection, "ok", `G21 Containment and correction says nothing: "ok"`},
		{"ok as criteria", register.FieldCriteria, "ok", `G21 Effectiveness criteria says nothing: "ok"`},
		{"ok as a summary", register.FieldCloseSummary, "ok", `G21 Closing summary says nothing: "ok"`},
		{"done as a summary", register.FieldCloseSummary, "Done, works as expected.", `G21 Closing summary says nothing: "done works as expected"`},
		{"erledigt", register.FieldCloseSummary, "Erledigt, passt so.", `G21 Closing summary says nothing: "erledigt passt so"`},
		{"mail as the evidence of an action", register.FieldActionPlan, "- [x] Automate it @ben due:2026-08-30 evidence:mail", `G21 The evidence of action 1 says nothing: "mail"`},

		{"an old date", register.FieldIdentified, "1999-01-01", "G22 Date identified is more than two years before the record was filed"},
		{"a review before it was found", register.FieldReviewDue, "1999-01-01", "G22 Effectiveness review date is before the date identified"},
		{"an action before it was found", register.FieldActionPlan, "- [x] Automate it @ben due:1999-01-01 evidence:PR-12", "G22 Action 1 is due before the date identified"},

		{"a process without an owner", cause, "Nobody compares leavers with accounts.", ""},
		{"a mistake and why it could happen", cause, "A mistake in the deployment script went live because releases have no second reader.", ""},
		{"words of the problem in a sentence of its own", cause, "The leaver accounts stayed because HR tells the IdP by mail and nobody reads it at weekends.", ""},
		{"a cause in German", cause, "Der Austrittsprozess hat keinen Eigentümer, und niemand vergleicht die Konten monatlich.", ""},
		{"a cause in Russian", cause, "Никто не сравнивает список уволенных с учётными записями", ""},
		{"a cause in Japanese", cause, "退職者リストとアカウントを毎月照合する担当者がいない", ""},
		{"the port is open", cause, "The port was open to the internet since the migration", ""},
		{"a clause is a requirement", register.FieldRequirements, "A.5.18", ""},
		{"a number is a clause", register.FieldRequirements, "10.2", ""},
		{"a link is evidence", register.FieldEvidence, "https://wiki.acme.example/exports/2026-07", ""},
		{"a short correction", register.FieldCorrection, "Accounts disabled", ""},
		{"a short place", register.FieldLocation, "IdP", ""},
		{"a pull request is evidence", register.FieldActionPlan, "- [x] Automate it @ben due:2026-08-30 evidence:PR-12", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.Fields[c.field] = c.text
			var got []string
			for _, v := range register.Check(r, register.Closed, at(now), register.DefaultPolicy()) {
				for _, l := range v.Lacks {
					got = append(got, v.Rule.ID+" "+l.What)
				}
			}
			var want []string
			if c.says != "" {
				want = []string{c.says}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Check with %s %q (-want +got):\n%s", c.field, c.text, diff)
			}
		})
	}
}

// A review says what was checked.
func TestTextOfAReview(t *testing.T) {
	for text, want := range map[string]string{
		"lgtm":             `The review says nothing: "lgtm"`,
		"Looks good to me": `The review says nothing: "looks good to me"`,
		"Exports of October and November hold no leaver account.": "",
	} {
		r := complete(register.Nonconformity, register.Minor)
		r.Approvals[0].Reason = text
		got := strings.Join(words(register.Check(r, register.Closed, at(now), register.DefaultPolicy())), "; ")
		if got != want {
			t.Errorf("a review that says %q: %q, want %q", text, got, want)
		}
	}
}

// The five whys take more than one.
func TestFiveWhys(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.Fields[register.FieldCauseMethod] = "five_whys"
	r.Fields[register.FieldRootCause] = "1. Why enabled? Nobody compares leavers with accounts."
	want := "Root cause asks why once; with the five whys it takes three times at least"
	if got := words(register.Check(r, register.Closed, at(now), register.DefaultPolicy())); !slices.Equal(got, []string{want}) {
		t.Errorf("one why: %q, want %q", got, want)
	}
	r.Fields[register.FieldRootCause] += "\n2. Why not? No job does it.\n3. Why? The process has no owner."
	if got := words(register.Check(r, register.Closed, at(now), register.DefaultPolicy())); len(got) > 0 {
		t.Errorf("three whys: %q, want nothing", got)
	}
}

// A doubtful text holds nothing back, unless an organisation decides so.
func TestTextsHoldNothingBack(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.Fields[register.FieldCloseSummary] = "ok"
	if state, held := furthest(r, register.Closed, at(now), register.DefaultPolicy()); state != register.Closed {
		t.Errorf("with the shipped policy: %s, held by %v, want closed", state, ids(held))
	}
	strict, err := register.DefaultPolicy().With("G21", true, register.Must)
	if err != nil {
		t.Fatal(err)
	}
	if state, held := furthest(r, register.Closed, at(now), strict); state == register.Closed || !slices.Equal(ids(held), []string{"G21"}) {
		t.Errorf("with G21 as must: %s, held by %v, want it held by G21", state, ids(held))
	}
}
