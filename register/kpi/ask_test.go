package kpi_test

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

func TestAsk(t *testing.T) {
	now := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	end := func(date string) string { return date + "T23:59:59.999Z" }
	for name, c := range map[string]struct {
		ask          kpi.Ask
		at, from, to string
		fails        string
	}{
		"nothing":                        {kpi.Ask{}, "2026-11-30T10:00:00Z", "2026-10-01", "2027-01-01", ""},
		"a day":                          {kpi.Ask{At: "2026-09-30"}, end("2026-09-30"), "2026-07-01", "2026-10-01", ""},
		"today":                          {kpi.Ask{At: "2026-11-30"}, "2026-11-30T10:00:00Z", "2026-10-01", "2027-01-01", ""},
		"a moment":                       {kpi.Ask{At: "2026-09-30T14:00:00+02:00"}, "2026-09-30T12:00:00Z", "2026-07-01", "2026-10-01", ""},
		"a period that is over":          {kpi.Ask{Period: "2026-Q2"}, end("2026-06-30"), "2026-04-01", "2026-07-01", ""},
		"the present period":             {kpi.Ask{Period: "2026-H2"}, "2026-11-30T10:00:00Z", "2026-07-01", "2027-01-01", ""},
		"a period as of a later day":     {kpi.Ask{At: "2026-10-15", Period: "2026-Q2"}, end("2026-10-15"), "2026-04-01", "2026-07-01", ""},
		"two days":                       {kpi.Ask{Period: "2026-07-05..2026-07-06"}, end("2026-07-06"), "2026-07-05", "2026-07-07", ""},
		"filters":                        {kpi.Ask{Kind: "improvement", Grade: "minor", Scope: " payroll "}, "2026-11-30T10:00:00Z", "2026-10-01", "2027-01-01", ""},
		"tomorrow":                       {kpi.Ask{At: "2026-12-01"}, "", "", "", "nothing is known of 2026-12-01 yet: give a moment that is over, 2026-11-30 at the latest"},
		"no moment":                      {kpi.Ask{At: "yesterday"}, "", "", "", `"yesterday" is no moment: write a day like 2026-09-30`},
		"no period":                      {kpi.Ask{Period: "2026-Q5"}, "", "", "", `"2026-Q5" is no period: write it like 2026-Q3`},
		"a period that has not begun":    {kpi.Ask{Period: "2027-Q1"}, "", "", "", "the period 2027-Q1 begins after 2026-11-30T10:00:00Z"},
		"a period after the moment":      {kpi.Ask{At: "2026-05-01", Period: "2026-Q3"}, "", "", "", "the period 2026-Q3 begins after 2026-05-01"},
		"a kind that does not exist":     {kpi.Ask{Kind: "incident"}, "", "", "", `kind "incident" is not known: give one of nonconformity,`},
		"a grade that does not exist":    {kpi.Ask{Grade: "fatal"}, "", "", "", `grade "fatal" is not known: give one of major, minor, observation, ofi`},
		"a day that the year has not":    {kpi.Ask{At: "2026-02-30"}, "", "", "", `"2026-02-30" is no moment`},
		"a period that ends before that": {kpi.Ask{Period: "2026-02-03..2026-02-01"}, "", "", "", "is no period"},
	} {
		t.Run(name, func(t *testing.T) {
			q, err := c.ask.Question(now)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Errorf("Question() = %v, want an error with %q", err, c.fails)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if at := q.At.Format("2006-01-02T15:04:05.999Z07:00"); at != c.at || q.From.Format(time.DateOnly) != c.from || q.To.Format(time.DateOnly) != c.to {
				t.Errorf("Question() = as of %s, from %s to %s, want %s, %s, %s", at, q.From, q.To, c.at, c.from, c.to)
			}
			if string(q.Kind) != c.ask.Kind || string(q.Grade) != c.ask.Grade || q.Scope != strings.TrimSpace(c.ask.Scope) {
				t.Errorf("Question() = %+v, want the filters of %+v", q, c.ask)
			}
		})
	}
}

