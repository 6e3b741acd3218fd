package register

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// timesDifferences compares two time matrices, row by row. A row is known by its condition.
func timesDifferences(before, after []TimeRow) []Difference {
	var out []Difference
	rows := func(all []TimeRow) (order []string, by map[string]TimeRow) {
		by = map[string]TimeRow{}
		for _, t := range all {
			order, by[t.When.Words()] = append(order, t.When.Words()), t
		}
		return order, by
	}
	oldOrder, old := rows(before)
	newOrder, now := rows(after)
	for _, name := range slices.Concat(oldOrder, slices.DeleteFunc(slices.Clone(newOrder), func(n string) bool { _, was := old[n]; return was })) {
		was, before := old[name]
		is, after := now[name]
		key := "times[" + name + "]"
		switch {
		case !before:
			out = append(out, Difference{Key: key, After: is.Words(), Words: "times of " + name + " are new: " + is.Words()})
		case !after:
			out = append(out, Difference{Key: key, Before: was.Words(), Words: "times of " + name + " are gone"})
		case was.Words() != is.Words():
			out = append(out, Difference{Key: key, Before: was.Words(), After: is.Words(), Words: "times of " + name + ": " + was.Words() + " → " + is.Words()})
		}
	}
	common := func(order []string, other map[string]TimeRow) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(order), func(n string) bool { _, there := other[n]; return !there }), "; ")
	}
	if was, is := common(oldOrder, now), common(newOrder, old); was != is {
		out = append(out, Difference{Key: "times", Before: was, After: is, Words: "the rows of the time matrix are asked in another order: " + is})
	}
	return out
}

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
