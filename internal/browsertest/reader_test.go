package browsertest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// undescribed names the fields with a fault that no element describes.
const undescribed = `[...document.querySelectorAll("[aria-invalid=true]")].filter(e => !(e.getAttribute("aria-describedby") || "").split(" ").some(id => document.getElementById(id)?.textContent.includes("▲"))).map(e => e.id).join(" ")`

// A person who hears a page is told what each thing is: every control says what it does to what, tables
// and landmarks have names of their own, marks for eyes are not spelled, and faults stand with their field.
func TestEveryPageIsHeard(t *testing.T) {
	titles := map[string]string{} // by their page
	each(t, func(*tab) {}, func(b *tab, s sight) {
		page := b.hear()
		for _, f := range confusing(page) {
			b.Error(f)
		}
		path, _, _ := strings.Cut(s.path, "?")
		title := page[0].name
		if before, ok := titles[title]; ok && before != path && s.status == http.StatusOK {
			b.Errorf("%s and %s have the title %q", before, path, title)
		}
		if s.status == http.StatusOK {
			titles[title] = path
		}
		if bad := js[string](b, undescribed); bad != "" {
			b.Errorf("these fields do not say what is wrong with them: %s", bad)
		}
	})
}

// Each rule of confusing finds its mistake.
func TestConfusionIsFound(t *testing.T) {
	f := seeded(t)
	b := f.as(t, "irene")
	b.visit("/help")
	if got := confusing(b.hear()); len(got) > 0 {
		t.Fatalf("the page is confusing before: %q", got)
	}
	for mistake, want := range map[string]string{
		`<p>▲ late</p>`:     `a mark is read out`,
		`<button></button>`: `button "": has no name`,
		`<button>Decide</button><button>Decide</button>`:                      `button "Decide": another one has the same name`,
		`<a href="/a">Open</a><a href="/b">Open</a>`:                          `link "Open": another one has the same name`,
		`<table><tr><th scope="col">No.</th></tr><tr><td>1</td></tr></table>`: `table "": has no name`,
		`<h6>Deep</h6>`: `heading "Deep": comes after a heading of level 2`,
		`<section role="region" aria-label="A"></section><section aria-label="A"></section>`: `region "A": another one has the same name`,
	} {
		b.visit("/help")
		b.do(chromedp.Evaluate[chromedp.Void]("document.querySelector('main').insertAdjacentHTML('beforeend', `" + mistake + "`)"))
		if got := confusing(b.hear()); len(got) == 0 || !strings.Contains(strings.Join(got, "\n"), want) {
			t.Errorf("%s: %q, want %s", mistake, got, want)
		}
	}
	b.visit("/help")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main").insertAdjacentHTML("beforeend", "<input id=day aria-invalid=true>")`))
	if got := js[string](b, undescribed); got != "day" {
		t.Errorf("a field with a fault that nothing describes is not found: %q", got)
	}
}
