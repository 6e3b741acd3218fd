package markdown_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/markdown"
)

const longest = 65536 // characters of an issue's description at GitHub

// hostile are texts of a length, each made to take a parser long.
func hostile(length int) map[string]string {
	in := map[string]string{}
	for name, s := range map[string]string{
		"brackets": "[", "pictures": "![", "links without an end": "[a](", "links with quotes": "[a](b \"", "links in angle brackets": "[a](<", "emphasis": "*a_ ", "stars": "**a *", "less than": "<", "tags": "<a ", "comments": "<!--",
		"comments on lines": "<!-- a\n", "quotes": ">", "lists": "- ", "numbers": "1) ", "definitions": "[a]: x\n", "bars": "|", "small tables": "a | b\n-|-\n", "entities": "&amp;", "backslashes": "\\", "headings": "# a\n",
		"empty lines": "\n", "items": "- a\n", "footnotes": "[^1]: a\n", "underlined": "a\n=\n", "closing brackets": "a]", "tildes": "~a~~ ", "mail": "a@b.c ", "addresses": "http://(", "addresses with underscores": "http://a_b(", "www": "www.a_b ", "attributes": "<a b=\"", "tabs": "\t", "heading of emphasis": "*a_ ",
		"details": "<details>\n\n", "inline details": "a <details>\n\n", "capa": "/capa effective `\n", "returns": "\r", "NUL": "\x00",
	} {
		in[name] = strings.Repeat(s, length/len(s))
	}
	in["heading of emphasis"] = "# " + in["emphasis"]
	in["a quote and lazy lines"] = strings.Repeat(">", length/2) + strings.Repeat("\na", length/4)
	in["a wide table"] = strings.Repeat("a|", length/4) + "\n" + strings.Repeat("-|", length/4)
	var ticks, nest, labels strings.Builder
	for i := 0; ticks.Len() < length; i++ {
		ticks.WriteString(strings.Repeat("`", i%300+1) + "a")
	}
	for i := 0; nest.Len() < length; i++ {
		nest.WriteString(strings.Repeat(" ", 2*i) + "- a\n")
	}
	for i := 0; labels.Len() < length; i++ {
		fmt.Fprintf(&labels, "[a%d]: x\n\n", i)
	}
	in["backquotes"], in["nested lists"], in["many labels"] = ticks.String(), nest.String(), labels.String()
	return in
}

// TestHostileTexts holds that no text takes time that grows with the square of its
// length: four times as much text takes four times as long, and not sixteen times. What
// is read at once is not measured, and one fair measurement of several is enough.
func TestHostileTexts(t *testing.T) {
	took := func(s string) time.Duration {
		start := time.Now()
		d := markdown.Parse(s)
		_, _, _, _, _ = d.Blocks(), d.Items(), d.Lines(), d.Spans(), d.Prose()
		return time.Since(start)
	}
	whole, quarter := hostile(longest), hostile(longest/4)
	for name, s := range whole {
		long := took(s)
		t.Logf("%-28s %8.1f ms", name, float64(long.Microseconds())/1000)
		fair := long < 50*time.Millisecond
		for i := 0; i < 6 && !fair; i++ {
			fair = took(s) < 10*took(quarter[name])
		}
		if !fair {
			t.Errorf("%s: %d bytes take more than ten times as long as %d bytes", name, len(s), len(quarter[name]))
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
