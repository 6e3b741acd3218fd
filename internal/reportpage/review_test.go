package reportpage_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/reportpage"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// aReview is a review in which somebody writes markup wherever people write, and two inputs are blank.
func aReview(t *testing.T) report.Pack {
	t.Helper()
	const hostile = `<script>alert("x")</script> | *bold* =1+1`
	r := register.Record{
		ID: "mr", Ref: "MR-2026-0001", State: register.Implementing, Fields: map[register.Field]string{
			register.FieldKind: "management_review", register.FieldTitle: hostile, register.FieldAttendees: hostile, register.FieldHeldOn: "2026-07-15",
			register.FieldActionPlan: "- [ ] " + hostile + " @ben due:2026-09-30 kind:resource",
		},
	}
	for _, f := range append(register.ReviewInputs(), register.Judgements()...) {
		r.Fields[f] = hostile + "\nA second line."
	}
	delete(r.Fields, register.FieldInputC)
	delete(r.Fields, register.FieldAdequacy)
	measure := register.Record{
		ID: "m", Ref: "MEA-2026-0001", State: register.Implementing, Confirmed: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Fields:       map[register.Field]string{register.FieldKind: "measure", register.FieldTitle: hostile, register.FieldCadence: "quarterly", register.FieldTarget: "≥ 95 %"},
		Measurements: []register.Measurement{{Period: "2026-Q2", Value: "90", Note: hostile}},
	}
	q, err := kpi.Ask{Period: "2026-H1", At: "2026-07-01"}.Question(time.Date(2026, 7, 15, 9, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	var sheets []kpi.Sheet
	for _, then := range q.Trend() {
		all, err := kpi.Figures(func(func(*kpi.Course, error) bool) {}, func(func(kpi.Discrepancy, error) bool) {}, then)
		if err != nil {
			t.Fatal(err)
		}
		sheets = append(sheets, all...)
	}
	past := report.Past{Known: []report.Known{{Line: kpi.Line{Kind: register.Measure, State: register.Implementing}, Life: report.Life{Record: measure}}}}
	p := report.MakePack(r, kpi.NewReport(sheets), past, func(id string) string { return id })
	p.Alerts, p.Blanks = []string{hostile}, []string{hostile}
	return p
}

func TestTheReviewIsOnePageThatNeedsNothingElse(t *testing.T) {
	page, err := reportpage.ReviewHTML(aReview(t), register.Edition2022)
	if err != nil {
		t.Fatal(err)
	}
	text := string(page)
	for _, bad := range []string{"<script", "href=", "src=", "ZgotmplZ", "http://", "https://"} {
		if strings.Contains(text, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, good := range []string{
		"@media print", "&lt;script&gt;", "<br>A second line.", "Blank: nobody has supplied this input yet.", "<h2>d4 Fulfilment of objectives <span>(9.3.2 d4)</span></h2>",
		"K27 Measurements", "Not signed.",
	} {
		if !strings.Contains(text, good) {
			t.Errorf("the page lacks %q", good)
		}
	}
	if !strings.Contains(text, "no value") {
		t.Error("the page does not say that a value of the first quarter is missing")
	}
}

func TestTheReviewOfTheEditionOf2013(t *testing.T) {
	text := string(reportpage.ReviewMarkdown(aReview(t), register.Edition2013))
	for _, good := range []string{"## b External and internal changes (9.3 b)", "## c Changed needs of interested parties (none in this edition)", "## d1 Trend of nonconformities and corrective actions (9.3 c1)", `\|`, "&lt;script>"} {
		if !strings.Contains(text, good) {
			t.Errorf("the document lacks %q", good)
		}
	}
}

func TestTheReviewAsRows(t *testing.T) {
	rows := reportpage.ReviewRows(aReview(t), register.Edition2022)
	seen := map[string]bool{}
	for _, row := range rows {
		if len(row) != len(rows[0]) {
			t.Fatalf("a row of %d cells, want %d: %q", len(row), len(rows[0]), row)
		}
		seen[row[0]], seen[strings.Join(row[:4], "|")] = true, true
	}
	for _, part := range []string{
		"Input a", "Input d1", "Input g", "Judgement", "Decision", "Signature",
		"Input d2|9.1, 9.3.2 d2|K31 Sync trust: conflicts open|0", "Input e|9.3.2 e|K29 Feedback: with a disposition|not applicable (n 0)",
	} {
		if !seen[part] {
			t.Errorf("no row of %s", part)
		}
	}
}
