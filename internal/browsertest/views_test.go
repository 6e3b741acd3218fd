package browsertest

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
)

// A manager keeps a list under a name with the keyboard and opens it again, and gives the records of it an owner: one of them was changed by
// another person meanwhile, and is left alone. Nothing of it needs a script.
func TestViewsAndSeveralRecords(t *testing.T) {
	const records = 4
	f := daemon(t, records, func(w *rehearsal.World) error { return demo.File(w, records) })
	for _, scripts := range []bool{true, false} {
		name := map[bool]string{true: "with scripts", false: "without"}[scripts]
		t.Run(name, func(t *testing.T) {
			b := f.as(t, "irene")
			if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !scripts}); err != nil {
				t.Fatal(err)
			}
			severalInABrowser(t, f, b, name)
		})
	}
}

func severalInABrowser(t *testing.T, f *fixture, b *tab, name string) {
	t.Helper()
	b.visit("/register?show=open&sort=title&columns=title&columns=owner")
	b.click(`nav[aria-label="Views"] a[href^="/views?"]`)
	b.do(chromedp.Focus(chromedp.CSS("#view-name")), chromedp.KeyEvent("Open "+name))
	b.leads(chromedp.KeyEvent("\r"))
	b.shows("The view is saved.")
	b.visit("/register")
	b.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('nav[aria-label="Views"] a')].find(a => a.textContent === "Open ` + name + `").id = "the-view"`))
	b.click("#the-view")
	if heads := js[string](b, `[...document.querySelectorAll("#records th[scope=col]")].map(e => e.textContent).join()`); heads != "Choose,No.,Title,Owner" {
		t.Errorf("the view has the columns %s", heads)
	}
	b.quiet("a view", http.StatusOK)

	b.click(`#pick a`)
	const boxes = `document.querySelectorAll("#records input[name=ref]:checked").length`
	n := js[int](b, boxes)
	if n < 3 {
		t.Fatalf("%d records are chosen, want those of the page", n)
	}
	b.do(chromedp.Focus(chromedp.CSS("#records input[name=ref]")), chromedp.KeyEvent(" "))
	if now := js[int](b, boxes); now != n-1 {
		t.Errorf("after the space key on a box %d are chosen, of %d", now, n)
	}
	b.click(`#pick button[type="submit"]`)
	b.fill("#together-do", "set:owner")
	b.click(`main form button[type="submit"]`)
	owner := map[string]string{"with scripts": "rita", "without": "erik"}[name]
	b.fill("#together-value", owner)
	b.fill("#together-reason", "The owner leaves the company at the end of May.")
	b.click(`main form button[type="submit"]`)
	b.shows("Nothing has changed yet.")
	would := js[string](b, `[...document.querySelectorAll("main section")].find(e => e.textContent.includes("These would change"))?.querySelector("th a").textContent ?? ""`)
	if would == "" {
		t.Fatalf("nothing would change:\n%s", js[string](b, "document.body.innerText"))
	}
	b.quiet("a preview", http.StatusOK)
	changed(t, f, would)
	b.click(`main form button[type="submit"]`)
	b.shows("Changed meanwhile, and not touched (1)")
	b.shows("✓ Done")
	b.quiet("the answer", http.StatusOK)
	row, err := f.app.Store.Record(t.Context(), would)
	if err != nil || row.Record.Fields[register.FieldOwner] == owner {
		t.Errorf("%s has the owner %s, %v", would, row.Record.Fields[register.FieldOwner], err)
	}
	b.click(`main p.buttons a.button`)
	b.click(`main form button[type="submit"]`)
	b.shows("✓ Done (1)")
	row, err = f.app.Store.Record(t.Context(), would)
	if err != nil || row.Record.Fields[register.FieldOwner] != owner {
		t.Errorf("asked again, %s has the owner %s, %v", would, row.Record.Fields[register.FieldOwner], err)
	}
}

// changed has another person change a record.
func changed(t *testing.T, f *fixture, ref string) {
	t.Helper()
	b := f.as(t, "rita")
	b.visit("/records/" + ref + "/acts/set?field=location")
	b.fill("#set-value", "Where it was found, as of "+t.Name())
	b.click(`main form button[type="submit"]`)
	b.shows("Done: Change a value.")
}
