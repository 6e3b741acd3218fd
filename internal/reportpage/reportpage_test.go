package reportpage_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/reportpage"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

const wild = "<script>alert(1)</script>|`x` \u202e=1+1"

// exceptions is a report with one exception that is past its end, in a record with a hostile title.
func exceptions() report.Document {
	num := func(x float64) *float64 { return &x }
	at := time.Date(2026, 9, 30, 23, 59, 59, 999e6, time.UTC)
	r := register.Record{ID: "id", Ref: "NC-1", State: register.Accepted, Fields: map[register.Field]string{register.FieldTitle: wild, register.FieldOwner: "ana"}}
	r.Acceptances = []register.Acceptance{{Until: "2026-09-01", Reason: wild + "\nsecond line", Measures: "The doors are locked", State: register.AcceptanceApproved, Approved: []register.AcceptedBy{{Person: "ria", Act: register.ActAccept, At: at.AddDate(0, -2, 0)}}}}
	return report.Make(report.Exceptions, report.Past{
		Sheet: kpi.Sheet{
			Question: kpi.Question{At: at, From: time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), To: at.Add(time.Millisecond), Scope: wild}, Entries: 40, Records: 7,
			LeftOut: []kpi.LeftOut{{Why: "rejected", N: 2}},
			Figures: []kpi.Figure{
				{ID: "K3", Name: "Age", Requirements: []string{"nc.proportion"}},
				{ID: "K19", Name: "Exceptions", Requirements: []string{"nc.proportion"}, Values: []kpi.Value{
					{Name: "active", Unit: kpi.Count, Value: num(1), N: 1},
					{Name: "age", Unit: kpi.Days, Value: num(61), N: 1, Median: num(61), P90: num(61), Max: num(61), Note: kpi.TooFew},
				}},
			},
		},
		Root:  "n4QbvTr3qGpUXwDg0vwgU0wmzA4zBkBz1m5QG1pLbYg=",
		Known: []report.Known{{Line: kpi.Line{Asked: true, State: register.Accepted, Exception: &kpi.Exception{Until: "2026-09-01", Ends: kpi.Past}, Accepted: true}, Life: report.Life{Record: r}}},
	}, func(id string) string { return strings.ToUpper(id) })
}

// The page needs nothing else, shows what people wrote as text, and prints: it has a size of paper,
// heads that are repeated and records that are not torn.
func TestThePageOfAReport(t *testing.T) {
	b, err := reportpage.HTML(exceptions(), register.Edition2022)
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	at := 0
	for _, want := range []string{
		"<title>Exceptions, as of the end of 2026-09-30 UTC</title>", "thead { display: table-header-group; }", "@page { size: A4 landscape;", "@media print {", "tbody { break-inside: avoid; }",
		"<h1>Exceptions</h1>", "<dt>Period</dt><dd>2026-Q3</dd>", "<dd>the first 40 entries of the audit log, root n4QbvTr3qGpUXwDg0vwgU0wmzA4zBkBz1m5QG1pLbYg=</dd>", "7 nonconformities with scope &lt;script&gt;",
		"<dt>Left out</dt><dd>2 rejected</dd>", `<p class="alert">1 exception is past its end, and its record is not open again: NC-1 (until 2026-09-01).`,
		"<h2>K19 Exceptions <span>(10.2)</span></h2>", `<th scope="row">active</th><td class="number">1</td>`, `<td class="number">61.0 days</td><td>of 1, median 61.0, 9 of 10 within 61.0, most 61.0, too few</td>`,
		`<th scope="col" class="date">Record</th><th scope="col">Status</th>`, `<td class="date">NC-1</td><td>past its end</td><td class="date">2026-09-01</td><td class="number">-29</td>`,
		"<td class=\"title\">&lt;script&gt;alert(1)&lt;/script&gt;|`x` =1&#43;1</td></tr>", "<dt>Approved by</dt><dd>RIA as a risk owner on 2026-07-30</dd>", "<dt>Justification</dt><dd>&lt;script&gt;", "=1&#43;1 second line</dd>",
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
	if bad := regexp.MustCompile(`(?i)<script|<img|<link|@import|href=|src=|url\(|ZgotmplZ`).FindString(page); bad != "" {
		t.Errorf("the page has %q", bad)
	}
	for _, colour := range regexp.MustCompile(`#[0-9a-f]{3,6}\b`).FindAllString(page, -1) {
		if colour != "#000" && colour != "#fff" {
			t.Errorf("the page has the colour %s, which a printer may turn into anything", colour)
		}
	}
	if strings.Contains(page, "K3 Age") {
		t.Error("the page has a figure of another report")
	}
}

// The chart of a figure stands beside its numbers.
func TestChartsStandBesideNumbers(t *testing.T) {
	num := func(x float64) *float64 { return &x }
	d := report.Make(report.Ageing, report.Past{Sheet: kpi.Sheet{Figures: []kpi.Figure{{ID: "K3", Name: "Age of the open ones", Values: []kpi.Value{
		{Name: "0 to 30 days", Unit: kpi.Count, Value: num(8), N: 8}, {Name: "31 to 60 days", Unit: kpi.Count, Value: num(0)}, {Name: "61 to 90 days", Unit: kpi.Count, Value: num(2), N: 2},
	}}}}}, strings.ToUpper)
	b, err := reportpage.HTML(d, register.Edition2022)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<th scope="row">0 to 30 days</th><td class="number">8</td><td><svg viewBox="0 0 20 1" preserveAspectRatio="none" aria-hidden="true"><rect x="0" y="0" width="20" height="1" fill="#000"/></svg></td>`,
		`<th scope="row">31 to 60 days</th><td class="number">0</td><td></td>`, `<rect x="0" y="0" width="5" `, "<p>Nothing is open.</p>",
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	md := string(reportpage.Markdown(d, register.Edition2022))
	if want := "| 0 to 30 days | 8 | #################### |\n| 31 to 60 days | 0 |  |\n| 61 to 90 days | 2 | ##### |\n"; !strings.Contains(md, want) || !strings.Contains(md, "Nothing is open.") {
		t.Errorf("the text does not say %q:\n%s", want, md)
	}
}

func TestAReportAsMarkdown(t *testing.T) {
	got := string(reportpage.Markdown(exceptions(), register.Edition2022))
	for _, want := range []string{
		"# Exceptions\n", "- Left out: 2 rejected\n", "\n**1 exception is past its end, and its record is not open again: NC-1 (until 2026-09-01).", "\n## K19 Exceptions (10.2)\n\n| value | number | made of |\n|---|---|---|\n| active | 1 |  |\n",
		"\n| Record | Status | Until |", `&lt;script>alert(1)&lt;/script>\|'x' =1+1 second line`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the text does not say %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "<script") || strings.ContainsRune(got, '\u202e') {
		t.Errorf("the text has what people wrote as it is:\n%s", got)
	}
}
