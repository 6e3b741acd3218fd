package wording

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// clusters are consonants that are pronounced as one.
var clusters = strings.NewReplacer("sch", "s", "ch", "c", "ck", "k", "tz", "z", "ng", "n", "th", "t", "ph", "p", "gh", "g") //nolint:gochecknoglobals // a constant

// jumble reports whether nobody could pronounce a word: it has no vowel, or five consonants
// in a row that no word of English or German has. Short words may be abbreviations.
func jumble(w string) bool {
	const short, most = 5, 5
	if utf8.RuneCountInString(w) < short {
		return false
	}
	n, vowels, run, longest := 0, 0, 0, 0
	for _, r := range clusters.Replace(w) {
		if !unicode.Is(unicode.Latin, r) {
			return false
		}
		n++
		run++
		if strings.ContainsRune("aeiouyäöüáàâãåéèêëíìîïóòôõøúùûæœışı", r) {
			vowels++
			run = 0
		}
		longest = max(longest, run)
	}
	return n > 3 && (vowels == 0 || longest >= most)
}

// runs are what fingers type that lie on the keyboard.
var runs = []string{ //nolint:gochecknoglobals // a constant
	"1qaz2wsx3edc4rfv5tgb6yhn7ujm", "qazwsxedcrfvtgbyhnujm", "abcdefghijklmnopqrstuvwxyz", "йцукенгшщзх", "фывапролджэ", "azertyuiop", "qsdfghjklm",
	"qwertyuiop", "qwertzuiopü", "asdfghjklöä", "zxcvbnm", "yxcvbnm",
	"poiuytrewq", "üpoiuztrewq", "äölkjhgfdsa", "mnbvcxz", "mnbvcxy",
}

// keys reports whether words are no words but runs of keys of three letters or more or one
// key over and over, and more than an abbreviation: "asdf jkl", "sdfsdf", "xxxx".
func keys(words []string) bool {
	n := 0
	for _, w := range words {
		letters := []rune(strings.TrimFunc(w, unicode.IsNumber))
		unit := letters[:period(letters)]
		run := len(unit) == 1 || len(unit) >= 3 && slices.ContainsFunc(runs, func(r string) bool { return strings.Contains(r, string(unit)) })
		if len(letters) < 3 || !run {
			return false
		}
		n += len(letters)
	}
	return n >= 4
}

// period returns after how many elements s begins again and says the same until its end,
// their number if it does not. It counts for each element how many of the first ones the
// elements before it repeat (Knuth, Morris and Pratt), for texts may be long.
func period[E comparable](s []E) int {
	same := make([]int, len(s)+1)
	for i, n := 1, 0; i < len(s); i++ {
		for n > 0 && s[i] != s[n] {
			n = same[n]
		}
		if s[i] == s[n] {
			n++
		}
		same[i+1] = n
	}
	if unit := len(s) - same[len(s)]; 2*unit <= len(s) {
		return unit
	}
	return len(s)
}
