package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// Hop returns the entry to move an issue to on its way to the entry spelled raw,
// when only some statuses can be reached from where it stands: raw itself if it
// can, else the furthest entry between the two in the order of Profile.States,
// which is that of the work. Statuses that no entry names are never passed
// through: each step notifies people and is history. It returns false if no step
// leads nearer.
func (p *Profile) Hop(v View, raw string, reachable []connectors.Status) (next string, to StateMap, ok bool) {
	here, there := p.byRaw(v[register.FieldState].Raw), p.byRaw(raw)
	if there < 0 {
		return "", StateMap{}, false
	}
	can := func(i int) bool {
		return slices.ContainsFunc(reachable, func(s connectors.Status) bool {
			return strings.EqualFold(s.Name, p.States[i].Status) || s.ID != "" && s.ID == p.States[i].Status
		})
	}
	if can(there) {
		return raw, p.States[there], true
	}
	for i := there - 1; here >= 0 && i > here; i-- {
		if s := p.States[i]; !s.State.Ended() && can(i) {
			return s.raw(), s, true
		}
	}
	return "", StateMap{}, false
}
