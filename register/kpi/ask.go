package kpi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// An Ask is a question as people write it.
type Ask struct {
	At     string // a day, which counts to its end, or a moment like 2026-09-30T12:00:00Z; "" see Question
	Period string // see register.ParsePeriod; "" is the quarter of At

	Kind, Scope, Grade, Source, Owner, Standard string
}

// Question reads what people ask for. Now is the present moment, or the last one that a log
// knows. Without At it is the end of the period, or now if that is earlier, so that the figures
// of a quarter that is over stay the same.
func (a Ask) Question(now time.Time) (Question, error) {
	q := Question{Scope: strings.TrimSpace(a.Scope), Source: a.Source, Owner: a.Owner, Kind: register.Kind(a.Kind), Grade: register.Grade(a.Grade)}
	if err := oneOf("kind", a.Kind, register.FieldKind); err != nil {
		return q, err
	}
	if err := oneOf("grade", a.Grade, register.FieldGrade); err != nil {
		return q, err
	}
	if a.Standard != "" {
		id, known := register.StandardNamed(a.Standard)
		if !known {
			return q, fmt.Errorf("standard %q is not known: give one of %s", a.Standard, strings.Join(register.StandardIDs(), ", "))
		}
		q.Standard = id
	}
	q.At = now.UTC().Truncate(time.Millisecond)
	if a.At != "" {
		at, err := parseMoment(a.At)
		if err != nil {
			return q, err
		}
		if at.After(now) {
			if dateOf(at) > dateOf(now) {
				return q, fmt.Errorf("nothing is known of %s yet: give a moment that is over, %s at the latest", a.At, dateOf(now))
			}
			at = q.At // today is not over
		}
		q.At = at
	}
	p := register.Quarter(q.At)
	if a.Period != "" {
		var err error
		if p, err = register.ParsePeriod(a.Period); err != nil {
			return q, err
		}
		if a.At == "" {
			q.At = earlier(q.At, p.Last())
		}
	}
	if p.From.After(q.At) {
		return q, fmt.Errorf("the period %s begins after %s, as of which figures are asked for: give a later moment, or an earlier period", p, q.At.Format(time.RFC3339))
	}
	q.From, q.To = p.From, p.To
	return q, nil
}

// oneOf refuses a value that a field does not have.
func oneOf(name, value string, f register.Field) error {
	info, _ := register.Info(f)
	if value == "" || slices.Contains(info.Enum, value) {
		return nil
	}
	return fmt.Errorf("%s %q is not known: give one of %s", name, value, strings.Join(info.Enum, ", "))
}

// parseMoment reads a moment; a day stands for its last millisecond.
func parseMoment(text string) (time.Time, error) {
	if d := day(text); !d.IsZero() {
		return register.Period{From: d, To: d.AddDate(0, 0, 1)}.Last(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no moment: write a day like 2026-09-30, or 2026-09-30T12:00:00Z", text)
	}
	return t.UTC().Truncate(time.Millisecond), nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Trend returns the questions about the periods before, the oldest first: that of a year before,
// the three before this one, and this one. Each is as of the end of its period, so that its
// figures are the ones that could be read then.
func (q Question) Trend() []Question {
	p := q.Period()
	periods := []register.Period{p.YearBefore(), p.Before().Before().Before(), p.Before().Before(), p.Before()}
	out := make([]Question, 0, len(periods)+1)
	for _, x := range periods {
		then := q
		then.From, then.To, then.At = x.From, x.To, earlier(q.At, x.Last())
		out = append(out, then)
	}
	return append(out, q)
}

// A Report is the figures of a period, and those of the periods before it where a trend was asked
// for.
type Report struct {
	Sheet
	// Trend are the sheets of the three periods before, the oldest first.
	Trend []Sheet `json:"trend,omitempty"`
	// YearBefore is the sheet of the same period a year earlier.
	YearBefore *Sheet `json:"year_before,omitempty"`
}

// Questions are what a report asks: of a report without a trend one question.
func (q Question) Questions(trend bool) []Question {
	if trend {
		return q.Trend()
	}
	return []Question{q}
}

// NewReport makes a report of the answers to [Question.Questions].
func NewReport(sheets []Sheet) Report {
	n := len(sheets) - 1
	r := Report{Sheet: sheets[n]}
	if n > 0 {
		r.YearBefore, r.Trend = &sheets[0], sheets[1:n]
	}
	return r
}

// Period is the period of the question.
func (q *Question) Period() register.Period { return register.Period{From: q.From, To: q.To} }

// asOf is the moment of the question for people.
func (q *Question) asOf() string {
	if next := q.At.Add(time.Millisecond); next.Equal(next.Truncate(24 * time.Hour)) {
		return "the end of " + dateOf(q.At)
	}
	return q.At.Format("2006-01-02 15:04:05")
}

// called is the kind of the records that are asked about, in words, of one and of several.
func (q *Question) called() (one, many string) {
	one = strings.ReplaceAll(string(q.about()), "_", " ")
	if stem, ok := strings.CutSuffix(one, "y"); ok {
		return one, stem + "ies"
	}
	return one, one + "s"
}
