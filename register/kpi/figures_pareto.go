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
	q              *Question
	category, area map[string]int
	requirement    map[string]int            // by the form in which all spellings are the same
	spelled        map[string]map[string]int // how often each of those is spelled so
}

func newPareto(q *Question) counter {
	return &paretoCounter{q, map[string]int{}, map[string]int{}, map[string]int{}, map[string]map[string]int{}}
}

func (c *paretoCounter) take(s *Standing) {
	if !c.q.in(s.identified()) {
		return
	}
	if x := s.values[keyCategory]; x != "" {
		c.category[x]++
	}
	for x := range strings.Lines(s.values[keyScope]) {
		if x = strings.TrimSpace(x); x != "" {
			c.area[x]++
		}
	}
	for _, x := range register.SameRequirements(s.values[keyRequirements]) {
		c.requirement[x]++
	}
	for line := range strings.SplitSeq(s.values[keyRequirements], "\n") {
		for _, x := range register.SameRequirements(line) {
			if c.spelled[x] == nil {
				c.spelled[x] = map[string]int{}
			}
			c.spelled[x][strings.TrimSpace(line)]++
		}
	}
}

func (c *paretoCounter) values() []Value {
	requirement := map[string]int{}
	for x, n := range c.requirement {
		requirement[mostOf(c.spelled[x])[0]] += n
	}
	out := append([]Value{}, top("cause category", c.category)...)
	out = append(out, top("requirement", requirement)...)
	return append(out, top("area", c.area)...)
}

// mostOf returns the keys, the most frequent first.
func mostOf(n map[string]int) []string {
	return slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
}

// top returns the five that were counted most often, the most frequent first.
func top(what string, n map[string]int) []Value {
	const most = 5
	all := mostOf(n)
	var out []Value
	for _, x := range all[:min(most, len(all))] {
		out = append(out, count(what+" "+x, n[x]))
	}
	return out
}
