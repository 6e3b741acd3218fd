package mapping_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// form is a description as GitHub renders an issue form.
const form = `### Source

Internal audit

### Source reference

IA-2026-02 / F-03

### Requirement not met

Annex A 5.18; Access policy 4.2

### What is wrong

Three leaver accounts were still enabled.

` + "```" + `
### Root cause

not a heading
` + "```" + `

### Date identified

01 Jul 2026

### Proposed grade

minor

### Root cause

_No response_

### Effectiveness reviewer

@BenB

### Checks

- [x] No personal data or secrets in this issue
`

func open(body string, labels ...string) *connectors.Issue {
	return &connectors.Issue{
		Ref:    connectors.Ref{ID: "7", Key: "acme/isms#7"},
		Status: connectors.Status{Name: "open"},
		Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: "Leaver accounts"}, connectors.Body: {Text: body}, connectors.Labels: {Items: labels},
			connectors.Assignee: {Text: "101"},
		},
	}
}

func TestAnIssueFormIsRead(t *testing.T) {
	v, problems := gitHub().View(open(form, "capa", "kind/nonconformity", "risk/high", "state/analysis", "Access", "conformd:blocked"))
	if len(problems) > 0 {
		t.Errorf("View() problems = %v, want none", problems)
	}
	want := map[register.Field]string{
		register.FieldTitle: "Leaver accounts", register.FieldKind: "nonconformity", register.FieldRisk: "high", register.FieldOwner: "ana",
		register.FieldLabels: "Access", register.FieldSource: "internal_audit", register.FieldSourceRef: "IA-2026-02 / F-03",
		register.FieldRequirements: "A.5.18\nAccess policy 4.2",
		register.FieldProblem:      "Three leaver accounts were still enabled.\n\n```\n### Root cause\n\nnot a heading\n```",
		register.FieldIdentified:   "2026-07-01", register.FieldGrade: "minor", register.FieldRootCause: "", register.FieldReviewer: "ben", register.FieldState: "analysis",
	}
	got := map[register.Field]string{}
	for f, s := range v {
		got[f] = s.Value
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("View() (-want +got):\n%s", d)
	}
}

func TestSectionsAreFoundWhateverPeopleDoToThem(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"moved and in another case", "### Checks\n\nx\n\n#### ROOT  cause:\n\nwhy\n", "why"},
		{"with closing hashes", "## Root cause ##\nwhy\n## Other\n", "why"},
		{"in bold", "### **Root cause**\n\nwhy", "why"},
		{"Windows line ends", "### Root cause\r\n\r\na\r\nb\r\n\r\n### Other\r\n", "a\nb"},
		{"missing", "nothing here", ""},
		{"no response, in any case", "### Root cause\n\n_no RESPONSE_  \n", ""},
		{"a template's hint is no answer", "### Root cause\n\n<!-- Describe the cause. -->\n", ""},
		{"N/A is an answer", "### Root cause\n\nN/A\n", "N/A"},
		{"a lesser heading belongs to it", "### Root cause\n\n#### Summary\n\na\n\n###### b\n\n### Next\n", "#### Summary\n\na\n\n###### b"},
		{"a heading of a higher level ends it", "### Root cause\n\na\n\n# Next\n\nb\n", "a"},
		{"a lesser heading that is mapped ends it", "## Root cause\n\na\n\n### What is wrong\n\nb\n", "a"},
		{"a lesser heading under one of level 2", "## Root cause\n\n### Summary\n\na\n", "#### Summary\n\na"},
		{"a lesser heading under one of level 4", "#### Root cause\n\n##### Summary\n\na\n", "#### Summary\n\na"},
		{"underlined", "Root cause\n----------\n\nwhy\n\nCorrection\n----\n", "why"},
		{"underlined, in two lines", "Root\ncause\n====\n\nwhy\n", "why"},
		{"with a link, code and a no-break space", "### [Root](https://acme.example) `cause`\n\nwhy\n", "why"},
		{"with a zero-width space", "### Root\u200b\u00a0cause\n\nwhy\n", "why"},
		{"with an entity", "### Root&nbsp;cause\n\nwhy\n", "why"},
		{"behind a fence in a list item", "- ```\n  ls\n  ```\n\n### Root cause\n\nwhy\n", "why"},
		{"behind nested fences", "````\n```\n### Root cause\n```\n````\n\n### Root cause\n\nwhy\n", "why"},
		{"with folded text that has headings", "### Root cause\n\n<details>\n\n### Timeline\n\na\n\n</details>\n\nwhy\n", "<details>\n\n### Timeline\n\na\n\n</details>\n\nwhy"},
		{"in indented code it is no heading", "    ### Root cause\n\nfake\n", ""},
		{"in a quote it is no heading", "> ### Root cause\n\nfake\n", ""},
		{"in a list item it is no heading", "- ### Root cause\n\nfake\n", ""},
		{"in a folded part it is no heading", "<details>\n\n### Root cause\n\nfake\n\n</details>\n", ""},
		{"inside a fence it is no heading", "```\n### Root cause\nfake\n```\n", ""},
		{"inside a comment it is no heading", "<!--\n### Root cause\nfake\n-->\n", ""},
		{"behind a fence that never ends it is code", "```\ncode\n\n### Root cause\n\nwhy\n", ""},
		{"our own last line is not part of it", "### Root cause\n\nwhy\n\nLinked by conformd: ISMS-42\n<!-- conformd 01 -->\n", "why"},
		{"a mention pings nobody elsewhere", "### Root cause\n\nask @ana\n", "ask @\u200bana"},
	} {
		v, _ := gitHub().View(open(tc.body))
		if got := v[register.FieldRootCause].Value; got != tc.want {
			t.Errorf("%s: root cause of %q = %q, want %q", tc.name, tc.body, got, tc.want)
		}
	}
}

