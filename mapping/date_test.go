package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

func TestDatesAreReadAsPeopleWriteThem(t *testing.T) {
	for _, tc := range []struct {
		order mapping.DateOrder
		text  string
		want  string // "" for what is not one day
	}{
		{"", "2026-11-28", "2026-11-28"},
		{"", "2026/11/28", "2026-11-28"},
		{"", "2026-11-28T10:30:00+02:00", "2026-11-28"},
		{"", "2026-11-28 10:30", "2026-11-28"},
		{"", "28.11.2026", "2026-11-28"},
		{"", "28. 11. 2026", "2026-11-28"},
		{"", "5.5.2026", "2026-05-05"},
		{mapping.DatesDayFirst, "3. 4. 2026", "2026-04-03"},
		{"", "28 November 2026", "2026-11-28"},
		{"", "28. November 2026", "2026-11-28"},
		{"", "28th of November, 2026", "2026-11-28"},
		{"", "November 28, 2026", "2026-11-28"},
		{"", "Nov 28 2026", "2026-11-28"},
		{"", "1. März 2026", "2026-03-01"},
		{"", "31. Dez. 2026", "2026-12-31"},
		{"", "28/Nov/26", "2026-11-28"},
		{"", "28-Nov-2026", "2026-11-28"},
		{"", "Saturday, 28 November 2026", "2026-11-28"},
		{"", "Sa., 28.11.2026", "2026-11-28"},
		{"", "**2026-11-28**", "2026-11-28"},
		{"", "`2026-11-28`", "2026-11-28"},
		{"", "- 2026-11-28", "2026-11-28"},
		{"", "2026-11-28.", "2026-11-28"},
		{"", "2026\u201311\u201328", "2026-11-28"},
		{"", "2026年11月28日", "2026-11-28"},
		{"", "2026년 11월 28일", "2026-11-28"},
		{"", "- 03.04.2026", ""},
		{mapping.DatesDayFirst, "03/04/2026", "2026-04-03"},
		{mapping.DatesMonth, "03/04/2026", "2026-03-04"},
		{mapping.DatesDayFirst, "2026-04-03", "2026-04-03"},
		{"", "03/04/2026", ""},
		{"", "03.04.2026", ""},
		{mapping.DatesMonth, "03.04.2026", ""},
		{mapping.DatesISO, "28/11/2026", ""},
		{mapping.DatesMonth, "28/11/2026", ""},
		{"", "31.02.2026", ""},
		{"", "28.11.26", ""},
		{"", "end of November 2026", ""},
		{"", "Q3 2026", ""},
		{"", "2026-11-28 or later", ""},
	} {
		p := gitHub()
		p.Dates = tc.order
		v, problems := p.View(open("### Date identified\n\n" + tc.text + "\n"))
		got := v[register.FieldIdentified]
		if got.Value != tc.want {
			t.Errorf("%s, %q = %q, %v, want %q", tc.order, tc.text, got.Value, problems, tc.want)
		}
		if _, known := v[register.FieldIdentified]; tc.want == "" && (known || len(problems) != 1 || problems[0].Code != "not-a-date") {
			t.Errorf("%s, %q = %v, %v, want a problem", tc.order, tc.text, got, problems)
		}
	}
}