// A trend shows what could be read at the end of each period.
func TestTrend(t *testing.T) {
	a, err := txtar.ParseFile("testdata/a_quarter.txtar")
	if err != nil {
		t.Fatal(err)
	}
	b := newBook()
	for _, line := range content(string(a.Files[0].Data)) {
		b.line(t, line)
	}
	q, err := kpi.Ask{At: "2026-10-31", Period: "2026-Q4", Owner: "erik"}.Question(time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	sheets, err := kpi.Figures(b.all(), b.every(), q.Questions(true)...)
	if err != nil {
		t.Fatal(err)
	}
	r := kpi.NewReport(sheets)
	var periods []string
	for _, s := range append(append([]kpi.Sheet{*r.YearBefore}, r.Trend...), r.Sheet) {
		periods = append(periods, s.Period().String()+" as of "+s.At.Format(time.DateOnly))
	}
	if got, want := strings.Join(periods, ", "), "2025-Q4 as of 2025-12-31, 2026-Q1 as of 2026-03-31, 2026-Q2 as of 2026-06-30, 2026-Q3 as of 2026-09-30, 2026-Q4 as of 2026-10-31"; got != want {
		t.Errorf("a report of %s, want %s", got, want)
	}
	last, err := kpi.Ask{Period: "2026-Q3", Owner: "erik"}.Question(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(table(r.Trend[2]), "\n"), strings.Join(table(b.figures(t, last)), "\n"); got != want {
		t.Errorf("in the trend the quarter before is\n%s\nand it was\n%s", got, want)
	}
	r.Entries = 1
	text := r.Text(register.Edition2022)
	for _, want := range []string{
		"Figures of 2026-Q4, as of the end of 2026-10-31 UTC, from a log of 1 entry\n2 nonconformities with owner erik\nLeft out: 7 without the values that are asked for\n",
		"\nK30 Most frequent (9.3.2 d1)\n    none\n",
		"2026-Q1         2026-Q2         2026-Q3         2026-Q4  change  to a year before\n",
		"\nK2  Opened and closed (9.3.2 d1)\n    opened                                                   0               1               1               0      -1                +0\n",
		"    effective of reviewed                       not applicable  not applicable         100.0 %           0.0 %  -100.0                    too few\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the text does not have\n%s\nin\n%s", want, text)
		}
	}
}

// What people read, whole.
func TestText(t *testing.T) {
	a, err := txtar.ParseFile("testdata/a_quarter.txtar")
	if err != nil {
		t.Fatal(err)
	}
	b := newBook()
	for _, line := range content(string(a.Files[0].Data)) {
		b.line(t, line)
	}
	q, err := kpi.Ask{At: "2026-09-30", Scope: "payroll"}.Question(time.Date(2027, 1, 15, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	r := kpi.NewReport([]kpi.Sheet{b.figures(t, q)})
	r.Entries = 54
	lines := strings.Split(r.Text(register.Edition2013), "\n")
	got := strings.Join(lines[:24], "\n")
	want := `Figures of 2026-Q3, as of the end of 2026-09-30 UTC, from a log of 54 entries
2 nonconformities with scope payroll
Left out: 6 without the values that are asked for

                                                                n  median  9 of 10 within

K1  Open (9.3 c1, 10.1 b1)
    open                                                     1
    implementing, major, critical risk                       1

K2  Opened and closed (9.3 c1)
    opened                                                   1
    closed                                                   1
    net                                                      0
    closed of opened                                   100.0 %  1                          too few

K3  Age of the open ones (9.3 c1, 10.1)
    age                                              85.0 days  1    85.0            85.0  too few
    0 to 30 days                                             0
    31 to 60 days                                            0
    61 to 90 days                                            1
    91 to 180 days                                           0
    more than 180 days                                       0
`
	if got != want {
		t.Errorf("the text is\n%s\nwant\n%s", got, want)
	}
}
