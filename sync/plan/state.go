package plan

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// takeFields takes in the fields that people gave by a comment command.
func (m *merge) takeFields() {
	for _, e := range m.in.Events {
		if e.Kind.Decides() {
			continue
		}
		told := e.Refused
		if e.Kind == mapping.EventField && told == "" {
			if told = cmp.Or(m.edited(e), m.editedElsewhere(e)); told == "" {
				m.set(e.Field, e.Text, e.Binding, ReasonCommand)
			}
		}
		m.verdict(e, told)
	}
}

// edited says that somebody gave the field of a command its present value on the same
// issue after the command, or may have; "" if not. An edit is often taken in before a
// comment that is older. Of a description the tracker tells only when it was last edited,
// so a section that changed since the last attempt may have been what was edited.
func (m *merge) edited(e Event) message.Text {
	s := m.side(e.Binding)
	if s == nil || !s.read() {
		return ""
	}
	v, known := s.Reading.View[e.Field]
	if !known {
		return ""
	}
	info, _ := register.Info(e.Field)
	if at, told := s.changedAt(e.Field); told {
		if at.After(e.At) {
			return say("{{.Field}} was edited on this issue after it", "Field", message.Term(info.Label))
		}
		return ""
	}
	if moved := m.in.First || v.Raw != s.Base[e.Field].Side; moved && v.Raw != "" && s.inBody(e.Field) && s.Edited.After(e.At) {
		return say("the description was edited after it, perhaps {{.Field}}; repeat it if it still holds", "Field", message.Term(info.Label))
	}
	return ""
}

// editedElsewhere says that somebody gave the field of a command its present value on
// another issue after the command; "" if not. Each tracker's time is taken by conformd's
// clock, for trackers' clocks differ.
func (m *merge) editedElsewhere(e Event) message.Text {
	now, _ := m.value(e.Field)
	given := e.At
	if s := m.side(e.Binding); s != nil {
		given = given.Add(-s.Skew)
	}
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if s.Binding == e.Binding || !s.read() {
			continue
		}
		v, known := s.Reading.View[e.Field]
		if at, told := s.changedAt(e.Field); known && v.Value == now && now != e.Text && told && at.Add(-s.Skew).After(given) {
			info, _ := register.Info(e.Field)
			return say("{{.Field}} was edited on {{.Issue}} after it; repeat it if it still holds", "Field", message.Term(info.Label), "Issue", s.Issue.Ref.Key)
		}
	}
	return ""
}

// verdict notes what became of an event.
func (m *merge) verdict(e Event, told message.Text) {
	m.plan.Verdicts = append(m.plan.Verdicts, Verdict{e.ID, told})
}

// decide takes in what people decided, in the order of time, and moves the record as
// far as its guards allow.
func (m *merge) decide() {
	m.in.Context.Similar = m.similar
	m.asked = m.ask()
	for _, e := range m.in.Events {
		if id, ok := e.Retracts(); ok {
			_ = m.do(register.Retract{By: e.editor(), Event: id, Why: "the comment was edited afterwards"})
		}
		switch e.Kind {
		case mapping.EventApproval:
			m.takeApproval(e)
		case mapping.EventDecide:
			m.takeValue(e, register.Determine{By: e.author(), Field: e.Field, Value: e.Value, Reason: e.Text})
		case mapping.EventKeep:
			m.takeValue(e, register.Decline{By: e.author(), Field: e.Field, Reason: e.Text})
		case mapping.EventLink, mapping.EventUnlink:
			m.takeLink(e)
		case mapping.EventRecurrence, mapping.EventNoRecurrence:
			m.takeRecurrence(e)
		case mapping.EventExtend, mapping.EventKeepDate:
			m.takeDate(e)
		case mapping.EventAccept:
			m.takeAcceptance(e)
		case mapping.EventMeasure:
			m.takeMeasurement(e)
		}
	}
	m.advance()
}