func TestWhatCannotBeReadIsAProblemAndNotAValue(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		labels     []string
		field      register.Field
		code, what string
	}{
		{"unknown grade", "### Grade\n\nSevere\n", nil, register.FieldGrade, "unknown-value", `the heading "Proposed grade" says "Severe", which is none of "Major", "Minor", "Observation", "Note"`},
		{"no date", "### Date identified\n\nlast week\n", nil, register.FieldIdentified, "not-a-date", `the heading "Date identified" says "last week", which is not a date`},
		{"nobody we know", "### Effectiveness reviewer\n\nthe new colleague\n", nil, register.FieldReviewer, "unknown-person", `the heading "Effectiveness reviewer" says "the new colleague", which is no known person`},
		{"two headings", "### Root cause\n\na\n\n### Root cause\n\nb\n", nil, register.FieldRootCause, "duplicate-heading", `the heading "Root cause" occurs more than once`},
		{"two labels", "", []string{"risk/low", "risk/high"}, register.FieldRisk, "duplicate-label", `the labels "risk/high" and "risk/low" exclude each other`},
		{"unknown label", "", []string{"risk/extreme"}, register.FieldRisk, "unknown-value", `there is the label "risk/extreme", which is none of "risk/critical", "risk/high", "risk/medium", "risk/low"`},
	} {
		v, problems := gitHub().View(open(tc.body, tc.labels...))
		if len(problems) != 1 || problems[0].Field != tc.field || problems[0].Code != tc.code || problems[0].What.String() != tc.what || problems[0].Remedy == "" {
			t.Errorf("%s: View() problems = %+v, want %s %s: %s", tc.name, problems, tc.field, tc.code, tc.what)
		}
		if s, ok := v[tc.field]; ok {
			t.Errorf("%s: View()[%s] = %+v, want it unknown", tc.name, tc.field, s)
		}
	}
}

