package text_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/mapping/text"
)

// wikiBlocks are blocks of Jira with what only Jira can say; %s is a word that stands in
// no other block.
func wikiBlocks() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"plain %s words", "It was {color:red}1 May{color} %s.", "See !shot %s.png|width=640! here.", "Ask [~accountid:712020:olga] about %s.", "h3. {anchor:x}Why %s", "{code:title=a.go|java}\nx %s\n{code}",
		"{panel:title=Note|bgColor=#fff}\none\n\n{color:red}two{color} %s\n{panel}", "{quote}\n{color:blue}a{color} %s\n\nb\n{quote}", "bq. ask [~ana] %s", "||a||b||\n|{color:red}1{color}|%s\ny|\n|2|3|", "[https://x.org/%s|https://x.org/%s|smart-link]",
		"It is {status:colour=Green|title=Done} %s", "[^log.txt] %s", "{noformat}\n%s\n{noformat}", "*bold %s* _em_", "{expand:Log}\n%s\n{expand}", "15. Mai %s", "a\\\\b %s", "!thumb.png|thumbnail!\n%s",
	})
}

// gfmBlocks are blocks of GitHub with what only GitHub can say.
func gfmBlocks() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{
		"plain %s words", "<img width=\"80\" alt=\"a\" src=\"https://x.org/%s.png\"> here", "<b>Owner:</b> %s", "### Why __now__ %s", "```mermaid\n%s\n```", "~~~text\n%s\n~~~", "Log:\n\n    indented %s", "> [!NOTE]\n> *Rotate* %s", "| a | b |\n|:--|--:|\n| 1 | %s |",
		"Title %s\n=====", "*em* and __strong__ %s", "<details><summary>%s</summary>", "</details> %s", "[it](../docs/x.md) %s", "https://github.com/acme/isms/issues/1 %s", "a &hellip; %s", "press <kbd>%s</kbd>", "[t](https://x.org \"title\") %s", "***\n\n%s",
	})
}

func document(t *rapid.T, blocks *rapid.Generator[string], items func(*rapid.T) string, n int) (string, []string) {
	var parts []string
	for i := range n {
		var p string
		if rapid.IntRange(0, 3).Draw(t, "list") == 0 {
			p = items(t)
		} else {
			p = blocks.Draw(t, "block")
		}
		parts = append(parts, strings.ReplaceAll(p, "%s", fmt.Sprintf("word%c", 'a'+i)))
	}
	return strings.Join(parts, "\n\n"), parts
}

func wikiItems(t *rapid.T) string {
	mark := rapid.SampledFrom([]string{"*", "#", "-"}).Draw(t, "mark")
	items := []string{mark + " one {color:red}x{color}", mark + " %s", mark + " [~accountid:712020:olga]\n{code:title=t|sh}\nid\n{code}"}
	if mark != "-" {
		items = append(items, mark+"* nested {color:red}y{color}")
	}
	return strings.Join(items, "\n")
}

func gfmItems(t *rapid.T) string {
	return rapid.SampledFrom([]string{
		"- [x] one\n- [ ] %s\n  - nested __x__\n- three", "1. one\n   ```text\n   id\n   ```\n2. %s\n3. three", "* __one__\n\n* %s\n\n  more\n* three", "3. one\n4. %s", "- one\n    - %s\n    - <img src=\"https://x.org/i.png\" width=\"9\">",
	}).Draw(t, "list")
}

// TestMergeLaws: a merge changes nothing if there is no news, says what the news say, and
// changes nothing the second time, whatever the three texts are.
func TestMergeLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, g := anyText().Draw(t, "mine"), anyText().Draw(t, "other")
		theirs := rapid.SampledFrom([]string{text.FromWiki(w), g, ""}).Draw(t, "theirs")
		news := rapid.SampledFrom([]string{anyText().Draw(t, "news"), theirs + "\n\nmore", strings.Replace(theirs, "a", "b", 1)}).Draw(t, "which")
		intoWiki(t, w, theirs, news)
		theirs = rapid.SampledFrom([]string{text.ToWiki(g), w, ""}).Draw(t, "theirs in Jira")
		news = rapid.SampledFrom([]string{anyText().Draw(t, "news in Jira"), theirs + "\n\nmore", strings.Replace(theirs, "a", "b", 1)}).Draw(t, "which in Jira")
		intoGFM(t, text.Canonical(g), theirs, news)
	})
}

func intoWiki(t interface{ Fatalf(string, ...any) }, mine, theirs, news string) string {
	if got := text.IntoWiki(mine, theirs, theirs, people); got != mine {
		t.Fatalf("IntoWiki(%q, %q) without news = %q, want no change", mine, theirs, got)
	}
	got := text.IntoWiki(mine, theirs, news, people)
	if news != theirs && !text.Same(news, got, people) {
		t.Fatalf("IntoWiki(%q, %q, %q) = %q, which says %q", mine, theirs, news, got, text.FromWikiNamed(got, people))
	}
	if again := text.IntoWiki(got, theirs, news, people); again != got {
		t.Fatalf("IntoWiki(%q, %q, %q) = %q, and again %q", mine, theirs, news, got, again)
	}
	return got
}