// takeApproval takes a decision in, counting or not, as the record stood when it was given.
func (m *merge) takeApproval(e Event) {
	a := register.Approval{
		Event: e.ID, Subject: e.Subject, Outcome: e.Outcome, Until: e.Value, By: e.By, Account: e.Account,
		At: e.At, How: e.How, Reason: e.Text, Refused: e.Refused.String(),
	}
	then, led, sure := m.at(e.At)
	facts, err := register.Decide(then, register.Judge{Approval: a}, m.in.Context, m.in.Policy)
	told := e.Refused
	if no, refused := errors.AsType[register.Refusal](err); refused && told == "" {
		told = no.Message().Text()
	}
	i := slices.IndexFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactDecided })
	if i >= 0 {
		noted := facts[i].Decision
		if noted.Refused == register.NotYet && !sure {
			noted.Refused = "the issue changed at about the same time, and the tracker does not say what came first"
			told = say("the issue changed at about the same time; look at it again and repeat the command")
			noted.Told = told.String()
		}
		if seen := m.unseen(e, then); noted.Counts() && noted.Covers != "" {
			then, noted.Covers = seen, register.Covers(seen, noted.Subject)
		}
		m.plan.Approvals = append(m.plan.Approvals, *noted)
	}
	m.verdict(e, told)
	m.take(m.following(led, facts))
	if err != nil || i < 0 {
		return
	}
	m.take(register.Stale(then, m.rec)) // what it covers may have changed since it was given
	if e.Field != "" {
		m.set(e.Field, e.Text, e.Binding, ReasonCommand)
	}
}

// exact is how exactly the times of two trackers are compared: GitHub tells each, and its own
// clock, to the second.
const exact = 2 * time.Second

// unseen returns the record without the values that were taken in by an earlier look and given
// after an event: a comment is often read after an edit that is newer, and its author did
// not see what came then. A value that some issue showed before the event was seen. Where the
// history of an issue is not at hand, all sections are as new as the description.
func (m *merge) unseen(e Event, then register.Record) register.Record {
	then = then.Clone()
	given := e.At
	if s := m.side(e.Binding); s != nil {
		given = given.Add(-s.Skew)
	}
	for _, info := range m.all {
		f := info.Field
		now := m.rec.Fields[f]
		if f == register.FieldState || register.Derived(f) || now != m.in.Record.Fields[f] {
			continue // what this plan takes in is told apart by its time
		}
		late := false
		for _, s := range m.sides(f) {
			at, told := s.givenBy(f)
			if !told || s.Value != now {
				continue
			}
			if late = at.Add(-s.Skew).After(given.Add(exact)); !late {
				break
			}
		}
		if late {
			then.Fields[f] = "another value than " + now
		}
	}
	return then
}

// following returns the facts of a decision that moves the record, behind the moves that had
// led to where it was when the decision was given. A decision that moves nothing stands
// alone: the record is moved when all decisions are taken in.
func (m *merge) following(led, facts []register.Fact) []register.Fact {
	moves := func(f register.Fact) bool { return f.Kind == register.FactMoved }
	i := slices.IndexFunc(facts, moves)
	if i < 0 || facts[i].Move.From == m.rec.State {
		return facts
	}
	led = slices.DeleteFunc(slices.Clone(led), func(f register.Fact) bool { return f.Kind == register.FactRequested || f.Kind == register.FactDue }) // the last move settles both
	if j := slices.IndexFunc(led, moves); j >= 0 && led[j].Move.From == m.rec.State {
		return append(led, facts...)
	}
	move := *facts[i].Move
	move.From = m.rec.State // another decision of this look has moved it since
	facts = slices.Clone(facts)
	facts[i].Move = &move
	return facts
}

// takeValue takes in a decision about a value.
func (m *merge) takeValue(e Event, c register.Command) {
	told, before := e.Refused, m.rec.Fields[e.Field]
	if told == "" {
		shown := m.taken(e.Field)
		if told = m.command(c); told == "" {
			for binding, a := range shown {
				delete(m.pulled, RevertKey{binding, e.Field})
				m.plan.Bases[binding][e.Field] = a
			}
		}
		m.changed(e.Field, before, e.Binding, ReasonCommand)
	}
	m.verdict(e, told)
}

// command has the register decide about a command. It returns why it refuses, for the person
// who gave it, "" if it does not.
func (m *merge) command(c register.Command) message.Text {
	no, _ := errors.AsType[register.Refusal](m.do(c))
	return no.Message().Text()
}