// TestAPlaceThatIsGoneIsNotEmpty: a value is known to be empty only where its place is
// there and empty.
func TestAPlaceThatIsGoneIsNotEmpty(t *testing.T) {
	empty := "### Root cause\n\n_No response_\n"
	for _, tc := range []struct {
		name   string
		is     *connectors.Issue
		field  register.Field
		why    mapping.Absence // "" where the value is known
		remedy string
		hidden bool
	}{
		{"an empty heading", open(empty), register.FieldRootCause, "", "", false},
		{"the heading below an empty one was deleted", open("### Root cause\n\n_No response_\n\n_No response_\n"), register.FieldRootCause, "", "", false},
		{"the same of a date", open("### Date identified\n\n_No response_\n\n_No response_\n"), register.FieldIdentified, "", "", false},
		{"the same of a line", open("### Source reference\n\n_No response_\n\n_No response_\n"), register.FieldSourceRef, "", "", false},
		{"a heading that was deleted", open("Three accounts."), register.FieldRootCause, mapping.Unplaced, "put it back", false},
		{"a heading that was reworded", open("### Root cause (5 whys)\n\nNobody tells IT."), register.FieldRootCause, mapping.Unplaced, `rename the heading "Root cause (5 whys)" to "Root cause"`, false},
		{"a heading that was mistyped", open("### Rooot cause\n\nNobody tells IT."), register.FieldRootCause, mapping.Unplaced, `rename the heading "Rooot cause"`, false},
		{"another heading is no rewording", open("### Notes\n\nNobody tells IT."), register.FieldRootCause, mapping.Unplaced, "put it back", false},
		{"a body that was replaced", open("This issue is managed by the bot."), register.FieldSourceRef, mapping.Unplaced, "put it back", false},
		{"a label that was taken off or renamed", open(empty, "severity/high"), register.FieldRisk, mapping.Unplaced, `put one of "risk/critical"`, false},
		{"a description that is not shown", open(empty), register.FieldRootCause, mapping.Hidden, "administrator", true},
	} {
		if tc.hidden {
			delete(tc.is.Fields, connectors.Body)
		}
		r := gitHub().Read(tc.is)
		s, known := r.View[tc.field]
		u := r.Unknown[tc.field]
		if known != (tc.why == "") || known && s.Value != "" || u.Why != tc.why || !strings.Contains(u.Remedy.String(), tc.remedy) {
			t.Errorf("%s: %s is %+v (known %t), unknown %+v, want unknown %q with the remedy %q", tc.name, tc.field, s, known, u, tc.why, tc.remedy)
		}
	}
}

func TestAFieldTheIssueLacksIsAbsent(t *testing.T) {
	is := &connectors.Issue{Status: connectors.Status{Name: "analysis"}, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}}}
	v, _ := jira().View(is)
	if want := (mapping.View{register.FieldTitle: {Raw: "x", Value: "x"}, register.FieldState: {Raw: "Analysis", Value: "analysis"}}); !cmp.Equal(v, want) {
		t.Errorf("View() = %v, want %v", v, want)
	}
	if _, err := jira().Patch(is, map[register.Field]string{register.FieldRootCause: "why"}); err == nil {
		t.Error("Patch() of a field the issue has no place for = nil, want an error")
	}
}

