package measuring

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A shelf is a register of one record, which takes in what Decide lets through.
type shelf struct {
	record register.Record
	now    time.Time
	err    error
}

func (s *shelf) Record(_ context.Context, ref string) (store.Row, error) {
	if ref != s.record.Ref {
		return store.Row{}, store.ErrNotFound
	}
	return store.Row{Record: s.record}, s.err
}

func (s *shelf) enter(_ context.Context, _, key string, e register.Enter) error {
	e.By = register.Author{Event: key, At: s.now}
	facts, err := register.Decide(s.record, e, register.Context{At: s.now}, register.DefaultPolicy())
	s.record = register.Replay(s.record, facts)
	if no, ok := errors.AsType[register.Refusal](err); ok {
		return &service.RefusedError{Refusal: no}
	}
	return err
}

// A spring is a source with an answer.
type spring struct {
	answer  string
	err     error
	recalls bool
	asked   []string
}

func (s *spring) String() string { return "file spring" }
func (s *spring) Recalls() bool  { return s.recalls }
func (s *spring) Ask(_ context.Context, p register.Period) (Answer, error) {
	s.asked = append(s.asked, p.String())
	return Answer{Value: s.answer, Digest: "d"}, s.err
}

// check is a control check that is made each day since 1 September.
func check(cadence register.Cadence, target string) register.Record {
	at := time.Date(2026, 9, 1, 9, 0, 0, 0, time.UTC)
	return register.Record{ID: "r1", Ref: "CHK-2026-0001", State: register.Implementing, Confirmed: at, Fields: map[register.Field]string{
		register.FieldKind: string(register.ControlCheck), register.FieldCadence: string(cadence), register.FieldTarget: target,
	}}
}