// takeLink takes in a decision about a link.
func (m *merge) takeLink(e Event) {
	told := e.Refused
	if kind, name, ok := register.LinkNamed(e.Value); told == "" && ok {
		var c register.Command = register.AddLink{By: e.author(), Kind: kind, Name: name, Reason: e.Text}
		if e.Kind == mapping.EventUnlink {
			c = register.RemoveLink{By: e.author(), Kind: kind, Name: name, Reason: e.Text}
		}
		told = m.command(c)
	}
	m.verdict(e, told)
}

// takeRecurrence takes in the answer whether a closed record came up again.
func (m *merge) takeRecurrence(e Event) {
	told := e.Refused
	if told == "" {
		told = m.command(register.AnswerRecurrence{By: e.author(), Name: e.Value, Again: e.Kind == mapping.EventRecurrence, Reason: e.Text})
	}
	m.verdict(e, told)
}

// takeDate takes in a wish for a later date of a milestone, or the decision against one.
func (m *merge) takeDate(e Event) {
	told := e.Refused
	if told == "" {
		milestone, date, _ := strings.Cut(e.Value, " ")
		var c register.Command = register.Extend{By: e.author(), Milestone: register.Milestone(milestone), To: date, Reason: e.Text}
		if e.Kind == mapping.EventKeepDate {
			c = register.KeepDate{By: e.author(), Milestone: register.Milestone(milestone), Reason: e.Text}
		}
		told = m.command(c)
	}
	m.verdict(e, told)
}

// taken returns what the issues show of a field and this plan has taken in: the register
// and they agree on it, until a decision changes the register.
func (m *merge) taken(f register.Field) map[string]Agreed {
	out := map[string]Agreed{}
	for _, s := range m.sides(f) {
		if !m.pulled[RevertKey{s.Binding, f}] {
			continue
		}
		a := Agreed{Side: s.Raw, Register: m.rec.Fields[f]}
		if x, waits := m.waiting(f, s.Binding); waits {
			a.Register = x.Value
		}
		out[s.Binding] = a
	}
	return out
}

// take applies facts.
func (m *merge) take(facts []register.Fact) {
	m.rec = register.Replay(m.rec, facts)
	m.plan.Facts = append(m.plan.Facts, facts...)
}

// reopened reports whether a person has reopened the record by a decision.
func (m *merge) reopened() bool { return m.tookIn(register.SubjectReopening) }

// tookIn reports whether this plan took in a decision on a subject that counts, with one of the
// outcomes; without outcomes, with any.
func (m *merge) tookIn(s register.Subject, outcomes ...register.Outcome) bool {
	return slices.ContainsFunc(m.plan.Facts, func(f register.Fact) bool {
		return f.Kind == register.FactDecided && f.Decision.Subject == s && f.Decision.Counts() &&
			(len(outcomes) == 0 || slices.Contains(outcomes, f.Decision.Outcome))
	})
}

// A request is a state that a tracker newly asks for.
type request struct {
	state register.State // "" for none
	from  string         // the binding
	by    register.Author
	// through are the working states that people moved the issue through since the last
	// look, oldest first: a manager who moved it on decided something.
	through []register.Move
}