func TestStates(t *testing.T) {
	for _, tc := range []struct {
		name          string
		p             *mapping.Profile
		status        connectors.Status
		labels        []string
		raw, value    string
		want          string // state to write, "" for reading only
		target        *connectors.Target
		added, remove []string
	}{
		{"a status", jira(), connectors.Status{Name: "plan APPROVAL"}, nil, "Plan approval", "planning", "", nil, nil, nil},
		{"a resolution", jira(), connectors.Status{Name: "Closed", Reason: "exception accepted"}, nil, "Closed / Exception accepted", "accepted", "", nil, nil, nil},
		{"an unknown resolution", jira(), connectors.Status{Name: "Closed", Reason: "Won't do"}, nil, "", "", "", nil, nil, nil},
		{"a label", gitHub(), connectors.Status{Name: "open"}, []string{"State/Planning"}, "open / state/planning", "planning", "", nil, nil, nil},
		{"a reason", gitHub(), connectors.Status{Name: "closed", Reason: "duplicate"}, nil, "closed / duplicate", "rejected", "", nil, nil, nil},
		{"the status it has stays", jira(), connectors.Status{Name: "Plan approval"}, nil, "Plan approval", "planning", "planning", nil, nil, nil},
		{"the preferred status is written", jira(), connectors.Status{Name: "Analysis"}, nil, "Analysis", "analysis", "planning", &connectors.Target{Name: "Action plan"}, nil, nil},
		{"with its resolution", jira(), connectors.Status{Name: "Effectiveness check"}, nil, "Effectiveness check", "verifying", "closed", &connectors.Target{Name: "Closed", Reason: "Effective"}, nil, nil},
		{"only the label where that is enough", gitHub(), connectors.Status{Name: "open"}, []string{"state/analysis", "bug"}, "open / state/analysis", "analysis", "planning", nil, []string{"state/planning"}, []string{"state/analysis"}},
		{"a closed issue is opened", gitHub(), connectors.Status{Name: "closed", Reason: "completed"}, nil, "closed", "closed", "verifying", &connectors.Target{Name: "open"}, []string{"state/verifying"}, nil},
		{"back to the state without a label", gitHub(), connectors.Status{Name: "open"}, []string{"state/analysis"}, "open / state/analysis", "analysis", "reported", nil, nil, []string{"state/analysis"}},
		{"a state GitHub does not tell apart is the one before", gitHub(), connectors.Status{Name: "open"}, nil, "open", "reported", "implementing", nil, []string{"state/planning"}, nil},
	} {
		is := open("", tc.labels...)
		is.Status = tc.status
		delete(is.Fields, connectors.Assignee)
		v, problems := tc.p.View(is)
		s, ok := v[register.FieldState]
		if s.Raw != tc.raw || s.Value != tc.value || ok != (tc.raw != "") || len(problems) != 0 != (tc.raw == "") {
			t.Errorf("%s: state = %+v, %v, want %q %q", tc.name, s, problems, tc.raw, tc.value)
		}
		if tc.want == "" {
			continue
		}
		raw, ok := tc.p.Aim(v, register.FieldState, tc.want, "")
		patch, err := tc.p.Patch(is, map[register.Field]string{register.FieldState: raw})
		want := connectors.Patch{Status: tc.target, AddLabels: tc.added, RemoveLabels: tc.remove}
		if d := cmp.Diff(want, patch); !ok || err != nil || d != "" {
			t.Errorf("%s: Patch(%q), %v, %v (-want +got):\n%s", tc.name, raw, ok, err, d)
		}
	}
	if raw, ok := gitHub().Project(register.FieldState, "accepted"); ok {
		t.Errorf("Project(state, accepted) = %q, want not ok: GitHub has no such state", raw)
	}
}

