package history_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

func github() *binding.Binding {
	b := &binding.Binding{ID: "gh", Profile: &mapping.Profile{
		Binding: "gh", Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"},
		Fields: []mapping.FieldMap{
			{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
			{Field: register.FieldGrade, Remote: mapping.Remote{Kind: mapping.KindLabel, Name: "grade/"}},
			{Field: register.FieldProblem, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Problem"}},
			{Field: register.FieldRootCause, Remote: mapping.Remote{Kind: mapping.KindSection, Name: "Cause"}},
		},
		States: []mapping.StateMap{{Status: "open", State: register.Reported}, {Status: "closed", State: register.Closed}},
		People: []mapping.Account{{Person: "erik", ID: "1"}, {Person: "olga", ID: "2"}},
	}}
	b.Know(connectors.User{ID: "99"})
	return b
}

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func text(problem, cause string) string {
	return "### Problem\n\n" + problem + "\n\n### Cause\n\n" + cause + "\n"
}

// edit is an edit of the description at a minute.
func edit(id, by string, minute int, from, to string) connectors.Change {
	return connectors.Change{ID: id, At: noon.Add(time.Duration(minute) * time.Minute), Author: connectors.User{ID: by}, Field: "body", From: from, To: to}
}

func issue(body string, h connectors.History, changes ...connectors.Change) *connectors.Issue {
	return &connectors.Issue{
		Ref: connectors.Ref{ID: "7"}, Author: connectors.User{ID: "1"}, Created: noon, Updated: noon.Add(time.Hour), Status: connectors.Status{Name: "open"},
		Fields:  map[connectors.Field]connectors.Value{"title": {Text: "t"}, "labels": {}, "body": {Text: body}},
		Changes: changes, History: h,
	}
}

func told(acts []history.Act) (out []string) {
	for _, a := range acts {
		out = append(out, fmt.Sprintf("%s %s>%s", a.Actor.ID, a.From, a.Value))
	}
	return out
}

// Each field has the acts that changed it, and no act that changed another field of the same
// text. What was taken in before is not told again.
func TestActsOfSections(t *testing.T) {
	b := github()
	one, two, three := text("a", "b"), text("a", "c"), text("d", "c")
	changes := []connectors.Change{edit("e1", "1", 1, one, two), edit("e2", "2", 2, two, three), edit("e3", "1", 2, three, text("d", "e"))}
	is := issue(text("d", "e"), connectors.HistoryWhole, changes...)
	for _, c := range []struct {
		name, known  string
		f            register.Field
		before       string
		want         []string
		unattributed bool
	}{
		{"from the beginning", store.NoHistory, register.FieldRootCause, "b", []string{"erik b>c", "erik c>e"}, false},
		{"the other section", store.NoHistory, register.FieldProblem, "a", []string{"olga a>d"}, false},
		{"since a change", "e1", register.FieldRootCause, "c", []string{"erik c>e"}, false},
		{"since a change of the same minute", "e2", register.FieldRootCause, "c", []string{"erik c>e"}, false},
		{"a change that was listed late", "e3", register.FieldProblem, "a", []string{"olga a>d"}, false},
		{"after what the register holds", "forgotten", register.FieldRootCause, "c", []string{"erik c>e"}, false},
		{"nobody is known", store.NoHistory, register.FieldGrade, "", []string{" >"}, true},
		{"new to the register", "", register.FieldProblem, "", []string{"olga a>d"}, false},
		{"new, and as it was filed", "", register.FieldTitle, "", []string{"erik >"}, false},
	} {
		got := history.Acts(b, is, b.Profile.Timeline(is), c.known, c.f, c.before)
		if !slices.Equal(told(got), c.want) {
			t.Errorf("%s: %q, want %q", c.name, told(got), c.want)
		}
		if unknown := got[0].Actor == history.Unattributed(); unknown != c.unattributed {
			t.Errorf("%s: %+v", c.name, got[0].Actor)
		}
	}
	for _, h := range []connectors.History{connectors.HistoryPart, connectors.HistoryUntold} {
		is := issue(one, h)
		is.Updated = is.Created
		if a := history.Acts(b, is, b.Profile.Timeline(is), "", register.FieldProblem, "")[0]; a.Actor != history.Unattributed() {
			t.Errorf("of a %s history %+v is named for what somebody may have written within the second", h, a.Actor)
		}
	}
}

// News is what differs from what was agreed on with a record, and of an action from what its
// issue showed.
func TestNews(t *testing.T) {
	b := github()
	is := issue(text("a", ""), "")
	base := plan.Base{register.FieldTitle: {Side: "t"}, register.FieldProblem: {Side: "a"}, register.FieldState: {Side: "open"}}
	l := store.BoundIssue{Role: string(mapping.RoleRecord), Base: base}
	if history.News(b, l, is) {
		t.Error("an issue that shows what was agreed on has news")
	}
	for _, body := range []string{text("b", ""), text("a", "c")} {
		if !history.News(b, l, issue(body, "")) {
			t.Errorf("%q is no news", body)
		}
	}
	action := store.BoundIssue{Role: string(mapping.RoleAction), Issue: is}
	if history.News(b, action, issue(text("a", ""), "")) || !history.News(b, action, issue(text("x", ""), "")) || !history.News(b, store.BoundIssue{Role: string(mapping.RoleAction)}, is) {
		t.Error("the news of an action is not what its issue shows anew")
	}
}

// An issue names its owners one after the other. Those before the first look count as well as
// those between two looks; whom conformd named does not.
func TestOwners(t *testing.T) {
	b := github()
	b.Profile.Fields = append(b.Profile.Fields, mapping.FieldMap{Field: register.FieldOwner, Remote: mapping.Remote{Kind: mapping.KindAssignee}})
	assigned := func(id, by string, minute int, from, to string) connectors.Change {
		return connectors.Change{ID: id, At: noon.Add(time.Duration(minute) * time.Minute), Author: connectors.User{ID: by}, Field: "assignee", From: from, To: to}
	}
	events := []connectors.Change{
		assigned("a1", "1", 1, "", "2"), assigned("a2", "1", 2, "", "1"), assigned("a3", "1", 2, "2", ""),
		assigned("a4", "2", 3, "1", ""), assigned("a5", "99", 4, "", "2"),
	}
	changelog := []connectors.Change{assigned("a1", "1", 1, "2", "1"), assigned("a2", "2", 2, "1", ""), assigned("a3", "99", 3, "", "2")}
	for _, c := range []struct {
		name    string
		h       connectors.History
		changes []connectors.Change
		now     string
		known   string
		want    []string
	}{
		{"events from the beginning", connectors.HistoryWhole, events, "2", "", []string{"erik olga", "erik olga", "erik erik"}},
		{"events since a look", connectors.HistoryWhole, events, "2", "a2", []string{"erik erik"}},
		{"events that all were known", connectors.HistoryWhole, events, "2", "a5", nil},
		{"events of an issue that was filed with an owner", connectors.HistoryWhole, []connectors.Change{assigned("a1", "2", 1, "2", ""), assigned("a2", "2", 1, "", "1")}, "1", "", []string{"erik olga", "olga erik"}},
		{"a changelog from the beginning", connectors.HistoryListed, changelog, "2", "", []string{"erik olga", "erik erik"}},
		{"a changelog since a look that found none", connectors.HistoryListed, changelog, "2", store.NoHistory, []string{"erik erik"}},
		{"a changelog since a look", connectors.HistoryListed, changelog, "2", "a1", nil},
		{"nobody is told", connectors.HistoryUntold, nil, "2", "", nil},
	} {
		is := issue(text("a", ""), c.h, c.changes...)
		is.Fields["assignee"] = connectors.Value{Text: c.now}
		var got []string
		for _, a := range history.Shown(b, is, b.Profile.Timeline(is), c.known, register.FieldOwner) {
			got = append(got, a.Actor.ID+" "+a.Value)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
