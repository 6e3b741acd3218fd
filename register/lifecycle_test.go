package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// A wish is what a tracker asks for in one step of a story.
type wish struct {
	want  register.State
	edit  func(*register.Record) // before it
	after time.Duration          // since the step before

	state     register.State // what comes of it
	requested register.State
	held      []string // guards
}

func TestLifecycle(t *testing.T) {
	const day = 24 * time.Hour
	review := func(event, by string, o register.Outcome, when time.Time) func(*register.Record) {
		return func(r *register.Record) {
			*r, _ = approve(*r, register.Approval{
				Event: event, Subject: register.SubjectEffectiveness, Outcome: o, By: by, At: when,
				How: register.ByComment, Reason: "Looked at two exports.",
			}, at(when), register.DefaultPolicy())
		}
	}
	edits := func(by string, f register.Field, v string) func(*register.Record) {
		return func(r *register.Record) { *r = propose(*r, by, f, v, at(now)) }
	}
	action := func(a register.Action) func(*register.Record) {
		return func(r *register.Record) {
			facts, _ := register.Decide(*r, register.SetAction{Action: a}, at(now), register.DefaultPolicy())
			*r = register.Replay(*r, facts)
		}
	}
	approvePlan := func(event string, when time.Time) func(*register.Record) {
		return func(r *register.Record) {
			*r, _ = approve(*r, register.Approval{
				Event: event, Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: when, How: register.ByComment,
			}, at(when), register.DefaultPolicy())
		}
	}
	both := func(a, b func(*register.Record)) func(*register.Record) {
		return func(r *register.Record) { a(r); b(r) }
	}
	for _, c := range []struct {
		name  string
		start register.State
		steps []wish
	}{
		{"a close without evidence is a request", register.Reported, []wish{
			{want: register.Closed, edit: drop(register.FieldRootCause), state: register.Planning, requested: register.Closed, held: []string{"G07", "G14"}},
		}},
		{"the evidence given later, the request is granted", register.Verifying, []wish{
			{want: register.Closed, edit: drop(register.FieldCloseSummary), state: register.Verifying, requested: register.Closed, held: []string{"G17"}},
			{want: register.Closed, edit: set(register.FieldCloseSummary, "Two exports without a finding."), state: register.Closed},
		}},
		{"a request that is withdrawn is forgotten", register.Verifying, []wish{
			{want: register.Closed, edit: drop(register.FieldCloseSummary), state: register.Verifying, requested: register.Closed, held: []string{"G17"}},
			{want: register.Verifying, state: register.Verifying},
		}},
		{"going back needs nothing", register.Implementing, []wish{
			{want: register.Planning, state: register.Planning},
			{want: register.Analysis, edit: drop(register.FieldOwner), state: register.Analysis},
			{want: register.Reported, state: register.Reported},
			{want: register.Analysis, state: register.Reported, requested: register.Analysis, held: []string{"G02"}},
		}},
		{"a record in progress falls back when evidence is taken away, and goes on once it is back", register.Verifying, []wish{
			{want: register.Closed, edit: drop(register.FieldCloseSummary), state: register.Verifying, requested: register.Closed, held: []string{"G17"}},
			{want: register.Closed, edit: edits("ana", register.FieldRootCause, "tbd"), state: register.Planning, requested: register.Closed, held: []string{"G07", "G14", "G16", "G17", "G25"}},
		}},
		{"a closed record keeps what it was closed with", register.Verifying, []wish{
			{want: register.Closed, state: register.Closed},
			{want: register.Closed, edit: edits("ana", register.FieldRootCause, "tbd"), state: register.Closed},
		}},
		{"rules that time or a policy changes move no record", register.Verifying, []wish{
			{want: register.Closed, state: register.Closed},
			{want: register.Closed, edit: func(r *register.Record) { r.Done = now.AddDate(0, 0, 90) }, state: register.Closed},
		}},
		{"a closed record with a new open action needs a new review after a new waiting time", register.Verifying, []wish{
			{want: register.Closed, state: register.Closed},
			{
				want: register.Closed, edit: action(register.Action{ID: "gh:1", Kind: register.Corrective, Title: "Train", Assignee: "ben", Due: "2026-12-20", State: register.ActionProposed}),
				state: register.Implementing, requested: register.Closed, held: []string{"G12", "G14", "G16", "G25"},
			},
			{
				want: register.Closed, edit: both(approvePlan("p2", now),
					action(register.Action{ID: "gh:1", Kind: register.Corrective, Title: "Train", Assignee: "ben", Due: "2026-12-20", State: register.ActionDone, Evidence: "The list of participants"})),
				state: register.Verifying, requested: register.Closed, held: []string{"G14", "G16"},
			},
		}},
		{"a reopened record goes to analysis, never to reported, and its review is void", register.Verifying, []wish{
			{want: register.Closed, state: register.Closed},
			{want: register.Reported, state: register.Closed},
			{want: register.Reported, edit: reopen("ira", now), state: register.Analysis},
			{want: register.Reported, state: register.Analysis},
			{want: register.Closed, edit: approvePlan("p2", now), state: register.Verifying, requested: register.Closed, held: []string{"G14", "G16"}},
			{want: register.Closed, after: 61 * day, state: register.Verifying, requested: register.Closed, held: []string{"G16"}},
			{want: register.Closed, edit: review("r2", "cem", register.Effective, now.Add(61*day)), state: register.Closed},
		}},
		{"what did not work goes back to analysis and stays there until something is new", register.Verifying, []wish{
			{want: register.Verifying, edit: review("r2", "cem", register.Ineffective, now), state: register.Analysis, requested: register.Verifying, held: []string{"G20", "G25"}},
			{want: register.Planning, state: register.Analysis, requested: register.Planning, held: []string{"G20"}},
			{
				want: register.Closed, edit: both(edits("ana", register.FieldRootCause, "The webhook has no owner since the reorganisation."), approvePlan("p2", now)),
				state: register.Verifying, requested: register.Closed, held: []string{"G14", "G16"},
			},
			{want: register.Closed, edit: review("r3", "cem", register.Effective, now.Add(61*day)), after: 61 * day, state: register.Closed},
		}},
		{"a partial success is none", register.Verifying, []wish{
			{want: register.Closed, edit: review("r2", "cem", register.Partially, now), state: register.Analysis, requested: register.Closed, held: []string{"G14", "G16", "G20", "G25"}},
		}},
		{"a later failed review opens a closed record", register.Verifying, []wish{
			{want: register.Closed, state: register.Closed},
			{want: register.Closed, edit: review("r2", "cem", register.Ineffective, now), state: register.Analysis, requested: register.Closed, held: []string{"G14", "G16", "G20", "G25"}},
		}},
		{"an exception cannot be accepted", register.Planning, []wish{
			{want: register.Accepted, state: register.Planning, requested: register.Accepted, held: []string{"G18"}},
			{want: register.Planning, state: register.Planning},
		}},
		{"a state that does not exist is no wish", register.Planning, []wish{
			{want: "doing", state: register.Planning},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			if r.State = c.start; c.start != register.Verifying {
				r.Done = time.Time{}
			}
			clock := now
			for i, s := range c.steps {
				clock = clock.Add(s.after)
				if s.edit != nil {
					s.edit(&r)
				}
				got, held := advance(r, s.want, at(clock), register.DefaultPolicy())
				if got.State != s.state || got.Requested != s.requested {
					t.Fatalf("step %d: Advance(%s, %s) = %s requested %q, want %s requested %q\n%v", i, r.State, s.want, got.State, got.Requested, s.state, s.requested, words(held))
				}
				if diff := cmp.Diff(s.held, ids(held)); diff != "" {
					t.Fatalf("step %d: Advance(%s, %s) held by (-want +got):\n%s", i, r.State, s.want, diff)
				}
				if got.RequestedAt.IsZero() != (got.Requested == "") {
					t.Errorf("step %d: RequestedAt = %v with Requested %q", i, got.RequestedAt, got.Requested)
				}
				if got.Closed.IsZero() == (got.State == register.Closed) {
					t.Errorf("step %d: Closed = %v in state %s", i, got.Closed, got.State)
				}
				r = got
			}
		})
	}
}

