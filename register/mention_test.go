package register

import "testing"

func TestAMentionThatPingsNobodyNamesThePersonAllTheSame(t *testing.T) {
	got := ParseActions("- [x] Automate the leaver feed @\u200berik due:2026-07-20")
	if len(got) != 1 || got[0].Assignee != "erik" {
		t.Errorf("ParseActions = %+v, want one action of erik", got)
	}
}
