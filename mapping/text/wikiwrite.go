package text

import (
	"strconv"
	"strings"
)

// writeWiki writes a document as Jira wiki markup.
func writeWiki(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, wikiBlock(b))
	}
	return strings.Join(parts, "\n\n")
}

func wikiBlock(b block) string {
	switch b.kind {
	case heading:
		return "h" + string(rune('0'+b.level)) + ". " + wikiLine(b.inl, `\\ `, false)
	case list:
		if b.ordered && b.start != 1 {
			return wikiCounted(b)
		}
		return wikiList(b, "")
	case codeBlock:
		return wikiCode(b.lang, b.text)
	case macro:
		return b.text
	case quote:
		return "{quote}\n" + wikiQuoted(b.kids) + "\n{quote}"
	case table:
		return wikiTable(b.rows)
	case rule:
		return "----"
	case footnote:
		out := ""
		for i, p := range asParagraphs(b) {
			if i > 0 { // on one line, otherwise the next block would not be part of it
				out += `\\ \\ ` + wikiLine(p.inl, `\\ `, false)
				continue
			}
			out = wikiPara(p.inl)
		}
		return out
	case para, rawHTML:
	}
	return wikiPara(b.inl)
}

func wikiPara(in []inline) string {
	lines := strings.Split(wikiLine(in, "\n", false), "\n")
	for i, l := range lines {
		lines[i] = guardWiki(l)
	}
	lines[0] = guardNumber(lines[0])
	return strings.Join(lines, "\n")
}

// wikiQuoted writes the blocks of a quote. A quote inside it becomes a line of its own.
func wikiQuoted(in []block) string {
	var parts []string
	for _, b := range in {
		if b.kind == quote {
			parts = append(parts, "bq. "+wikiLine(b.kids[0].inl, `\\ `, false))
			continue
		}
		parts = append(parts, wikiBlock(b))
	}
	return strings.Join(parts, "\n\n")
}

// wikiCode writes preformatted text. A zero-width space breaks the two things that Jira
// reads in it: the tag that ends it, and a mention, which Jira announces even there.
func wikiCode(lang, s string) string {
	name, first := "noformat", "{noformat}"
	if lang = jiraLang(lang); lang != "" {
		name, first = "code", "{code:"+lang+"}"
	}
	return first + "\n" + quietCode(name, s) + "\n{" + name + "}"
}

// quietCode returns code in the form that it has in a macro; loudCode undoes that.
func quietCode(name, s string) string {
	return strings.NewReplacer("{"+name+"}", "{"+name+joiner+"}", "[~", "["+joiner+"~").Replace(s)
}

func loudCode(name, s string) string {
	return strings.NewReplacer("{"+name+joiner+"}", "{"+name+"}", "["+joiner+"~", "[~").Replace(s)
}

// wikiList writes a list. Blocks of an item follow its line at once: an empty line
// would end the list, and the next item would be number 1.
func wikiList(b block, marks string) string {
	if b.ordered {
		marks += "#"
	} else {
		marks += "*"
	}
	var lines []string
	for _, it := range b.items {
		lines = append(lines, wikiItem(it.kids, marks+" ", marks))
	}
	return strings.Join(lines, "\n")
}

// wikiCounted writes a list that does not begin with 1 as lines with their numbers, because wiki
// markup counts only from 1.
func wikiCounted(b block) string {
	var lines []string
	for i, it := range b.items {
		s := wikiItem(it.kids, strconv.Itoa(b.start+i)+". ", "")
		lines = append(lines, s)
	}
	return strings.Join(lines, "\n")
}

// wikiItem writes the blocks of an item behind first; marks are the bullets of the
// item, to which those of lists in it are added.
func wikiItem(kids []block, first, marks string) string {
	out := first
	if len(kids) == 0 || kids[0].kind == list || kids[0].kind == para && len(kids[0].inl) == 0 {
		out += "&nbsp;"
		if len(kids) > 0 && kids[0].kind == para {
			kids = kids[1:]
		}
	}
	for i, k := range kids {
		if i > 0 && k.kind == para && kids[i-1].kind == para {
			out += `\\ \\ ` + wikiLine(k.inl, `\\ `, false)
			continue
		}
		if out != first {
			out += "\n"
		}
		switch k.kind {
		case para, rawHTML:
			s := wikiLine(k.inl, `\\ `, false)
			if i > 0 {
				s = guardNumber(guardWiki(s))
			}
			out += s
		case list:
			out += wikiList(k, marks)
		case table:
			out += "{panel}\n" + wikiTable(k.rows) + "\n{panel}"
		default:
			out += wikiBlock(k)
		}
	}
	return out
}

func wikiTable(rows [][][]inline) string {
	var lines []string
	for i, row := range rows {
		bar := "|"
		if i == 0 {
			bar = "||"
		}
		var b strings.Builder
		b.WriteString(bar)
		for _, c := range row {
			t := guardWiki(wikiLine(c, `\\ `, true))
			if t == "" {
				t = " "
			}
			b.WriteString(t + bar)
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// guardWiki escapes the start of a line that would be another kind of block.
func guardWiki(l string) string {
	switch {
	case l == "":
	case l[0] == '|':
		return `\` + l
	case bullet(l) != "" || len(l) >= 4 && strings.Trim(l, "-") == "":
		return `\` + l
	case headingLevel(l) > 0:
		return l[:2] + "&#46;" + l[3:]
	case strings.HasPrefix(l, "bq. "):
		return "bq&#46;" + l[3:]
	}
	return l
}

// guardNumber keeps the start of a paragraph from being read as the number of an item.
func guardNumber(l string) string {
	if number(l) < 0 {
		return l
	}
	return strings.Replace(l, ".", "&#46;", 1)
}
