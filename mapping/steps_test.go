package mapping_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A story is told of an issue by the changes that lead to what it shows.
func storyProfile() *mapping.Profile {
	section := func(f register.Field, name string) mapping.FieldMap {
		return mapping.FieldMap{Field: f, Remote: mapping.Remote{Kind: mapping.KindSection, Name: name}}
	}
	return &mapping.Profile{
		Binding: "gh", Markup: mapping.MarkupGFM, SpacedLabels: true, CoAssignees: true, Handles: true, LabelLimit: 50, Statuses: []string{"open", "closed"},
		Fields: []mapping.FieldMap{
			{Field: register.FieldTitle, Remote: mapping.Remote{Kind: mapping.KindTitle}},
			{Field: register.FieldGrade, Remote: mapping.Remote{Kind: mapping.KindLabel, Name: "grade/"}},
			{Field: register.FieldOwner, Remote: mapping.Remote{Kind: mapping.KindAssignee}},
			section(register.FieldProblem, "What is wrong"), section(register.FieldRootCause, "Root cause"),
		},
		States: []mapping.StateMap{
			{Status: "open", Label: "state/planning", State: register.Planning},
			{Status: "open", State: register.Reported},
			{Status: "closed", Reason: "not_planned", State: register.State("rejected")},
			{Status: "closed", State: register.Closed},
		},
		People: []mapping.Account{{Person: "erik", ID: "1"}, {Person: "olga", ID: "2"}},
	}
}

func body(problem, cause string) string {
	return "### What is wrong\n\n" + problem + "\n\n### Root cause\n\n" + cause + "\n"
}

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

func by(id string, minute int, field, from, to string) connectors.Change {
	return connectors.Change{ID: fmt.Sprint(field, minute, to), At: noon.Add(time.Duration(minute) * time.Minute), Author: connectors.User{ID: id}, Field: field, From: from, To: to}
}

// tellSteps writes steps as "1 root_cause a>b", one for each field that changed.
func tellSteps(steps []mapping.Step) (out []string) {
	for _, s := range steps {
		for _, f := range []register.Field{"title", "grade", "owner", "problem", "root_cause", "state"} {
			if s.Changed(f) {
				from, ok := s.From[f]
				if !ok {
					from.Value = "?"
				}
				to, ok := s.To[f]
				if !ok {
					to.Value = "?"
				}
				out = append(out, fmt.Sprintf("%s %s %s>%s", s.Author.ID, f, from.Value, to.Value))
			}
		}
	}
	return out
}

