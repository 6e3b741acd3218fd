package text

// Merging puts a new text into a side without rewriting the parts that did not change. The
// present text of the side is the source of all markup that the other side does not have:
// colours, sizes of pictures, mentions, macros in Jira; the language of code, the
// alignment of tables, HTML in GitHub. (A symmetric lens, with the side's own text as its
// complement: https://dl.acm.org/doi/10.1145/1926385.1926428.)

// IntoWiki returns wiki markup that says what news says, as a change of mine. mine is the
// text that stands in Jira. theirs is the text of the register at its last agreement with
// mine, and news its text now, both in Markdown. names are those of FromWikiNamed.
//
// Unchanged parts keep their source byte for byte. A picture or file that mine shows is never
// dropped, because Jira Cloud deletes an embedded file for good once the new description no
// longer names it (https://github.com/ankitpokhrel/jira-cli/issues/1005). If its text is gone,
// the file stays where it was.
func IntoWiki(mine, theirs, news string, names Names) string {
	if news == theirs || Same(news, mine, names) {
		return mine
	}
	m := wikiMerger(mine, unitsOf(readGFM(theirs)), unitsOf(readGFM(news)), names)
	plain := func() string { return ToWiki(news) }
	s := keepFiles(mine, m.merge(mine, plain))
	if !Same(news, s, names) {
		s = keepFiles(mine, m.alone(mine, plain))
	}
	return s
}

// IntoGFM returns Markdown that says what news says, as a change of mine. mine is the
// text of the register, theirs the text of Jira that both agreed on, and news the present text
// there. Unchanged parts keep their source. The result is canonical if mine is.
func IntoGFM(mine, theirs, news string, names Names) string {
	if news == theirs {
		return mine
	}
	// A file that only Jira shows stays there alone: its text was taken out on purpose.
	if gone := unshown(theirs, mine); len(gone) > 0 {
		theirs, news = withoutFiles(theirs, gone), withoutFiles(news, gone)
	}
	if equal(mine, news, names) {
		return mine
	}
	m := gfmMerger(mine, unitsOf(readWikiNamed(theirs, names)), unitsOf(readWikiNamed(news, names)))
	plain := func() string { return FromWikiNamed(news, names) }
	s := Canonical(m.merge(mine, plain))
	if !equal(s, news, names) {
		s = Canonical(plain())
	}
	return s
}

// wikiMerger merges into wiki markup.
func wikiMerger(mine string, theirs, news []unit, names Names) *merger {
	return &merger{
		mine: splitWiki(mine, names), theirs: theirs, news: news, typed: true,
		write: func(outs []output, at int) string { return outs[at].wiki() },
		inner: func(src string, old, u unit, ok func(string) bool) string { return wikiInner(src, old, u, names, ok) },
		keys:  func(s string) []string { return keysOf(splitWiki(s, names).pieces) },
	}
}

// gfmMerger merges into Markdown.
func gfmMerger(mine string, theirs, news []unit) *merger {
	return &merger{
		mine: splitGFM(mine), theirs: theirs, news: news,
		write: gfmAt,
		inner: gfmInner,
		keys:  func(s string) []string { return keysOf(splitGFM(s).pieces) },
	}
}
