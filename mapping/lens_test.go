package mapping_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

func section(f register.Field, name string, aliases ...string) mapping.FieldMap {
	return mapping.FieldMap{Field: f, Remote: mapping.Remote{Kind: mapping.KindSection, Name: name, Aliases: aliases}}
}

func at(f register.Field, k mapping.RemoteKind, name string, values ...mapping.Pair) mapping.FieldMap {
	return mapping.FieldMap{Field: f, Remote: mapping.Remote{Kind: k, Name: name}, Values: values}
}

// gitHub is a repository with an issue form and labels.
func gitHub() *mapping.Profile {
	return &mapping.Profile{
		Binding: "gh-isms", Role: mapping.RoleRecord, Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"}, TitleLimit: 256, BodyLimit: 65536,
		Fields: []mapping.FieldMap{
			at(register.FieldTitle, mapping.KindTitle, ""),
			at(register.FieldKind, mapping.KindLabel, "kind/"),
			at(register.FieldRisk, mapping.KindLabel, "risk/"),
			at(register.FieldOwner, mapping.KindAssignee, ""),
			at(register.FieldDue, mapping.KindLabel, "due/"),
			at(register.FieldLabels, mapping.KindLabels, ""),
			section(register.FieldSource, "Source"),
			section(register.FieldSourceRef, "Source reference"),
			section(register.FieldRequirements, "Requirement not met"),
			section(register.FieldStandards, "Standards"),
			section(register.FieldProblem, "What is wrong", "What happened"),
			section(register.FieldIdentified, "Date identified"),
			{
				Field: register.FieldGrade, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Proposed grade", Aliases: []string{"Grade"}},
				Values: []mapping.Pair{{From: "Major", To: "major"}, {From: "Minor", To: "minor"}, {From: "Observation", To: "observation"}, {From: "Note", To: "observation"}},
			},
			section(register.FieldRootCause, "Root cause"),
			section(register.FieldReviewer, "Effectiveness reviewer"),
		},
		States: []mapping.StateMap{
			{Status: "open", Label: "state/analysis", State: register.Analysis},
			{Status: "open", Label: "state/planning", State: register.Planning},
			{Status: "open", Label: "state/verifying", State: register.Verifying},
			{Status: "open", State: register.Reported},
			{Status: "closed", Reason: "not_planned", State: register.StateRejected},
			{Status: "closed", Reason: "duplicate", State: register.StateRejected},
			{Status: "closed", State: register.Closed},
		},
		People: []mapping.Account{
			{Person: "ana", ID: "101", Login: "ana-gh"},
			{Person: "ben", ID: "102", Login: "benb"},
		},
		OwnLabels: []string{"capa", "conformd:"},
		Commands:  true,
	}
}

// plainGitHub keeps one text in the whole description.
func plainGitHub() *mapping.Profile {
	p := gitHub()
	p.Fields = slices.DeleteFunc(p.Fields, func(m mapping.FieldMap) bool { return m.Remote.Kind == mapping.KindSection })
	p.Fields = append(p.Fields, at(register.FieldProblem, mapping.KindBody, ""))
	return p
}

