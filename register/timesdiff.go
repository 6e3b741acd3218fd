package register

import (
	"cmp"
	"strconv"
	"strings"
)

func (t TimeRow) condition() Condition { return t.When }

// Words says the days of the row for people: "triage 1, containment 1 days".
func (t TimeRow) Words() string {
	var out []string
	for _, m := range MilestoneList() {
		if n := t.Days[m]; n > 0 {
			out = append(out, m.Words()+" "+strconv.Itoa(n))
		}
	}
	if len(out) == 0 {
		return "no date"
	}
	unit := " days"
	if t.Business {
		unit = " business days"
	}
	return strings.Join(out, ", ") + unit
}

// calendarDifferences compares two calendars.
func calendarDifferences(before, after Calendar) []Difference {
	var out []Difference
	if was, is := strings.Join(before.Weekend, ", "), strings.Join(after.Weekend, ", "); was != is {
		out = append(out, Difference{Key: "calendar.weekend", Before: was, After: is, Words: "days off in each week: " + cmp.Or(was, "none") + " → " + cmp.Or(is, "none")})
	}
	names := func(c Calendar) map[string]string {
		m := map[string]string{}
		for _, h := range c.Holidays {
			m[h.Date] = cmp.Or(h.Name, "holiday")
		}
		return m
	}
	old, now := names(before), names(after)
	for _, date := range keys(old, now) {
		if was, is := old[date], now[date]; was != is {
			out = append(out, Difference{Key: "calendar.holidays." + date, Before: was, After: is, Words: "holiday " + date + ": " + cmp.Or(was, "none") + " → " + cmp.Or(is, "none")})
		}
	}
	return out
}
