package server_test

import (
	"archive/zip"
	"net/http"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// Each report is made in each form by the same code as at the command line. A page to print can load nothing and run
// nothing, and a spreadsheet has no formula.
func TestReportsAreMadeInThePages(t *testing.T) {
	h, a := pages(t)
	review, err := a.Acts().File(t.Context(), service.By{Person: "irene", How: register.ByTerminal}, service.Filing{
		Kind: register.ManagementReview, Values: map[register.Field]string{register.FieldTitle: "=Review", register.FieldPeriod: "2026-Q3", register.FieldOwner: "irene"},
	})
	if err != nil {
		t.Fatal(err)
	}
	page := get(t, h, http.MethodGet, "/reports").Body.String()
	wellMade(t, "/reports", page)
	if !strings.Contains(page, "report=management-review") || !strings.Contains(page, review.Record.Ref) {
		t.Errorf("the page does not list %s", review.Record.Ref)
	}
	for query, says := range map[string]string{
		"report=figures": "Figures of", "report=ageing": "Leavers keep their accounts", "report=exceptions": "Exceptions", "report=effectiveness": "eviews", "report=repeat-causes": "auses",
		"report=management-review&record=" + review.Record.Ref: "Needed before it can be signed",
	} {
		got := get(t, h, http.MethodGet, "/reports/file?"+query)
		policy := got.Header().Get("Content-Security-Policy")
		if got.Code != http.StatusOK || !strings.Contains(got.Body.String(), says) {
			t.Errorf("%s = %d and does not say %q", query, got.Code, says)
		}
		if !strings.HasPrefix(policy, "default-src 'none'; style-src 'sha256-") || strings.Contains(policy, "unsafe") || strings.Contains(got.Body.String(), "<script") {
			t.Errorf("%s has the policy %s", query, policy)
		}
		if got := get(t, h, http.MethodGet, "/reports/file?format=csv&"+query); got.Code != http.StatusOK || !strings.HasPrefix(got.Header().Get("Content-Disposition"), "attachment") || strings.Contains(got.Body.String(), "\n=") {
			t.Errorf("%s as CSV = %d %s: %.300s", query, got.Code, got.Header().Get("Content-Disposition"), got.Body)
		}
		if got := get(t, h, http.MethodGet, "/reports/file?format=markdown&"+query); got.Code != http.StatusOK || !strings.Contains(got.Body.String(), "# ") {
			t.Errorf("%s as Markdown = %d: %.200s", query, got.Code, got.Body)
		}
		book := get(t, h, http.MethodGet, "/reports/file?format=xlsx&"+query).Body.String()
		z, err := zip.NewReader(strings.NewReader(book), int64(len(book)))
		if err != nil || len(z.File) < 4 {
			t.Errorf("%s as XLSX: %v", query, err)
		}
	}
}

// A report that cannot be made says why on the page that it was asked from, with what was typed.
func TestReportsSayWhatIsWrong(t *testing.T) {
	h, _ := pages(t)
	for query, says := range map[string]string{
		"report=figures&period=spring": "spring", "report=figures&at=2999-01-01": "nothing is known of 2999-01-01 yet", "report=figures&grade=huge": "huge", "report=gossip": "there is no report",
		"report=management-review&record=NC-1999-0001": "no record is called", "report=management-review&record=NC-2026-0001": "is no management review", "report=ageing&format=pdf": "is no form of a report",
	} {
		got := get(t, h, http.MethodGet, "/reports/file?"+query)
		page := got.Body.String()
		if got.Code != http.StatusUnprocessableEntity || !strings.Contains(page, "No report was made") || !strings.Contains(page, says) {
			t.Errorf("%s = %d and does not say %q", query, got.Code, says)
		}
		wellMade(t, query, page)
	}
	if page := get(t, h, http.MethodGet, "/reports/file?report=figures&period=spring").Body.String(); !strings.Contains(page, `value="spring"`) {
		t.Error("what was typed is gone")
	}
}
