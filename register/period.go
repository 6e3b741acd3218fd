package register

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Period is a stretch of time, in UTC. To is the first moment after it.
type Period struct{ From, To time.Time }

// ParsePeriod reads a period as people write it: a year "2026", a half "2026-H2", a quarter "2026-Q3",
// a month "2026-09", a week of ISO 8601 "2026-W37", a day "2026-09-30", or two dates
// "2026-07-01..2026-07-31", both of which are in it.
func ParsePeriod(text string) (Period, error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	if first, last, ok := strings.Cut(text, ".."); ok {
		from, isFrom := date(first)
		to, isTo := date(last)
		if !isFrom || !isTo || to.Before(from) {
			return Period{}, notPeriod(text)
		}
		return Period{from, to.AddDate(0, 0, 1)}, nil
	}
	if d, ok := date(text); ok {
		return Period{d, d.AddDate(0, 0, 1)}, nil
	}
	year, part, parted := strings.Cut(text, "-")
	y, err := strconv.Atoi(year)
	if err != nil || len(year) != len("2026") || y < 1 {
		return Period{}, notPeriod(text)
	}
	if !parted {
		return months(y, 12, 1), nil
	}
	letter := strings.TrimRight(part, "0123456789")
	n, err := strconv.Atoi(part[len(letter):])
	if err != nil || n < 1 {
		return Period{}, notPeriod(text)
	}
	switch {
	case letter == "Q" && len(part) == 2 && n <= 4:
		return months(y, 3, n), nil
	case letter == "H" && len(part) == 2 && n <= 2:
		return months(y, 6, n), nil
	case letter == "" && len(part) == 2 && n <= 12:
		return months(y, 1, n), nil
	case letter == "W" && len(part) == 3 && n <= 53:
		if p := week(y, n); p.String() == text {
			return p, nil
		}
	}
	return Period{}, notPeriod(text)
}

// months is the n-th stretch of a number of months in a year.
func months(year, length, n int) Period {
	from := time.Date(year, time.Month(1+(n-1)*length), 1, 0, 0, 0, 0, time.UTC)
	return Period{from, from.AddDate(0, length, 0)}
}

// week is a week of ISO 8601. The fourth of January is always in the first one.
func week(year, n int) Period {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	from := monday(fourth).AddDate(0, 0, 7*(n-1))
	return Period{from, from.AddDate(0, 0, 7)}
}

// monday is the first day of the week of a moment.
func monday(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()-(int(t.Weekday())+6)%7, 0, 0, 0, 0, time.UTC)
}

func notPeriod(text string) error {
	return fmt.Errorf("%q is no period: write it like 2026-Q3, 2026-H2, 2026, 2026-09, 2026-W37 or 2026-07-01..2026-09-30", text)
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
	if months, ok := p.wholeMonths(); ok {
		return Period{p.From.AddDate(0, -months, 0), p.From}
	}
	return Period{p.From.Add(-p.To.Sub(p.From)), p.From}
}

// YearBefore returns the period a year earlier.
func (p Period) YearBefore() Period { return Period{p.From.AddDate(-1, 0, 0), p.To.AddDate(-1, 0, 0)} }

// wholeMonths returns how many months a period of whole months has.
func (p Period) wholeMonths() (int, bool) {
	n := (p.To.Year()-p.From.Year())*12 + int(p.To.Month()) - int(p.From.Month())
	return n, n > 0 && p.From.Day() == 1 && p.From.AddDate(0, n, 0).Equal(p.To)
}

// Last is the last millisecond of the period.
func (p Period) Last() time.Time { return p.To.Add(-time.Millisecond) }

// String names the period as ParsePeriod reads it.
func (p Period) String() string {
	n, whole := p.wholeMonths()
	first := int(p.From.Month()) - 1
	switch {
	case whole && n == 12 && first == 0:
		return fmt.Sprintf("%04d", p.From.Year())
	case whole && n == 6 && first%6 == 0:
		return fmt.Sprintf("%04d-H%d", p.From.Year(), first/6+1)
	case whole && n == 3 && first%3 == 0:
		return fmt.Sprintf("%04d-Q%d", p.From.Year(), first/3+1)
	case whole && n == 1:
		return p.From.Format("2006-01")
	case p.To.Equal(p.From.AddDate(0, 0, 7)) && p.From.Weekday() == time.Monday:
		y, w := p.From.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case p.To.Equal(p.From.AddDate(0, 0, 1)):
		return p.From.Format(time.DateOnly)
	default:
		return p.From.Format(time.DateOnly) + ".." + p.To.AddDate(0, 0, -1).Format(time.DateOnly)
	}
}
