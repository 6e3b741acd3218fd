package text

import (
	"slices"
	"strings"
)

// A file is a picture or another attachment that wiki markup shows by its name.
type file struct {
	from, to int    // its place in the source
	shown    string // the text that stands for it at GitHub
}

// files returns the attachments that wiki markup shows, outside of code.
func files(s string) []file {
	var out []file
	for i := 0; i < len(s); {
		switch s[i] {
		case '\\':
			i += 2
		case '{':
			i += max(verbatimEnd(s[i:]), 1)
		case 'h', 'f', 'w':
			n := 0
			if !isWord(lastRune(s[:i])) {
				n = bareEnd(s[i:])
			}
			i += max(n, 1)
		case '!':
			n := 0
			if !isAlnum(lastRune(s[:i])) {
				n = imageEnd(s[i:])
			}
			if n > 0 {
				name, _, _ := strings.Cut(s[i+1:i+n-1], "|")
				if _, web := address(name); !web {
					out = append(out, file{i, i + n, "(image: " + clean(name) + ")"})
				}
			}
			i += max(n, 1)
		case '[':
			n := linkEnd(s[i:])
			if n > 0 {
				label, addr := "", s[i+1:i+n-1]
				if j := barAt(addr); j >= 0 {
					label = addr[:j]
					addr, _, _ = strings.Cut(addr[j+1:], "|")
				}
				if addr = strings.TrimSpace(addr); len(addr) > 1 && addr[0] == '^' && fileName.MatchString(addr[1:]) {
					out = append(out, file{i, i + n, fileShown(plainText(wikiInlines(label, 0, nil)), clean(addr[1:]))})
				}
			}
			i += max(n, 1)
		default:
			i++
		}
	}
	return out
}

// unshown returns the names of the files in wiki markup whose text is missing in a Markdown text,
// each as often as it is missing.
func unshown(wiki, gfm string) []string {
	all := files(wiki)
	if len(all) == 0 {
		return nil
	}
	said := everyWord(readGFM(gfm))
	take := func(name string) bool {
		i := wordAt(said, name)
		if i >= 0 {
			said = said[:i] + "\n" + said[i+len(name):]
		}
		return i >= 0
	}
	var names []string
	for _, f := range all {
		names = append(names, f.shown)
	}
	typed := everyWord(readWiki(withoutFiles(wiki, names)))
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) { // a person typed it in Jira, too
		for range strings.Count(typed, name) {
			take(name)
		}
	}
	var out []string
	for _, name := range names {
		if !take(name) {
			out = append(out, name)
		}
	}
	return out
}

// wordAt returns where a name stands in a text as a whole word, or -1.
func wordAt(s, name string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], name)
		if i < 0 {
			return -1
		}
		i += from
		end := i + len(name)
		joined := isAlnum(firstRune(name)) && isAlnum(lastRune(s[:i])) || isAlnum(lastRune(name)) && isAlnum(firstRune(s[end:]))
		if !joined {
			return i
		}
		from = i + len(name)
	}
}

// everyWord returns the words of a text outside of code.
func everyWord(blocks []block) string {
	var b strings.Builder
	walkInlines(blocks, func(x inline) {
		if x.kind == plain {
			b.WriteString(x.text + "\n")
		}
	})
	return b.String()
}

// withoutFiles returns wiki markup without the files whose texts gone lists. It also removes a
// line that becomes empty.
func withoutFiles(wiki string, gone []string) string {
	gone = slices.Clone(gone)
	var b strings.Builder
	at := 0
	for _, f := range files(wiki) {
		i := slices.Index(gone, f.shown)
		if i < 0 {
			continue
		}
		gone = slices.Delete(gone, i, i+1)
		before, end := wiki[at:f.from], f.to
		if strings.HasSuffix(before, " ") && (end == len(wiki) || strings.IndexByte(" \r\n", wiki[end]) >= 0) {
			before = strings.TrimSuffix(before, " ")
		}
		b.WriteString(before)
		at = end
		rest, _, _ := strings.Cut(wiki[at:], "\n")
		if done := b.String(); (done == "" || strings.HasSuffix(done, "\n")) && strings.TrimSpace(rest) == "" {
			at = min(at+len(rest)+1, len(wiki))
		}
	}
	return b.String() + wiki[at:]
}

// keepFiles returns s with the files that mine shows and s lacks, each behind the piece that
// it followed in mine.
func keepFiles(mine, s string) string {
	had := map[string]int{}
	for _, f := range files(s) {
		had[f.shown]++
	}
	var lost []file
	for _, f := range files(mine) {
		if had[f.shown]--; had[f.shown] < 0 {
			lost = append(lost, f)
		}
	}
	if len(lost) == 0 {
		return s
	}
	eol := lineEnd(mine)
	from, to := splitWiki(mine, nil), splitWiki(s, nil)
	a, b := keysOf(from.pieces), keysOf(to.pieces)
	pairs := pairUp(align(a, b), a, b)
	behind := map[int][]string{} // files to put behind a piece of s
	line, offset := 0, 0
	for _, f := range lost {
		for line < len(from.lines) && offset+len(from.lines[line]) <= f.from {
			offset += len(from.lines[line])
			line++
		}
		at := -1
		for i, p := range from.pieces {
			if p.from > line {
				break
			}
			if pairs[i] >= 0 {
				at = pairs[i]
			}
		}
		behind[at] = append(behind[at], mine[f.from:f.to])
	}
	var out strings.Builder
	if add := behind[-1]; len(add) > 0 {
		out.WriteString(strings.Join(add, " ") + eol)
		if strings.TrimSpace(s) != "" {
			out.WriteString(eol)
		}
	}
	done := 0
	for i, p := range to.pieces {
		out.WriteString(to.gap(done, p.from))
		src := to.src(p)
		out.WriteString(src)
		if add := behind[i]; len(add) > 0 {
			out.WriteString(fileGlue(src, p, eol) + strings.Join(add, " "))
		}
		out.WriteString(to.ending(i))
		done = p.to
	}
	return out.String() + to.gap(done, len(to.lines))
}

// fileGlue returns the separator between a piece and the file behind it. Behind an item the file
// becomes part of the item, because a paragraph would end the list.
func fileGlue(src string, p piece, eol string) string {
	switch {
	case !p.item():
		return eol + eol
	case strings.HasSuffix(src, "}"):
		return eol
	}
	return " "
}

// Same reports whether a text of the register, in Markdown, and a text of Jira say the same, in
// terms that both markups have. A picture or file that only Jira shows makes no difference,
// because IntoWiki keeps it there. names are those of FromWikiNamed.
func Same(gfm, wiki string, names Names) bool {
	if gone := unshown(wiki, gfm); len(gone) > 0 {
		wiki = withoutFiles(wiki, gone)
	}
	return equal(gfm, wiki, names)
}

// equal is Same for all that a text shows.
func equal(gfm, wiki string, names Names) bool {
	return ToWiki(gfm) == ToWiki(FromWikiNamed(wiki, names))
}
