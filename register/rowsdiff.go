package register

import (
	"slices"
	"strings"
)

// A matrixRow is a row of a matrix of the policy. It is known by its condition.
type matrixRow interface {
	condition() Condition
	Words() string
}

// inWords returns the rows of a matrix in words, by their conditions, and the conditions in their order.
func inWords[R matrixRow](all []R) (order []string, by map[string]string) {
	by = map[string]string{}
	for _, x := range all {
		name := x.condition().Words()
		if _, reached := by[name]; !reached {
			order, by[name] = append(order, name), x.Words()
		}
	}
	return order, by
}

// rowDifferences compares two matrices, row by row. Key is that of the matrix, and of names a row to
// people: "times of".
func rowDifferences[R matrixRow](key, of, matrix string, before, after []R) []Difference {
	oldOrder, old := inWords(before)
	newOrder, now := inWords(after)
	return wordedDifferences(key, of, matrix, oldOrder, newOrder, old, now)
}

func wordedDifferences(key, of, matrix string, oldOrder, newOrder []string, old, now map[string]string) []Difference {
	var out []Difference
	for _, name := range slices.Concat(oldOrder, slices.DeleteFunc(slices.Clone(newOrder), func(n string) bool { _, was := old[n]; return was })) {
		was, before := old[name]
		is, after := now[name]
		key := key + "[" + name + "]"
		switch {
		case !before:
			out = append(out, Difference{Key: key, After: is, Words: of + " " + name + " are new: " + is})
		case !after:
			out = append(out, Difference{Key: key, Before: was, Words: of + " " + name + " are gone"})
		case was != is:
			out = append(out, Difference{Key: key, Before: was, After: is, Words: of + " " + name + ": " + was + " → " + is})
		}
	}
	common := func(order []string, other map[string]string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(order), func(n string) bool { _, there := other[n]; return !there }), "; ")
	}
	if was, is := common(oldOrder, now), common(newOrder, old); was != is {
		out = append(out, Difference{Key: key, Before: was, After: is, Words: "the rows of " + matrix + " are asked in another order: " + is})
	}
	return out
}