func intoGFM(t interface{ Fatalf(string, ...any) }, mine, theirs, news string) string {
	if got := text.IntoGFM(mine, theirs, theirs, people); got != mine {
		t.Fatalf("IntoGFM(%q, %q) without news = %q, want no change", mine, theirs, got)
	}
	got := text.IntoGFM(mine, theirs, news, people)
	if news != theirs && !text.Same(got, news, people) {
		t.Fatalf("IntoGFM(%q, %q, %q) = %q, which says %q", mine, theirs, news, got, text.ToWiki(got))
	}
	if c := text.Canonical(got); c != got {
		t.Fatalf("IntoGFM(%q, %q, %q) = %q, which is not canonical: %q", mine, theirs, news, got, c)
	}
	if again := text.IntoGFM(got, theirs, news, people); again != got {
		t.Fatalf("IntoGFM(%q, %q, %q) = %q, and again %q", mine, theirs, news, got, again)
	}
	return got
}

// TestOneWordLeavesTheOtherBlocks: one word changes at GitHub, and in Jira all other
// blocks, and the items of lists beside it, are byte for byte what they were; and the
// other way round.
func TestOneWordLeavesTheOtherBlocks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "blocks")
		at := rapid.IntRange(0, n-1).Draw(t, "edited")
		word := fmt.Sprintf("word%c", 'a'+at)

		mine, parts := document(t, wikiBlocks(), wikiItems, n)
		theirs := text.FromWikiNamed(mine, people)
		got := intoWiki(t, mine, theirs, strings.Replace(theirs, word, "another", 1))
		untouched(t, parts, at, word, got)

		mine, parts = document(t, gfmBlocks(), gfmItems, n)
		theirs = text.ToWiki(mine)
		got = intoGFM(t, text.Canonical(mine), theirs, strings.Replace(theirs, word, "another", 1))
		for i, p := range parts {
			parts[i] = text.Canonical(p)
		}
		untouched(t, parts, at, word, got)
	})
}

func untouched(t *rapid.T, parts []string, at int, word, got string) {
	for i, p := range parts {
		for line := range strings.SplitSeq(p, "\n") {
			if (i != at || !strings.Contains(line, word)) && !slices.Contains(strings.Split(got, "\n"), line) {
				t.Fatalf("an edit of %s in %q leaves %q, without %q", word, parts, got, line)
			}
		}
	}
}

// TestReplaceLaws: the result is canonical news, and lines that did not change keep
// their bytes.
func TestReplaceLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src, news := anyText().Draw(t, "src"), text.Canonical(anyText().Draw(t, "news"))
		if rapid.Bool().Draw(t, "comment") {
			src += "\n\n<!-- bot: x -->\n"
		}
		if got := text.Replace(src, text.Canonical(src)); got != src {
			t.Fatalf("Replace(%q) by what it says = %q", src, got)
		}
		got := text.Replace(src, news)
		if c := text.Canonical(got); c != news {
			t.Fatalf("Replace(%q, %q) = %q, which says %q", src, news, got, c)
		}
		if again := text.Replace(got, news); again != got {
			t.Fatalf("Replace(%q, %q) = %q, and again %q", src, news, got, again)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(t, "blocks")
		at := rapid.IntRange(0, n-1).Draw(t, "edited")
		word := fmt.Sprintf("word%c", 'a'+at)
		src, parts := document(t, gfmBlocks(), gfmItems, n)
		const bot = "<!-- bot: x -->"
		src += "\n\n" + bot + "\n"
		eol := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
		got := text.Replace(strings.ReplaceAll(src, "\n", eol), strings.Replace(text.Canonical(src), word, "another", 1))
		if !strings.HasSuffix(got, eol+bot+eol) {
			t.Fatalf("Replace in %q = %q, without %q", src, got, bot)
		}
		untouched(t, parts, at, word, strings.ReplaceAll(got, eol, "\n"))
	})
}

func FuzzIntoWiki(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, s+"\n\nb", s)
	}
	f.Add("a {color:red}b{color}\n\n!c.png!", "a b\n\n(image: c.png)", "a z")
	f.Fuzz(func(t *testing.T, mine, theirs, news string) { intoWiki(t, mine, theirs, news) })
}

func FuzzIntoGFM(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, s+"\n\nb", s)
	}
	f.Add("```text\na\n```\n\n<img src=\"https://x.org/a.png\">", "{noformat}\na\n{noformat}", "{noformat}\nb\n{noformat}")
	f.Fuzz(func(t *testing.T, mine, theirs, news string) { intoGFM(t, text.Canonical(mine), theirs, news) })
}

func FuzzReplace(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s, s+"\n\nb")
	}
	f.Add("a <!-- b -->\r\n\r\n@ana\r\n<!-- c -->", "a\n\nz")
	f.Fuzz(func(t *testing.T, src, news string) {
		news = text.Canonical(news)
		if got := text.Replace(src, news); text.Canonical(got) != news {
			t.Errorf("Replace(%q, %q) = %q, which says %q", src, news, got, text.Canonical(got))
		}
	})
}
