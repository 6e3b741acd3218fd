// Package text translates between GitHub-flavoured Markdown, which the register
// keeps, and Jira's wiki markup, so that a text changes at most once however
// often it travels: ToWiki(FromWiki(w)) is w for every w that ToWiki returned,
// and likewise the other way round.
//
// Both markups are read into one small model of a document that holds only what
// both can say, and are written from it. What one of them cannot say is kept as
// text: the tags of HTML, with a mark by which they go back as tags; a Jira macro as a
// fenced block of the language "jira". docs/text.md lists what does not cross.
//
// What comes from Jira sets nothing off at GitHub: see markdown.Calm. What goes to
// Jira holds no macro that does more than show something, and no mention.
//
// The package is pure and accepts any string.
package text

import "github.com/conformd/conformd/internal/markdown"

// rounds is how often a text is sent round before it is given up as markup.
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

// FromWikiNamed is FromWiki for a text that mentions people: a mention of an account
// that names knows becomes the name of the person, and sets nothing off.
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

// writeCalm is writeGFM for what goes to GitHub.
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

// verbatim is the document of last resort: the source itself, as preformatted
// text. Both markups keep it without reading it.
func verbatim(s string) []block {
	return tidyBlocks([]block{{kind: codeBlock, text: Normalise(s)}})
}
