// Package text translates between GitHub-flavoured Markdown, which the register
// keeps, and Jira's wiki markup, so that a text changes at most once however
// often it travels: ToWiki(FromWiki(w)) is w for every w that ToWiki returned,
// and likewise the other way round.
//
// Both markups are read into one small model of a document that holds only what
// both can say, and are written from it. What one of them cannot say is kept as
// text: HTML by its tags, an unknown Jira macro as a fenced block of the language
// "jira". A mention never pings anybody on the other side.
//
// The package is pure and accepts any string.
package text

// rounds is how often a text is sent round before it is given up as markup.
const rounds = 5

// ToWiki returns GitHub-flavoured Markdown as Jira wiki markup.
func ToWiki(gfm string) string {
	w := writeWiki(readGFM(gfm))
	for range rounds {
		next := writeWiki(readGFM(writeGFM(readWiki(w))))
		if next == w {
			return w
		}
		w = next
	}
	return writeWiki(verbatim(gfm))
}

// FromWiki returns Jira wiki markup as GitHub-flavoured Markdown.
func FromWiki(wiki string) string {
	g := writeGFM(readWiki(wiki))
	for range rounds {
		next := writeGFM(readWiki(writeWiki(readGFM(g))))
		if next == g {
			return g
		}
		g = next
	}
	return writeGFM(verbatim(wiki))
}

// verbatim is the document of last resort: the source itself, as preformatted
// text. Both markups keep it without reading it.
func verbatim(s string) []block {
	return tidyBlocks([]block{{kind: codeBlock, text: Normalise(s)}})
}
