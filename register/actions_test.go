package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func TestParseActions(t *testing.T) {
	type A = register.Action
	const proposed, done, cancelled = register.ActionProposed, register.ActionDone, register.ActionCancelled
	for _, c := range []struct {
		name string
		text string
		want []A
	}{
		{"nothing", "_No response_", nil},
		{
			"all there is to say", "- [x] Automate leaver webhook @ben due:2026-09-30 kind:preventive evidence:https://example.com/pr/12 cause:1,2",
			[]A{{Title: "Automate leaver webhook", Assignee: "ben", Due: "2026-09-30", Kind: register.Preventive, State: done, Evidence: "https://example.com/pr/12", Addresses: []string{"1", "2"}}},
		},
		{
			"a title is enough", "* Tell people",
			[]A{{Title: "Tell people", Kind: register.Corrective, State: proposed}},
		},
		{
			"a line goes on when it is indented", "1. Tell people\n   @ben, due: 2026-09-30\n2. Ask them",
			[]A{{Title: "Tell people", Assignee: "ben", Due: "2026-09-30", Kind: register.Corrective, State: proposed}, {Title: "Ask them", Kind: register.Corrective, State: proposed}},
		},
		{
			"prose, nested items and code are for people", "We will:\n- [ ] Tell people\n  - by mail\n\n```\n- not this\n```\nand that is all",
			[]A{{Title: "Tell people", Kind: register.Corrective, State: proposed}},
		},
		{
			"evidence may be words", "- [X] Tell people evidence: minutes of 3 May, item 2 due:2026-09-30",
			[]A{{Title: "Tell people", Due: "2026-09-30", Kind: register.Corrective, State: done, Evidence: "minutes of 3 May, item 2"}},
		},
		{
			"cancelled for a reason", "- [ ] Buy a system @ben cancelled: too dear for due:2026",
			[]A{{Title: "Buy a system", Assignee: "ben", Kind: register.Corrective, State: cancelled, Reason: "too dear for due:2026"}},
		},
		{
			"ticked as people tick in Jira", "- (/) Tell people @ben",
			[]A{{Title: "Tell people", Assignee: "ben", Kind: register.Corrective, State: done}},
		},
		{
			"ticked with a picture", "- ✔️ Tell people @ben\n- ✅ Tell more people",
			[]A{{Title: "Tell people", Assignee: "ben", Kind: register.Corrective, State: done}, {Title: "Tell more people", Kind: register.Corrective, State: done}},
		},
		{
			"a cross is no tick", "- (x) Tell people @ben",
			[]A{{Title: "(x) Tell people", Assignee: "ben", Kind: register.Corrective, State: proposed}},
		},
		{
			"struck out", "- [x] ~~Buy a system~~ @ben",
			[]A{{Title: "Buy a system", Assignee: "ben", Kind: register.Corrective, State: cancelled}},
		},
		{
			"the last name is the assignee's", "- Ask @ana for help @ben",
			[]A{{Title: "Ask @ana for help", Assignee: "ben", Kind: register.Corrective, State: proposed}},
		},
		{
			"what makes no sense is kept for the guards", "- Ask due:soon kind:Magic",
			[]A{{Title: "Ask", Due: "soon", Kind: "magic", State: proposed}},
		},
		{
			"an editor escaped the markup", `- \[x\] Fix leaver\_sync`,
			[]A{{Title: "Fix leaver_sync", Kind: register.Corrective, State: done}},
		},
		{
			"code in an item is no action", "- ```\n  - not an action\n  ```\n- Replace the feed @olga due:2026-05-20",
			[]A{{Title: "Replace the feed", Assignee: "olga", Due: "2026-05-20", Kind: register.Corrective, State: proposed}},
		},
		{
			"nor is code in code", "````md\n```\n- not an action\n```\n- still code\n````\n- Replace the feed",
			[]A{{Title: "Replace the feed", Kind: register.Corrective, State: proposed}},
		},
		{
			"nor is what is hidden, quoted or indented", "<!--\n- not this\n-->\n\n> - nor this\n\n    - nor this\n\n- <!-- nor this -->\n- Replace the feed <!-- soon -->",
			[]A{{Title: "Replace the feed", Kind: register.Corrective, State: proposed}},
		},
		{
			"an action with the code that it is about", "- [ ] Run the export @ben\n\n  ```sh\n  export due:2026-01-01\n  ```\n\n  and look at it",
			[]A{{Title: "Run the export", Assignee: "ben", Kind: register.Corrective, State: proposed}},
		},
		{
			"a lazy line goes on, too", "- [x] Tell people\n@ben due:2026-09-30\n\nand that is all",
			[]A{{Title: "Tell people", Assignee: "ben", Due: "2026-09-30", Kind: register.Corrective, State: done}},
		},
		{
			"a numbered task", "1. [ ] Change the leaver form\n2. [X] Train the service desk",
			[]A{{Title: "Change the leaver form", Kind: register.Corrective, State: proposed}, {Title: "Train the service desk", Kind: register.Corrective, State: done}},
		},
		{
			"what was kept from reaching anybody", "- [ ] Answer #\u200b12 @\u200bben evidence:[https://github.com/acme/isms/pull/3](https://redirect.github.com/acme/isms/pull/3)",
			[]A{{Title: "Answer #12", Assignee: "ben", Evidence: "https://github.com/acme/isms/pull/3", Kind: register.Corrective, State: proposed}},
		},
		{"what takes no room", "- [ ] Answer @ben\u200b due:\u20602026-09-30\ufeff \u200b", []A{{Title: "Answer", Assignee: "ben", Due: "2026-09-30", Kind: register.Corrective, State: proposed}}},
		{"an empty item is none", "- [ ] @ben due:2026-09-30\n-\n- [x]", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := register.ParseActions(c.text)
			for i := range got {
				got[i].ID = ""
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("ParseActions(%q) (-want +got):\n%s", c.text, diff)
			}
		})
	}
}

