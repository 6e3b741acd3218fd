package kpi

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A Question says what figures are asked for.
type Question struct {
	// At is the moment as of which the log is read: what it recorded later does not count.
	At time.Time `json:"at"`
	// From and To bound the period; To is the first moment after it.
	From time.Time `json:"from"`
	To   time.Time `json:"to"`

	// Kind of the records that the figures are about; "" is nonconformity, and then the figures of
	// actions and improvements are about the records of every kind.
	Kind   register.Kind  `json:"kind,omitempty"`
	Scope  string         `json:"scope,omitempty"` // a part of it
	Grade  register.Grade `json:"grade,omitempty"`
	Source string         `json:"source,omitempty"`
	Owner  string         `json:"owner,omitempty"` // person id
}

// in reports whether a moment is in the period.
func (q *Question) in(t time.Time) bool { return !t.IsZero() && !t.Before(q.From) && t.Before(q.To) }

// about is the kind of the records that most figures are about.
func (q *Question) about() register.Kind {
	if q.Kind == "" {
		return register.Nonconformity
	}
	return q.Kind
}

// covers reports whether a record has the values that are asked for, its kind aside.
func (q *Question) covers(s *Standing) bool {
	if q.Grade != "" && string(q.Grade) != s.values[keyGrade] || q.Source != "" && q.Source != s.values[keySource] || q.Owner != "" && q.Owner != s.values[keyOwner] {
		return false
	}
	if q.Scope == "" {
		return true
	}
	for part := range strings.Lines(s.values[keyScope]) {
		if strings.EqualFold(strings.TrimSpace(part), q.Scope) {
			return true
		}
	}
	return false
}

// Filters lists in words what limits the figures, in the order of the fields.
func (q *Question) Filters() []string {
	var out []string
	for _, f := range [][2]string{{"kind", string(q.Kind)}, {"scope", q.Scope}, {"grade", string(q.Grade)}, {"source", q.Source}, {"owner", q.Owner}} {
		if f[1] != "" {
			out = append(out, f[0]+" "+f[1])
		}
	}
	return out
}

// A Period is a stretch of time, in UTC. To is the first moment after it.
type Period struct{ From, To time.Time }

// ParsePeriod reads a period as people write it: "2026-Q3", "2026-H2", "2026", or two dates
// "2026-07-01..2026-07-31", both of which are in it.
func ParsePeriod(text string) (Period, error) {
	if first, last, ok := strings.Cut(text, ".."); ok {
		from, to := day(strings.TrimSpace(first)), day(strings.TrimSpace(last))
		if from.IsZero() || to.IsZero() || to.Before(from) {
			return Period{}, notPeriod(text)
		}
		return Period{from, to.AddDate(0, 0, 1)}, nil
	}
	year, part, parted := strings.Cut(strings.ToUpper(strings.TrimSpace(text)), "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != 4 {
		return Period{}, notPeriod(text)
	}
	months := 12
	n := 1
	if parted {
		length := map[byte]int{'Q': 3, 'H': 6}
		if len(part) != 2 || length[part[0]] == 0 {
			return Period{}, notPeriod(text)
		}
		months, n = length[part[0]], int(part[1]-'0')
		if n < 1 || n > 12/months {
			return Period{}, notPeriod(text)
		}
	}
	from := time.Date(y, time.Month(1+(n-1)*months), 1, 0, 0, 0, 0, time.UTC)
	return Period{from, from.AddDate(0, months, 0)}, nil
}

func notPeriod(text string) error {
	return fmt.Errorf("%q is no period: write it like 2026-Q3, 2026-H2, 2026 or 2026-07-01..2026-09-30", text)
}

// Quarter returns the quarter of a year in which a moment is.
func Quarter(t time.Time) Period {
	t = t.UTC()
	from := time.Date(t.Year(), t.Month()-(t.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
	return Period{from, from.AddDate(0, 3, 0)}
}

// Before returns the period of the same length that ends where this one begins. Whole months
// stay whole months.
func (p Period) Before() Period {
	if months, ok := p.months(); ok {
		return Period{p.From.AddDate(0, -months, 0), p.From}
	}
	return Period{p.From.Add(-p.To.Sub(p.From)), p.From}
}

// YearBefore returns the period a year earlier.
func (p Period) YearBefore() Period { return Period{p.From.AddDate(-1, 0, 0), p.To.AddDate(-1, 0, 0)} }

// months returns how many months a period of whole months has.
func (p Period) months() (int, bool) {
	n := (p.To.Year()-p.From.Year())*12 + int(p.To.Month()) - int(p.From.Month())
	return n, n > 0 && p.From.Day() == 1 && p.From.AddDate(0, n, 0).Equal(p.To)
}

// String names the period: "2026-Q3", "2026-H2", "2026" or its first and last day.
func (p Period) String() string {
	n, whole := p.months()
	first := int(p.From.Month()) - 1
	switch {
	case whole && n == 12 && first == 0:
		return fmt.Sprintf("%04d", p.From.Year())
	case whole && n == 6 && first%6 == 0:
		return fmt.Sprintf("%04d-H%d", p.From.Year(), first/6+1)
	case whole && n == 3 && first%3 == 0:
		return fmt.Sprintf("%04d-Q%d", p.From.Year(), first/3+1)
	default:
		return p.From.Format(time.DateOnly) + ".." + p.To.AddDate(0, 0, -1).Format(time.DateOnly)
	}
}
