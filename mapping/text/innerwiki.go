package text

import (
	"regexp"
	"slices"
	"strings"
)

// wikiInner edits src, the source of a unit of wiki markup that says old, so that it says u.
// Markup that only wiki markup has stays if its text is still there. It returns "" if it cannot
// do so.
func wikiInner(src string, old, u unit, names Names, ok func(string) bool) string {
	if u.item() {
		return wikiInnerItem(src, u, names, ok)
	}
	if len(u.blocks) != 1 || len(old.blocks) != 1 || u.blocks[0].kind != old.blocks[0].kind {
		return ""
	}
	was, b := old.blocks[0], u.blocks[0]
	switch b.kind {
	case para, heading, rawHTML, footnote:
		if m := panelTitle.FindStringSubmatch(src); m != nil && b.kind == para {
			return m[1] + plainText(b.inl) + m[3]
		}
		return restore(src, wikiBlock(b), wikiSpecials(src, "\n", names), ok)
	case codeBlock:
		m := wikiCodeTags.FindStringSubmatch(src)
		if m == nil || jiraLang(was.lang) != jiraLang(b.lang) {
			return ""
		}
		name, _, _ := tag(m[1])
		return m[1] + m[2] + quietCode(name, b.text) + m[3] + m[4]
	case quote:
		m := wikiQuoteTags.FindStringSubmatch(src)
		if line := wikiQuoted([]block{b}); m == nil && len(b.kids) == 1 && b.kids[0].kind == para && strings.HasPrefix(src, "bq. ") {
			return restore(src, line, wikiSpecials(src, "\n", names), ok)
		}
		if m == nil {
			return ""
		}
		return m[1] + intoWikiUnits(m[2], unitsOf(was.kids), unitsOf(b.kids), names, func() string { return wikiQuoted(b.kids) }) + m[3]
	case table:
		return wikiInnerTable(src, was, b, names, ok)
	case list, rule, macro, panelTag:
	}
	return ""
}

var (
	// wikiCodeTags separates the parts of a block of code: tag, line end, text, line end, tag.
	wikiCodeTags = regexp.MustCompile(`(?s)^(\{(?:code|noformat)[^{}\n]*\})([ \t]*\r?\n)?.*?(\r?\n)?(\{(?:code|noformat)\})\s*$`)
	// wikiQuoteTags separates a quote from its tags.
	wikiQuoteTags = regexp.MustCompile(`(?s)^(\{quote\}\s*)(.*?)(\s*\{quote\}\s*)$`)
	// cellLine matches the end of a line in a cell, and the bullet of a list.
	cellLine = regexp.MustCompile(`\r?\n(?:[ \t]*[*#-]+ )?|^[*#-]+ `)
	// panelTitle separates the title from the rest of the tag of a panel.
	panelTitle = regexp.MustCompile(`^(\s*\{panel:(?:[^{}\n]*\|)?title=)([^|{}\n]*)((?:\|[^{}\n]*)?\}\s*)$`)
	// wikiMark matches what stands in front of the text of an item.
	wikiMark = regexp.MustCompile(`^(\s*)([*#-]+|\d{1,9}\.)( +)`)
)

// wikiInnerItem changes an item: its text, and the blocks that follow it.
func wikiInnerItem(src string, u unit, names Names, ok func(string) bool) string {
	m := wikiMark.FindString(src)
	if m == "" {
		return ""
	}
	want := u.wiki()
	mark := wikiMark.FindString(want)
	if strings.Trim(mark, " 0123456789.") != strings.ReplaceAll(strings.Trim(m, " 0123456789."), "-", "*") {
		return "" // it stands deeper now, or in a list of the other sort
	}
	body := src[len(m):]
	return m + restore(body, want[len(mark):], wikiSpecials(body, `\\ `, names), func(s string) bool { return ok(m + s) })
}

// intoWikiUnits merges units into a part of wiki markup.
func intoWikiUnits(mine string, theirs, news []unit, names Names, plain func() string) string {
	return wikiMerger(mine, theirs, news, names).merge(mine, plain)
}

