package mapping

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// team is the profile of a team's repository, with or without a place for the
// record that an action names.
func team(fields ...FieldMap) *Profile {
	return &Profile{
		Binding: "gh-platform", Role: RoleAction, Markup: MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"},
		Fields: append([]FieldMap{{Field: register.FieldTitle, Remote: Remote{Kind: KindTitle}}}, fields...),
		States: []StateMap{
			{Status: "open", Label: "in progress", State: register.State(register.ActionInProgress)},
			{Status: "open", State: register.State(register.ActionProposed)},
			{Status: "closed", Reason: "not_planned", State: register.State(register.ActionCancelled)},
			{Status: "closed", State: register.State(register.ActionDone)},
		},
		People: []Account{{Person: "erik", ID: "2002", Login: "erik"}, {Person: "olga", ID: "2003", Login: "olga"}},
	}
}

func actionIssue(title, body string) *connectors.Issue {
	return &connectors.Issue{
		Ref:    connectors.Ref{ID: "77", Key: "acme/platform#4"},
		URL:    "https://github.com/acme/platform/issues/4",
		Status: connectors.Status{Name: "open"},
		Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: title}, connectors.Body: {Text: body}, connectors.Labels: {}, connectors.Assignee: {}},
	}
}

func TestParents(t *testing.T) {
	ref := FieldMap{Field: register.FieldRef, Remote: Remote{Kind: KindSection, Name: "Belongs to"}}
	label := FieldMap{Field: register.FieldRef, Remote: Remote{Kind: KindLabel, Name: "record/"}}
	for _, c := range []struct {
		name string
		p    *Profile
		body string
		want []string
	}{
		{"a number", team(), "For NC-2026-0007.", []string{"NC-2026-0007", "NC-2025-0001"}},
		{"a key of Jira", team(), "Part of ISMS-42, see there", []string{"ISMS-42", "NC-2025-0001"}},
		{"a reference of GitHub", team(), "Part of acme/isms#17", []string{"acme/isms#17", "NC-2025-0001"}},
		{"in its own repository", team(), "Part of #17", []string{"acme/platform#17", "NC-2025-0001"}},
		{"addresses", team(), "<https://github.com/acme/isms/issues/17#issuecomment-1>, [here](https://acme.atlassian.net/browse/ISMS-42?focusedId=1), https://register.acme.example/records/NC-2026-0007.", []string{"acme/isms#17", "ISMS-42", "NC-2026-0007", "NC-2025-0001"}},
		{"an address of something else", team(), "https://github.com/acme/isms/pull/17 https://acme.example/NC-2026-0007.pdf", []string{"NC-2025-0001"}},
		{"once each, in order", team(), "ISMS-42, NC-2026-0007 and ISMS-42", []string{"ISMS-42", "NC-2026-0007", "NC-2025-0001"}},
		{"emphasis and links", team(), "**NC-2026-0007** _ISMS-42_ [ISMS-43](x)", []string{"NC-2026-0007", "ISMS-43", "NC-2025-0001"}},
		{"the title", team(), "", []string{"NC-2025-0001"}},
		{"a section of its own", team(), "Like ISMS-1.\n\n### Register record\n\nNC-2026-0007\n\n### More\n\nISMS-2", []string{"NC-2026-0007"}},
		{"an empty section", team(), "Like ISMS-1.\n\n### Register record\n\n_No response_\n", []string{"ISMS-1", "NC-2025-0001"}},
		{"a section that says something else", team(), "Like ISMS-1.\n\n### Register record\n\nthe leaver thing\n", nil},
		{"the place of the profile", team(ref), "### Belongs to\n\nISMS-42\n\n### Register record\n\nISMS-1", []string{"ISMS-42"}},
		{"the place of the profile is empty", team(ref), "### Belongs to\n\n### Register record\n\nISMS-1", []string{"ISMS-1", "NC-2025-0001"}},
		{"a label", team(label), "ISMS-1", []string{"NC-2026-0009"}},
		{"parts of words", team(), "xNC-2026-0007 FOO-NC-2026-0007 NC-2026-0007-b NC-2026-0007_x NC-2026-0007.txt UTF8 éNC-2026-0007", []string{"NC-2025-0001"}},
		{"a longer number", team(), "NC-2026-00071", []string{"NC-2026-00071", "NC-2025-0001"}},
		{"small letters", team(), "nc-2026-0007 isms-42", []string{"NC-2025-0001"}},
		{"in code of all sorts", team(), "- ```\n  ISMS-1\n  ```\n\n````\n```\nISMS-2\n```\nISMS-3\n````\n\n`a\nISMS-4` \tISMS-5\n\n\tISMS-6\n\n<pre>\nISMS-7\n</pre>\n\n[a](`x) ISMS-8 `b", []string{"ISMS-5", "ISMS-8", "NC-2025-0001"}},
		{"in a paragraph of an item", team(), "- item\n\n    ISMS-1", []string{"ISMS-1", "NC-2025-0001"}},
		{"in a part that HTML hides", team(), "<div><!--\n\nISMS-1", []string{"NC-2025-0001"}},
		{"kept from reaching anybody", team(), "acme/isms#\u200b17, [https://github.com/acme/isms/issues/18](https://redirect.github.com/acme/isms/issues/18)", []string{"acme/isms#17", "acme/isms#18", "NC-2025-0001"}},
		{"our own last line", team(), "Text\n\nLinked by conformd: NC-2026-0007, see ISMS-42\n\n<!-- conformd:conformd-rec-0123456789 -->", []string{"NC-2025-0001"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := actionIssue("Feed leavers (NC-2025-0001)", c.body)
			is.Fields[connectors.Labels] = connectors.Value{Items: []string{"record/NC-2026-0009"}}
			if diff := cmp.Diff(c.want, c.p.Parents(is)); diff != "" {
				t.Errorf("Parents (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParentsAreBounded(t *testing.T) {
	var b strings.Builder
	for n := range 5000 {
		fmt.Fprintf(&b, "NC-2026-%04d ", n+1)
	}
	if got := team().Parents(actionIssue("Feed leavers", b.String())); len(got) != mostNames {
		t.Errorf("Parents of 5000 names = %d names, want %d", len(got), mostNames)
	}
}

func TestParentsInWikiMarkup(t *testing.T) {
	p := team()
	p.Markup = MarkupWiki
	is := actionIssue("Feed leavers", "Like ISMS-1.\n\nh3. Register record\n\n[NC-2026-0007]\n\n{code}\nNC-2026-0008\n{code}\n")
	if got, want := p.Parents(is), []string{"NC-2026-0007"}; !slices.Equal(got, want) {
		t.Errorf("Parents = %q, want %q", got, want)
	}
}

// TestParentsAreNeverHidden holds that what people do not read as text never names a
// record, wherever it stands.
func TestParentsAreNeverHidden(t *testing.T) {
	p := team()
	rapid.Check(t, func(t *rapid.T) {
		number := fmt.Sprintf("%s-%d-%04d", rapid.SampledFrom([]string{"NC", "OFI", "PNC"}).Draw(t, "prefix"), rapid.IntRange(2000, 2100).Draw(t, "year"), rapid.IntRange(1, 99999).Draw(t, "n"))
		hide := rapid.SampledFrom([]string{
			"```\n%s\n```", "~~~text\nsee %s\n~~~", "````\n```\n%s\n```\n````", "<!-- %s -->", "<!--\nsee %s\n-->", "text <!-- %s --> text",
			"`%s`", "``a ` %s``", "    %s", "\timported %s", "<!-- conformd:%s -->", "1%s", "%s-1", "%sa",
		}).Draw(t, "hide")
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"The feed is read by hand.", "### Register record", "> quoted", "", "**strong**"}), 0, 6)
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		body := strings.Join(slices.Concat(before, []string{"", fmt.Sprintf(hide, number), ""}, after), "\n\n")
		if got := p.Parents(actionIssue("Feed leavers", body)); slices.Contains(got, number) {
			t.Fatalf("Parents(%q) = %q, want no %s", body, got, number)
		}
	})
}

// TestParentsFindWhatIsSaid holds that a number in plain text is found and no other:
// not that of another year, another kind or with other digits.
func TestParentsFindWhatIsSaid(t *testing.T) {
	p := team()
	rapid.Check(t, func(t *rapid.T) {
		number := fmt.Sprintf("%s-%d-%04d", rapid.SampledFrom([]string{"NC", "OFI"}).Draw(t, "prefix"), rapid.IntRange(2000, 2100).Draw(t, "year"), rapid.IntRange(1, 99999).Draw(t, "n"))
		say := rapid.SampledFrom([]string{"%s", "For %s.", "(%s)", "- %s: the feed", "> %s", "### Register record\n\n%s", "[%s](https://acme.example)", "**%s**", "%s, and more", "see\n%s\n"}).Draw(t, "say")
		got := p.Parents(actionIssue("Feed leavers", fmt.Sprintf(say, number)))
		if !slices.Equal(got, []string{number}) {
			t.Fatalf("Parents(%q) = %q, want %s alone", fmt.Sprintf(say, number), got, number)
		}
	})
}

// FuzzParents: what is found stands in the issue, is well formed, and is found once.
func FuzzParents(f *testing.F) {
	f.Add("### Register record\n\nNC-2026-0007", "ISMS-42 `x` <!-- y")
	f.Fuzz(func(t *testing.T, body, title string) {
		for _, n := range team().Parents(actionIssue(title, body)) {
			if n == "" || strings.ContainsAny(n, " \n`<") {
				t.Errorf("Parents(%q) names %q", body, n)
			}
			if number := n[strings.LastIndexAny(n, "-#")+1:]; !strings.Contains(body+title, number) {
				t.Errorf("Parents(%q, %q) names %q, which stands nowhere", body, title, n)
			}
		}
	})
}
