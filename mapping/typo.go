package mapping

import (
	"regexp"
	"slices"
	"strings"
)

// near matches the beginning of a line that may be a command with a mistake: a slash or
// none, a word, marks that stick to it, and another word.
var near = regexp.MustCompile(`^[\pZ\p{Cf}\s*_~]*(/?)[\pZ\p{Cf}\s]*(\pL{3,6})([^\pL\pN\pZ\s]*)[\pZ\p{Cf}\s]*(\pL[\pL-]*)`)

// nearCommand returns the words of a line that were surely meant to be a command, and
// the verb of the command that was meant, "" if there is none: the slash stands apart
// ("/ capa effective"), "capa" has one letter too many, too few or wrong, punctuation or
// emphasis sticks to it, or the slash is missing.
func nearCommand(line string) (typed, verb string) {
	m := near.FindStringSubmatch(line)
	if m == nil {
		return "", ""
	}
	slash, name, marks, verb := m[1] != "", m[2], m[3], strings.ToLower(m[4])
	if !slices.Contains(verbNames(), verb) {
		return "", ""
	}
	// Words that people and other programs use, too, say less about what was meant.
	common := slices.Contains([]string{"help", "status", "verify", "reject", "correction", "similar"}, verb)
	switch low := strings.ToLower(name); {
	case low == "capa" && slash:
		return m[0], verb
	case low == "capa" && strings.Contains(verb, "-"):
		return m[0], verb
	case name == "capa" && marks == "" && !common:
		return m[0], verb
	case !slash || low == "cap" && common:
		return "", ""
	case distance(low, "capa") <= 1 || swapped(low, "capa"):
		return m[0], verb
	}
	return "", ""
}

// swapped reports whether a is b with two neighbouring letters in the wrong order.
func swapped(a, b string) bool {
	if len(a) != len(b) || a == b {
		return false
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

func verbNames() []string {
	var out []string
	for _, v := range verbs() {
		out = append(out, v.name)
	}
	return out
}

// closest returns the verb that a typing mistake probably meant, or "".
func closest(s string, all []verb) string {
	best, least := "", 3
	if r := []rune(s); len(r) > 24 {
		s = string(r[:24])
	}
	for _, v := range all {
		if d := distance(s, v.name); d < least && d*2 < len(v.name) {
			best, least = v.name, d
		}
	}
	return best
}

// distance is the number of letters to add, drop or change (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diag := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			diag, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diag+cost)
		}
	}
	return row[len(y)]
}
