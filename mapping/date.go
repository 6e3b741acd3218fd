package mapping

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A DateOrder says which number of a date whose year comes last is the day.
type DateOrder string

// The orders. Under DatesISO a date whose year comes last is read only with dots, and
// only if it means one day in either order: 28.11.2026, but not 01.02.2026.
const (
	DatesISO      DateOrder = "iso"
	DatesDayFirst DateOrder = "day_first"
	DatesMonth    DateOrder = "month_first"
)

var (
	isoDate     = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d\d:?\d\d.*)?$`)
	dottedDate  = regexp.MustCompile(`^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$`)
	slashedDate = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$`)
	cjkDate     = regexp.MustCompile(`^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]$`)
	dayMonth    = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?\.?[ /-]*(?:of )?(\pL+)\.?,?[ /-]*(\d{4}|\d\d)$`)
	monthDay    = regexp.MustCompile(`^(\pL+)\.? *(\d{1,2})(?:st|nd|rd|th)?,? *(\d{4})$`)
	weekday     = regexp.MustCompile(`(?i)^(?:mon|tues?|wed|thu|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so)[a-zä]*\.?,? +`)
)

// months are the names of the months in English and German, lower case, by their first
// letters.
func months() [][]string {
	return [][]string{
		{"january", "januar", "jänner"},
		{"february", "februar"},
		{"march", "märz", "maerz", "mrz"},
		{"april"},
		{"may", "mai"},
		{"june", "juni"},
		{"july", "juli"},
		{"august"},
		{"september", "sept"},
		{"october", "oktober"},
		{"november"},
		{"december", "dezember"},
	}
}

// month returns the number of a month by its name or the first three letters or more of
// it, 0 for no month.
func month(s string) int {
	s = strings.ToLower(s)
	if len([]rune(s)) < 3 {
		return 0
	}
	return 1 + slices.IndexFunc(months(), func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, s) })
	})
}

// parseDate reads a date in the forms that people use, if it can mean only one day.
func parseDate(s string, order DateOrder) (time.Time, bool) {
	s = weekday.ReplaceAllString(s, "")
	day := func(y, m, d string) (time.Time, bool) {
		if len(y) == 2 {
			y = "20" + y
		}
		t, err := time.Parse("2006-1-2", y+"-"+m+"-"+d)
		return t, err == nil
	}
	named := func(y, name, d string) (time.Time, bool) {
		m := month(name)
		if m == 0 {
			return time.Time{}, false
		}
		return day(y, strconv.Itoa(m), d)
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return day(m[1], m[2], m[3])
	}
	if m := cjkDate.FindStringSubmatch(s); m != nil {
		return day(m[1], m[2], m[3])
	}
	if m := dottedDate.FindStringSubmatch(s); m != nil {
		t, ok := day(m[3], m[2], m[1])
		_, other := day(m[3], m[1], m[2])
		return t, ok && (order == DatesDayFirst || !other || int(t.Month()) == t.Day())
	}
	if m := slashedDate.FindStringSubmatch(s); m != nil {
		switch order {
		case DatesDayFirst:
			return day(m[3], m[2], m[1])
		case DatesMonth:
			return day(m[3], m[1], m[2])
		case DatesISO:
		}
		return time.Time{}, false
	}
	if m := dayMonth.FindStringSubmatch(s); m != nil {
		return named(m[3], m[2], m[1])
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		return named(m[3], m[1], m[2])
	}
	return time.Time{}, false
}

// undressed returns a date without the decoration that people put around it: emphasis, the
// mark of a list, a full stop, another dash.
func undressed(s string) string {
	s = strings.NewReplacer("\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2212", "-").Replace(s)
	for _, mark := range []string{"- ", "* ", "+ "} {
		s = strings.TrimPrefix(s, mark)
	}
	return strings.TrimSuffix(strings.Trim(s, "*_`~ "), ".")
}

// dateRaw converts a date to ISO 8601.
func (p *Profile) dateRaw(m FieldMap, s string) (string, Problem) {
	if s == "" || unanswered(s) {
		return "", Problem{}
	}
	if t, ok := parseDate(undressed(s), p.Dates); ok {
		return t.Format(time.DateOnly), Problem{}
	}
	remedy := say("write it as 2006-01-02: year, month, day")
	if slashedDate.MatchString(s) || dottedDate.MatchString(s) {
		remedy = say("{{.Write}}; the setting register.dates says which number of such a date is the day", "Write", remedy)
	}
	return "", Problem{m.Field, "not-a-date", say("{{.Place}} says {{.Value}}, which is not a date", "Place", m.Where(), "Value", quoted(s)), remedy}
}