func TestValuesInBothVocabularies(t *testing.T) {
	long := strings.Repeat("word ", 20000)
	for _, tc := range []struct {
		name       string
		p          *mapping.Profile
		f          register.Field
		value, raw string
		ok         bool
	}{
		{"a person", jira(), register.FieldOwner, "ana", "557058:a1", true},
		{"somebody without an account there", jira(), register.FieldOwner, "carol", "", false},
		{"an account of this tracker that is nobody's", gitHub(), register.FieldOwner, "account:gh-isms:900", "900", true},
		{"an account of another tracker", gitHub(), register.FieldOwner, "account:jira-isms:900", "", false},
		{"a person in a section, without a ping", gitHub(), register.FieldReviewer, "ana", "ana-gh", true},
		{"of two spellings the first", jira(), register.FieldRisk, "low", "Low", true},
		{"a value without a pair", jira(), register.FieldKind, "observation", "", false},
		{"a value without pairs", jira(), register.FieldSource, "internal_audit", "Internal audit", true},
		{"a value in a label", gitHub(), register.FieldRisk, "high", "high", true},
		{"a heading cannot be forged", gitHub(), register.FieldRootCause, "a\n### What is wrong\nb", "a\n##### What is wrong\nb", true},
		{"nor in one line", gitHub(), register.FieldSourceRef, "### What is wrong", `\### What is wrong`, true},
		{"nor with a line below it", gitHub(), register.FieldRootCause, "No owner\nor team\n---\nText", "#### No owner or team\nText", true},
		{"a quote is no list", gitHub(), register.FieldRequirements, "> 5.18", `\> 5.18`, true},
		{"nor is markup", gitHub(), register.FieldRequirements, "<b>", `\<b>`, true},
		{"an open code block is closed", gitHub(), register.FieldRootCause, "```\nx", "```\nx\n```", true},
		{"Markdown becomes wiki", jira(), register.FieldRootCause, "**no** `owner`", "*no* {{owner}}", true},
		{"labels without spaces in Jira", jira(), register.FieldLabels, "good first issue\ncapa\nBug", "Bug\ngood-first-issue", true},
		{"a title is one line", gitHub(), register.FieldTitle, "a\n b", "a b", true},
		{"a title is cut", gitHub(), register.FieldTitle, long, strings.TrimRight(string([]rune(strings.TrimSpace(long))[:255]), " ") + "…", true},
		{"requirements", gitHub(), register.FieldRequirements, "Annex A 5.18\na.8.2\nA5.1\nClause 9.2\nAccess policy 4.2", "9.2\nA.5.1\nA.5.18\nA.8.2\nAccess policy 4.2", true},
		{"no field of the profile", jira(), register.FieldISMSChange, "x", "", false},
	} {
		raw, ok := tc.p.Project(tc.f, tc.value)
		if raw != tc.raw || ok != tc.ok {
			t.Errorf("%s: Project(%s, %.60q) = %.80q, %t, want %.80q, %t", tc.name, tc.f, tc.value, raw, ok, tc.raw, tc.ok)
		}
	}
}

func TestALongTextIsCutAndSaysSo(t *testing.T) {
	p := jira()
	p.More = "https://capa.acme.org/NC-2026-0007"
	value := strings.Repeat("**why** {it} happened\n\n", 3000)
	raw, ok := p.Project(register.FieldRootCause, value)
	if n := len([]rune(raw)); !ok || n > p.BodyLimit || n < p.BodyLimit/2 {
		t.Fatalf("Project() has %d runes, want nearly %d", n, p.BodyLimit)
	}
	if !strings.HasSuffix(raw, "… (cut, full text in https://capa.acme.org/NC-2026-0007)") && !strings.HasSuffix(raw, "[https://capa.acme.org/NC-2026-0007])") {
		t.Errorf("Project() ends in %q, want the note", raw[len(raw)-80:])
	}
	is := open("")
	is.Fields[connectors.Custom("Root cause")] = connectors.Value{Text: raw}
	v, _ := p.View(is)
	if s := v[register.FieldRootCause]; s.Raw != raw || !strings.Contains(s.Problem, "cut copy") {
		t.Errorf("View() = problem %q, want a cut copy", s.Problem)
	}
}

func TestPatchTouchesOnlyWhatIsNamed(t *testing.T) {
	p := gitHub()
	is := open(form+"\nLinked by conformd: ISMS-42\n", "bug", "Risk/Low", "capa")
	want := map[register.Field]string{register.FieldRootCause: "No owner.", register.FieldRisk: "high", register.FieldLabels: "bug\nhr", register.FieldOwner: "102"}
	got, err := p.Patch(is, want)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(form, "### Root cause\n\n_No response_", "### Root cause\n\nNo owner.", 1) + "\nLinked by conformd: ISMS-42\n"
	if d := cmp.Diff(connectors.Patch{
		Set:       map[connectors.Field]connectors.Value{connectors.Body: {Text: body}, connectors.Assignee: {Text: "102"}},
		AddLabels: []string{"hr", "risk/high"}, RemoveLabels: []string{"Risk/Low"},
	}, got); d != "" {
		t.Errorf("Patch() (-want +got):\n%s", d)
	}
	for name, want := range map[string]map[register.Field]string{
		"a field that is not mapped": {register.FieldISMSChange: "x"},
		"a status that is not there": {register.FieldState: "nirvana"},
		"a value that is not there":  {register.FieldGrade: "Huge"},
		"an empty title":             {register.FieldTitle: ""},
		"a text that is too long":    {register.FieldRootCause: strings.Repeat("x", 70000)},
	} {
		if got, err := p.Patch(is, want); err == nil {
			t.Errorf("Patch() of %s = %+v, want an error", name, got)
		}
	}
	if got, err := p.Patch(open("~~~\nopen"), map[register.Field]string{register.FieldRootCause: "~~~\nx\n~~~"}); err == nil {
		t.Errorf("Patch() below an open code block = %+v, want an error", got)
	}
}

