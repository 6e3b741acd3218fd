package browsertest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axe-core 4.14.1 as npm has it, under MPL-2.0: a program in a test, not in conformd.
//
//go:embed testdata/axe/axe.min.js.gz
var axePacked []byte

// axeRun asks for the rules of WCAG 2.0 to 2.2, A and AA, and for best practice.
const axeRun = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then(r => JSON.stringify({violations: r.violations, passes: r.passes.length}))`

// An axeResult is what axe says of a page.
type axeResult struct {
	Violations []struct {
		ID, Impact, Help string
		Nodes            []struct{ HTML, FailureSummary string }
	}
	Passes int
}

func axeSource(t *testing.T) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(axePacked))
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// accessible fails the test for each rule of axe that the page breaks.
func (b *tab) accessible() {
	b.Helper()
	var r axeResult
	if err := json.Unmarshal([]byte(js[string](b, axeRun)), &r); err != nil {
		b.Fatal(err)
	}
	if r.Passes < 10 {
		b.Errorf("axe found %d rules to hold, want a page with content", r.Passes)
	}
	for _, v := range r.Violations {
		for _, n := range v.Nodes {
			b.Errorf("%s (%s): %s\n%s\n%s", v.ID, v.Impact, v.Help, n.HTML, n.FailureSummary)
		}
	}
}

// Each page passes axe in light and in dark, says nothing to the console, violates no policy and asks
// no other host.
func TestEveryPageIsAccessible(t *testing.T) {
	axe := axeSource(t)
	each(t, func(*tab) {}, func(b *tab, s sight) {
		b.do(chromedp.Evaluate[chromedp.Void](axe))
		for _, scheme := range []string{"light", "dark"} {
			b.scheme(scheme)
			b.accessible()
			b.quiet(s.name+", "+scheme, s.status)
			b.shoot(strings.ReplaceAll(s.name, " ", "-") + "-" + scheme)
		}
	})
}

// axe finds what a page lacks: a rule that finds nothing here would find nothing there either.
func TestAxeFindsMistakes(t *testing.T) {
	f := seeded(t)
	b := f.as(t, "irene")
	b.visit("/")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='data:,'><p style='color:#999'>pale</p>")`))
	b.do(chromedp.Evaluate[chromedp.Void](axeSource(t)))
	got := js[string](b, axeRun)
	if !strings.Contains(got, `"id":"image-alt"`) {
		t.Errorf("axe does not find an image without a text: %.300s", got)
	}
}
