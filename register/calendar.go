package register

import (
	"slices"
	"strings"
	"time"
)

// A Calendar says which days are no business days. It is part of the policy.
type Calendar struct {
	Weekend  []string  `json:"weekend,omitempty"`  // names of days of the week, "saturday"; none for a week without days off
	Holidays []Holiday `json:"holidays,omitempty"` // in the order of their dates
}

// A Holiday is one day on which nobody works.
type Holiday struct {
	Date string `json:"date"` // 2006-01-02
	Name string `json:"name,omitempty"`
}

// DefaultCalendar returns the calendar of an organisation that names none.
func DefaultCalendar() Calendar { return Calendar{Weekend: []string{"saturday", "sunday"}} }

// Weekdays returns the names of the days of the week, from Monday on.
func Weekdays() []string {
	return []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
}

// sorted returns c in the one order in which equal calendars are equal.
func (c Calendar) sorted() Calendar {
	c.Weekend, c.Holidays = slices.Clone(c.Weekend), slices.Clone(c.Holidays)
	slices.SortFunc(c.Weekend, func(a, b string) int { return slices.Index(Weekdays(), a) - slices.Index(Weekdays(), b) })
	slices.SortStableFunc(c.Holidays, func(a, b Holiday) int { return strings.Compare(a.Date+a.Name, b.Date+b.Name) })
	return c
}

// Off reports whether a day is no business day.
func (c Calendar) Off(day time.Time) bool {
	if slices.Contains(c.Weekend, strings.ToLower(day.Weekday().String())) {
		return true
	}
	date := day.Format(time.DateOnly)
	return slices.ContainsFunc(c.Holidays, func(h Holiday) bool { return h.Date == date })
}

// due returns the date that is so many days after a moment, which is day 0. It counts days
// in UTC, as the log does.
func (c Calendar) due(start time.Time, days int, business bool) string {
	day := start.UTC().Truncate(24 * time.Hour)
	if !business || len(c.Weekend) >= len(Weekdays()) { // configurations without a business day are refused
		return day.AddDate(0, 0, days).Format(time.DateOnly)
	}
	for n := 0; n < days; {
		day = day.AddDate(0, 0, 1)
		if !c.Off(day) {
			n++
		}
	}
	return day.Format(time.DateOnly)
}
