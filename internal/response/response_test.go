package response_test

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/response"
	"github.com/conformd/conformd/register"
)

var update = flag.Bool("update", false, "rewrite the pages in testdata")

func day(d int) time.Time { return time.Date(2027, 1, d, 9, 30, 0, 0, time.UTC) }

// reported is a finding as the import makes it.
func reported() register.Record {
	return register.Record{
		ID: "rec-1", Ref: "NC-2027-0007", State: register.Reported, Recorded: day(1), Fields: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldGrade: "major", register.FieldTitle: "No internal audit", register.FieldSource: "external_audit",
			register.FieldSourceRef: "SA-2026/F-01", register.FieldProblem: "The internal audit of 2025 was planned,\nand did not take place.",
			register.FieldRequirements: "9.2.2\nA.5.35", register.FieldDeadline: "2027-02-28",
		},
	}
}

// closed is the same finding at its end, with something of everything.
func closed() register.Record {
	r := reported()
	r.State, r.Confirmed, r.Contained, r.Done, r.Closed, r.Round = register.Closed, day(2), day(3), day(10), day(28), 1
	maps.Copy(r.Fields, map[register.Field]string{
		register.FieldLocation: "Head office", register.FieldIdentified: "2026-11-12", register.FieldEvidence: "- https://acme.example/programme\n- Interview of 12 November",
		register.FieldCorrection: "- The audit was done on 3 January\n- The body was told", register.FieldConsequences: "None: the audit found nothing that was not known.",
		register.FieldCauseMethod: "fishbone", register.FieldCategory: "governance", register.FieldRootCause: "- Nobody owned the programme\n- Nobody noticed that a date passed",
		register.FieldSimilarity: "The management review was held in time.", register.FieldActionPlan: "- [x] Name an owner @erik due:2027-01-08 cause:1 evidence:https://acme.example/owner\n- [x] Remind of dates @olga due:2027-01-09 cause:2 evidence:list",
		register.FieldCriteria: "Two audits in time.", register.FieldReviewer: "rita", register.FieldReviewDue: "2027-01-20", register.FieldISMSChange: "The procedure names the owner.", register.FieldCloseSummary: "Both audits took place.",
	})
	approval := func(event string, s register.Subject, o register.Outcome, by string, at int, round int) register.Approval {
		return register.Approval{Event: event, Subject: s, Outcome: o, By: by, At: day(at), How: register.ByComment, Round: round, Reason: "Seen in the list of " + event + "."}
	}
	refused := approval("e4", register.SubjectEffectiveness, register.Effective, "erik", 11, 0)
	refused.Refused = "G15: the reviewer owns the record"
	r.Approvals = []register.Approval{
		approval("e1", register.SubjectTriage, register.Approved, "irene", 2, 0), approval("e2", register.SubjectPlan, register.Approved, "irene", 4, 1), refused,
		approval("e5", register.SubjectEffectiveness, register.Ineffective, "rita", 12, 0), approval("e6", register.SubjectEffectiveness, register.Effective, "rita", 28, 1),
	}
	r.Dates = []register.MilestoneDate{
		{Milestone: register.MilestoneTriage, Date: "2027-01-03", Start: day(1)},
		{Milestone: register.MilestoneContainment, Date: "2027-01-02", Start: day(1)},
		{Milestone: register.MilestoneImplementation, Round: 1, Date: "2027-03-31", Start: day(2)},
	}
	r.Sent = []register.Sending{{To: "Body X", On: "2027-01-05", File: "response.html", SHA256: strings.Repeat("0a", 32), By: "irene", At: day(5), Event: "e7"}}
	return r
}

func of(r register.Record) response.Response {
	names := present.Names{People: map[string]string{"irene": "Irene Ismail", "erik": "Erik Engel", "olga": "Olga Owens", "rita": "Rita Review"}}
	at := day(30)
	return response.New(response.Source{
		Record: r, Names: names, At: at, Version: 12, Entry: 345,
		View: present.See(present.Facts{Record: r, Names: names}, register.Context{At: at}, register.DefaultPolicy()),
	})
}

func pageOf(t *testing.T, r register.Record) string {
	t.Helper()
	page, err := of(r).HTML()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// The pages of a finding that was only imported and of one that is closed are in testdata, to
// be looked at: open them in a browser.
func TestPages(t *testing.T) {
	improvement := reported()
	improvement.Ref, improvement.Fields[register.FieldKind], improvement.Fields[register.FieldGrade] = "OFI-2027-0001", "improvement", "ofi"
	for name, r := range map[string]register.Record{"reported": reported(), "closed": closed(), "improvement": improvement} {
		got, golden := pageOf(t, r), "testdata/"+name+".html"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s is another page (%v); look at it and run with -update:\n%s", name, err, got)
		}
	}
}

