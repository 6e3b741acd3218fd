package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A merge is a plan in the making.
type merge struct {
	in   Input
	rec  register.Record
	plan Plan
	// pulled says, per side and field, that the register took the side's value, so
	// that the side's own text is left as its author wrote it.
	pulled map[RevertKey]bool
	// still holds the fields that are in conflict: nothing is written for them.
	still map[register.Field]bool
	// reverts holds the tracker changes that the register does not accept.
	reverts map[RevertKey]bool
	// stateAsked is the state that a tracker newly asks for, "" for none.
	stateAsked register.State
}

func newMerge(in Input) *merge {
	m := &merge{
		in:      in,
		rec:     in.Record.Clone(),
		pulled:  map[RevertKey]bool{},
		still:   map[register.Field]bool{},
		reverts: map[RevertKey]bool{},
	}
	m.plan.Bases = map[string]Base{}
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		m.plan.Bases[s.Binding] = maps.Clone(s.Base)
		if m.plan.Bases[s.Binding] == nil {
			m.plan.Bases[s.Binding] = Base{}
		}
		if s.Orphan || s.Issue == nil {
			continue
		}
		m.dropped(s)
	}
	return m
}

// dropped settles the first sight of an issue of our own making: what it shows
// otherwise than we sent is a value that the tracker did not keep. It is reported
// and agreed on as it stands, so that it is neither taken for a person's change
// nor written again and again. What we did not send is the tracker's own default
// (a priority, say): nobody has judged anything by it, and it is agreed on too.
func (m *merge) dropped(s *Side) {
	if !s.Fresh {
		return
	}
	base := m.plan.Bases[s.Binding]
	for _, f := range fields() {
		a, agreed := base[f]
		v, shown := s.View[f]
		if !shown || f == register.FieldState || agreed && v.Raw == a.Side {
			continue
		}
		if !agreed {
			now, _ := m.value(f)
			base[f] = Agreed{Side: v.Raw, Register: now}
			continue
		}
		m.plan.Dropped = append(m.plan.Dropped, Dropped{s.Binding, f, a.Side, v.Raw})
		base[f] = Agreed{Side: v.Raw, Register: a.Register}
	}
}

// sides yields the sides that can be read, with what they show of f.
func (m *merge) sides(f register.Field) []shownSide {
	var out []shownSide
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if s.Orphan || s.Issue == nil {
			continue
		}
		v, ok := s.View[f]
		if !ok {
			continue
		}
		a, agreed := m.plan.Bases[s.Binding][f]
		out = append(out, shownSide{Side: s, Shown: v, agreed: agreed, base: a})
	}
	return out
}

type shownSide struct {
	*Side
	mapping.Shown
	agreed bool
	base   Agreed
}

// A candidate is a value that a side brings in.
type candidate struct {
	side shownSide
	// here: the register has moved away from the base too.
	here bool
}

// mergeFields merges every field but the state.
func (m *merge) mergeFields() {
	for _, info := range register.Fields() {
		f := info.Field
		switch f {
		case register.FieldState, register.FieldRef, register.FieldMissing:
			continue
		}
		if info.Type == register.TypeSet {
			m.mergeSet(f)
			continue
		}
		m.mergeField(f)
	}
}

// mergeField is the three-way merge of one field over all sides.
func (m *merge) mergeField(f register.Field) {
	var cands []candidate
	for _, s := range m.sides(f) {
		c, ok := m.candidate(f, s)
		if !ok {
			continue
		}
		if authority(s.Profile, f) != mapping.AuthorityTracker {
			if s.agreed {
				m.reverts[RevertKey{s.Binding, f}] = true
			}
			continue
		}
		cands = append(cands, c)
	}
	if len(cands) == 0 {
		return
	}
	first := cands[0]
	if !first.here && sameValue(cands) {
		m.adopt(f, cands)
		return
	}
	m.conflict(f, cands)
}

// candidate reports whether side s brings in a value for f that differs from the
// register's.
func (m *merge) candidate(f register.Field, s shownSide) (candidate, bool) {
	now, known := m.rec.Fields[f]
	if !s.agreed {
		// First contact: there is no base, so two different values are a conflict and
		// an empty one yields to the other.
		if s.Value == "" || s.Value == now {
			return candidate{}, false
		}
		return candidate{s, known && now != ""}, true
	}
	if s.Raw == s.base.Side || s.Value == now {
		return candidate{}, false
	}
	return candidate{s, now != s.base.Register}, true
}

func sameValue(cands []candidate) bool {
	return !slices.ContainsFunc(cands, func(c candidate) bool {
		return c.here || c.side.Value != cands[0].side.Value
	})
}

// adopt takes the value of the candidates, which all agree.
func (m *merge) adopt(f register.Field, cands []candidate) {
	v := cands[0].side.Value
	m.set(f, v, cands[0].side.Binding, ReasonFollow)
	for _, c := range cands {
		m.pulled[RevertKey{c.side.Binding, f}] = true
	}
}

// set changes a field of the record and notes the change.
func (m *merge) set(f register.Field, v, from string, why Reason) {
	before := m.rec.Fields[f]
	m.rec.Fields[f] = v
	if before == v {
		return
	}
	m.plan.Changes = append(m.plan.Changes, Change{f, before, v, from, why})
}

// conflict decides or records a field that was changed to different values.
func (m *merge) conflict(f register.Field, cands []candidate) {
	c := Conflict{Field: f}
	if slices.ContainsFunc(cands, func(c candidate) bool { return c.here }) {
		now, _ := m.value(f)
		c.Values = append(c.Values, ConflictValue{Register, now, cands[0].side.base.Register})
	}
	for _, x := range cands {
		c.Values = append(c.Values, ConflictValue{x.side.Binding, x.side.Value, x.side.base.Register})
	}
	policy := policy(cands[0].side.Profile, f)
	c.Policy = policy
	if w := m.winner(policy, cands); w >= 0 {
		c.Winner = cands[w].side.Binding
		m.adopt(f, cands[w:w+1])
	} else {
		m.still[f] = true
	}
	m.plan.Conflicts = append(m.plan.Conflicts, c)
}

// winner returns the index of the candidate that a policy prefers, or -1 to ask.
func (m *merge) winner(policy string, cands []candidate) int {
	if b, ok := strings.CutPrefix(policy, "prefer:"); ok {
		return slices.IndexFunc(cands, func(c candidate) bool { return c.side.Binding == b })
	}
	if policy != "latest" || slices.ContainsFunc(cands, func(c candidate) bool { return c.here }) {
		return -1
	}
	best := 0
	for i, c := range cands {
		if c.side.Issue.Updated.After(cands[best].side.Issue.Updated) {
			best = i
		}
	}
	return best
}

func fieldMap(p *mapping.Profile, f register.Field) (mapping.FieldMap, bool) {
	i := slices.IndexFunc(p.Fields, func(fm mapping.FieldMap) bool { return fm.Field == f })
	if i < 0 {
		return mapping.FieldMap{}, false
	}
	return p.Fields[i], true
}

func authority(p *mapping.Profile, f register.Field) mapping.Authority {
	fm, ok := fieldMap(p, f)
	if !ok || fm.Authority == "" {
		return mapping.AuthorityTracker
	}
	return fm.Authority
}

func policy(p *mapping.Profile, f register.Field) string {
	fm, _ := fieldMap(p, f)
	if fm.Policy == "" {
		return "ask"
	}
	return fm.Policy
}

// fields lists all fields in the order of the catalogue.
func fields() []register.Field {
	all := register.Fields()
	out := make([]register.Field, len(all))
	for i, info := range all {
		out[i] = info.Field
	}
	return out
}