func TestABoundIssueSpeaksForItsLineOfThePlan(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.Fields[register.FieldActionPlan] = "- [ ] Automate the webhook\n- [ ] Train everybody"
	r.Actions = []register.Action{{ID: "a1", Title: "automate the Webhook.", State: register.ActionDone}}
	var got []string
	for _, a := range r.AllActions() {
		got = append(got, a.ID)
	}
	if diff := cmp.Diff([]string{"a1", "A2"}, got); diff != "" {
		t.Errorf("AllActions: ids (-want +got):\n%s", diff)
	}
}

func TestAllActionsAddsWhatAnIssueLeavesOut(t *testing.T) {
	r := register.Record{Fields: map[register.Field]string{
		register.FieldActionPlan: "- [x] Automate the webhook @ben due:2026-09-30 kind:preventive cause:1,2 evidence:https://acme.example/pr/1",
	}}
	r.Actions = []register.Action{{ID: "gh:1", Kind: register.Corrective, Title: "Automate the webhook", Assignee: "ana", State: register.ActionInProgress}}
	want := []register.Action{{
		ID: "gh:1", Kind: register.Corrective, Title: "Automate the webhook", Assignee: "ana", Due: "2026-09-30",
		State: register.ActionInProgress, Evidence: "https://acme.example/pr/1", Addresses: []string{"C1", "C2"},
	}}
	if diff := cmp.Diff(want, r.AllActions()); diff != "" {
		t.Errorf("AllActions (-want +got):\n%s", diff)
	}
	if r.Actions[0].Due != "" {
		t.Errorf("AllActions changed the record's own action: %+v", r.Actions[0])
	}
}

// FuzzParseActions holds that no text breaks the parser and that every action it
// returns can be told about.
func FuzzParseActions(f *testing.F) {
	for _, s := range []string{
		"- [x] Automate leaver webhook @ben due:2026-09-30 kind:corrective evidence:https://example.com/pr/12 cause:1",
		"- ~~a @x~~ canceled: b", "1. a\n   b @c\n2) due: soon @", "- a evidence:b @c evidence: d cause:2,1 cause:", "```\n- a\n```\n* b",
		`- \\[x\] ~~a~~ ~`, "- [ ] [x] - ~~~a~~~ due:due: kind:KIND state:in_progress", "- a @b, @c. due: @d",
		"* ~~\\", "* due: kind:0 0", "* 0~~ cancelled:", "* ~~0 @~~", "* \\\v0",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		as := register.ParseActions(text)
		for _, a := range as {
			if a.Title == "" || a.ID == "" || a.State == "" {
				t.Errorf("ParseActions(%q) holds %+v, without title, id or state", text, a)
			}
		}
	})
}
