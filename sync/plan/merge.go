package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"

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
	// asked is what the trackers newly ask for, see asked.
	asked request
	// lateValues came after a triage of this look; decided says that the decisions are
	// taken in.
	lateValues []lateValue
	decided    bool
}

func newMerge(in Input) *merge {
	m := &merge{
		in:      in,
		rec:     in.Record.Clone(),
		pulled:  map[RevertKey]bool{},
		still:   map[register.Field]bool{},
		reverts: map[RevertKey]bool{},
	}
	m.in.Sides = slices.Clone(in.Sides)
	m.in.Context.Accounts = accounts(in.Sides)
	m.plan.Bases = map[string]Base{}
	m.plan.Repeated = map[register.Field]bool{}
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		m.plan.Bases[s.Binding] = maps.Clone(s.Base)
		if m.plan.Bases[s.Binding] == nil {
			m.plan.Bases[s.Binding] = Base{}
		}
		if !s.read() {
			continue
		}
		s.saw = s.Reading.View
		s.Reading = s.Profile.Against(s.Reading, s.Base.side, m.value)
		m.dropped(s)
	}
	return m
}

// read reports whether the side says anything: it was observed and is not an orphan.
func (s *Side) read() bool { return !s.Orphan && s.Issue != nil }

// lastEditor returns who gave a field its present value on the issue: its binding alone where
// that is not known.
func (s *Side) lastEditor(f register.Field) register.Author {
	if edits := s.By[f]; len(edits) > 0 {
		return edits[len(edits)-1].Author
	}
	return register.Author{From: s.Binding}
}

// side returns the issue of the record in a binding, nil if it has none there.
func (m *merge) side(binding string) *Side {
	i := slices.IndexFunc(m.in.Sides, func(s Side) bool { return s.Binding == binding })
	if i < 0 {
		return nil
	}
	return &m.in.Sides[i]
}

// accounts names the strangers on all issues of the record.
func accounts(sides []Side) map[string]string {
	out := map[string]string{}
	for _, s := range sides {
		if s.Issue != nil {
			maps.Copy(out, s.Profile.Strangers(s.Issue))
		}
	}
	return out
}

// dropped settles the first sight of an issue that conformd created. A value that differs
// from what was sent was not kept by the tracker. It is reported and agreed on as it
// stands, so that it neither counts as a person's change nor is written again and again.
// A value that was not sent is the tracker's own default (a priority, say). No person
// chose it, and it is agreed on too.
func (m *merge) dropped(s *Side) {
	base := m.plan.Bases[s.Binding]
	for _, f := range fields() {
		if !s.Fresh && !s.Untouched[f] {
			continue
		}
		a, agreed := base[f]
		raw, known := s.Reading.Shows(f)
		if !known || f == register.FieldState || agreed && raw == a.Side {
			continue
		}
		if a.Refused != "" {
			a.Side = raw
			base[f] = a
			continue
		}
		if !agreed {
			// Nothing was known of it when the issue was made; what the register has
			// learnt since then is still to be shown.
			base[f] = Agreed{Side: raw}
			continue
		}
		m.plan.Dropped = append(m.plan.Dropped, Dropped{s.Binding, f, a.Side, raw})
		base[f] = Agreed{Side: raw, Register: a.Register, Refused: NotKept}
	}
}

// sides yields the sides that can be read, with what they show of f.
func (m *merge) sides(f register.Field) []shownSide {
	var out []shownSide
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if !s.read() {
			continue
		}
		v, ok := s.Reading.View[f]
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
	// value is what the register would take: a text keeps the register's own words and
	// markup where the side did not change.
	value string
	// here: the register has moved away from the base too.
	here bool
	// part: the side's copy was cut, so that its value is a part of the register's
	// with somebody's change. It never takes the place of the whole by itself.
	part bool
}

// mergeFields merges every field but the state.
func (m *merge) mergeFields() {
	for _, info := range register.Fields() {
		f := info.Field
		switch f {
		case register.FieldState:
			continue
		case register.FieldRef, register.FieldMissing:
			m.ownField(f)
			continue
		}
		if info.Type == register.TypeSet {
			m.mergeSet(f)
			continue
		}
		m.mergeField(f)
	}
}

