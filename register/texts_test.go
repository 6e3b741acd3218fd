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
		{"the same text three times", cause, strings.Repeat("The leaver process has no owner in the People team. ", 3), "G23 Root cause says the same thing 3 times"},
		{"in German", cause, "Menschliches Versagen des Mitarbeiters", `G21 Root cause stops at a person: "menschliches versagen"; say why it could happen`},
		{"in German, not applicable", cause, "nicht zutreffend / siehe oben", `G21 Root cause says nothing: "nicht zutreffend siehe oben"`},
		{"numbers", cause, "1234567890 1234567890", "G21 Root cause holds numbers alone"},
		{"a link", cause, "https://wiki.acme.example/root-causes/42", "G21 Root cause is a link alone; say in words what is to be seen there"},
		{"keys", cause, "asdf asdf asdf asdf asdf", `G21 Root cause holds no words: "asdf"`},
		{"strokes through letters", cause, "h\u0336u\u0336m\u0336a\u0336n\u0336 e\u0336r\u0336r\u0336o\u0336r\u0336 of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"accents on letters", cause, "húmän érrór of the operator", `G21 Root cause stops at a person: "húmän érrór"; say why it could happen`},
		{"capitals of another script", cause, "ΗUΜΑΝ ΕRRΟR of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"small capitals", cause, "ʜᴜᴍᴀɴ ᴇʀʀᴏʀ of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"mathematical letters", cause, "𝐡𝐮𝐦𝐚𝐧 𝓮𝓻𝓻𝓸𝓻 of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"a letter that shows as a space", cause, "human\u3164error\u3164of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"emphasis inside words", cause, "hu**ma**n er*ro*r of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"entities", cause, "hum&#97;n&nbsp;er&shy;ror of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"tags inside words", cause, "hu<b></b>man er<i>ro</i>r of the operator", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"words in a comment that nobody sees", cause, "Human error <!-- the leaver process has no owner and nobody reads the mailbox -->", `G21 Root cause stops at a person: "human error"; say why it could happen`},
		{"letters one by one", cause, "h u m a n   e r r o r   o f   s t a f f", "G21 Root cause says nothing"},
		{"a careless employee", cause, "The employee was not careful enough when doing it.", `G23 Root cause hardly goes beyond a person's mistake: "not careful enough"; say why it could happen`},
		{"a careless employee, with a verb cut short", cause, "The operator wasn't careful enough.", `G21 Root cause stops at a person: "not careful enough"; say why it could happen`},
		{"a mistake and where it was made", cause, "The administrator made a mistake during the configuration of the firewall.", `G23 Root cause hardly goes beyond a person's mistake: "mistake"; say why it could happen`},
		{"a procedure that was not followed", cause, "The user did not follow the documented leaver procedure correctly.", `G23 Root cause hardly goes beyond a person's mistake: "not follow"; say why it could happen`},
		{"an inflected failure in German", cause, "Die Ursache liegt in einem menschlichen Versagen des zuständigen Mitarbeiters.", `G23 Root cause hardly goes beyond a person's mistake: "menschlichen versagen"; say why it could happen`},
		{"the genitive", cause, "Ursache des menschlichen Versagens war eine Unachtsamkeit im Tagesgeschäft.", `G23 Root cause hardly goes beyond a person's mistake: "menschlichen versagens unachtsamkeit"; say why it could happen`},
		{"German without its dots", cause, "Nachlaessigkeit und Unachtsamkeit der Mitarbeiter", `G21 Root cause stops at a person: "nachlaessigkeit unachtsamkeit"; say why it could happen`},
		{"a careless employee in German", cause, "Der zuständige Mitarbeiter hat leider nicht richtig aufgepasst.", `G23 Root cause hardly goes beyond a person's mistake: "nicht richtig aufgepasst"; say why it could happen`},
		{"circumstances", cause, "Various circumstances and certain factors led to this situation.", `G21 Root cause says nothing: "circumstances certain factors"`},
		{"circumstances in German", cause, "Diverse Umstände haben leider zu dieser Situation geführt.", `G21 Root cause says nothing: "umstände"`},
		{"things happen", cause, "It is what it is, things like this can happen to anyone.", `G21 Root cause says nothing: "it is what things like this …"`},
		{"a promise with words between", cause, "The root cause will then also be added once the investigation is finished.", `G21 Root cause says nothing: "will then also be added once …"`},
		{"a promise in German", cause, "Die genaue Ursache wird derzeit noch vom Team untersucht und später ergänzt.", `G23 Root cause says very little: "später ergänzt"`},
		{"an analysis without a result in German", cause, "Konnte bisher nicht abschließend geklärt werden.", `G21 Root cause says nothing: "konnte bisher nicht abschließend geklärt werden"`},
		{"another place to look", cause, "As described above in the problem section.", `G21 Root cause says very little: "section"`},
		{"another place to look in German", cause, "Siehe Beschreibung oben im Ticket.", `G21 Root cause says very little: "ticket"`},
		{"a sentence to try letters with", cause, "The quick brown fox jumps over the lazy dog", "G21 Root cause is placeholder text"},
		{"placeholder text in German", cause, "Dies ist ein Platzhaltertext, hier bitte die Ursache eintragen.", `G21 Root cause says nothing: "platzhaltertext hier bitte die ursache eintragen"`},
		{"keys up and down, with numbers", cause, "asdf1234 jkl lkjhg sdfsdf", `G21 Root cause holds no words: "asdf1234 jkl lkjhg sdfsdf"`},
		{"the title in other forms", cause, "Leaver account stays enabled", `G21 Root cause repeats "Title"`},
		{"the problem in another order", cause, "The accounts of three leavers stayed enabled 9 to 21 days after leaving.", `G21 Root cause repeats "What is wrong"`},
		{"the same text two and a half times", cause, "The leaver process. The leaver process. The leaver", "G21 Root cause says the same thing twice"},
		{"hardly more than a person", cause, "Human error in the offboarding checklist", `G23 Root cause hardly goes beyond a person's mistake: "human error"; say why it could happen`},
		{"three words", cause, "Offboarding checklist was outdated", `G23 Root cause says very little: "offboarding checklist outdated"`},

		{"ok as a requirement", register.FieldRequirements, "ok", `G21 Requirement not met says nothing: "ok"`},
		{"ok as a place", register.FieldLocation, "ok", `G21 Where says nothing: "ok"`},
		{"ok as evidence", register.FieldEvidence, "OK.", `G21 Objective evidence says nothing: "ok"`},
		{"ok as a correction", register.FieldCorrection, "ok", `G21 Containment and correction says nothing: "ok"`},
		{"ok as criteria", register.FieldCriteria, "ok", `G21 Effectiveness criteria says nothing: "ok"`},
		{"ok as a summary", register.FieldCloseSummary, "ok", `G21 Closing summary says nothing: "ok"`},
		{"done as a summary", register.FieldCloseSummary, "Done, works as expected.", `G21 Closing summary says nothing: "done works as expected"`},
		{"erledigt", register.FieldCloseSummary, "Erledigt, passt so.", `G21 Closing summary says nothing: "erledigt passt so"`},
		{"all done as a summary", register.FieldCloseSummary, "All actions completed. Can be closed.", `G21 Closing summary says nothing: "all actions completed can be closed"`},
		{"all done in German", register.FieldCloseSummary, "Alle Maßnahmen umgesetzt, kann geschlossen werden.", `G21 Closing summary says nothing: "alle maßnahmen umgesetzt kann geschlossen werden"`},
		{"a criterion for later", register.FieldCriteria, "Wird noch festgelegt.", `G21 Effectiveness criteria says nothing: "wird noch festgelegt"`},
		{"a criterion that names nothing", register.FieldCriteria, "It no longer happens.", `G21 Effectiveness criteria says nothing: "no longer happens"`},
		{"the title as a correction", register.FieldCorrection, "Leaver accounts stay enabled", `G21 Containment and correction repeats "Title"`},
		{"somewhere", register.FieldLocation, "somewhere", `G21 Where says nothing: "somewhere"`},
		{"evidence that exists", register.FieldEvidence, "vorhanden", `G21 Objective evidence says nothing: "vorhanden"`},
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
		{"a short cause", cause, "The process has no owner.", ""},
		{"a short cause with long words", cause, "Rezertifizierungsprozess ohne Verantwortlichen", ""},
		{"what was not known to whom", cause, "The deadline was not known to the supplier.", ""},
		{"an error of a machine", cause, "The backup job ignored errors.", ""},
		{"oversight that is missing", cause, "No management oversight of supplier reviews.", ""},
		{"a blame and what was missing", cause, "Human error: no four-eyes check for firewall changes.", ""},
		{"a blame and a reason", cause, "Operator error, made possible by identical labels on both valves.", ""},
		{"a procedure that could not be followed", cause, "The change procedure was not followed because emergency changes have no path in it.", ""},
		{"a blame and a reason in German", cause, "Der Schritt wurde vergessen, weil die Checkliste ihn nicht nennt.", ""},
		{"a rule that was not kept, and why", cause, "Die Frist wurde nicht eingehalten, weil sie im Kalender nicht steht.", ""},
		{"open questions beside a cause", cause, "The cause could not be determined with certainty; the contractor's VPN account was most likely shared.", ""},
		{"a ticket and the cause in short", cause, "See ISMS-221 for the fishbone. In short: joiners are in the HR feed, contractors are not.", ""},
		{"code and a micro sign", cause, "A drift of 5 µs broke TOTP: `ntpd` was missing in the <b>base</b> image.", ""},
		{"a cause in Chinese", cause, "离职流程没有负责人，没有人定期核对账户和离职名单", ""},
		{"a cause in Arabic", cause, "عملية المغادرة ليس لها مالك ولا أحد يراجع الحسابات", ""},
		{"a correction of what the title names", register.FieldCorrection, "Leaver accounts disabled.", ""},
		{"a correction with the words of the problem", register.FieldCorrection, "Disabled the three enabled leaver accounts.", ""},
		{"the title turned round", register.FieldCriteria, "No leaver accounts stay enabled.", ""},
		{"an issue by its number", register.FieldCorrection, "Fixed with #123.", ""},
		{"no, and why", register.FieldISMSChange, "No; one-off.", ""},
		{"a control whose numbers are the same", register.FieldRequirements, "8.8", ""},
		{"an address of one number", register.FieldLocation, "10.10.10.10", ""},
		{"a place of one word twice", register.FieldLocation, "Baden-Baden", ""},
		{"a system for tests", register.FieldLocation, "Test", ""},
		{"a system for mail", register.FieldLocation, "E-Mail", ""},
		{"a place that is a placeholder elsewhere", register.FieldLocation, "SIT", ""},
		{"places by letters", register.FieldLocation, "A, B, C, D", ""},
		{"a mail that is named", register.FieldEvidence, "Mail of 2026-07-01 from HR", ""},
		{"a summary that says what was seen", register.FieldCloseSummary, "Alle Maßnahmen umgesetzt, Stichprobe ohne Abweichung.", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.Fields[c.field] = c.text
			var got []string
			for _, v := range register.Check(r, register.Closed, at(now), register.DefaultPolicy()) {
				for _, l := range v.Lacks {
					got = append(got, v.Rule.ID+" "+l.What.String())
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
	const again = "; review it again and say what was checked"
	for text, want := range map[string]string{
		"lgtm":                           `The review says nothing: "lgtm"` + again,
		"Looks good to me":               `The review says nothing: "looks good to me"` + again,
		"Sieht gut aus, keine Einwände.": `The review says nothing: "sieht gut aus keine einwände"` + again,
		"Ok from my side, thanks!":       `The review says nothing: "ok from my side thanks"` + again,
		"Verified in the IdP.":           "",
		"Stichprobe ok: 20 von 20":       "",
		"Exports of October and November hold no leaver account.": "",
	} {
		r := complete(register.Nonconformity, register.Minor)
		r.Approvals[len(r.Approvals)-1].Reason = text
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

// What says nothing is held from the state on that asks for it, and no sooner. What is
// doubtful is shown and holds nothing back. Either is for an organisation to decide.
func TestTextsThatAreHeld(t *testing.T) {
	p := register.DefaultPolicy()
	switched := func(id string, on bool, s register.Severity) register.Policy {
		t.Helper()
		q, err := p.With(id, on, s)
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	for _, c := range []struct {
		name  string
		field register.Field
		text  string
		p     register.Policy
		state register.State
		held  []string
	}{
		{"a summary that says nothing", register.FieldCloseSummary, "ok", p, register.Verifying, []string{"G21"}},
		{"similar ones that say nothing", register.FieldSimilarity, "to be defined later", p, register.Implementing, []string{"G21"}},
		{"a problem that says nothing", register.FieldProblem, "looks good", p, register.Reported, []string{"G21"}},
		{"a doubtful summary", register.FieldCloseSummary, "Reviewed.", p, register.Closed, nil},
		{"a summary that says nothing, which nobody minds", register.FieldCloseSummary, "ok", switched("G21", true, register.Should), register.Closed, nil},
		{"a doubtful summary, which somebody minds", register.FieldCloseSummary, "Reviewed.", switched("G23", true, register.Must), register.Verifying, []string{"G23"}},
	} {
		r := complete(register.Nonconformity, register.Minor)
		r.Fields[c.field] = c.text
		r.Approvals[1].Covers, r.Approvals[2].Covers = register.PlanDigest(r), register.EvidenceDigest(r)
		r.State = register.Reported
		state, held := furthest(r, register.Closed, at(now), c.p)
		if state != c.state || !slices.Equal(ids(held), c.held) {
			t.Errorf("%s: %s, held by %v, want %s, held by %v", c.name, state, ids(held), c.state, c.held)
		}
	}
}