// advance moves the record towards the state that a tracker asks for, as far as
// the guards allow, and leaves the rest as a pending request.
func (m *merge) advance() {
	m.outdated()
	m.overruled()
	before, pending := m.in.Record.State, m.rec.Requested
	asked := m.asked.state
	if asked == "" {
		if asked = before; m.reopened() || m.settled() {
			asked, pending = m.rec.State, ""
		}
		if m.rec.State != before && (before == register.Accepted || m.rec.State == register.Accepted) {
			asked = m.rec.State // an exception began or ended
		}
		if m.rec.State.Rank() > before.Rank() && before == register.Reported {
			asked = m.rec.State // it was triaged
		}
		if pending != "" && !m.withdrawn(pending) {
			asked = m.left(pending, asked)
		}
	}
	if m.rec.Done.IsZero() {
		m.in.Context.WorkDone = m.workDone()
	}
	for _, move := range m.asked.through {
		_ = m.do(move)
	}
	_ = m.do(register.Move{By: m.asked.by, To: asked})
	m.decided = true
	m.noteNamed()
	if len(m.lateValues) > 0 {
		m.takeLate()
		_ = m.do(register.Move{To: asked}) // they may be what was missing
	}
	if m.rec.Requested != "" {
		m.plan.Held = register.Unmet(m.rec, m.rec.Requested, m.in.Context, m.in.Policy)
	}
	for _, v := range m.plan.Held {
		for _, l := range v.Lacks {
			if l.Remedy.Kind == register.RemedyWait && l.Remedy.Until.After(m.in.Context.At) {
				m.wake(l.Remedy.Until) // nobody touches the issue when a waiting time ends
			}
		}
	}
	m.remind()
	m.decideAnew()
	if m.rec.State == before {
		return
	}
	why, from := ReasonGuard, Register
	if m.asked.state != "" {
		why, from = ReasonFollow, m.asked.from
	}
	m.plan.Changes = append(m.plan.Changes, Change{register.FieldState, string(before), string(m.rec.State), from, why})
}

// ask merges the state: it returns what the trackers newly ask for.
func (m *merge) ask() request {
	f := register.FieldState
	var cands []candidate
	for _, s := range m.sides(f) {
		m.notAsked(s)
		if c, ok := m.stateCandidate(s); ok {
			cands = append(cands, c)
		}
	}
	if len(cands) == 0 {
		return request{}
	}
	if sameValue(cands) {
		for _, c := range cands {
			m.pulled[RevertKey{c.side.Binding, f}] = true
		}
		last := cands[len(cands)-1].side
		return request{register.State(cands[0].side.Value), last.Binding, m.mover(last), m.through(last)}
	}
	m.conflict(f, cands)
	last := &m.plan.Conflicts[len(m.plan.Conflicts)-1]
	if last.Winner == "" {
		return request{}
	}
	i := slices.IndexFunc(cands, func(c candidate) bool { return c.side.Binding == last.Winner })
	if i < 0 {
		return request{}
	}
	return request{register.State(cands[i].side.Value), last.Winner, m.mover(cands[i].side), m.through(cands[i].side)}
}

// notAsked settles the request to reopen of an issue that shows the end of the record again.
// In mode reopen conformd itself puts it back, so a person must have done it.
func (m *merge) notAsked(s shownSide) {
	if _, asked := m.waiting(register.FieldState, s.Binding); !asked {
		return
	}
	now := string(m.rec.State)
	if s.Value != now && !s.Profile.Shows(register.FieldState, s.Raw, now) {
		return
	}
	by := s.lastEditor(register.FieldState)
	if s.Mode == Reopen && (by.Person == "" || by.Bot) {
		return
	}
	_ = m.do(register.Withdraw{By: by, Field: register.FieldState})
}

// through returns the moves before the last one, as far as the tracker tells who made them.
// An end that was left again decided nothing.
func (m *merge) through(s shownSide) []register.Move {
	var out []register.Move
	for i, e := range s.By[register.FieldState] {
		to := register.State(e.Value)
		if i == len(s.By[register.FieldState])-1 || !e.Told || e.Person == "" || to.Ended() || to.Rank() < 0 {
			continue
		}
		e.Event = moved(s.Binding, e.Value, e.At)
		out = append(out, register.Move{By: e.Author, To: to})
	}
	return out
}

// moved identifies the move of an issue.
func moved(binding, to string, at time.Time) string {
	return binding + ":state:" + to + ":" + at.UTC().Format(time.RFC3339Nano)
}

// mover returns who moved an issue to the state that it shows.
func (m *merge) mover(s shownSide) register.Author {
	by := s.lastEditor(register.FieldState)
	if len(s.By[register.FieldState]) > 0 {
		by.Event = moved(s.Binding, s.Raw, by.At)
	}
	if by.At.IsZero() {
		by.At = m.in.Context.At
	}
	return by
}