func TestTheTimesOfARecord(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.State, r.Confirmed, r.Done, r.Approvals = register.Reported, time.Time{}, time.Time{}, r.Approvals[:2]
	p := register.DefaultPolicy()
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }

	r, _ = advance(r, register.Analysis, at(day(0)), p)
	r, _ = advance(r, register.Verifying, at(day(1)), p)
	r, _ = advance(r, register.Closed, at(day(2)), p)
	if !r.Confirmed.Equal(day(0)) || !r.Done.Equal(day(1)) || !r.RequestedAt.Equal(day(2)) {
		t.Errorf("confirmed %v, done %v, requested %v, want %v, %v, %v", r.Confirmed, r.Done, r.RequestedAt, day(0), day(1), day(2))
	}
	r, _ = advance(r, register.Closed, at(day(3)), p)
	if !r.RequestedAt.Equal(day(2)) {
		t.Errorf("RequestedAt = %v after the same request again, want %v", r.RequestedAt, day(2))
	}
	r, _ = advance(r, register.Planning, at(day(4)), p)
	r, _ = approve(r, register.Approval{Event: "again", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: day(4), How: register.ByComment}, at(day(4)), p)
	r, _ = advance(r, register.Verifying, at(day(5)), p)
	if !r.Confirmed.Equal(day(0)) || !r.Done.Equal(day(5)) {
		t.Errorf("confirmed %v, done %v after going back and forth, want %v, %v", r.Confirmed, r.Done, day(0), day(5))
	}
}

