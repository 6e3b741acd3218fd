package kpi

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/register"
)

// number reads a number, 0 for what is none.
func number(text string) float64 {
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0
	}
	return x
}

// A paretoCounter is K30: what the records that were found in the period have in common most
// often.
type paretoCounter struct {
	q                           *Question
	category, requirement, area map[string]int
}

func newPareto(q *Question) counter {
	return &paretoCounter{q, map[string]int{}, map[string]int{}, map[string]int{}}
}

func (c *paretoCounter) take(s *Standing) {
	if !c.q.in(s.identified()) {
		return
	}
	if x := s.values[keyCategory]; x != "" {
		c.category[x]++
	}
	for _, x := range register.SameRequirements(s.values[keyRequirements]) {
		c.requirement[x]++
	}
	for x := range strings.Lines(s.values[keyScope]) {
		if x = strings.TrimSpace(x); x != "" {
			c.area[x]++
		}
	}
}

func (c *paretoCounter) values() []Value {
	out := append([]Value{}, top("cause category", c.category)...)
	out = append(out, top("requirement", c.requirement)...)
	return append(out, top("area", c.area)...)
}

// top returns the five that were counted most often, the most frequent first.
func top(what string, n map[string]int) []Value {
	const most = 5
	all := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	var out []Value
	for _, x := range all[:min(most, len(all))] {
		out = append(out, count(what+" "+x, n[x]))
	}
	return out
}
