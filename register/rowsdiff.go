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

// rowDifferences compares two matrices, row by row. Key is that of the matrix, and of names a row to
// people: "times of".
func rowDifferences[R matrixRow](key, of, matrix string, before, after []R) []Difference {
	var out []Difference
	rows := func(all []R) (order []string, by map[string]R) {
		by = map[string]R{}
		for _, x := range all {
			name := x.condition().Words()
			if _, reached := by[name]; !reached {
				order, by[name] = append(order, name), x
			}
		}
		return order, by
	}
	oldOrder, old := rows(before)
	newOrder, now := rows(after)
	for _, name := range slices.Concat(oldOrder, slices.DeleteFunc(slices.Clone(newOrder), func(n string) bool { _, was := old[n]; return was })) {
		was, before := old[name]
		is, after := now[name]
		key := key + "[" + name + "]"
		switch {
		case !before:
			out = append(out, Difference{Key: key, After: is.Words(), Words: of + " " + name + " are new: " + is.Words()})
		case !after:
			out = append(out, Difference{Key: key, Before: was.Words(), Words: of + " " + name + " are gone"})
		case was.Words() != is.Words():
			out = append(out, Difference{Key: key, Before: was.Words(), After: is.Words(), Words: of + " " + name + ": " + was.Words() + " → " + is.Words()})
		}
	}
	common := func(order []string, other map[string]R) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(order), func(n string) bool { _, there := other[n]; return !there }), "; ")
	}
	if was, is := common(oldOrder, now), common(newOrder, old); was != is {
		out = append(out, Difference{Key: key, Before: was, After: is, Words: "the rows of " + matrix + " are asked in another order: " + is})
	}
	return out
}