// stateCandidate reports whether side s asks for another state than the record's.
func (m *merge) stateCandidate(s shownSide) (candidate, bool) {
	now := string(m.in.Record.State) // evidence that this plan takes in may have moved it since
	if s.Value == "" || s.Value == now {
		return candidate{}, false
	}
	if s.Profile.Shows(register.FieldState, s.Raw, now) || outvoted(s) {
		return candidate{}, false
	}
	if s.Fresh {
		// It shows where new issues start, which nobody asked for.
		return candidate{}, false
	}
	if !s.agreed {
		// The first issue that people filed for a record says where it stands. A later one is
		// told, unless somebody was faster, and so is the first one that conformd filed.
		return candidate{side: s, value: s.Value}, s.Moved || s.Issue.Marker == "" && !m.stateKnown()
	}
	if s.Raw == s.base.Side {
		return candidate{}, false
	}
	return candidate{side: s, value: s.Value, here: now != s.base.Register}, true
}

// stateKnown reports whether any issue has agreed on a state before.
func (m *merge) stateKnown() bool {
	for _, s := range m.in.Sides {
		if _, ok := s.Base[register.FieldState]; ok {
			return true
		}
	}
	return false
}

// stands reports whether some issue still shows the requested state. An issue
// that was not read, or whose status is not understood, says nothing, so what it
// asked for last still stands.
func (m *merge) stands(requested register.State) bool {
	return slices.ContainsFunc(m.in.Sides, func(s Side) bool {
		if s.Orphan {
			return false
		}
		if v, ok := s.Reading.View[register.FieldState]; ok && s.Issue != nil {
			return register.State(v.Value) == requested
		}
		return m.askedBefore(&s) == requested
	})
}

// left returns the state that is still asked for when no person has withdrawn the requested
// one: that one as long as an issue shows it, or else the end that another issue shows. It was
// asked for before the requested one, and conformd has put only that one back. If no issue
// shows an end it is none.
func (m *merge) left(requested, none register.State) register.State {
	if m.stands(requested) {
		return requested
	}
	for _, s := range m.sides(register.FieldState) {
		if end := register.State(s.Value); end.Ended() && s.agreed && s.Raw == s.base.Side {
			return end
		}
	}
	return none
}

// withdrawn reports whether somebody has moved an issue out of the requested
// state since the request. That ends the request also where another issue still
// shows it: the later word counts.
func (m *merge) withdrawn(requested register.State) bool {
	return slices.ContainsFunc(m.sides(register.FieldState), func(s shownSide) bool {
		return s.agreed && s.Raw != s.base.Side && register.State(s.Value) != requested && m.askedBefore(s.Side) == requested
	})
}

// askedBefore returns the state that an issue showed when it was last agreed on,
// "" if there is none.
func (m *merge) askedBefore(s *Side) register.State {
	a, ok := m.plan.Bases[s.Binding][register.FieldState]
	if !ok {
		return ""
	}
	v, _ := s.Profile.Lift(register.FieldState, a.Side)
	return register.State(v)
}

// derive fills the fields that the register writes about itself.
func (m *merge) derive() {
	if v := m.missing(); v != m.rec.Fields[register.FieldMissing] {
		m.rec.Fields[register.FieldMissing] = v
	}
	m.plan.Record = m.rec
	slices.SortStableFunc(m.plan.Changes, func(a, b Change) int {
		at := func(f register.Field) int {
			return slices.IndexFunc(m.all, func(info register.FieldInfo) bool { return info.Field == f })
		}
		return at(a.Field) - at(b.Field)
	})
}

// value returns what the register holds for f, and whether it is known.
func (m *merge) value(f register.Field) (string, bool) {
	switch f {
	case register.FieldState:
		return string(m.rec.State), true
	case register.FieldRef:
		return m.rec.Ref, true
	case register.FieldMissing:
		return m.missing(), true
	case register.FieldValues:
		return register.Values(m.rec), m.rec.Kind().Measured()
	case register.FieldValue:
		return register.LatestValue(m.rec), m.rec.Kind().Measured()
	default:
		v, ok := m.rec.Fields[f]
		return v, ok
	}
}

// missing returns the ids of the guards that hold back a closure, a line each.
func (m *merge) missing() string {
	if !m.rec.Requested.Ended() {
		return ""
	}
	return joinRules(m.plan.Held)
}