// jira is a project with custom fields and a workflow.
func jira() *mapping.Profile {
	return &mapping.Profile{
		Binding: "jira-isms", Role: mapping.RoleRecord, Markup: mapping.MarkupWiki, LabelLimit: 255, TitleLimit: 255, BodyLimit: 32767,
		Fields: []mapping.FieldMap{
			at(register.FieldTitle, mapping.KindTitle, ""),
			at(register.FieldKind, mapping.KindType, "", mapping.Pair{From: "Nonconformity", To: "nonconformity"}, mapping.Pair{From: "Improvement opportunity", To: "improvement"}),
			at(register.FieldRisk, mapping.KindPriority, "",
				mapping.Pair{From: "Highest", To: "critical"}, mapping.Pair{From: "High", To: "high"}, mapping.Pair{From: "Medium", To: "medium"},
				mapping.Pair{From: "Low", To: "low"}, mapping.Pair{From: "Lowest", To: "low"}),
			at(register.FieldOwner, mapping.KindAssignee, ""),
			at(register.FieldDue, mapping.KindDue, ""),
			at(register.FieldLabels, mapping.KindLabels, ""),
			at(register.FieldProblem, mapping.KindBody, ""),
			at(register.FieldRootCause, mapping.KindField, "Root cause"),
			at(register.FieldRequirements, mapping.KindField, "Requirement not met"),
			at(register.FieldStandards, mapping.KindField, "Standards"),
			at(register.FieldCategory, mapping.KindField, "Cause category"),
			at(register.FieldSource, mapping.KindField, "Source"),
			at(register.FieldReviewer, mapping.KindField, "Effectiveness reviewer"),
			at(register.FieldSourceRef, mapping.KindField, "Source reference"),
			at(register.FieldIdentified, mapping.KindField, "Date identified"),
		},
		States: []mapping.StateMap{
			{Status: "Reported", State: register.Reported},
			{Status: "Analysis", State: register.Analysis},
			{Status: "Action plan", State: register.Planning},
			{Status: "Plan approval", State: register.Planning},
			{Status: "Implementing", State: register.Implementing},
			{Status: "Effectiveness check", State: register.Verifying},
			{Status: "Closed", Reason: "Exception accepted", State: register.Accepted},
			{Status: "Closed", Reason: "Rejected", State: register.StateRejected},
			{Status: "Closed", Reason: "Effective", State: register.Closed},
		},
		People: []mapping.Account{
			{Person: "ana", ID: "557058:a1", Login: ""},
			{Person: "ben", ID: "557058:b2"},
		},
		OwnLabels: []string{"capa", "conformd:"},
		Approvals: []mapping.ApprovalMap{
			{From: "Plan approval", To: "Implementing", Subject: register.SubjectPlan, Outcome: register.Approved},
			{From: "Effectiveness check", To: "Closed", Subject: register.SubjectEffectiveness, Outcome: register.Effective},
		},
		Commands: true,
	}
}

func profiles() map[string]*mapping.Profile {
	return map[string]*mapping.Profile{"GitHub with sections": gitHub(), "GitHub without": plainGitHub(), "Jira": jira()}
}

// apply does to an issue what a tracker does with a patch.
func apply(is *connectors.Issue, p connectors.Patch) *connectors.Issue {
	out := *is
	out.Fields = maps.Clone(is.Fields)
	maps.Copy(out.Fields, p.Set)
	labels := slices.DeleteFunc(slices.Clone(is.Fields[connectors.Labels].Items), func(l string) bool { return slices.Contains(p.RemoveLabels, l) })
	labels = append(labels, p.AddLabels...)
	slices.Sort(labels)
	if len(p.AddLabels)+len(p.RemoveLabels) > 0 {
		out.Fields[connectors.Labels] = connectors.Value{Items: slices.Compact(labels)}
	}
	if p.Status != nil {
		out.Status = connectors.Status{Name: p.Status.Name, Reason: p.Status.Reason}
	}
	return &out
}

var bodyPieces = rapid.SampledFrom([]string{
	"### Root cause\n", "## root cause:\r\n", "### What happened\n", "#### Proposed grade ##\n", "### Timeline\n", "###Nothing\n", "# Big\n", "##### small\n",
	"\n", "\n\n", "\r\n", "  \n", "_No response_\n", "_no response_ \n", "Minor\n", "text", "more text\n", "- a\n", "```\n", "~~~~\n", "``` go\n", "<!-- hint -->\n", "<!--\n", "-->\n",
	"@ana-gh", "2026-07-01\n", "### Date identified\n", "### Requirement not met\n", "A.5.18; 9.2\n", "### Standards\n", "ISO 9001, SOC 2\n", "- [x] NIS2\n", "Linked by conformd: ISMS-42\n", "<!-- conformd 1234 -->\n", "\x00", "\xff", "\u2028", "    code\n", "> quote\n", "\\", "|", "é",
	"{quote}\n", "{code}\n", "*bold*", "h3. x\n", "|a|b|\n",
})

var texts = rapid.OneOf(
	rapid.Map(rapid.SliceOfN(bodyPieces, 0, 6), func(p []string) string { return strings.Join(p, "") }),
	rapid.String(),
	rapid.SampledFrom([]string{"", "_No response_", "plain", "two\n\nparagraphs", "### Root cause\n\nforged", "```\nopen", "<!-- open", "> quoted", "<b>", "Linked by conformd: x", "###", "\\### x", "@ana"}),
)