// ownField notes where somebody changed what the register writes about itself.
func (m *merge) ownField(f register.Field) {
	now, _ := m.value(f)
	for _, s := range m.sides(f) {
		if s.agreed && s.Raw != s.base.Side || !s.agreed && s.Value != "" && s.Value != now {
			m.reverts[RevertKey{s.Binding, f}] = true
		}
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
		if s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
			m.reverts[RevertKey{s.Binding, f}] = true
			continue
		}
		cands = append(cands, c)
	}
	if len(cands) == 0 {
		return
	}
	if agreeing(f, cands) {
		m.adopt(f, cands)
		return
	}
	m.conflict(f, cands)
}

// candidate reports whether side s brings in a value for f that differs from the
// register's.
func (m *merge) candidate(f register.Field, s shownSide) (candidate, bool) {
	now, known := m.rec.Fields[f]
	if s.Value == now {
		m.withdraw(f, s)
		m.meet(f, s, now)
		return candidate{}, false
	}
	if s.agreed && s.Raw == s.base.Side {
		return candidate{}, false
	}
	if known && s.Profile.Shows(f, s.Raw, now) {
		m.withdraw(f, s)
		m.meet(f, s, now)
		return candidate{}, false // all that the side can show of it
	}
	if !s.agreed {
		// First contact: there is no base, so two different values are a conflict and
		// an empty one yields to the other.
		return candidate{side: s, value: s.Value, here: known && now != ""}, s.Value != ""
	}
	c := candidate{side: s, value: s.Value, here: m.moved(f, s, now), part: partial(f, s)}
	if !c.here {
		c.value = s.Profile.Adopt(f, s.base.Side, s.base.Register, s.Raw)
	}
	return c, true
}

// moved reports whether the register has another value than when it last agreed with a side,
// so that taking in what the side shows would replace somebody's change. A proposal replaces
// nothing. Its author may edit it again after the record was reopened, and is then taken in.
func (m *merge) moved(f register.Field, s shownSide, now string) bool {
	_, waits := m.waiting(f, s.Binding)
	switch {
	case waits && register.Proposes(m.rec, f):
		return false
	case waits && s.base.Waits:
		return now != s.base.Kept
	}
	return now != s.base.Register
}

// meet notes that a side came to show what the register has. They agree on it even if another
// side changes the register in the same plan: should that one have put the value of the older
// agreement back, the register would seem not to have moved, and what this side shows would
// later be taken for its answer. That the older agreement is in doubt after a restore stays.
func (m *merge) meet(f register.Field, s shownSide, now string) {
	if !s.agreed || s.Raw == s.base.Side {
		return
	}
	m.plan.Bases[s.Binding][f] = Agreed{Side: s.Raw, Register: now, Unverified: s.base.Unverified}
}

// withdraw settles what was proposed on a side that shows the value of the register again.
func (m *merge) withdraw(f register.Field, s shownSide) {
	back := s.agreed && s.base.Side == s.Raw // conformd itself has put the value back there
	x, waits := m.waiting(f, s.Binding)
	taken := x.On(s.Value) == s.Value // somebody gave the register what was proposed
	if !waits || x.Amends && s.Mode == Reopen && back && !taken {
		return
	}
	_ = m.do(register.Withdraw{By: s.lastEditor(f), Field: f})
}

// waiting returns what was proposed for a field on a side and waits for a decision.
func (m *merge) waiting(f register.Field, binding string) (register.Proposal, bool) {
	i := slices.IndexFunc(m.rec.Proposals, func(x register.Proposal) bool { return x.Field == f && x.From == binding })
	if i < 0 {
		return register.Proposal{}, false
	}
	return m.rec.Proposals[i], true
}

// partial reports whether a side last agreed on a copy that was cut to the length
// it can hold. Whoever edits such a copy has not seen the rest of the text.
func partial(f register.Field, s shownSide) bool {
	whole := *s.Profile
	whole.TitleLimit, whole.BodyLimit = 0, 0
	all, ok := whole.Project(f, s.base.Register)
	if !ok || all == s.base.Side {
		return false
	}
	cut, _ := s.Profile.Project(f, s.base.Register)
	shown, _ := s.Profile.Lift(f, s.base.Side)
	return cut != all && shown != s.base.Register
}

