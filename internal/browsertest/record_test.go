package browsertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// The page of a record shows the fields that differ.
func TestRecordInShort(t *testing.T) {
	f := seeded(t)
	b := f.as(t, "irene")
	rows, err := f.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const fields = `document.querySelectorAll("table.beside tbody tr").length`
	for _, row := range rows {
		b.visit("/records/" + row.Record.Ref)
		all := js[int](b, fields)
		b.click(`#fields a[href*="fields=differing"]`)
		if few := js[int](b, fields); few >= all || all == 0 {
			t.Errorf("%s shows %d fields, and %d that differ", row.Record.Ref, all, few)
		}
		if text := js[string](b, "document.body.innerText"); !strings.Contains(text, "Show unchanged fields (") {
			t.Errorf("%s does not say what it leaves out:\n%s", row.Record.Ref, text)
		}
	}
	b.quiet("records", http.StatusOK)
}

// The page of a record shows what people read in its issue, with its tables, and axe finds nothing in it.
func TestCommentOnThePage(t *testing.T) {
	f := daemonAs(t, func(text string) string { return text }, func(w *rehearsal.World) error {
		erik := w.GitHub.As("erik")
		if _, err := erik.Open("Leavers keep their accounts", "### What is wrong\n\nThree accounts of people who left.\n", "capa", "grade/minor"); err != nil {
			return err
		}
		return erik.Close(1, "completed")
	})
	f.still(t, 1, func(rows []store.Row) bool { return rows[0].Record.Requested != "" })
	rows, err := f.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := f.as(t, "irene")
	b.visit("/records/" + rows[0].Record.Ref)
	b.do(chromedp.Click(chromedp.CSS("main details:has(.quoted) summary")))
	b.shows("close requested")
	b.shows("Root cause is missing")
	if n := js[int](b, `document.querySelectorAll(".quoted table th[scope=col]").length`); n < 3 {
		t.Errorf("the table of the comment has %d headings", n)
	}
	b.do(chromedp.Evaluate[chromedp.Void](axeSource(t)))
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.accessible()
	}
	b.quiet("a comment", http.StatusOK)
}
