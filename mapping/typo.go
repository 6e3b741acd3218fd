package mapping

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// near matches the beginning of a line that may be a command with a mistake: a mention, which
// other programs expect, a slash of some sort or none, a word, marks attached to it, and another
// word.
var near = regexp.MustCompile(`^(?:@[\w\x{200b}-]+[,:]?[\pZ\s]+)*[\pZ\p{Cf}\s*_~]*([/\x{2044}\x{2215}\x{ff0f}\\]{0,2})[\pZ\p{Cf}\s]*(\pL{3,6})([^\pL\pN\pZ\s]*)[\pZ\p{Cf}\s]*(\pL[\pL-]*)`)

// nearCommand returns the words of a line that were surely meant to be a command, and
// the verb of the command that was meant, "" if there is none: the slash stands apart
// ("/ capa effective"), "capa" has one letter too many, too few or wrong, punctuation or
// emphasis sticks to it, or the slash is missing.
func nearCommand(line string) (typed, verb string) {
	m := near.FindStringSubmatch(line)
	if m == nil {
		return "", ""
	}
	slash, name, marks := m[1] != "", m[2], m[3]
	typed = strings.ToLower(m[4])
	verb = inEnglish(CommandWord, typed)
	if !slices.Contains(verbNames(), verb) {
		return "", ""
	}
	// Words that people and other programs also use are a weaker sign of a command.
	common := verb != typed || slices.Contains([]string{"help", "status", "verify", "reject", "correction", "similar"}, verb)
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

// closest returns the verb that a person probably meant by typing s and then rest, or "": with
// marks around it, mistyped, a part of the verb, or its opposite with a "not".
func closest(s, rest string, all []verb) string {
	if r := []rune(s); len(r) > 24 {
		s = string(r[:24])
	}
	s = strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if s == "" { // a dash between
		s, _ = word(strings.ToLower(rest))
	}
	if s == "not" || strings.HasPrefix(s, "not-") || strings.HasPrefix(s, "non-") || s == "noteffective" {
		return "ineffective"
	}
	last := s[strings.LastIndexAny(s, "-_")+1:]
	for _, w := range germanWords() { // a letter wrong in a German command
		if w.Kind == CommandWord && (swapped(s, w.German) || len(w.German) > 5 && distance(germanForm(s), germanForm(w.German)) <= 1) {
			return w.German
		}
	}
	best, least := "", 3
	for _, v := range all {
		d := distance(s, v.name)
		switch {
		case swapped(s, v.name):
			d = 1
		case d < least && d*2 < len(v.name):
		case len(s) > 3 && (strings.HasPrefix(v.name, s) || strings.HasPrefix(s, v.name)), len(last) > 3 && strings.HasSuffix(v.name, "-"+last):
			d = 2
		default:
			continue
		}
		if d < least {
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
