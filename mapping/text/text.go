// Package text translates between GitHub-flavoured Markdown, which the register keeps, and
// Jira's wiki markup. A text changes at most once, even if it goes back and forth many times:
// ToWiki(FromWiki(w)) is w for every w that ToWiki returned, and likewise the other way round.
//
// Both markups are read into one small model of a document that holds only what both can
// express, and are written from it. Markup that one of them lacks is kept as text: the tags of
// HTML, with a mark by which they become tags again; a Jira macro as a fenced block of the
// language "jira". docs/text.md lists what is lost.
//
// A text from Jira triggers nothing at GitHub: see markdown.Calm. A text for Jira holds no
// mention, and no macro that does more than show something.
//
// The package is pure and accepts any string.
package text

import "github.com/conformd/conformd/internal/markdown"

// rounds is how many round trips a text gets to become stable; after them it is kept verbatim.
const rounds = 5

// ToWiki returns GitHub-flavoured Markdown as Jira wiki markup.
func ToWiki(gfm string) string {
	if prose(gfm) {
		return gfm
	}
	w := writeWiki(readGFM(gfm))
	for range rounds {
		next := writeWiki(readGFM(writeCalm(readWiki(w))))
		if next == w {
			return w
		}
		w = next
	}
	return writeWiki(verbatim(gfm))
}

// FromWiki returns Jira wiki markup as GitHub-flavoured Markdown.
func FromWiki(wiki string) string { return FromWikiNamed(wiki, nil) }

// FromWikiNamed is FromWiki for a text that mentions people: a mention of an account that names
// knows becomes the name of the person, which notifies no one.
func FromWikiNamed(wiki string, names Names) string {
	if prose(wiki) {
		return wiki
	}
	g := writeCalm(readWikiNamed(wiki, names))
	for range rounds {
		next := writeCalm(readWiki(writeWiki(readGFM(g))))
		if next == g {
			return g
		}
		g = next
	}
	return writeCalm(verbatim(wiki))
}

// writeCalm is writeGFM for a text that goes to GitHub.
func writeCalm(blocks []block) string { return markdown.Calm(writeGFM(blocks)) }

// prose reports whether a text is a line of plain words, which is the same in both
// markups: most titles and many sentences are, and need not be read as a document.
// Full stops and commas count as plain only behind three letters or more, because
// "h1." and "bq." open blocks in Jira.
func prose(s string) bool {
	word := 0 // characters of the word before
	for i, r := range []byte(s) {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			word++
		case '0' <= r && r <= '9' && i > 0:
			word++
		case (r == '.' || r == ',') && word > 2:
			word = 0
		case r == ' ' && i > 0 && i < len(s)-1 && s[i-1] != ' ':
			word = 0
		default:
			return false
		}
	}
	return true
}

// verbatim is the last resort: a document with the source itself as preformatted text. Both
// markups keep that without interpreting it.
func verbatim(s string) []block {
	return tidyBlocks([]block{{kind: codeBlock, text: Normalise(s)}})
}