func TestDraft(t *testing.T) {
	p := gitHub()
	d, err := p.Draft(map[register.Field]string{
		register.FieldTitle: "Leaver accounts", register.FieldProblem: "They stay enabled.", register.FieldRisk: "high",
		register.FieldLabels: "Access", register.FieldState: "open / state/analysis", register.FieldOwner: "101",
	}, "nc-2026-0007", "[ISMS-42](https://acme.atlassian.net/browse/ISMS-42)")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(d.Fields[connectors.Body].Text, "### Source\n\n_No response_\n\n### Source reference\n\n_No response_\n\n") ||
		!strings.Contains(d.Fields[connectors.Body].Text, "### What is wrong\n\nThey stay enabled.\n\n### Date identified\n\n_No response_\n") ||
		!strings.HasSuffix(d.Fields[connectors.Body].Text, "### Effectiveness reviewer\n\n_No response_\n\nLinked by conformd: [ISMS-42](https://acme.atlassian.net/browse/ISMS-42)\n") {
		t.Errorf("Draft() body = %q", d.Fields[connectors.Body].Text)
	}
	delete(d.Fields, connectors.Body)
	if diff := cmp.Diff(connectors.Draft{Marker: "nc-2026-0007", Fields: map[connectors.Field]connectors.Value{
		connectors.Title: {Text: "Leaver accounts"}, connectors.Assignee: {Text: "101"}, connectors.Labels: {Items: []string{"Access", "risk/high", "state/analysis"}},
	}}, d); diff != "" {
		t.Errorf("Draft() (-want +got):\n%s", diff)
	}
	wiki, err := jira().Draft(map[register.Field]string{register.FieldTitle: "x", register.FieldProblem: "*no*", register.FieldRequirements: "9.2\nA.5.18", register.FieldState: "Analysis"}, "nc-2026-0007", "acme/isms#7")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[connectors.Field]connectors.Value{
		connectors.Title: {Text: "x"}, connectors.Body: {Text: "*no*\n\nLinked by conformd: acme/isms#7\n"}, connectors.Custom("Requirement not met"): {Items: []string{"9.2", "A.5.18"}},
	}, wiki.Fields); diff != "" {
		t.Errorf("Draft() (-want +got):\n%s", diff)
	}
	if _, err := p.Draft(nil, "nc-2026-0007", ""); err == nil {
		t.Error("Draft() without a title = nil, want an error")
	}
}

func TestActionsHaveTheirOwnWords(t *testing.T) {
	p := &mapping.Profile{
		Binding: "gh-platform", Role: mapping.RoleAction, Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"},
		Fields: []mapping.FieldMap{at(register.FieldTitle, mapping.KindTitle, ""), at(register.FieldKind, mapping.KindLabel, "action/")},
		States: []mapping.StateMap{
			{Status: "open", State: register.State(register.ActionInProgress)},
			{Status: "closed", Reason: "not_planned", State: register.State(register.ActionCancelled)},
			{Status: "closed", State: register.State(register.ActionDone)},
		},
	}
	if pr := p.Validate(); len(pr) > 0 {
		t.Fatalf("Validate() = %v, want no problems", pr)
	}
	is := open("", "action/corrective")
	is.Status = connectors.Status{Name: "closed", Reason: "not_planned"}
	v, _ := p.View(is)
	if got := v[register.FieldKind].Value + " " + v[register.FieldState].Value; got != "corrective cancelled" {
		t.Errorf("View() = %q, want %q", got, "corrective cancelled")
	}
}
