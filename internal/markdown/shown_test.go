package markdown_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/markdown"
)

// A text is shown with its headings, tables and links to the web, and nothing of it runs, loads or leads elsewhere.
func TestPage(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"### NC-1 · close requested\n\n| Needed | How |\n|---|---|\n| Cause | under **Root cause**, `/capa` |": "<h3>NC-1 · close requested</h3>\n<table>\n<thead>\n<tr>\n<th scope=\"col\">Needed</th>\n<th scope=\"col\">How</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>Cause</td>\n<td>under <strong>Root cause</strong>, <code>/capa</code></td>\n</tr>\n</tbody>\n</table>\n",
		"[here](https://acme.example/a)":                  "<p><a href=\"https://acme.example/a\" rel=\"noopener noreferrer\">here</a></p>\n",
		"<https://acme.example/a>":                        "<p><a href=\"https://acme.example/a\" rel=\"noopener noreferrer\">https://acme.example/a</a></p>\n",
		"[run *me*](javascript:alert(1)) or [me](/hooks)": "<p>run <em>me</em> or me</p>\n",
		"<mailto:a@b.example>":                            "<p>mailto:a@b.example</p>\n",
		"![a cat](https://evil.example/pixel.png)":        "<p>a cat</p>\n",
		"[![a cat](https://evil.example/p.png)](x:y)":     "<p>a cat</p>\n",
		"a <b>bold</b> & \"one\"":                         "<p>a <!-- raw HTML omitted -->bold<!-- raw HTML omitted --> &amp; &quot;one&quot;</p>\n",
		"<script>alert(1)</script>":                       "<!-- raw HTML omitted -->\n",
		strings.Repeat("*a **a ", 20000):                  "",
	} {
		if got := markdown.Page(src); got != want {
			t.Errorf("%.60q is shown as\n%.400q, want\n%q", src, got, want)
		}
	}
}