// wikiSpecials returns the stretches that conversion would write differently; br is how it writes
// the end of a line.
func wikiSpecials(s, br string, names Names) []special {
	var out []special
	add := func(from, to int) {
		raw := s[from:to]
		shown := wikiShown(raw, names)
		if shown != raw && !alikeTokens(shown, raw) {
			out = append(out, special{from: from, to: to, shown: shown})
		}
	}
	open := -1 // the tag of a colour that has no partner yet
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case strings.HasPrefix(s[i:], `\\`):
			n, before := 2+run(s[i+2:], ' '), len(s[:i])-len(strings.TrimRight(s[:i], " "))
			out = append(out, special{from: i - before, to: i + n, shown: br})
			i += n
		case c == '\\':
			i += 2
		case strings.HasPrefix(s[i:], "??"):
			n := strings.Index(s[i+2:], "??")
			if n > 0 {
				out = append(out, special{from: i, to: i + 2, shown: "_"}, special{from: i + 2 + n, to: i + 4 + n, shown: "_"})
			}
			if n < 0 {
				n = -2
			}
			i += n + 4
		case c == '{':
			name, params, n := tag(s[i:])
			if v := verbatimEnd(s[i:]); v > 0 {
				if n > 0 { // a block of code, whose tag may have parameters
					shown := "{noformat}"
					if l := jiraLang(tidyLang(codeLang(params))); name == "code" && l != "" {
						shown = "{code:" + l + "}"
					}
					out = append(out, special{from: i, to: i + n, shown: shown})
				} else {
					add(i, min(i+v, len(s)))
				}
				i += v
				continue
			}
			switch {
			case n == 0:
				n = phraseEnd(s[i:])
				if n > 1 {
					add(i, i+n)
				}
			case name == "color" && params != "" && open < 0:
				open = len(out)
				out = append(out, special{from: i, to: i + n})
			case name == "color" && params == "" && open >= 0:
				out[open].shut = len(out)
				out = append(out, special{from: i, to: i + n, shuts: true})
				open = -1
			default:
				add(i, i+n)
			}
			i += n
		case (c == 'h' || c == 'f' || c == 'w') && !isWord(lastRune(s[:i])):
			i += max(bareEnd(s[i:]), 1)
		case c == '[':
			n := max(linkEnd(s[i:]), 1)
			if n > 1 {
				add(i, i+n)
			}
			i += n
		case c == '!' && !isAlnum(lastRune(s[:i])):
			n := max(imageEnd(s[i:]), 1)
			if n > 1 {
				add(i, i+n)
			}
			i += n
		default:
			i++
		}
	}
	return out
}

// alikeTokens reports whether two stretches differ only in their escapes.
func alikeTokens(a, b string) bool {
	return slices.EqualFunc(tokens(a), tokens(b), func(x, y string) bool { return tokenKey(x) == tokenKey(y) })
}

// phraseEnd returns the length of the "{*}x{*}" that s starts with, or 1.
func phraseEnd(s string) int {
	if len(s) < 4 || s[2] != '}' || strings.IndexByte(spanChars, s[1]) < 0 {
		return 1
	}
	n := strings.Index(s[3:], s[:3])
	if n < 0 {
		return 1
	}
	return n + 6
}

// wikiShown returns a stretch of a line as conversion would write it.
func wikiShown(s string, names Names) string {
	return wikiLine(tidyLine(wikiInlines(s, 0, names), true), "\n", false)
}

// wikiInnerTable changes a table row by row and cell by cell.
func wikiInnerTable(src string, was, b block, names Names, ok func(string) bool) string {
	rows := wikiRows(src)
	if len(rows) != len(was.rows) {
		return ""
	}
	write := func(row [][]inline, first bool) string {
		s := wikiTable([][][]inline{row, row})
		head, body, _ := strings.Cut(s, "\n")
		if first {
			return head
		}
		return body
	}
	eol := lineEnd(src)
	var lines []string
	for _, o := range mergeRows(was.rows, b.rows) {
		if o.old < 0 {
			lines = append(lines, write(b.rows[o.now], o.now == 0))
			continue
		}
		lines = append(lines, wikiInnerRow(rows[o.old], was.rows[o.old], b.rows[o.now], names))
	}
	if s := strings.Join(lines, eol); ok(s) {
		return s
	}
	return ""
}

// wikiRows cuts the source of a table into rows.
func wikiRows(s string) []string {
	var out []string
	for i := 0; i < len(s); {
		end := rowEnd(s, i)
		out = append(out, strings.TrimSuffix(s[i:end], "\r"))
		i = end + 1
	}
	return out
}

// wikiInnerRow changes the cells of a row that changed.
func wikiInnerRow(src string, was, now [][]inline, names Names) string {
	cells := cellRanges(src)
	if len(cells) > len(now) || len(was) != len(now) {
		return ""
	}
	var b strings.Builder
	at := 0
	for i, c := range cells {
		b.WriteString(src[at:c.from])
		raw := src[c.from:c.to]
		if wikiLine(was[i], `\\ `, true) == wikiLine(now[i], `\\ `, true) {
			b.WriteString(raw)
		} else {
			t := guardWiki(wikiLine(now[i], `\\ `, true))
			if t == "" {
				t = " "
			}
			found := wikiSpecials(raw, `\\ `, names)
			for _, at := range cellLine.FindAllStringIndex(raw, -1) {
				shown := `\\ `
				if at[0] == 0 {
					shown = ""
				}
				if strings.TrimSpace(raw[at[0]:at[1]]) != "" { // the bullet of a list
					shown += "- "
				}
				found = append(found, special{from: at[0], to: at[1], shown: shown})
			}
			b.WriteString(restore(raw, t, disjoint(found), func(string) bool { return true }))
		}
		at = c.to
	}
	b.WriteString(src[at:])
	return b.String()
}

// A rowPair says which row of a table is which row of another, -1 for a new one.
type rowPair struct{ old, now int }

// mergeRows pairs the rows of a table with those that they became.
func mergeRows(was, now [][][]inline) []rowPair {
	key := func(rows [][][]inline) []string {
		var out []string
		for _, r := range rows {
			out = append(out, wikiTable([][][]inline{nil, r}))
		}
		return out
	}
	a, b := key(was), key(now)
	pairs := pairUp(align(a, b), a, b)
	old := make([]int, len(b))
	for i := range old {
		old[i] = -1
	}
	for i, j := range pairs {
		if j >= 0 {
			old[j] = i
		}
	}
	var out []rowPair
	for j := range b {
		out = append(out, rowPair{old[j], j})
	}
	return out
}