// sameValue reports whether the candidates agree and nothing stands against them.
func sameValue(cands []candidate) bool {
	return !slices.ContainsFunc(cands, func(c candidate) bool {
		return c.here || c.part || c.side.Value != cands[0].side.Value
	})
}

// agreeing reports whether the candidates agree, and puts the one first whose value
// is taken. They agree also where one shows all that it can of the other's value: a
// text in another markup, or a cut one. Issues of people go before those of ours,
// which only repeat what somebody wrote elsewhere.
func agreeing(f register.Field, cands []candidate) bool {
	if sameValue(cands) {
		slices.SortStableFunc(cands, func(a, b candidate) int { return ours(a) - ours(b) })
		return true
	}
	if slices.ContainsFunc(cands, func(c candidate) bool { return c.here || c.part }) {
		return false
	}
	i := slices.IndexFunc(cands, func(c candidate) bool {
		return !slices.ContainsFunc(cands, func(o candidate) bool {
			return o.side.Value != c.side.Value && !o.side.Profile.Shows(f, o.side.Raw, c.side.Value)
		})
	})
	if i > 0 {
		cands[0], cands[i] = cands[i], cands[0]
	}
	return i >= 0
}

func ours(c candidate) int {
	if c.side.Issue.Marker != "" {
		return 1
	}
	return 0
}

// adopt takes the value of the candidates, which all agree.
func (m *merge) adopt(f register.Field, cands []candidate) {
	late := len(m.lateValues)
	m.set(f, cands[0].value, cands[0].side.Binding, ReasonFollow)
	if _, waits := m.waiting(f, cands[0].side.Binding); waits || len(m.lateValues) > late {
		for _, c := range cands[1:] {
			m.set(f, c.value, c.side.Binding, ReasonFollow) // each side proposes what it shows
		}
	}
	for _, c := range cands {
		m.pulled[RevertKey{c.side.Binding, f}] = true
	}
}

// do asks something of the register and takes what comes of it.
func (m *merge) do(c register.Command) error {
	facts, err := register.Decide(m.rec, c, m.in.Context, m.in.Policy)
	m.rec = register.Replay(m.rec, facts)
	m.plan.Facts = append(m.plan.Facts, facts...)
	return err
}

// set asks the register to give a field a value, and notes the change if it did. What
// triage or a closing has decided it keeps, and the value waits for a person.
func (m *merge) set(f register.Field, v, from string, why Reason) {
	if why == ReasonFollow && m.late(f, v, from) {
		return
	}
	before := m.rec.Fields[f]
	c := register.Propose{By: register.Author{From: from}, Field: f, Value: v, Why: string(why)}
	if s := m.side(from); s != nil && why == ReasonFollow {
		c.By, c.With = m.steps(s, f)
	}
	if why == ReasonCommand {
		c.By = m.commander(f, v, from)
	}
	_ = m.do(c) // an edit is never refused: it waits, if it does not count
	m.changed(f, before, from, why)
}

// steps takes in what several people made of a field between two looks, each as their own,
// and returns who made it what it is now. With are those of whom it is not known what they
// made of it.
func (m *merge) steps(s *Side, f register.Field) (by register.Author, with []register.Author) {
	edits := s.By[f]
	for _, e := range edits[:max(0, len(edits)-1)] {
		if !e.Told || f == register.FieldState {
			with = append(with, e.Author)
			continue
		}
		_ = m.do(register.Propose{By: e.Author, Field: f, Value: e.Value, Why: string(ReasonFollow)})
	}
	return s.lastEditor(f), with
}

// commander returns who gave a field a value by a command.
func (m *merge) commander(f register.Field, v, from string) register.Author {
	for _, e := range m.in.Events {
		if e.Field == f && e.Text == v && e.Binding == from && e.Refused == "" {
			return e.author()
		}
	}
	return register.Author{From: from}
}

func (e Event) author() register.Author {
	return register.Author{Person: e.By, Account: e.Account, At: e.At, How: e.How, Event: e.ID, From: e.Binding}
}

// editor is who changed the comment of an event of which something had been read before.
func (e Event) editor() register.Author {
	a := register.Author{From: e.Binding, At: e.At}
	if e.Editor != "" {
		a.Person, a.Account, a.How = e.Editor, e.Account, e.How
	}
	return a
}

