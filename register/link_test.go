package register_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/conformd/conformd/register"
)

// others are records beside the one of a test: NC-2026-0003 stands alone, NC-2026-0004 is a
// duplicate of NC-2026-0005, which is one of the record of the test.
func others(r register.Record) map[string]register.Other {
	return map[string]register.Other{
		"NC-2026-0003": {ID: "rec-3", Ref: "NC-2026-0003"},
		"ISMS-3":       {ID: "rec-3", Ref: "NC-2026-0003"},
		"NC-2026-0004": {ID: "rec-4", Ref: "NC-2026-0004", Leads: map[register.LinkKind][]string{register.DuplicateOf: {"rec-5", r.ID}}},
		"NC-2026-0006": {ID: "rec-6", Ref: "NC-2026-0006"},
	}
}

// decideAll asks for several things in a row, and returns what the last one said.
func decideAll(r register.Record, commands ...register.Command) (register.Record, string) {
	ctx := at(now)
	ctx.Records = others(r)
	said := ""
	for _, c := range commands {
		facts, err := register.Decide(r, c, ctx, register.DefaultPolicy())
		r, said = register.Replay(r, facts), message(err)
	}
	return r, said
}

// link is a link without who made it and when.
func link(kind register.LinkKind, ref string, from register.LinkSource, void string) register.Link {
	return register.Link{Kind: kind, To: "rec-" + ref[len(ref)-1:], Ref: ref, Source: from, Void: void}
}

func checkLinks(t *testing.T, r register.Record, want ...register.Link) {
	t.Helper()
	if diff := cmp.Diff(want, r.Links, cmpopts.IgnoreFields(register.Link{}, "By", "At", "Event", "Reason", "VoidBy", "VoidAt")); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

func event(who, id string) register.Author {
	return register.Author{Person: who, At: now, From: "gh-isms", Event: "gh-isms:comment:" + id, How: register.ByComment}
}

func rejects(why string) []register.Command {
	return []register.Command{
		register.Judge{Approval: register.Approval{Event: "gh-isms:comment:7:" + why, Subject: register.SubjectRejection, Outcome: register.Rejected, By: "ira", At: now, How: register.ByComment, Reason: why}},
		register.Move{To: register.StateRejected},
	}
}

// TestLinkCommands: a person with the role links a record to one that exists, with a reason,
// and ends the link again.
func TestLinkCommands(t *testing.T) {
	add := func(who string, kind register.LinkKind, name, why string) register.Command {
		return register.AddLink{By: event(who, name), Kind: kind, Name: name, Reason: why}
	}
	const why = "The second site has an owner of its own."
	for _, c := range []struct {
		name     string
		state    register.State
		commands []register.Command
		said     string
		want     []register.Link
	}{
		{"by number", register.Analysis, []register.Command{add("ira", register.SplitFrom, "NC-2026-0003", why)}, "", []register.Link{link(register.SplitFrom, "NC-2026-0003", register.LinkOfCommand, "")}},
		{"by the key of an issue, once", register.Analysis, []register.Command{add("ira", register.RecurrenceOf, "ISMS-3", why), add("ira", register.RecurrenceOf, "NC-2026-0003", why)}, "", []register.Link{link(register.RecurrenceOf, "NC-2026-0003", register.LinkOfCommand, "")}},
		{"to nothing", register.Analysis, []register.Command{add("ira", register.SplitFrom, "NC-2026-0099", why)}, "G03: The record was split from NC-2026-0099, and the register holds no other record of that name", nil},
		{"to itself", register.Analysis, []register.Command{add("ira", register.DuplicateOf, "NC-2026-0007", why)}, "G04: The record is a duplicate of itself", nil},
		{"in a circle", register.Analysis, []register.Command{add("ira", register.DuplicateOf, "NC-2026-0004", why)}, "G04: The record is a duplicate of NC-2026-0004, and the links of NC-2026-0004 lead back to this record: one of them must be worked on", nil},
		{"another kind may lead back", register.Analysis, []register.Command{add("ira", register.RecurrenceOf, "NC-2026-0004", why)}, "", []register.Link{link(register.RecurrenceOf, "NC-2026-0004", register.LinkOfCommand, "")}},
		{
			"as a second duplicate", register.Analysis,
			[]register.Command{add("ira", register.DuplicateOf, "NC-2026-0003", why), add("ira", register.DuplicateOf, "NC-2026-0006", why)},
			"G04: The record is a duplicate of NC-2026-0006, and it is one of NC-2026-0003 already: end that link first",
			[]register.Link{link(register.DuplicateOf, "NC-2026-0003", register.LinkOfCommand, "")},
		},
		{"by somebody without the role", register.Analysis, []register.Command{add("ben", register.SplitFrom, "NC-2026-0003", why)}, "Ben Engineer may not link records; that takes an ISMS manager", nil},
		{"without a reason", register.Closed, []register.Command{add("ira", register.SplitFrom, "NC-2026-0003", "n/a")}, "a link has a reason", nil},
		{
			"and ended again", register.Closed, []register.Command{
				add("ira", register.SplitFrom, "NC-2026-0003", why),
				register.RemoveLink{By: event("ira", "9"), Kind: register.SplitFrom, Name: "ISMS-3", Reason: "It was another finding."},
			}, "", []register.Link{link(register.SplitFrom, "NC-2026-0003", register.LinkOfCommand, "It was another finding.")},
		},
		{"one that is not there cannot be ended", register.Analysis, []register.Command{
			register.RemoveLink{By: event("ira", "9"), Kind: register.SplitFrom, Name: "NC-2026-0003", Reason: "It was another finding."},
		}, "the record was not split from NC-2026-0003", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.ID, r.Ref, r.State = "rec-7", "NC-2026-0007", c.state
			r, said := decideAll(r, c.commands...)
			if said != c.said {
				t.Errorf("Decide() = %q, want %q", said, c.said)
			}
			checkLinks(t, r, c.want...)
		})
	}
}