func valueOf(t *rapid.T, fi register.FieldInfo) string {
	switch fi.Type {
	case register.TypeEnum:
		if fi.Field == register.FieldState {
			return rapid.SampledFrom([]string{"reported", "analysis", "planning", "implementing", "verifying", "closed", "accepted", "rejected"}).Draw(t, "state")
		}
		if fi.Enum == nil {
			return rapid.SampledFrom([]string{"", "internal_audit", "incident", "x"}).Draw(t, "enum")
		}
		return rapid.SampledFrom(append([]string{""}, fi.Enum...)).Draw(t, "enum")
	case register.TypeDate:
		return rapid.SampledFrom([]string{"", "2026-07-01", "2026-12-31"}).Draw(t, "date")
	case register.TypePerson:
		return rapid.SampledFrom([]string{"", "ana", "ben", "nobody", "account:gh-isms:77", "account:jira-isms:x", "account:gh-isms:###"}).Draw(t, "person")
	default:
		if fi.Field == register.FieldStandards {
			return rapid.SampledFrom([]string{"", "iso9001", "iso27001\niso27701-2019\nnis2", "iso4711", "of a later version\niso9001"}).Draw(t, "standards")
		}
		s := texts.Draw(t, "text")
		if fi.Field == register.FieldTitle && strings.TrimSpace(s) == "" {
			return "title"
		}
		return s
	}
}

func anyIssue(t *rapid.T, p *mapping.Profile) *connectors.Issue {
	is := &connectors.Issue{Fields: map[connectors.Field]connectors.Value{
		connectors.Title:    {Text: rapid.SampledFrom([]string{"Leaver accounts", " a  b ", "x\ny"}).Draw(t, "title")},
		connectors.Body:     {Text: strings.Join(rapid.SliceOfN(bodyPieces, 0, 16).Draw(t, "body"), "")},
		connectors.Assignee: {Text: rapid.SampledFrom([]string{"", "101", "999", "557058:b2"}).Draw(t, "assignee")},
		connectors.Type:     {Text: "Nonconformity"},
		connectors.Priority: {Text: rapid.SampledFrom([]string{"Lowest", "Low", "High", "Odd"}).Draw(t, "priority")},
		connectors.Due:      {Text: rapid.SampledFrom([]string{"", "2026-08-01"}).Draw(t, "due")},
		connectors.Labels: {Items: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
			"bug", "Bug", "good first issue", "capa", "conformd:blocked", "kind/improvement", "Kind/Observation", "risk/high", "state/planning", "State/Analysis", "due/2026-09-01", "grade",
		}), 0, 5, rapid.ID[string]).Draw(t, "labels")},
	}}
	for _, m := range p.Fields {
		if m.Remote.Kind == mapping.KindField {
			is.Fields[connectors.Custom(m.Remote.Name)] = connectors.Value{Text: rapid.SampledFrom([]string{"", "process", "2026-07-01", "*why*\r\n\r\n# a", "A.5.18", "ISO 9001; ISO/IEC 27701:2019"}).Draw(t, m.Remote.Name)}
		}
	}
	s := rapid.SampledFrom(p.States).Draw(t, "status")
	is.Status = connectors.Status{Name: s.Status, Reason: s.Reason}
	return is
}

