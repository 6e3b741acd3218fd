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
	all  []register.FieldInfo // fields of the record and of its issues, in the order people read them
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
	// stepped says what a side showed of a set by the last of the earlier edits that were
	// taken in.
	stepped map[RevertKey]string
	// similar are the closed records that may have come up again as this one. The register is
	// told of them once all values are taken in: halfway, the record says what nobody wrote.
	similar []register.Record
}

func newMerge(in Input) *merge {
	m := &merge{
		in:      in,
		all:     fieldsOf(in),
		rec:     in.Record.Clone(),
		pulled:  map[RevertKey]bool{},
		still:   map[register.Field]bool{},
		reverts: map[RevertKey]bool{},
		stepped: map[RevertKey]string{},
	}
	m.similar, m.in.Context.Similar = in.Context.Similar, nil
	m.in.Sides = slices.Clone(in.Sides)
	m.in.Context.Accounts = accounts(in.Sides)
	m.plan.Bases = map[string]Base{}
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
	for _, info := range m.all {
		f := info.Field
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
	for _, info := range m.all {
		f := info.Field
		switch f {
		case register.FieldState:
			continue
		case register.FieldRef, register.FieldMissing:
			m.ownField(f)
			continue
		case register.FieldValues, register.FieldValue:
			m.mergeValues(f)
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
	var met []shownSide
	for _, s := range m.sides(f) {
		if m.shown(f, s) {
			m.withdraw(f, s)
			if s.agreed && s.Raw != s.base.Side {
				met = append(met, s)
			}
			continue
		}
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
	if insisting := m.insisting(f, met); len(cands) > 0 && len(insisting) > 0 {
		m.conflict(f, append(cands, insisting...))
		return
	}
	for _, s := range met {
		m.meet(f, s)
	}
	switch {
	case len(cands) == 0:
	case agreeing(f, cands):
		m.adopt(f, cands)
	default:
		m.conflict(f, cands)
	}
}

// insisting returns the sides on which somebody came to write what the register has. Another
// side that changes the field in the same look has not seen that, so that the two are a
// conflict. What a person must decide anyway is proposed, and replaces nobody's word.
func (m *merge) insisting(f register.Field, met []shownSide) (out []candidate) {
	if register.Proposes(m.rec, f) {
		return nil
	}
	for _, s := range met {
		if s.lastEditor(f).Person != "" {
			out = append(out, candidate{side: s, value: m.rec.Fields[f]})
		}
	}
	return out
}

// candidate reports whether side s, which does not show what the register has for f, brings in
// a value of its own.
func (m *merge) candidate(f register.Field, s shownSide) (candidate, bool) {
	now, known := m.rec.Fields[f]
	if s.agreed && s.Raw == s.base.Side || outvoted(s) {
		return candidate{}, false
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
func (m *merge) meet(f register.Field, s shownSide) {
	m.plan.Bases[s.Binding][f] = Agreed{Side: s.Raw, Register: m.rec.Fields[f], Unverified: s.base.Unverified}
}

// shown reports whether a side shows what the register has, or all of it that it can show.
func (m *merge) shown(f register.Field, s shownSide) bool {
	now, known := m.rec.Fields[f]
	return s.Value == now || known && (!s.agreed || s.Raw != s.base.Side) && s.Profile.Shows(f, s.Raw, now)
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
	if _, waits := m.waiting(f, from); waits && why == ReasonFollow && m.rec.Fields[f] == v {
		_ = m.do(register.Withdraw{By: c.By, Field: f}) // what the same place proposed before
	}
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
		m.step(s, f, e)
	}
	return s.lastEditor(f), with
}

// step takes in an earlier edit of a side. Of a set it is what the edit added and took out:
// its author said nothing of members that the side does not show.
func (m *merge) step(s *Side, f register.Field, e Edit) {
	v := e.Value
	if isSet(f) {
		key := RevertKey{s.Binding, f}
		was, stepped := m.stepped[key]
		if !stepped {
			was, _ = s.Profile.Lift(f, m.plan.Bases[s.Binding][f].Side)
		}
		v = apply(f, lines(m.rec.Fields[f]), between(shownSide{Side: s}, was, e.Value))
		m.stepped[key] = e.Value
	}
	_ = m.do(register.Propose{By: e.Author, Field: f, Value: v, Why: string(ReasonFollow)})
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
	return register.Author{Person: e.By, Account: e.Account, At: e.At, How: e.How, Event: e.ID, From: e.Binding, Bot: e.Bot}
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
		if p, waits := m.waiting(f, x.side.Binding); waits && p.Value != x.value {
			_ = m.do(register.Withdraw{By: x.side.lastEditor(f), Field: f}) // its place says something else by now
		}
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
	if c.Winner != "" {
		m.outvote(f, c.Winner, cands)
	}
	m.plan.Conflicts = append(m.plan.Conflicts, c)
}

// outvote marks the values that a policy did not choose, for their issues may not be written
// for hours. What is marked has had its say: it is no candidate again.
func (m *merge) outvote(f register.Field, winner string, cands []candidate) {
	for _, c := range cands {
		if c.side.Binding != winner {
			base := m.plan.Bases[c.side.Binding]
			a := base[f]
			a.Outvoted = mark(c.side.Raw)
			base[f] = a
		}
	}
}

// outvoted reports whether a side still shows what a policy did not choose.
func outvoted(s shownSide) bool {
	return s.base.Outvoted != "" && s.base.Outvoted == mark(s.Raw)
}

func mark(raw string) string {
	sum := sha256.Sum256([]byte(raw))
	return hex.EncodeToString(sum[:12])
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

// fieldsOf lists the fields that a record and its issues have: the catalogue, and behind it the
// fields of the organisation.
func fieldsOf(in Input) []register.FieldInfo {
	has := slices.Collect(maps.Keys(in.Record.Fields))
	for _, s := range in.Sides {
		if s.Profile == nil {
			continue
		}
		for _, fm := range s.Profile.Fields {
			has = append(has, fm.Field)
		}
	}
	return register.FieldsAnd(has)
}

// inOrder returns the fields of a set of values in the order in which people read a record.
func inOrder[V any](values map[register.Field]V) []register.Field {
	out := make([]register.Field, 0, len(values))
	for _, info := range register.FieldsAnd(slices.Collect(maps.Keys(values))) {
		if _, ok := values[info.Field]; ok {
			out = append(out, info.Field)
		}
	}
	return out
}