// TestARejectionLinks: a record that is rejected as a duplicate is linked to the other one for
// as long as it is rejected, and what it cannot be a duplicate of is refused.
func TestARejectionLinks(t *testing.T) {
	start := func() register.Record {
		r := complete(register.Nonconformity, register.Minor)
		r.ID, r.Ref, r.State = "rec-7", "NC-2026-0007", register.Analysis
		return r
	}
	r, said := decideAll(start(), rejects("Duplicate of ISMS-3, the same export.")...)
	if said != "" || r.State != register.StateRejected {
		t.Fatalf("the record is %s (%q), want rejected", r.State, said)
	}
	checkLinks(t, r, link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, ""))
	if l := r.Links[0]; l.By != "ira" || l.Event == "" {
		t.Errorf("the link is by %q in %q, want ira and her decision", l.By, l.Event)
	}
	ended, _ := decideAll(r, register.RemoveLink{By: event("ira", "8"), Kind: register.DuplicateOf, Name: "NC-2026-0003", Reason: "It was another export."}, register.Move{To: register.StateRejected})
	checkLinks(t, ended, link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, "It was another export."))
	reopen("ira", now)(&r)
	checkLinks(t, r, link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, "the record was reopened"))
	again, _ := decideAll(r, rejects("Duplicate of ISMS-3, the same export after all.")...)
	checkLinks(t, again, link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, "the record was reopened"), link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, ""))
	r, _ = decideAll(r, rejects("Duplicate of NC-2026-0006, the same export.")...)
	checkLinks(t, r, link(register.DuplicateOf, "NC-2026-0003", register.LinkOfRejection, "the record was reopened"), link(register.DuplicateOf, "NC-2026-0006", register.LinkOfRejection, ""))

	r, said = decideAll(start(), rejects("Duplicate of NC-2026-0004, the same export.")[0])
	if want := "G04: The record is a duplicate of NC-2026-0004, and the links of NC-2026-0004 lead back to this record: one of them must be worked on"; said != want {
		t.Errorf("Decide() = %q, want %q", said, want)
	}
	if r.State == register.StateRejected || len(r.Links) > 0 {
		t.Errorf("the record is %s with %v", r.State, r.Links)
	}
	linked, _ := decideAll(start(), register.AddLink{By: event("ira", "1"), Kind: register.DuplicateOf, Name: "NC-2026-0003", Reason: "The same export shows it."})
	if linked, _ = decideAll(linked, rejects("A duplicate, see its link.")...); linked.State != register.StateRejected {
		t.Errorf("a duplicate whose link says of what is %s, want rejected", linked.State)
	}
}

// TestTheSourceReferenceLinks: what the text names is linked, and the link follows the text
// until triage has decided. A person's word about a link outlasts the text.
func TestTheSourceReferenceLinks(t *testing.T) {
	says := func(text string) register.Command {
		return register.Propose{By: register.Author{Person: "ben", At: now, From: "gh-isms"}, Field: register.FieldSourceRef, Value: text}
	}
	r := register.Record{ID: "rec-7", Ref: "NC-2026-0007", State: register.Reported, Recorded: now, Fields: map[register.Field]string{}}
	r, _ = decideAll(r, says("IA-2026-02, split from NC-2026-0003"))
	checkLinks(t, r, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, ""))
	if r.Links[0].By != "ben" {
		t.Errorf("the link is by %q, want ben", r.Links[0].By)
	}
	again, _ := decideAll(r, says("IA-2026-02, split from ISMS-3"))
	checkLinks(t, again, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, ""))
	corrected, _ := decideAll(r, says("IA-2026-02, split from NC-2026-0006"))
	checkLinks(t, corrected, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, "Source reference says so no longer"), link(register.SplitFrom, "NC-2026-0006", register.LinkOfSource, ""))
	returned, _ := decideAll(corrected, says("IA-2026-02, split from NC-2026-0003"))
	checkLinks(t, returned, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, "Source reference says so no longer"), link(register.SplitFrom, "NC-2026-0006", register.LinkOfSource, "Source reference says so no longer"), link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, ""))
	unknown, _ := decideAll(r, says("IA-2026-02, split from NC-1999-0001"))
	checkLinks(t, unknown, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, ""))

	r.Approvals = complete(register.Nonconformity, register.Minor).Approvals
	triaged, _ := decideAll(r, says("IA-2026-02"))
	checkLinks(t, triaged, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, ""))
	ended, _ := decideAll(r, register.RemoveLink{By: event("ira", "9"), Kind: register.SplitFrom, Name: "NC-2026-0003", Reason: "It was another finding."}, says("IA-2026-02 F-03, split from NC-2026-0003"))
	checkLinks(t, ended, link(register.SplitFrom, "NC-2026-0003", register.LinkOfSource, "It was another finding."))
}
