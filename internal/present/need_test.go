package present_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// places are an issue in GitHub, where people give the cause under a heading and review
// with a command, and one in Jira, where the cause has a field and a status decides.
func places() []present.Place {
	gh := &mapping.Profile{
		Binding: "gh-isms", Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"}, Commands: true,
		Fields: []mapping.FieldMap{
			{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Root cause"}},
			{Field: register.FieldActionPlan, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Action plan"}},
			{Field: register.FieldGrade, Remote: mapping.Remote{Kind: mapping.KindLabel, Name: "grade/"}},
			{Field: register.FieldOwner, Remote: mapping.Remote{Kind: mapping.KindAssignee}},
		},
	}
	jira := &mapping.Profile{
		Binding: "jira-isms", Markup: mapping.MarkupWiki,
		Fields: []mapping.FieldMap{
			{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindField, Name: "Root cause"}},
			{Field: register.FieldRisk, Remote: mapping.Remote{Kind: mapping.KindPriority}},
		},
		States: []mapping.StateMap{{Status: "New", State: register.Reported}, {Status: "Analysis", State: register.Analysis}, {Status: "Work", State: register.Implementing}},
		Approvals: []mapping.ApprovalMap{
			{To: "Verified", Subject: register.SubjectEffectiveness, Outcome: register.Effective},
			{To: "Approved", Subject: register.SubjectPlan, Outcome: register.Approved},
		},
	}
	return []present.Place{{"gh-isms", "acme/isms#1", gh}, {"jira-isms", "ISMS-1", jira}}
}

func violation(l register.Lack) []register.Violation {
	return []register.Violation{{Rule: register.RuleInfo{ID: "G07", Requirement: "nc.cause", Severity: register.Must}, Lacks: []register.Lack{l}}}
}

func missing(f register.Field) register.Lack {
	return register.Lack{Field: f, What: message.New(string(f) + " is missing"), Missing: true}
}

func decided(s register.Subject) register.Remedy {
	return register.Remedy{Kind: register.RemedyDecide, Subject: s, Outcome: register.Approved}
}

// A need names the clause of each standard that its record concerns.
func TestANeedNamesTheClauseOfEachStandard(t *testing.T) {
	t.Parallel()
	for standards, want := range map[string]string{
		"": "10.2 b2", "iso27001\niso9001": "ISO/IEC 27001:2022 10.2 b2; ISO 9001:2015 10.2.1 b2", "nis2": "",
	} {
		r := register.Record{Fields: map[register.Field]string{register.FieldStandards: standards}}
		needs, _ := present.Needs(r, violation(missing(register.FieldRootCause)), nil, "gh-isms", places(), register.DefaultPolicy())
		if len(needs) != 1 || needs[0].Clause != want {
			t.Errorf("the needs of a record with %q are %+v, want one with clause %q", standards, needs, want)
		}
	}
}

func TestRemedies(t *testing.T) {
	t.Parallel()
	until := time.Date(2026, 12, 28, 13, 0, 0, 0, time.UTC)
	review := register.Remedy{Kind: register.RemedyDecide, Subject: register.SubjectEffectiveness, Outcome: register.Effective}
	confirm := review
	confirm.By = []string{register.RoleISMSManager}
	reject := register.Remedy{Kind: register.RemedyDecide, Subject: register.SubjectRejection, Outcome: register.Rejected}
	for _, c := range []struct {
		name string
		lack register.Lack
		here string // the binding whose people read it
		want string
		who  string
	}{
		{"under a heading", missing(register.FieldRootCause), "gh-isms", "under the heading **Root cause** of the description", "Olga, the owner"},
		{
			"in another form",
			register.Lack{Field: register.FieldActionPlan, Remedy: register.Remedy{Kind: register.RemedyWrite}},
			"gh-isms",
			"under the heading **Action plan** of the description, one line each: `- [ ] what @who due:2026-12-31`", "Olga, the owner",
		},
		{"in a field", missing(register.FieldRootCause), "jira-isms", "in the field **Root cause**", "Olga, the owner"},
		{"for readers of the register", missing(register.FieldRootCause), "", "on acme/isms#1: under the heading **Root cause** of the description", "Olga, the owner"},
		{"only on the other issue", missing(register.FieldGrade), "jira-isms", "on acme/isms#1: with a label `grade/…`", "Olga, the owner"},
		{"at a place of the tracker", missing(register.FieldOwner), "gh-isms", "in the assignee", "Olga, the owner"},
		{"with a command", missing(register.FieldSimilarity), "gh-isms", "comment `/capa similar <text>`", "Olga, the owner"},
		{"nowhere", missing(register.FieldLocation), "gh-isms", "ask the ISMS manager", "the ISMS manager"},
		{"a review by command", register.Lack{Remedy: review}, "gh-isms", "ask the reviewer of the approved plan, or a reviewer who was never involved in this record, to comment `/capa effective <what they checked>`", "an independent reviewer"},
		{"a review by a move", register.Lack{Remedy: review}, "jira-isms", "ask the reviewer of the approved plan, or a reviewer who was never involved in this record, to move the issue to **Verified**", "an independent reviewer"},
		{"the confirmation of a review", register.Lack{Remedy: confirm}, "gh-isms", "ask an ISMS manager who did not review this record and does not own it to comment `/capa effective <what they checked>`", "an ISMS manager"},
		{"the confirmation of a review by a move", register.Lack{Remedy: confirm}, "jira-isms", "ask an ISMS manager who did not review this record and does not own it to move the issue to **Verified**", "an ISMS manager"},
		{"a rejection", register.Lack{Remedy: reject}, "jira-isms", "on acme/isms#1: ask an ISMS manager who does not own this record to comment `/capa reject <reason>`", "an ISMS manager other than the owner"},
		{"a triage", register.Lack{Remedy: decided(register.SubjectTriage)}, "gh-isms", "ask an ISMS manager to comment `/capa triage`", "an ISMS manager"},
		{"a triage by a move", register.Lack{Remedy: decided(register.SubjectTriage)}, "jira-isms", "ask an ISMS manager to move the issue to **Analysis**", "an ISMS manager"},
		{"the approval of a plan", register.Lack{Remedy: decided(register.SubjectPlan)}, "gh-isms", "ask an ISMS manager to comment `/capa approve-plan`", "an ISMS manager"},
		{"the approval of a plan by the transition of the mapping", register.Lack{Remedy: decided(register.SubjectPlan)}, "jira-isms", "ask an ISMS manager to move the issue to **Approved**", "an ISMS manager"},
		{"a reopening", register.Lack{Remedy: decided(register.SubjectReopening)}, "jira-isms", "on acme/isms#1: ask an ISMS manager to comment `/capa reopen <reason>`", "an ISMS manager"},
		{"time", register.Lack{Remedy: register.Remedy{Kind: register.RemedyWait, Until: until}}, "gh-isms", "wait; there is nothing to do before 2026-12-28", "2026-12-28"},
		{"the rest first", register.Lack{Remedy: register.Remedy{Kind: register.RemedyFinish}}, "gh-isms", "finish the other rows; this one then goes away", "the other rows"},
		{"a stranger", register.Lack{Field: register.FieldOwner, Remedy: register.Remedy{Kind: register.RemedyPerson}}, "gh-isms", "ask the ISMS manager to add them", "the ISMS manager"},
		{"another status", register.Lack{Field: register.FieldState, Remedy: register.Remedy{Kind: register.RemedyMove}}, "gh-isms", "move the issue to another status", "Olga, the owner"},
	} {
		needs, left := present.Needs(register.Record{}, violation(c.lack), nil, c.here, places(), register.DefaultPolicy())
		if len(needs) != 1 || len(left) > 0 {
			t.Fatalf("%s: Needs = %v, %v, want one need", c.name, needs, left)
		}
		if got := needs[0].Remedy.Markdown(nil); got != c.want {
			t.Errorf("%s: remedy = %q, want %q", c.name, got, c.want)
		}
		if got := present.Tell(needs, "Olga")[0].WaitsFor; got != c.who {
			t.Errorf("%s: waits for %q, want %q", c.name, got, c.who)
		}
	}
}

// A value that stands on an issue and cannot be read is not missing.
func TestNeedsTellProblems(t *testing.T) {
	t.Parallel()
	date := present.Problem{Binding: "jira-isms", Issue: "ISMS-1", Field: register.FieldIdentified, Code: "not-a-date", What: `Date identified says "soon"`, Remedy: "write 2026-11-28"}
	stranger := present.Problem{Binding: "gh-isms", Issue: "acme/isms#1", Field: register.FieldOwner, Code: "unmapped-person", What: "@erik is assigned", Remedy: "ask", Mild: true}
	shown := present.Problem{Binding: "gh-isms", Issue: "acme/isms#1", Field: register.FieldRootCause, Code: present.CannotShow, What: "Root cause cannot be shown"}
	vs := append(violation(missing(register.FieldIdentified)), violation(missing(register.FieldRootCause))...)
	vs = append(vs, violation(register.Lack{Field: register.FieldOwner, What: message.New("Owner @erik is not known"), Remedy: register.Remedy{Kind: register.RemedyPerson}})...)
	vs = append(vs, violation(register.Lack{Field: register.FieldIdentified, What: message.New("Date identified is in the future")})...)
	needs, left := present.Needs(register.Record{}, vs, []present.Problem{date, stranger, shown}, "gh-isms", places(), register.DefaultPolicy())
	var got []string
	for _, n := range needs {
		got = append(got, n.What+" | "+n.Remedy.String())
	}
	want := []string{
		`Date identified says "soon" | on ISMS-1: write 2026-11-28`,
		`root_cause is missing | under the heading "Root cause" of the description`,
		`@erik is assigned | ask the ISMS manager to add them`,
		`Date identified is in the future | ask the ISMS manager`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Needs (-want +got):\n%s", diff)
	}
	if needs[0].Missing || !needs[1].Missing || needs[2].Missing {
		t.Errorf("Needs = %+v, want only the root cause called missing", needs)
	}
	if diff := cmp.Diff([]present.Problem{shown}, left); diff != "" {
		t.Errorf("problems left (-want +got):\n%s", diff)
	}
	if got, want := present.Brief(needs, 4), "Date identified (not readable), Root cause, Owner (unknown person) and Date identified (to correct)"; got != want {
		t.Errorf("Brief = %q, want %q", got, want)
	}
	if got, want := present.Brief(needs, 3), "Date identified (not readable), Root cause and 2 more"; got != want {
		t.Errorf("Brief(3) = %q, want %q", got, want)
	}
}

// Where the rule that asks for a role is off, anybody who is not involved may decide.
func TestRemediesWithoutRoles(t *testing.T) {
	t.Parallel()
	review := register.Remedy{Kind: register.RemedyDecide, Subject: register.SubjectEffectiveness, Outcome: register.Effective}
	p, err := register.DefaultPolicy().With("G26", false, "")
	if err != nil {
		t.Fatal(err)
	}
	needs, _ := present.Needs(register.Record{}, violation(register.Lack{Remedy: review}), nil, "gh-isms", places(), p)
	if got, want := needs[0].Remedy.Markdown(nil), "ask someone who neither owns this record nor worked on it to comment `/capa effective <what they checked>`"; got != want {
		t.Errorf("remedy = %q, want %q", got, want)
	}
}

// A list names a decision that is needed by what is decided.
func TestBriefNamesDecisions(t *testing.T) {
	t.Parallel()
	var vs []register.Violation
	for _, s := range []register.Subject{register.SubjectTriage, register.SubjectPlan, register.SubjectReopening} {
		vs = append(vs, violation(register.Lack{Field: register.FieldState, Remedy: decided(s)})...)
	}
	needs, _ := present.Needs(register.Record{}, vs, nil, "gh-isms", places(), register.DefaultPolicy())
	if got, want := present.Brief(needs, 5), "triage, approval of the plan and reopening"; got != want {
		t.Errorf("Brief = %q, want %q", got, want)
	}
}
