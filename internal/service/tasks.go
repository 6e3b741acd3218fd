package service

import (
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Task is one kind of thing that waits for a person, with the records that it waits in.
type Task struct {
	Kind    TaskKind
	Count   int  // of records, or of dates and conflicts
	Beyond  bool // there are more than Count
	Records []TaskRecord
}

// A TaskKind says what a person is to do.
type TaskKind string

// The kinds, in the order in which people are told of them.
const (
	TaskLate       TaskKind = "late"       // a date of the person was missed
	TaskConflict   TaskKind = "conflict"   // a field has two values
	TaskReview     TaskKind = "review"     // judge whether the actions worked
	TaskPlan       TaskKind = "plan"       // let the work begin
	TaskProposal   TaskKind = "proposal"   // answer a proposed value, date, exception or reopening
	TaskRecurrence TaskKind = "recurrence" // answer whether a closed nonconformity came up again
	TaskTriage     TaskKind = "triage"     // confirm what a record is
)

// A TaskRecord is a record with a Task.
type TaskRecord struct {
	Ref, Title, Grade string
	What              string // the date that was missed, the field in conflict; "" where the kind says it all
	Due               string // day, "" for none
}

// mostJudged is how many records of a state are looked at for one that a person may decide about, the longest
// waiting first.
const mostJudged = 50

// Tasks returns what waits for a person, with at most most records of each kind. Who is not one of people has
// none. What a person may decide follows from the roles of each act.
func (r *Register) Tasks(ctx context.Context, person string, most int) ([]Task, error) {
	if _, known := r.People[person]; !known {
		return nil, nil
	}
	may := func(acts ...register.Act) bool {
		return slices.ContainsFunc(acts, func(a register.Act) bool { return slices.Contains(r.Policy.Allowed(r.People, a), person) })
	}
	var out []Task
	add := func(t Task, err error) error {
		if err == nil && t.Count > 0 {
			out = append(out, t)
		}
		return err
	}
	err := add(r.lateTask(ctx, person, most))
	if err == nil && may(register.ActTriage, register.ActAmend) {
		err = add(r.conflictTask(ctx, most))
	}
	if err == nil {
		err = add(r.judged(ctx, TaskReview, register.Verifying, most, func(x register.Record) bool { return r.waitsForReview(x, person) }))
	}
	if err == nil && may(register.ActApprovePlan) {
		err = add(r.judged(ctx, TaskPlan, register.Planning, most, func(x register.Record) bool {
			return r.lacksOnly(x, register.SubjectPlan) && slices.Contains(r.Policy.AllowedOn(x, r.People, register.ActApprovePlan), person)
		}))
	}
	for _, w := range decisions() {
		if err == nil && may(w.acts...) {
			err = add(r.waitingTask(ctx, w.kind, w.decision, most))
		}
	}
	return out, err
}

// A decisive is a decision that records wait for, with the acts by which people take it.
type decisive struct {
	kind     TaskKind
	decision store.Decision
	acts     []register.Act
}

// decisions are those by which a list of the register can be narrowed.
func decisions() []decisive {
	return []decisive{
		{TaskProposal, store.DecideProposal, []register.Act{register.ActDowngrade, register.ActAmend, register.ActReopen, register.ActExtend, register.ActAccept, register.ActAcceptMajor}},
		{TaskRecurrence, store.DecideRecurrence, []register.Act{register.ActRecurrence}},
		{TaskTriage, store.DecideTriage, []register.Act{register.ActTriage}},
	}
}

// DecisionsOf returns the decisions that a person may take.
func (r *Register) DecisionsOf(person string) []store.Decision {
	var out []store.Decision
	for _, d := range decisions() {
		if slices.ContainsFunc(d.acts, func(a register.Act) bool { return slices.Contains(r.Policy.Allowed(r.People, a), person) }) {
			out = append(out, d.decision)
		}
	}
	return out
}

// lateTask is the dates that a person missed.
func (r *Register) lateTask(ctx context.Context, person string, most int) (Task, error) {
	t, now := Task{Kind: TaskLate}, r.now()
	due, err := r.Due(ctx, DueQuery{At: now, Until: now.UTC().Format(time.DateOnly), Person: person})
	if err != nil {
		return t, err
	}
	for _, d := range due.Items {
		if !d.Missed {
			continue
		}
		if t.Count++; t.Count <= most {
			t.Records = append(t.Records, TaskRecord{Ref: d.Record, Title: d.Name, What: d.What(), Due: d.Due})
		}
	}
	return t, nil
}

// conflictTask is the fields that have two values.
func (r *Register) conflictTask(ctx context.Context, most int) (Task, error) {
	rows, n, err := r.Store.OpenConflicts(ctx, most)
	if err != nil || n == 0 {
		return Task{Kind: TaskConflict}, err
	}
	told, err := r.ConflictWords(ctx, rows)
	if err != nil {
		return Task{}, err
	}
	t := Task{Kind: TaskConflict, Count: n}
	for i, c := range rows {
		t.Records = append(t.Records, TaskRecord{Ref: c.Ref, What: told[i].Label})
	}
	return t, nil
}

// waitingTask is the records that wait for a decision, the oldest first.
func (r *Register) waitingTask(ctx context.Context, kind TaskKind, d store.Decision, most int) (Task, error) {
	q := ListQuery{Waits: []store.Decision{d}, Sort: sortRecorded}.browse(r.now())
	q.Limit = most
	found, err := r.Store.Browse(ctx, q)
	if err != nil {
		return Task{}, err
	}
	t := Task{Kind: kind}
	for _, row := range found.Rows {
		t.Records = append(t.Records, taskRecord(row.Record))
	}
	t.Count, t.Beyond, err = r.counted(ctx, q)
	return t, err
}

// sortRecorded is the order by the time of recording.
const sortRecorded = "recorded"

// judged is the records of a state that wait for a person, of those that are in the register longest.
func (r *Register) judged(ctx context.Context, kind TaskKind, state register.State, most int, waits func(register.Record) bool) (Task, error) {
	q := ListQuery{States: []register.State{state}, Sort: sortRecorded}.browse(r.now())
	q.Limit = mostJudged
	found, err := r.Store.Browse(ctx, q)
	if err != nil {
		return Task{}, err
	}
	t := Task{Kind: kind, Beyond: found.More}
	for _, row := range found.Rows {
		if !waits(row.Record) {
			continue
		}
		if t.Count++; t.Count <= most {
			t.Records = append(t.Records, taskRecord(row.Record))
		}
	}
	return t, nil
}

// waitsForReview reports whether a record waits for a review that a person may do.
func (r *Register) waitsForReview(x register.Record, person string) bool {
	if !r.lacksOnly(x, register.SubjectEffectiveness) || register.InvolvedIn(x, person, r.now()) != "" {
		return false
	}
	return x.Fields[register.FieldReviewer] == person || slices.Contains(r.Policy.AllowedOn(x, r.People, register.ActReview), person)
}

// lacksOnly reports whether one decision is all that a record lacks for its next state.
func (r *Register) lacksOnly(x register.Record, s register.Subject) bool {
	to, ok := register.Next(x)
	if !ok {
		return false
	}
	decides := false
	for _, v := range register.Check(x, to, register.Context{At: r.now(), People: r.People, SmallOrg: r.SmallOrg}, r.Policy) {
		for _, l := range v.Lacks {
			switch {
			case v.Rule.Severity != register.Must || l.Remedy.Kind == register.RemedyFinish:
			case l.Remedy.Kind == register.RemedyDecide && l.Remedy.Subject == s:
				decides = true
			default:
				return false
			}
		}
	}
	return decides
}

func taskRecord(x register.Record) TaskRecord {
	return TaskRecord{Ref: x.Ref, Title: x.Fields[register.FieldTitle], Grade: x.Fields[register.FieldGrade]}
}
