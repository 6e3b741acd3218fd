package browsertest

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// shoot writes a picture of the whole page into the folder that BROWSER_SHOTS names, or else among the
// artifacts of the test.
func (b *tab) shoot(name string) {
	b.Helper()
	dir := os.Getenv("BROWSER_SHOTS")
	if dir == "" {
		dir = b.ArtifactDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), ask(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.Fatal(err)
	}
}

// wide names the elements that make a page wider than its window, the innermost only.
const wide = `(() => {
	const page = document.documentElement, most = page.clientWidth;
	if (page.scrollWidth <= most) return "";
	const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > most + 1 && !e.closest(".scroll, .overflow-auto") && ![...e.children].some(c => c.getBoundingClientRect().right > most + 1));
	return page.scrollWidth + " px: " + out.map(e => e.outerHTML.slice(0, 120)).join(" | ");
})()`

// At 320 px, which is a window of 1280 px at 400 %, no page scrolls sideways (WCAG 1.4.10).
func TestEveryPageReflows(t *testing.T) {
	each(t, func(b *tab) { b.do(chromedp.EmulateViewport(320, 800)) }, func(b *tab, s sight) {
		if got := js[string](b, wide); got != "" {
			b.Errorf("%s is wider than its window: %s", s.name, got)
		}
		b.shoot(strings.ReplaceAll(s.name, " ", "-") + "-320")
	})
}

// stop says of the focused element what the Tab key must give: a ring, a place in the window, nothing
// in front of it; "" at the end of the page.
const stop = `(() => {
	const e = document.activeElement;
	if (!e || e === document.body) return "";
	const r = e.getBoundingClientRect(), style = getComputedStyle(e), name = e.outerHTML.slice(0, 100).replace(/\s+/g, " ");
	const faults = [];
	if (style.outlineStyle === "none" && style.boxShadow === "none") faults.push("no ring");
	if (r.width === 0 || r.height === 0) faults.push("no size");
	if (r.bottom < 0 || r.top > innerHeight || r.right < 0 || r.left > innerWidth) faults.push("outside of the window");
	else {
		const x = Math.min(Math.max((r.left + r.right) / 2, 1), innerWidth - 1), y = Math.min(Math.max((r.top + r.bottom) / 2, 1), innerHeight - 1);
		const over = document.elementFromPoint(x, y);
		if (over && !e.contains(over) && !over.contains(e)) faults.push("covered by " + over.outerHTML.slice(0, 60));
	}
	return name + (faults.length ? " ⚠ " + faults.join(", ") : "");
})()`

// mostStops bounds the walk over a page with long lists.
const mostStops = 40

// The Tab key reaches what a page offers, each stop is seen and has a ring (WCAG 2.1.1, 2.4.7, 2.4.11).
func TestEveryPageByTab(t *testing.T) {
	each(t, func(b *tab) { b.do(chromedp.EmulateViewport(1280, 800)) }, func(b *tab, s sight) {
		offers := js[int](b, `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(e => e.checkVisibility() && (e.type !== "radio" || e.checked)).length`) // a group of radio buttons is one stop
		// A page may begin in a field of its form; the walk begins at its top.
		b.do(chromedp.Evaluate[chromedp.Void](`document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute("tabindex")`))
		stops := 0
		for range min(offers, mostStops) {
			b.do(chromedp.KeyEvent("\t"))
			at := js[string](b, stop)
			if at == "" {
				break
			}
			stops++
			if _, faults, ok := strings.Cut(at, " ⚠ "); ok {
				b.Errorf("%s, stop %d: %s (%s)", s.name, stops, faults, at)
			}
		}
		if stops < min(offers, mostStops) {
			b.Errorf("%s offers %d things to a mouse, the Tab key reaches %d", s.name, offers, stops)
		}
	})
}

// What is read needs no script: with scripts off every page shows the same heading and links.
func TestEveryPageWithoutScripts(t *testing.T) {
	const content = `JSON.stringify([document.querySelector("h1")?.textContent, [...document.querySelectorAll("main a[href]")].map(a => a.getAttribute("href"))])`
	each(t, func(*tab) {}, func(b *tab, s sight) {
		scripts := func(off bool) {
			if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off}); err != nil {
				b.Fatal(err)
			}
		}
		with := js[string](b, content)
		scripts(true)
		defer scripts(false)
		b.visit(s.path)
		if without := js[string](b, content); without != with {
			b.Errorf("%s without scripts has\n%s\nwith them\n%s", s.name, without, with)
		}
	})
}

// The width of A4 between the margins of the pages, upright and across, in pixels.
const (
	paperUpright = 680
	paperAcross  = 1000
)

// across reports whether a page is printed on paper that lies across.
const across = `[...document.styleSheets].flatMap(s => [...s.cssRules]).some(r => r instanceof CSSPageRule && r.cssText.includes("landscape"))`

// Each page prints as a tagged PDF with its language, which a screen reader can read, and nothing of it is cut off.
func TestEveryPagePrints(t *testing.T) {
	each(t, func(*tab) {}, func(b *tab, s sight) {
		pdf := string(ask(b, chromedp.PrintToPDF(chromedp.PDFOutlineAndTagged(), chromedp.PDFPreferCSSPageSize(), chromedp.PDFPaper(chromedp.PaperA4))))
		for _, want := range []string{"%PDF-", "/MarkInfo", "/StructTreeRoot", "/Lang"} {
			if !strings.Contains(pdf, want) {
				b.Errorf("the print of %s has no %s", s.name, want)
			}
		}
		media := func(name string) {
			if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: name}); err != nil {
				b.Fatal(err)
			}
		}
		media("print")
		defer media("")
		paper := int64(paperUpright)
		if js[bool](b, across) {
			paper = paperAcross
		}
		b.do(chromedp.EmulateViewport(paper, 1000))
		if over := js[string](b, wide); over != "" {
			b.Errorf("%s is wider than the paper: %s", s.name, over)
		}
	})
}

// The lane has teeth: the walks above find what they look for.
func TestWalksFindMistakes(t *testing.T) {
	f := seeded(t)
	b := f.as(t, "irene")
	b.do(chromedp.EmulateViewport(320, 800))
	if status := b.visit("/you"); status != http.StatusOK {
		t.Fatal(status)
	}
	b.do(chromedp.Evaluate[chromedp.Void](`const p = document.createElement("p"); p.id = "bar"; p.textContent = "x"; document.querySelector("main").append(p);
		p.style.width = "400px"; const a = document.querySelector("a[href]"); a.style.outline = "none"; a.focus()`))
	if got := js[string](b, wide); !strings.Contains(got, `id="bar"`) {
		t.Errorf("a paragraph of 400 px is not found in a window of 320: %q", got)
	}
	if got := js[string](b, stop); !strings.Contains(got, "no ring") {
		t.Errorf("a stop without a ring is not found: %q", got)
	}
}