// TestLens holds the laws of the package comment for arbitrary issues and values.
func TestLens(t *testing.T) {
	for name, p := range profiles() {
		t.Run(name, func(t *testing.T) {
			if pr := p.Validate(); len(pr) > 0 {
				t.Fatalf("Validate() = %v, want no problems", pr)
			}
			refused, done := 0, 0
			rapid.Check(t, func(t *rapid.T) {
				is := anyIssue(t, p)
				before, _ := p.View(is)
				for f, s := range before {
					raw, ok := p.Project(f, s.Value)
					if !ok {
						t.Fatalf("Project(%s, %q) = not ok, want what the side shows itself", f, s.Value)
					}
					if got, ok := p.Lift(f, raw); !ok || got != s.Value {
						t.Fatalf("%s: Lift(Project(%q)) = %q, want no change", f, s.Value, got)
					}
				}
				shown := map[register.Field]string{}
				for f, s := range before {
					shown[f] = s.Raw
				}
				if shown[register.FieldTitle] == "" {
					delete(shown, register.FieldTitle)
				}
				if patch, err := p.Patch(is, shown); err != nil || !patch.Empty() {
					t.Fatalf("Patch(what is shown) = %+v, %v, want an empty patch", patch, err)
				}
				want, value := map[register.Field]string{}, map[register.Field]string{}
				for _, fi := range register.Fields() {
					if _, ok := before[fi.Field]; !ok || rapid.Bool().Draw(t, "leave "+string(fi.Field)) {
						continue
					}
					if raw, ok := p.Project(fi.Field, valueOf(t, fi)); ok {
						want[fi.Field] = raw
						value[fi.Field], _ = p.Lift(fi.Field, raw)
					}
				}
				if want[register.FieldTitle] == "" {
					delete(want, register.FieldTitle)
				}
				patch, err := p.Patch(is, want)
				if err != nil {
					refused++
					if !strings.ContainsAny(is.Fields[connectors.Body].Text, "`~<") {
						t.Fatalf("Patch(%q) = %v, want a patch: nothing is left open in %q", want, err, is.Fields[connectors.Body].Text)
					}
					return
				}
				done++
				is2 := apply(is, patch)
				after, _ := p.View(is2)
				for f, raw := range want {
					if after[f].Raw != raw && (after[f].Value != value[f] || after[f].Raw != before[f].Raw) {
						t.Fatalf("after Patch: %s shows %q, want %q", f, after[f].Raw, raw)
					}
				}
				for f, s := range before {
					if _, ok := want[f]; !ok && after[f] != s {
						t.Fatalf("after Patch(%q): %s shows %q, want %q as before", want, f, after[f], s)
					}
				}
				if again, err := p.Patch(is2, want); err != nil || !again.Empty() {
					t.Fatalf("second Patch = %+v, %v, want an empty patch", again, err)
				}
				for _, l := range append(slices.Clone(patch.AddLabels), patch.RemoveLabels...) {
					if l == "capa" || strings.HasPrefix(l, "conformd:") {
						t.Fatalf("Patch touches label %q, which is nobody's field", l)
					}
				}
			})
			t.Logf("%d patched, %d refused for an open code block", done, refused)
			if refused > done {
				t.Errorf("%d of %d patches refused, want few", refused, done+refused)
			}
		})
	}
}

// TestOnlyTheNamedBlockChanges compares bytes: a body is cut at its headings by
// a regular expression of the test's own, and all but one piece must stay.
func TestOnlyTheNamedBlockChanges(t *testing.T) {
	p := gitHub()
	plain := rapid.SampledFrom([]string{
		"### Root cause\n", "## ROOT CAUSE:\r\n", "### Timeline\n", "#### Detail\n", "##### Small\n", "### What is wrong\r\n", "#### What is wrong\n",
		"text\n", " spaced text \n", "\n", "\r\n", "- [x] done\r\n", "_No response_\n", "# Title\n", "tail",
	})
	rapid.Check(t, func(t *rapid.T) {
		body := strings.Join(rapid.SliceOfN(plain, 0, 14).Draw(t, "body"), "")
		value := rapid.SampledFrom([]string{"", "because", "a\n\nb", "### forged\nx", "# What is wrong\nx"}).Draw(t, "value")
		is := &connectors.Issue{
			Status: connectors.Status{Name: "open"},
			Fields: map[connectors.Field]connectors.Value{connectors.Body: {Text: body}},
		}
		raw, _ := p.Project(register.FieldRootCause, value)
		patch, err := p.Patch(is, map[register.Field]string{register.FieldRootCause: raw})
		if u := p.Read(is).Unknown[register.FieldRootCause]; u.Why == mapping.Unreadable {
			if err == nil {
				t.Fatalf("Patch(%q) = %+v, want it refused: the heading is there twice", body, patch)
			}
			return
		}
		if err != nil {
			t.Fatalf("Patch = %v", err)
		}
		after := apply(is, patch).Fields[connectors.Body].Text
		if after == body {
			return
		}
		before, section, behind, found := around(body, "root cause")
		if !found {
			if !strings.HasPrefix(after, body) {
				t.Fatalf("Patch(%q) = %q, want the section added behind it", body, after)
			}
			return
		}
		now, ok := strings.CutPrefix(after, before)
		now, too := strings.CutSuffix(now, behind)
		if !ok || !too {
			t.Fatalf("Patch(%q) = %q, want only %q changed", body, after, section)
		}
		plain := strings.Contains(strings.ReplaceAll(section, "\r\n", ""), "\n") // of lines that end otherwise
		if strings.Contains(body, "\r\n") && !plain && value == "a\n\nb" && !strings.Contains(now, "a\r\n\r\nb") {
			t.Fatalf("Patch(%q) = %q, want Windows line ends kept", body, after)
		}
	})
}