// What is missing is said in each place, and nothing that is missing in an import is missing at
// the end.
func TestMissingPartsAreSaid(t *testing.T) {
	const missing = "<em>not stated yet</em>"
	if n := strings.Count(pageOf(t, reported()), missing); n != 18 {
		t.Errorf("the page of an imported finding says %d times that something is not stated yet, want 18", n)
	}
	page := pageOf(t, closed())
	for _, want := range []string{
		"SA-2026/F-01", "2027-02-28", "The audit was done on 3 January", "Nobody owned the programme", "Actions for it: A1", "Name an owner", "Erik Engel", "2027-01-08", "done",
		"https://acme.example/programme", "Two audits in time.", "effectiveness review: ineffective, in an earlier round of work (Rita Review, 2027-01-12): Seen in the list of e5.",
		"effectiveness review: effective (Rita Review, 2027-01-28)", "action plan: approved", "met too late on 2027-01-03", "2027-01-05 to Body X: response.html (SHA-256 0a0a0a0a0a0a…), noted by Irene Ismail",
		"Record NC-2027-0007, version 12, as of 2027-01-30 09:30 UTC; the audit log tells of it up to entry 345.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "G15") {
		t.Error("the page tells of a decision that did not count")
	}
	// Evidence of an earlier version has no author, and no day.
	if n := strings.Count(strings.ReplaceAll(page, "<td>"+missing+"</td><td class=\"date\">"+missing+"</td></tr>", ""), missing); n != 0 {
		t.Errorf("the page of a closed finding says %d times that something is not stated yet", n)
	}
	doc, err := json.Marshal(of(reported()))
	if err != nil || !strings.Contains(string(doc), `"actions":[]`) || !strings.Contains(string(doc), `"correction":{"items":[],"since":""}`) {
		t.Errorf("as data: %s, %v", doc, err)
	}
}

// Whatever people write, the page has the same elements, and no character that hides or turns
// what others say.
func TestResponseOfHostileTexts(t *testing.T) {
	const wild = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'`{{.Record}}</style><!-- =cmd|'/C calc'!A0 javascript:alert(1) \x1b[2J\x00\u202eV\u2066\u2028\U000e0041\u200b\xff&lt;"
	elements := func(page string) []string { return regexp.MustCompile(`<[^>]*>`).FindAllString(page, -1) }
	tame, hostile := closed(), closed()
	spoil := func(s *string, plain string) { *s = plain + wild }
	for _, f := range []register.Field{
		register.FieldTitle, register.FieldSourceRef, register.FieldProblem, register.FieldRequirements, register.FieldLocation, register.FieldConsequences, register.FieldSimilarity,
		register.FieldCriteria, register.FieldISMSChange, register.FieldCloseSummary, register.FieldReviewer, register.FieldGrade, register.FieldDeadline, register.FieldCauseMethod,
	} {
		hostile.Fields[f] += wild
	}
	for _, f := range []register.Field{register.FieldCorrection, register.FieldRootCause, register.FieldEvidence} {
		hostile.Fields[f] = strings.ReplaceAll(hostile.Fields[f], "\n", wild+"\n") + wild
	}
	hostile.Fields[register.FieldActionPlan] = strings.ReplaceAll(hostile.Fields[register.FieldActionPlan], " @", wild+" @")
	for i := range hostile.Approvals {
		spoil(&hostile.Approvals[i].Reason, "Seen")
	}
	spoil(&hostile.Sent[0].To, "Body")
	spoil(&hostile.Sent[0].File, "file")
	spoil(&hostile.Ref, "NC")
	page := pageOf(t, hostile)
	if got, want := elements(page), elements(pageOf(t, tame)); !slices.Equal(got, want) {
		t.Errorf("the page has other elements with hostile texts:\n%q\nwant\n%q", got, want)
	}
	if i := strings.IndexFunc(page, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl) }); i >= 0 {
		t.Errorf("the page has the character %q", page[i:min(len(page), i+10)])
	}
	if strings.Count(page, "cmd|") < 30 {
		t.Errorf("the page shows the hostile text %d times only", strings.Count(page, "cmd|"))
	}
}