func TestSteps(t *testing.T) {
	p := storyProfile()
	untold := func(c connectors.Change) connectors.Change {
		c.Untold, c.From = true, ""
		return c
	}
	closed := by("2", 3, "status", "open", "closed")
	closed.Reason = "not_planned"
	for name, x := range map[string]struct {
		changes []connectors.Change
		labels  []string
		who     connectors.Value
		body    string
		status  connectors.Status
		want    []string
		begin   string // the root cause before the first step, "?" if it is not known
	}{
		"sections by two people": {
			changes: []connectors.Change{
				by("1", 1, "body", body("a", "b"), body("a", "c")), by("2", 1, "body", body("a", "c"), body("d", "c")), by("1", 2, "body", body("d", "c"), body("e", "f")),
			},
			body: body("e", "f"), want: []string{"1 root_cause b>c", "2 problem a>d", "1 problem d>e", "1 root_cause c>f"}, begin: "b",
		},
		"labels of one field and of another": {
			changes: []connectors.Change{
				by("1", 1, "labels", "", "bug"), by("1", 1, "labels", "grade/minor", ""), by("1", 1, "labels", "", "grade/major"), by("2", 1, "labels", "", "state/planning"),
			},
			labels: []string{"bug", "grade/major", "state/planning"}, body: body("a", "b"), want: []string{"1 grade minor>?", "1 grade ?>major", "2 state reported>planning"}, begin: "b",
		},
		"owners and states": {
			changes: []connectors.Change{by("1", 1, "assignee", "1", ""), by("1", 2, "assignee", "", "2"), closed, by("1", 4, "status", "closed", "open"), by("2", 5, "status", "open", "closed")},
			who:     connectors.Value{Text: "2"}, body: body("a", "b"), status: connectors.Status{Name: "closed", Done: true},
			want: []string{"1 owner erik>", "1 owner >olga", "2 state reported>rejected", "1 state rejected>reported", "2 state reported>closed"}, begin: "b",
		},
		"a heading that is taken away empties nothing": {
			changes: []connectors.Change{
				by("1", 1, "body", body("a", "b"), "### What is wrong\n\na\n\n### Root cause\n\n### Mine\n\nb\n"), by("2", 2, "body", "### What is wrong\n\na\n\n### Root cause\n\n### Mine\n\nb\n", body("a", "b")),
			},
			body: body("a", "b"), want: []string{"1 root_cause b>?", "2 root_cause ?>b"}, begin: "b",
		},
		"one person around a text that is gone": {
			changes: []connectors.Change{by("1", 1, "body", body("a", "b"), ""), untold(by("1", 2, "body", "", body("a", "c")))},
			body:    body("a", "c"), want: []string{"1 root_cause b>c"}, begin: "b",
		},
		"two people around a text that is gone": {
			changes: []connectors.Change{by("1", 1, "body", body("a", "b"), ""), untold(by("2", 2, "body", "", body("a", "c"))), by("1", 3, "body", body("a", "c"), body("d", "c"))},
			body:    body("d", "c"), want: []string{" root_cause b>c", "1 problem a>d"}, begin: "b",
		},
		"a beginning that is not known": {
			changes: []connectors.Change{untold(by("1", 1, "body", "", body("a", "b"))), by("2", 2, "body", body("a", "b"), body("a", "c"))},
			body:    body("a", "c"), want: []string{"2 root_cause b>c"}, begin: "?",
		},
	} {
		is := &connectors.Issue{
			Status: x.status, Created: noon, Updated: noon.Add(time.Hour), Changes: x.changes, History: connectors.HistoryWhole,
			Fields: map[connectors.Field]connectors.Value{"title": {Text: "t"}, "body": {Text: x.body}, "labels": {Items: x.labels}, "assignee": x.who},
		}
		if is.Status.Name == "" {
			is.Status.Name = "open"
		}
		before := fmt.Sprint(*is)
		steps, begin := p.Timeline(is).Steps()
		if got := tellSteps(steps); !slices.Equal(got, x.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, x.want)
		}
		cause, ok := begin[register.FieldRootCause]
		if !ok {
			cause.Value = "?"
		}
		if cause.Value != x.begin {
			t.Errorf("%s: the root cause began as %q, want %q", name, cause.Value, x.begin)
		}
		if after := fmt.Sprint(*is); after != before {
			t.Errorf("%s: the issue itself was changed", name)
		}
	}
}

// The time of a value is that of its last change, or of the issue, if all changes are known.
func TestChangedAt(t *testing.T) {
	p := storyProfile()
	is := &connectors.Issue{
		Status: connectors.Status{Name: "open"}, Created: noon, History: connectors.HistoryWhole,
		Changes: []connectors.Change{by("1", 1, "body", body("a", "b"), body("c", "b")), by("1", 2, "labels", "", "bug")},
		Fields:  map[connectors.Field]connectors.Value{"title": {Text: "t"}, "body": {Text: body("c", "b")}, "labels": {Items: []string{"bug"}}},
	}
	for _, c := range []struct {
		history connectors.History
		f       register.Field
		want    time.Time
		known   bool
	}{
		{connectors.HistoryWhole, register.FieldProblem, noon.Add(time.Minute), true},
		{connectors.HistoryPart, register.FieldProblem, noon.Add(time.Minute), true},
		{connectors.HistoryWhole, register.FieldRootCause, noon, true},
		{connectors.HistoryPart, register.FieldRootCause, noon, false},
		{connectors.HistoryWhole, register.FieldGrade, noon, false}, // it has no place
	} {
		is.History = c.history
		if at, known := p.Timeline(is).ChangedAt(c.f); known != c.known || known && !at.Equal(c.want) {
			t.Errorf("%s of a %s history: %s, %t, want %s, %t", c.f, c.history, at, known, c.want, c.known)
		}
	}
}