// changed notes how a field of the record changed, if it did.
func (m *merge) changed(f register.Field, before, from string, why Reason) {
	if now := m.rec.Fields[f]; now != before {
		m.plan.Changes = append(m.plan.Changes, Change{f, before, now, from, why})
	}
}

// conflict decides or records a field that was changed to different values.
func (m *merge) conflict(f register.Field, cands []candidate) {
	c := Conflict{Field: f, Policy: policy(f, cands)}
	if i := slices.IndexFunc(cands, func(c candidate) bool { return c.here || c.part }); i >= 0 {
		now, _ := m.value(f)
		c.Values = append(c.Values, ConflictValue{Register, now, cands[i].side.base.Register})
	}
	for _, x := range cands {
		c.Values = append(c.Values, ConflictValue{x.side.Binding, x.side.Value, x.side.base.Register})
	}
	if w := winner(f, c.Policy, cands); w >= 0 {
		c.Winner = cands[w].side.Binding
		if f != register.FieldState {
			m.adopt(f, cands[w:w+1])
		} else {
			m.pulled[RevertKey{c.Winner, f}] = true
		}
	} else if c.Winner = m.standing(f, c.Policy, cands); c.Winner == "" {
		m.still[f] = true
	}
	if c.Winner != "" && m.outvote(f, c.Winner, cands) {
		m.plan.Repeated[f] = true
	}
	m.plan.Conflicts = append(m.plan.Conflicts, c)
}

// outvote marks the values that a policy did not choose. It reports whether all of them were
// marked by an earlier plan. Their issues may not be written for hours, and each plan until
// then meets the same conflict.
func (m *merge) outvote(f register.Field, winner string, cands []candidate) (again bool) {
	again = true
	for _, c := range cands {
		if c.side.Binding == winner {
			again = false // it has said something new
			continue
		}
		base := m.plan.Bases[c.side.Binding]
		a, agreed := base[f]
		sum := sha256.Sum256([]byte(c.side.Raw))
		mark := hex.EncodeToString(sum[:12])
		again = again && a.Outvoted == mark
		if agreed {
			a.Outvoted = mark
			base[f] = a
		}
	}
	return again
}

// winner returns the index of the candidate that a policy prefers, or -1 to ask.
// No policy prefers a part of a text to the whole.
func winner(f register.Field, policy string, cands []candidate) int {
	best := -1
	if b, ok := strings.CutPrefix(policy, "prefer:"); ok {
		best = slices.IndexFunc(cands, func(c candidate) bool { return c.side.Binding == b })
	} else if policy == "latest" {
		best = latest(f, cands)
	}
	if best >= 0 && cands[best].part {
		return -1
	}
	return best
}

// latest returns the candidate whose field was changed last, or -1 to ask. It needs
// the time of each change of this very field. A tracker without such a history, or one
// that keeps several fields in one text, cannot tell; neither can the register where
// it changed too.
func latest(f register.Field, cands []candidate) int {
	best := -1
	var newest time.Time
	for i, c := range cands {
		at, known := c.side.changedAt(f)
		switch {
		case c.here || !known || at.Equal(newest):
			return -1
		case at.After(newest):
			best, newest = i, at
		}
	}
	return best
}

// standing returns the preferred binding if it did not change but shows what the
// register changed to: then its value stands, whether the register heard of it
// from there or told it. It returns "" otherwise, so that a person is asked: a
// binding that has said nothing since the last agreement prefers nothing.
func (m *merge) standing(f register.Field, policy string, cands []candidate) string {
	b, ok := strings.CutPrefix(policy, "prefer:")
	if !ok || slices.ContainsFunc(cands, func(c candidate) bool { return !c.here }) {
		return ""
	}
	now, _ := m.value(f)
	for _, s := range m.sides(f) {
		if s.Binding == b && s.agreed && s.base.Register == now && s.base.Side == s.Raw {
			return b
		}
	}
	return ""
}

// policy returns what is configured for a field that several places changed. A
// binding where nothing else is configured asks, and so do bindings that do not
// say the same.
func policy(f register.Field, cands []candidate) string {
	const ask = "ask"
	found := ask
	for _, c := range cands {
		fm, _ := c.side.Profile.Field(f)
		switch fm.Policy {
		case "", ask, found:
		default:
			if found != ask {
				return ask
			}
			found = fm.Policy
		}
	}
	return found
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
