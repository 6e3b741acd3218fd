package register

import (
	"cmp"
	"slices"
	"strings"
)

// sameLines tells which earlier line each line is, -1 for a new one. A line that says the same
// is the same line wherever it stands. Of the others the two that share the most words are
// one line that was reworded, if they share more than half the words of the shorter. The only
// line of a text stays that line, whatever it says.
func sameLines(was, is []string) []int {
	from := exactly(was, is, normal)
	if len(was) == 1 && len(is) == 1 {
		return []int{0}
	}
	var gone, fresh []line
	for j, s := range was {
		if !slices.Contains(from, j) {
			gone = append(gone, readLine(j, s))
		}
	}
	for i, s := range is {
		if from[i] < 0 {
			fresh = append(fresh, readLine(i, s))
		}
	}
	for _, p := range reworded(gone, fresh) {
		from[p.fresh] = p.gone
	}
	return from
}

// exactly tells which earlier text each text is, -1 for a new one, by what form makes of them.
func exactly(was, is []string, form func(string) string) []int {
	at := map[string][]int{}
	for j, s := range was {
		at[form(s)] = append(at[form(s)], j)
	}
	from := make([]int, len(is))
	for i, s := range is {
		from[i] = -1
		if free := at[form(s)]; len(free) > 0 {
			from[i], at[form(s)] = free[0], free[1:]
		}
	}
	return from
}

// A line is one line of a text with its different words.
type line struct {
	at    int
	words []string // sorted
}

func readLine(at int, s string) line {
	words := strings.Fields(normal(s))
	slices.Sort(words)
	return line{at, slices.Compact(words)}
}

// A pair is a line that is gone and a line that is new.
type pair struct {
	gone, fresh int
	shared, all int // words of both; of the two together, those of both twice
}

// comparedLines is how many lines of a text are compared with how many others; beyond that a
// reworded line is a new one. Nobody writes as many causes.
const comparedLines = 100

// reworded pairs lines by their words, the most alike first.
func reworded(gone, fresh []line) []pair {
	var pairs []pair
	for _, g := range gone[:min(len(gone), comparedLines)] {
		for _, f := range fresh[:min(len(fresh), comparedLines)] {
			if n := shared(g.words, f.words); 2*n > min(len(g.words), len(f.words)) {
				pairs = append(pairs, pair{g.at, f.at, n, len(g.words) + len(f.words)})
			}
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.shared*a.all, a.shared*b.all), cmp.Compare(a.gone, b.gone), cmp.Compare(a.fresh, b.fresh))
	})
	var out []pair
	for _, p := range pairs {
		if !slices.ContainsFunc(out, func(x pair) bool { return x.gone == p.gone || x.fresh == p.fresh }) {
			out = append(out, p)
		}
	}
	return out
}

// shared counts the words that two sorted lists have both.
func shared(a, b []string) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch strings.Compare(a[0], b[0]) {
		case -1:
			a = a[1:]
		case 1:
			b = b[1:]
		default:
			n++
			a, b = a[1:], b[1:]
		}
	}
	return n
}
