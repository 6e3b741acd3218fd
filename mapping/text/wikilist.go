package text

import (
	"strconv"
	"strings"
)

// headingLevel returns the level of a line "h1. …", or 0.
func headingLevel(line string) int {
	if len(line) > 3 && line[0] == 'h' && '1' <= line[1] && line[1] <= '6' && line[2:4] == ". " {
		return int(line[1] - '0')
	}
	return 0
}

// bullet returns the bullets of a list line, "*" or "##" or "*#", or "".
func bullet(line string) string {
	n := 0
	for n < len(line) && strings.IndexByte("*#-", line[n]) >= 0 {
		n++
	}
	if n == 0 || n > 12 || n == len(line) || line[n] != ' ' {
		return ""
	}
	return line[:n]
}

// number returns the number of a line "15. …", or -1.
func number(line string) int {
	n := 0
	for n < len(line) && n < 9 && '0' <= line[n] && line[n] <= '9' {
		n++
	}
	if n == 0 || n+2 >= len(line) || line[n:n+2] != ". " || n > 1 && line[0] == '0' {
		return -1
	}
	v, err := strconv.Atoi(line[:n])
	if err != nil {
		return -1
	}
	return v
}

// addItem adds an item to a list whose bullets mark begins with; it reports
// false if the list is of the other sort.
func addItem(l *block, mark string, x item) bool {
	if l.ordered != (mark[0] == '#') {
		return false
	}
	if len(mark) == 1 {
		l.items = append(l.items, x)
		return true
	}
	if len(l.items) == 0 {
		l.items = append(l.items, item{kids: []block{{kind: para}}, from: x.from})
	}
	it := &l.items[len(l.items)-1]
	if n := len(it.kids); n > 0 && it.kids[n-1].kind == list && addItem(&it.kids[n-1], mark[1:], x) {
		return true
	}
	b := block{kind: list, ordered: mark[1] == '#', start: 1}
	addItem(&b, mark[1:], x)
	it.kids = append(it.kids, b)
	return true
}

func lastItem(l *block) *item {
	it := &l.items[len(l.items)-1]
	if n := len(it.kids); n > 0 && it.kids[n-1].kind == list {
		return lastItem(&it.kids[n-1])
	}
	return it
}
