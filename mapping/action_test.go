package mapping

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

func TestAction(t *testing.T) {
	at := time.Date(2026, 7, 20, 10, 0, 0, 0, time.UTC)
	kind := FieldMap{Field: register.FieldKind, Remote: Remote{Kind: KindLabel, Name: "action/"}}
	owner := FieldMap{Field: register.FieldOwner, Remote: Remote{Kind: KindAssignee}}
	due := FieldMap{Field: register.FieldDue, Remote: Remote{Kind: KindSection, Name: "Due"}}
	evidence := FieldMap{Field: register.FieldEvidence, Remote: Remote{Kind: KindSection, Name: "Evidence"}}
	reason := FieldMap{Field: register.FieldRejectReason, Remote: Remote{Kind: KindSection, Name: "Why cancelled"}}
	closed := func(reason string) connectors.Status {
		return connectors.Status{Name: "closed", Done: true, Reason: reason}
	}
	const url = "https://github.com/acme/platform/issues/4"
	base := register.Action{ID: "gh-platform:77", Kind: register.Corrective, Title: "Feed leavers", State: register.ActionProposed}
	with := func(change func(*register.Action)) register.Action {
		a := base
		change(&a)
		return a
	}
	for _, c := range []struct {
		name     string
		p        *Profile
		was      register.Action
		change   func(*connectors.Issue)
		want     register.Action
		problems int
	}{
		{"as it was filed", team(kind, owner, due, evidence), register.Action{}, func(*connectors.Issue) {}, base, 0},
		{"everything", team(kind, owner, due, evidence), register.Action{}, func(is *connectors.Issue) {
			is.Fields[connectors.Labels] = connectors.Value{Items: []string{"action/preventive", "in progress"}}
			is.Fields[connectors.Assignee] = connectors.Value{Text: "2002"}
			is.Fields[connectors.Body] = connectors.Value{Text: "### Due\n\n2026-07-31\n\n### Evidence\n\nhttps://acme.example/pr/81\n"}
		}, with(func(a *register.Action) {
			a.Kind, a.State, a.Assignee, a.Due, a.Evidence = register.Preventive, register.ActionInProgress, "erik", "2026-07-31", "https://acme.example/pr/81"
		}), 0},
		{"done, and the place of the evidence is empty", team(evidence), register.Action{}, func(is *connectors.Issue) {
			is.Status, is.Updated = closed("completed"), at
		}, with(func(a *register.Action) { a.State, a.Done = register.ActionDone, at }), 0},
		{"done, and the issue is the evidence", team(), register.Action{}, func(is *connectors.Issue) {
			is.Status, is.Updated = closed("completed"), at
		}, with(func(a *register.Action) { a.State, a.Done, a.Evidence = register.ActionDone, at, url }), 0},
		{"the time of a tracker's history", team(), register.Action{}, func(is *connectors.Issue) {
			is.Status, is.Updated = closed("completed"), at.Add(time.Hour)
			is.Changes = []connectors.Change{{Field: "status", At: at}, {Field: "title", At: at.Add(time.Hour)}}
		}, with(func(a *register.Action) { a.State, a.Done, a.Evidence = register.ActionDone, at, url }), 0},
		{"edited after it was done", team(), with(func(a *register.Action) { a.State, a.Done = register.ActionDone, at }), func(is *connectors.Issue) {
			is.Status, is.Updated = closed("completed"), at.Add(time.Hour)
		}, with(func(a *register.Action) { a.State, a.Done, a.Evidence = register.ActionDone, at, url }), 0},
		{"reopened", team(), with(func(a *register.Action) { a.State, a.Done, a.Evidence = register.ActionDone, at, url }), func(*connectors.Issue) {}, base, 0},
		{
			"cancelled, and nobody said why", team(reason),
			register.Action{},
			func(is *connectors.Issue) { is.Status = closed("not_planned") },
			with(func(a *register.Action) { a.State = register.ActionCancelled }), 0,
		},
		{"cancelled, and why", team(reason), register.Action{}, func(is *connectors.Issue) {
			is.Status = closed("not_planned")
			is.Fields[connectors.Body] = connectors.Value{Text: "### Why cancelled\n\nThe job is gone.\n"}
		}, with(func(a *register.Action) { a.State, a.Reason = register.ActionCancelled, "The job is gone." }), 0},
		{"a date that is none", team(due), with(func(a *register.Action) { a.Due = "2026-07-31" }), func(is *connectors.Issue) {
			is.Fields[connectors.Body] = connectors.Value{Text: "### Due\n\nsoon\n"}
		}, with(func(a *register.Action) { a.Due = "2026-07-31" }), 1},
		{"headings and a label that are gone", team(kind, due, evidence), with(func(a *register.Action) {
			a.Kind, a.Due, a.Evidence, a.State, a.Done = register.Preventive, "2026-07-31", "https://acme.example/pr/81", register.ActionDone, at
		}), func(is *connectors.Issue) {
			is.Status, is.Updated = closed("completed"), at
			is.Fields[connectors.Body] = connectors.Value{Text: "### Due date of it\n\n2026-07-31\n\n**Evidence**\n\nhttps://acme.example/pr/81\n"}
		}, with(func(a *register.Action) {
			a.Kind, a.Due, a.Evidence, a.State, a.Done = register.Preventive, "2026-07-31", "https://acme.example/pr/81", register.ActionDone, at
		}), 3},
		{"places that were emptied", team(due, evidence), with(func(a *register.Action) { a.Due, a.Evidence = "2026-07-31", "x" }), func(is *connectors.Issue) {
			is.Fields[connectors.Body] = connectors.Value{Text: "### Due\n\n_No response_\n\n### Evidence\n\n\n"}
		}, base, 0},
		{"several people have it, and she is still among them", team(owner), with(func(a *register.Action) { a.Assignee = "olga" }), func(is *connectors.Issue) {
			is.Fields[connectors.Assignee] = connectors.Value{Text: "2002", Items: []string{"2002", "2003"}}
		}, with(func(a *register.Action) { a.Assignee = "olga" }), 0},
		{"a status that is not mapped", team(), with(func(a *register.Action) { a.State = register.ActionInProgress }), func(is *connectors.Issue) {
			is.Status = connectors.Status{Name: "Parked"}
		}, with(func(a *register.Action) { a.State = register.ActionInProgress }), 1},
		{"nobody has it any more", team(owner), with(func(a *register.Action) { a.Assignee = "erik" }), func(*connectors.Issue) {}, base, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			is := actionIssue("Feed leavers", "")
			c.change(is)
			got, problems := c.p.Action(is, c.was)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Action (-want +got):\n%s", diff)
			}
			if len(problems) != c.problems {
				t.Errorf("Action has problems %v, want %d", problems, c.problems)
			}
			again, _ := c.p.Action(is, got)
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("Action read twice (-first +second):\n%s", diff)
			}
		})
	}
}
