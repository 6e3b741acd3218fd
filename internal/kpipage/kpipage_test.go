package kpipage_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/kpipage"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

const wild = "<script>alert(1)</script>|`x` \u202e"

// report is a quarter with a trend: what was opened, and a time that nothing took yet.
func report() kpi.Report {
	num := func(x float64) *float64 { return &x }
	of := func(quarter int, opened float64) kpi.Sheet {
		from := time.Date(2026, time.Month(3*quarter-2), 1, 0, 0, 0, 0, time.UTC)
		to := from.AddDate(0, 3, 0)
		return kpi.Sheet{
			Question: kpi.Question{At: to.Add(-time.Millisecond), From: from, To: to, Scope: wild}, Entries: 40, Records: 7,
			LeftOut: []kpi.LeftOut{{Why: "rejected", N: 2}},
			Figures: []kpi.Figure{{ID: "K2", Name: "Opened and closed", Requirements: []string{"mr.trends.1"}, Values: []kpi.Value{
				{Name: "opened", Unit: kpi.Count, Value: num(opened), N: int(opened)},
				{Name: "requirement " + wild, Unit: kpi.Percent, Value: num(12.5), N: 3, Note: kpi.TooFew},
				{Name: "found to closed", Unit: kpi.Days, Note: kpi.NotApplicable},
				{Name: "found to contained", Unit: kpi.Days, Value: num(24.12), N: 9, Median: num(28), P90: num(36.5)},
			}}},
		}
	}
	year := of(4, 1)
	return kpi.Report{Sheet: of(4, 8), Trend: []kpi.Sheet{of(1, 0), of(2, 2), of(3, 4)}, YearBefore: &year}
}

// The page needs nothing else, shows what people wrote as text, and each chart beside its numbers.
func TestThePageOfFigures(t *testing.T) {
	b, err := kpipage.HTML(report(), register.Edition2022)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	at := 0
	for _, want := range []string{
		"<title>Figures of 2026-Q4</title>", "7 nonconformities with scope &lt;script&gt;", "as of the end of 2026-12-31 UTC, from an audit log of 40 entries", "Left out: 2 rejected.",
		"<h2>K2 Opened and closed <span>(9.3.2 d1)</span></h2>", `<th scope="col" class="period">2026-Q1</th><th scope="col" class="period">2026-Q2</th>`,
		`<th scope="row">opened</th><td>0</td><td>2</td><td>4</td><td class="now">8</td>`, `aria-label="2026-Q1: 0; 2026-Q2: 2; 2026-Q3: 4; 2026-Q4: 8"`,
		`<rect x="9" y="15" width="7" height="5" fill="#fff"`, `<rect x="27" y="0" width="7" height="20" fill="#000"`, "<td>&#43;4</td><td>&#43;7</td>",
		"requirement &lt;script&gt;", `<td class="now">12.5 %</td>`, "too few",
		`<th scope="row">found to closed</th><td>not applicable</td>`, `<td class="now">not applicable</td><td></td><td></td><td></td><td>0</td>`, `<td class="now">24.1 days</td>`, "<td>9</td><td>28.0</td><td>36.5</td>",
	} {
		i := strings.Index(page[at:], want)
		if i < 0 {
			t.Fatalf("the page does not say %q after the part before:\n%.2500s", want, page[at:])
		}
		at += i
	}
	if strings.ContainsRune(page, '\u202e') {
		t.Error("the page has a character that turns a text around")
	}
	if bad := regexp.MustCompile(`(?i)<script|<img|href=|src=|url\(|ZgotmplZ`).FindString(page); bad != "" {
		t.Errorf("the page has %q", bad)
	}
}

func TestFiguresAsMarkdown(t *testing.T) {
	got := string(kpipage.Markdown(report(), register.Edition2013))
	for _, want := range []string{
		"# Figures of 2026-Q4\n", "\n## K2 Opened and closed (9.3 c1)\n\n| value | 2026-Q1 | 2026-Q2 | 2026-Q3 | 2026-Q4 | n | median | 9 of 10 within | note | change | to a year before |\n",
		"| opened | 0 | 2 | 4 | 8 |  |  |  |  | +4 | +7 |\n", `requirement &lt;script>alert(1)&lt;/script>\|'x'`, "| 12.5 % | 3 |  |  | too few | +0.0 | +0.0 |\n", "| found to closed | not applicable |",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text does not say %q:\n%s", want, got)
		}
	}
}