func (s *shelf) run(t *testing.T, src Source, at string, dry bool) []string {
	t.Helper()
	var err error
	if s.now, err = time.Parse("2006-01-02 15:04", at); err != nil {
		t.Fatal(err)
	}
	r := &Runner{Measures: []Measure{{"CHK-2026-0001", src}}, Store: s, Enter: s.enter, Now: func() time.Time { return s.now }, Every: time.Hour}
	results, err := r.Run(t.Context(), dry)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, x := range results {
		out = append(out, strings.Join(strings.Fields(fmt.Sprint(x.Period, " ", x.Outcome, " ", x.Value, " ", x.Why)), " "))
	}
	return out
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// The value of a day is due on the next one: the source has until its last hour.
func TestASourceIsAskedUntilTheDueDayIsOver(t *testing.T) {
	s, src := &shelf{record: check(register.Daily, "passed")}, &spring{err: errors.New("it answered HTTP 503")}
	same(t, "the day itself", []string{"idle"}, s.run(t, src, "2026-09-01 23:59", false))
	same(t, "the first try", []string{"2026-09-01 waiting it answered HTTP 503"}, s.run(t, src, "2026-09-02 00:10", false))
	same(t, "a later try", []string{"2026-09-01 waiting it answered HTTP 503"}, s.run(t, src, "2026-09-02 22:59", false))
	same(t, "the last try, as a rehearsal", []string{"2026-09-01 missed it answered HTTP 503"}, s.run(t, src, "2026-09-02 23:10", true))
	if len(s.record.Measurements) != 0 {
		t.Fatal("a rehearsal entered a value")
	}
	same(t, "the last try", []string{"2026-09-01 missed it answered HTTP 503"}, s.run(t, src, "2026-09-02 23:10", false))
	same(t, "once", []string{"idle"}, s.run(t, src, "2026-09-02 23:50", false))
	src.err, src.answer = nil, "pass"
	same(t, "the next day", []string{"2026-09-02 entered passed"}, s.run(t, src, "2026-09-03 00:10", false))
	same(t, "after three days", []string{"2026-09-05 entered passed"}, s.run(t, src, "2026-09-06 00:10", false))
	if n := len(s.record.Measurements); n != 3 {
		t.Errorf("the record has %d values, want 3", n)
	}
}

// A source that knows the past gives the values of all periods, some at a time, however late.
func TestASourceThatRecallsCatchesUp(t *testing.T) {
	s, src := &shelf{record: check(register.Daily, ">= 95 %")}, &spring{answer: "96", recalls: true}
	got := s.run(t, src, "2026-09-21 09:00", false)
	if len(got) != mostAtOnce || got[0] != "2026-09-01 entered 96" || got[mostAtOnce-1] != "2026-09-12 entered 96" {
		t.Errorf("the first run: %q", got)
	}
	got = s.run(t, src, "2026-09-21 10:00", false)
	if len(got) != 8 || got[7] != "2026-09-20 entered 96" {
		t.Errorf("the second run: %q", got)
	}
	same(t, "the third run", []string{"idle"}, s.run(t, src, "2026-09-21 11:00", false))
	if len(src.asked) != 20 {
		t.Errorf("the source was asked %d times for 20 days", len(src.asked))
	}
}

// What conformd itself could not read is never taken for a source that does not answer.
func TestTheRegisterThatCannotBeReadIsNoMissedValue(t *testing.T) {
	s, src := &shelf{record: check(register.Monthly, ">= 95 %")}, &spring{err: fmt.Errorf("%w: disk", errOurs), recalls: true}
	same(t, "long after the due day", []string{"2026-09 waiting the register could not be read: disk"}, s.run(t, src, "2026-10-30 09:00", false))
	if len(s.record.Measurements) != 0 {
		t.Errorf("entered %+v", s.record.Measurements)
	}
	s.err = errors.New("disk")
	r := &Runner{Measures: []Measure{{"CHK-2026-0001", src}}, Store: s, Enter: s.enter, Now: func() time.Time { return s.now }}
	if results, err := r.Run(t.Context(), false); err == nil || results[0].Outcome != Failed {
		t.Errorf("a record that cannot be read: %+v, %v", results, err)
	}
}

// An answer is held to the target of the record; one that is no value is missed and not repeated.
func TestAnAnswerThatIsNoValue(t *testing.T) {
	for _, c := range []struct{ target, answer, want string }{
		{">= 95 %", "97 %", "2026-09 entered 97"},
		{">= 95 %", "97,5", "2026-09 missed the answer is no value of a record whose target is ≥ 95 %"},
		{">= 95 %", "97 days", "2026-09 missed the answer is no value of a record whose target is ≥ 95 %"},
		{">= 95 %", "root:x:0:0", "2026-09 missed the answer is no value of a record whose target is ≥ 95 %"},
		{">= 95 %", strings.Repeat("9", 65), "2026-09 missed the answer is no value: it is too long"},
		{">= 95 %", "", "2026-09 missed the answer is no value of a record whose target is ≥ 95 %"},
		{"passed", "false", "2026-09 missed the answer is no value of a record whose target is passed"},
		{"passed", "failed", "2026-09 entered failed"},
		{"yes", "true", "2026-09 entered yes"},
	} {
		s := &shelf{record: check(register.Monthly, c.target)}
		same(t, c.target+" "+c.answer, []string{c.want}, s.run(t, &spring{answer: c.answer}, "2026-10-14 23:30", false))
		if m := s.record.Measurements; len(m) != 1 || m[0].Missed() != strings.Contains(c.want, "missed") {
			t.Errorf("%s %s: the record has %+v", c.target, c.answer, m)
		}
	}
}

// For some records no values are entered, and no source is asked.
func TestRecordsThatRest(t *testing.T) {
	for want, edit := range map[string]func(*register.Record){
		"resting the record is not triaged yet": func(r *register.Record) { r.State, r.Confirmed = register.Reported, time.Time{} },
		"resting the record is closed":          func(r *register.Record) { r.State = register.Closed },
		"failed values are entered for a measure, a control check or an objective, and this record is none": func(r *register.Record) { r.Fields[register.FieldKind] = "observation" },
		"failed the register has no record of this number":                                                  func(r *register.Record) { r.Ref = "CHK-2026-0002" },
		"idle": func(r *register.Record) {
			r.Measurements = []register.Measurement{{Period: "2026-09", Source: "file spring", Note: "late"}}
		},
	} {
		s, src := &shelf{record: check(register.Monthly, ">= 95 %")}, &spring{answer: "97"}
		edit(&s.record)
		same(t, want, []string{want}, s.run(t, src, "2026-10-02 09:00", false))
		if len(src.asked) != 0 {
			t.Errorf("%s: the source was asked", want)
		}
	}
}
