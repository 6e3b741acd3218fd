package markdown_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/markdown"
)

const longest = 65536 // characters of an issue's description at GitHub

// hostile are texts as long as GitHub allows, each made to take a parser long.
func hostile() map[string]string {
	in := map[string]string{}
	for name, s := range map[string]string{
		"brackets": "[", "pictures": "![", "links without an end": "[a](", "links with quotes": "[a](b \"", "links in angle brackets": "[a](<", "emphasis": "*a_ ", "stars": "**a *", "less than": "<", "tags": "<a ", "comments": "<!--",
		"comments on lines": "<!-- a\n", "quotes": ">", "lists": "- ", "numbers": "1) ", "definitions": "[a]: x\n", "bars": "|", "small tables": "a | b\n-|-\n", "entities": "&amp;", "backslashes": "\\", "headings": "# a\n",
		"empty lines": "\n", "items": "- a\n", "footnotes": "[^1]: a\n", "underlined": "a\n=\n", "closing brackets": "a]", "tildes": "~a~~ ", "mail": "a@b.c ", "addresses": "http://(", "addresses with underscores": "http://a_b(", "www": "www.a_b ", "attributes": "<a b=\"", "tabs": "\t", "heading of emphasis": "*a_ ",
		"details": "<details>\n\n", "inline details": "a <details>\n\n", "capa": "/capa effective `\n", "returns": "\r", "NUL": "\x00",
	} {
		in[name] = strings.Repeat(s, longest/len(s))
	}
	in["heading of emphasis"] = "# " + in["emphasis"]
	in["a quote and lazy lines"] = strings.Repeat(">", longest/2) + strings.Repeat("\na", longest/4)
	in["a wide table"] = strings.Repeat("a|", longest/4) + "\n" + strings.Repeat("-|", longest/4)
	var ticks, nest, labels strings.Builder
	for i := 0; ticks.Len() < longest; i++ {
		ticks.WriteString(strings.Repeat("`", i%300+1) + "a")
	}
	for i := 0; nest.Len() < longest; i++ {
		nest.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	for i := 0; labels.Len() < longest; i++ {
		fmt.Fprintf(&labels, "[a%d]: x\n\n", i)
	}
	in["backquotes"], in["nested lists"], in["many labels"] = ticks.String(), nest.String(), labels.String()
	return in
}

// TestHostileTexts bounds the time that any text takes. The bound is generous, since
// machines differ; the texts took up to a second before they were bounded.
func TestHostileTexts(t *testing.T) {
	const most = 250 * time.Millisecond
	for name, s := range hostile() {
		best := time.Hour
		for range 3 {
			start := time.Now()
			d := markdown.Parse(s)
			n := len(d.Blocks()) + len(d.Items()) + len(d.Lines()) + len(d.Spans()) + len(d.Prose())
			best = min(best, time.Since(start))
			if n == 0 && name != "empty lines" && name != "returns" && name != "tabs" {
				t.Errorf("%s: nothing was read", name)
			}
			if best < most {
				break
			}
		}
		t.Logf("%-28s %8.1f ms", name, float64(best.Microseconds())/1000)
		if best > most {
			t.Errorf("%s: reading %d bytes took %v, want less than %v", name, len(s), best, most)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for _, c := range []struct{ name, src string }{
		{"sentence", "Three leaver accounts were still enabled 9 to 21 days after the leaving date."},
		{"plan", "- [ ] Automate the webhook @ben due:2026-09-30\n- [x] Train everybody @ana\n"},
		{"form", "### What is wrong\n\nThree accounts.\n\n### Objective evidence\n\n_No response_\n\n### Severity\n\nMajor\n"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if len(markdown.Parse(c.src).Blocks()) == 0 {
					b.Fatal("nothing was read")
				}
			}
		})
	}
}