func TestRejection(t *testing.T) {
	p := register.DefaultPolicy()
	by := func(person string) func(*register.Record) {
		return func(r *register.Record) {
			*r, _ = approve(*r, register.Approval{
				Event: "e1", Subject: register.SubjectRejection, Outcome: register.Approved, By: person, At: now,
				How: register.ByComment, Reason: "Duplicate of NC-2026-0003.",
			}, at(now), p)
		}
	}
	incident := set(register.FieldSource, "incident")
	reason := set(register.FieldRejectReason, "Duplicate of NC-2026-0003.")
	for _, c := range []struct {
		name  string
		from  register.State
		edits []func(*register.Record)
		state register.State
	}{
		{"a rejection without a reason is a request", register.Analysis, []func(*register.Record){incident}, register.Analysis},
		{"a reason in a field is not enough: it takes a person with the role", register.Reported, []func(*register.Record){incident, reason}, register.Reported},
		{"a manager rejects", register.Reported, []func(*register.Record){incident, reason, by("ira")}, register.StateRejected},
		{"a manager's words are a reason", register.Analysis, []func(*register.Record){incident, by("ira")}, register.StateRejected},
		{"others do not reject", register.Analysis, []func(*register.Record){incident, reason, by("cem")}, register.Analysis},
		{"a finding of an audit is not rejected by a text", register.Analysis, []func(*register.Record){reason}, register.Analysis},
		{"nor by its owner", register.Analysis, []func(*register.Record){set(register.FieldOwner, "ira"), by("ira")}, register.Analysis},
		{"nor by somebody unknown", register.Analysis, []func(*register.Record){reason, by("zoe")}, register.Analysis},
		{"but by a manager who does not own it", register.Analysis, []func(*register.Record){by("ira")}, register.StateRejected},
		{"a duplicate names its target", register.Analysis, []func(*register.Record){incident, set(register.FieldRejectReason, "A duplicate."), by("ira")}, register.Analysis},
		{"and the target exists", register.Analysis, []func(*register.Record){incident, set(register.FieldRejectReason, "Duplicate of NC-2026-0099."), by("ira")}, register.Analysis},
		{"a closed record is not rejected", register.Closed, []func(*register.Record){incident, reason}, register.Closed},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := complete(register.Nonconformity, register.Minor)
			r.State = c.from
			for _, e := range c.edits {
				e(&r)
			}
			ctx := at(now)
			ctx.Records = map[string]register.Other{"NC-2026-0003": {ID: "rec-3", Ref: "NC-2026-0003"}}
			got, held := advance(r, register.StateRejected, ctx, p)
			if got.State != c.state {
				t.Fatalf("Advance(%s, rejected) = %s, want %s; %v", c.from, got.State, c.state, words(held))
			}
			if c.state != register.StateRejected && c.state != register.Closed && !slices.Equal(ids(held), []string{"G04"}) {
				t.Errorf("Advance(%s, rejected) held by %v, want G04", c.from, ids(held))
			}
		})
	}

	t.Run("a rejected record that is taken up again starts anew", func(t *testing.T) {
		r := complete(register.Nonconformity, register.Minor)
		r.State = register.Analysis
		by("ira")(&r)
		ctx := at(now)
		ctx.Records = map[string]register.Other{"NC-2026-0003": {ID: "rec-3", Ref: "NC-2026-0003"}}
		if r, _ = advance(r, register.StateRejected, ctx, p); r.State != register.StateRejected {
			t.Fatalf("Advance(analysis, rejected) = %s, want rejected", r.State)
		}
		reopen("ira", now)(&r)
		if r, _ = advance(r, register.Reported, at(now), p); r.State != register.Reported {
			t.Fatalf("Advance(rejected, reported) = %s, want reported", r.State)
		}
		if r, _ = advance(r, register.StateRejected, at(now), p); r.State != register.Reported {
			t.Errorf("Advance(reported, rejected) = %s, want reported: the old rejection is used up", r.State)
		}
	})
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		state, requested, want register.State
		ok                     bool
	}{
		{register.Reported, "", register.Analysis, true},
		{register.Verifying, "", register.Closed, true},
		{register.Reported, register.Closed, register.Closed, true},
		{register.Analysis, register.StateRejected, register.StateRejected, true},
		{register.Closed, "", "", false},
		{register.StateRejected, "", "", false},
		{register.StateRejected, register.Closed, register.Closed, true},
		{"", "", register.Reported, true},
	} {
		if got, ok := register.Next(register.Record{State: c.state, Requested: c.requested}); got != c.want || ok != c.ok {
			t.Errorf("Next(%q, requested %q) = %q, %v, want %q, %v", c.state, c.requested, got, ok, c.want, c.ok)
		}
	}
}

func TestMissing(t *testing.T) {
	p := register.DefaultPolicy()
	r := complete(register.Nonconformity, register.Minor)
	r.State = register.Planning
	delete(r.Fields, register.FieldCriteria)
	delete(r.Fields, register.FieldCloseSummary)
	if got := ids(register.Missing(r, at(now), p)); !slices.Equal(got, []string{"G10"}) {
		t.Errorf("Missing(planning) = %v, want what the next state needs, G10", got)
	}
	r.Requested = register.Closed
	if got := ids(register.Missing(r, at(now), p)); !slices.Equal(got, []string{"G10", "G17"}) {
		t.Errorf("Missing(planning, close requested) = %v, want G10 and G17", got)
	}
	r.State, r.Requested = register.StateRejected, ""
	if got := register.Missing(r, at(now), p); len(got) > 0 {
		t.Errorf("Missing(rejected) = %v, want nothing", ids(got))
	}
}
