package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// mostHops bounds the steps of a way through a workflow: each step notifies people and stays in
// the history.
const mostHops = 8

// Hop returns the next entry on an issue's way to the entry spelled raw, given the statuses that
// can be reached from its present one: raw itself if it can be reached, else the first step of
// the shortest way. Seen holds the transitions that were seen so far, by status in lower case.
// A status that was not seen yet is assumed to lead to its neighbours in the order of
// Profile.States, which is the order of the work. The way never passes through a status that no
// entry names or that ends a record. Hop returns false if there is no known or assumed way.
func (p *Profile) Hop(v View, raw string, reachable []connectors.Status, seen map[string][]string) (next string, to StateMap, ok bool) {
	there := p.byRaw(raw)
	if there < 0 {
		return "", StateMap{}, false
	}
	can := func(i int) bool {
		return slices.ContainsFunc(reachable, func(s connectors.Status) bool { return p.States[i].is(s) })
	}
	if can(there) {
		return raw, p.States[there], true
	}
	here := p.byRaw(v[register.FieldState].Raw)
	best, least := -1, mostHops+1
	for i, s := range p.States {
		if i == here || s.State.Ended() || !can(i) {
			continue
		}
		if n := 1 + p.distance(i, there, here, seen); n < least {
			best, least = i, n
		}
	}
	if best < 0 {
		return "", StateMap{}, false
	}
	return p.States[best].raw(), p.States[best], true
}

// distance returns how many steps lead from one entry to another without passing through a
// third, by the transitions that were seen; it is more than mostHops if there is no way.
func (p *Profile) distance(from, there, without int, seen map[string][]string) int {
	steps := map[int]int{from: 0}
	for queue := []int{from}; len(queue) > 0; queue = queue[1:] {
		i := queue[0]
		if steps[i] >= mostHops {
			continue
		}
		leads, known := seen[strings.ToLower(p.States[i].Status)]
		if !known && (without < there && i < without || there < without && without < i) {
			continue // an assumed way must not lead away from the target
		}
		if !known {
			return steps[i] + max(there-i, i-there) + 1 // assumed: along the order of the work
		}
		for j, s := range p.States {
			if _, been := steps[j]; been || j == without || j != there && s.State.Ended() || !containsFold(leads, s.Status) {
				continue
			}
			steps[j] = steps[i] + 1
			if j == there {
				return steps[j]
			}
			queue = append(queue, j)
		}
	}
	return mostHops + 1
}

// is reports whether an entry names a status.
func (s StateMap) is(st connectors.Status) bool { return statusNamed(s.Status, st) }

// statusNamed reports whether a name or an id of the configuration is that of a status.
func statusNamed(s string, st connectors.Status) bool {
	return strings.EqualFold(s, st.Name) || st.ID != "" && s == st.ID
}