// around cuts a description, without code, at the section with a title: it ends at a
// heading of its own or a higher level, and at a mapped heading.
func around(body, title string) (before, section, behind string, found bool) {
	heading := regexp.MustCompile(`^(#{1,6}) +(.*?):?[\r\n]*$`)
	level, from, to := 0, len(body), len(body)
	at := 0
	for line := range strings.Lines(body) {
		m := heading.FindStringSubmatch(line)
		at += len(line)
		if m == nil {
			continue
		}
		name := strings.ToLower(m[2])
		switch mapped := len(m[1]) <= 4 && (name == "root cause" || name == "what is wrong"); {
		case level == 0 && mapped && name == title:
			level, from = len(m[1]), at
		case level > 0 && (mapped || len(m[1]) <= level):
			to = min(to, at-len(line))
		}
	}
	return body[:from], body[from:to], body[to:], level > 0
}

// FuzzSections: any description can be read, and writing one section of it shows
// what was written, leaves every other byte as it was, and writes nothing the
// second time; or it is refused.
func FuzzSections(f *testing.F) {
	f.Add("### Root cause\n\n_No response_\n\n### Checks\n\n- [x] a\n", "because")
	f.Add("```\n### Root cause\n", "```\nx")
	f.Add("<!--\n### Root cause\n-->\r\n", "### What is wrong\n\nforged")
	f.Add("### Root cause\n\nx\n\nLinked by conformd: A-1\n<!-- conformd 1 -->", "Linked by conformd: y")
	f.Add("\u2028### Root cause\r\r", "a\u2028### b")
	f.Add("lead\r\n## What happened\r\n\r\nx  \r\n\r\n#### root cause: ##\r\nold\r\n\r\n### Grade\r\nMinor", "new\n\n- a\n")
	p := gitHub()
	f.Fuzz(func(t *testing.T, body, value string) {
		is := &connectors.Issue{
			Status: connectors.Status{Name: "open"},
			Fields: map[connectors.Field]connectors.Value{connectors.Body: {Text: body}},
		}
		before, _ := p.View(is)
		raw, _ := p.Project(register.FieldRootCause, value)
		want := map[register.Field]string{register.FieldRootCause: raw}
		patch, err := p.Patch(is, want)
		if err != nil {
			return
		}
		written := apply(is, patch)
		untouched(t, body, written.Fields[connectors.Body].Text)
		after, _ := p.View(written)
		if after[register.FieldRootCause].Raw != raw {
			t.Errorf("after Patch: root cause is %q, want %q", after[register.FieldRootCause].Raw, raw)
		}
		if again, err := p.Patch(written, want); err != nil || !again.Empty() {
			t.Errorf("second Patch = %+v, %v, want an empty patch", again, err)
		}
		delete(before, register.FieldRootCause)
		delete(after, register.FieldRootCause)
		if d := cmp.Diff(before, after); d != "" {
			t.Errorf("after Patch the other fields differ (-before +after):\n%s", d)
		}
	})
}

// untouched compares bytes: what changes lies in one place, and what is taken away is no
// more than the section "Root cause", as the other headings show it.
func untouched(t *testing.T, before, after string) {
	t.Helper()
	if before == after {
		return
	}
	n, m := 0, 0
	for n < min(len(before), len(after)) && before[n] == after[n] {
		n++
	}
	for m < min(len(before), len(after))-n && before[len(before)-1-m] == after[len(after)-1-m] {
		m++
	}
	gone := before[n : len(before)-m]
	own := 0 // level of the section's heading; deeper ones belong to it
	for _, b := range markdown.Parse(before).Blocks() {
		if b.Kind == markdown.Heading && strings.HasPrefix(strings.ToLower(b.Title), "root cause") {
			own = b.Level
		}
		inside := n < b.Start && b.End <= len(before)-m
		if inside && b.Kind == markdown.Heading && b.Details == 0 && !b.Quoted && !b.Hidden && b.Level <= min(own, 2) {
			t.Errorf("%q becomes %q: a heading of level %d is gone with %q", before, after, b.Level, gone)
		}
	}
}
