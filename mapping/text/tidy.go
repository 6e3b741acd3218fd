package text

import (
	"slices"
	"strconv"
	"strings"
)

// tidyBlocks changes a document to a form that both markups can express.
func tidyBlocks(in []block) []block {
	var out []block
	for _, b := range in {
		switch b.kind {
		case para:
			b.inl = tidyLine(b.inl, true)
			b.kids = tidyBlocks(b.kids)
			if len(b.inl) == 0 {
				continue
			}
		case rawHTML:
			b.inl = trimLine(tidyInlines(b.inl, 0))
			if len(b.inl) == 0 {
				continue
			}
		case heading:
			b.inl = tidyLine(b.inl, false)
			if len(b.inl) == 0 {
				continue
			}
		case list:
			b.items = tidyItems(b.items)
			if len(b.items) == 0 {
				continue
			}
			if !b.ordered {
				b.start = 0
			}
		case codeBlock, macro:
			b.text = strings.TrimRight(strings.Trim(Normalise(b.text), "\n"), " \t\n")
			if strings.TrimSpace(b.text) == "" {
				continue
			}
			b.lang = tidyLang(b.lang)
		case quote:
			b.kids = tidyQuote(b.kids)
			if len(b.kids) == 0 {
				continue
			}
		case footnote:
			b.kids = tidyBlocks(b.kids)
			n := 0
			for n < len(b.kids) && b.kids[n].kind == para {
				n++
			}
			if rest := b.kids[n:]; len(rest) > 0 { // blocks that a note in Jira cannot hold go behind it
				b.kids = b.kids[:n:n]
				if n > 0 {
					out = append(out, b)
				}
				out = append(out, rest...)
				continue
			}
			if len(b.kids) == 0 {
				continue
			}
		case table:
			if b.rows = tidyRows(b.rows); len(b.rows) == 0 {
				continue
			}
		case rule:
		}
		out = append(out, b)
	}
	return out
}

// tidyQuote tidies the blocks in a quote. In Jira a quote in a quote can only be a paragraph of
// one line; all else moves into the outer quote.
func tidyQuote(in []block) []block {
	var out []block
	for _, b := range tidyBlocks(in) {
		if b.kind == quote && (len(b.kids) != 1 || b.kids[0].kind != para) {
			out = append(out, flatten(b.kids)...)
			continue
		}
		out = append(out, b)
	}
	return out
}

// flatten takes quotes out of blocks.
func flatten(in []block) []block {
	var out []block
	for _, b := range in {
		if b.kind == quote {
			out = append(out, flatten(b.kids)...)
		} else {
			out = append(out, b)
		}
	}
	return out
}

func tidyLang(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r < 0x80 && isAlnum(r) || strings.ContainsRune("+#.-_", r) {
			return r
		}
		return -1
	}, s))
}

func tidyItems(in []item) []item {
	var out []item
	for _, it := range in {
		it.kids = tidyItem(it.kids)
		out = append(out, it)
	}
	for len(out) > 0 && len(out[len(out)-1].kids) == 0 {
		out = out[:len(out)-1] // an empty item at the end shows its number alone
	}
	return out
}

// tidyItem tidies the blocks of an item: paragraphs, code, quotes, tables, lists.
func tidyItem(in []block) []block {
	var out []block
	add := func(b block) {
		if n := len(out); n > 0 && out[n-1].kind == list { // wiki markup cannot go back to the outer item
			if b.kind == list && b.ordered != out[n-1].ordered {
				out = append(out, b)
				return
			}
			if b.kind == list {
				out[n-1].items = append(slices.Clip(out[n-1].items), b.items...)
				return
			}
			l := &out[n-1].items[len(out[n-1].items)-1]
			l.kids = tidyItem(append(slices.Clone(l.kids), b))
			return
		}
		out = append(out, b)
	}
	for _, b := range tidyBlocks(in) {
		switch b.kind {
		case heading:
			b = block{kind: para, inl: tidyLine([]inline{{kind: strong, kids: b.inl}}, true)}
		case rule:
			continue
		case footnote:
			for _, p := range asParagraphs(b) {
				add(p)
			}
			continue
		case list:
			if b.ordered && b.start != 1 {
				for _, x := range numbered(b) {
					add(x)
				}
				continue
			}
		case para, codeBlock, quote, table, macro, rawHTML:
		}
		if len(out) == 0 && b.kind != para { // the line of an item is a paragraph
			out = append(out, block{kind: para})
		}
		add(b)
	}
	return out
}

// numbered returns a list as paragraphs that begin with its numbers, for a place where
// wiki markup can only count from 1.
func numbered(l block) []block {
	var out []block
	for i, it := range l.items {
		mark := inline{kind: plain, text: strconv.Itoa(l.start+i) + ". "}
		if len(it.kids) == 0 || it.kids[0].kind != para {
			it.kids = append([]block{{kind: para}}, it.kids...)
		}
		p := it.kids[0]
		p.inl = tidyLine(append([]inline{mark}, p.inl...), true)
		if n := len(out); n > 0 && out[n-1].kind == para {
			out[n-1].inl = append(append(out[n-1].inl, inline{kind: brk}), p.inl...)
		} else {
			out = append(out, p)
		}
		out = append(out, it.kids[1:]...)
	}
	return out
}

// tidyRows makes all rows of a table equally long. It drops a table without words.
func tidyRows(in [][][]inline) [][][]inline {
	var out [][][]inline
	width, some := 0, false
	for _, row := range in {
		cells := make([][]inline, len(row))
		for i, c := range row {
			cells[i] = tidyLine(c, true)
			some = some || len(cells[i]) > 0
		}
		out = append(out, cells)
		width = max(width, len(cells))
	}
	if !some {
		return nil
	}
	for i := range out {
		for len(out[i]) < width {
			out[i] = append(out[i], nil)
		}
	}
	return out
}
