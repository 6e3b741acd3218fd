package plan

import (
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/sticky"
)

// takeAcceptance takes in the wish for an exception, or an approval of one. An approval is about
// what its author saw: changes that came later make it void.
func (m *merge) takeAcceptance(e Event) {
	told := e.Refused
	if told == "" {
		then, _, _ := m.at(e.At)
		told = m.command(register.Accept{
			By: e.author(), Until: e.Value, Reason: e.Text, Saw: register.Covers(m.unseen(e, then), register.SubjectAcceptance),
		})
		m.take(register.Stale(then, m.rec))
	}
	m.verdict(e, told)
}

// outdated forgets that somebody moved an issue before the record was accepted in this plan: the
// approval is the later word, and the issue is moved to where it shows the exception.
func (m *merge) outdated() {
	a, stands := register.StandingAcceptance(m.rec)
	if !stands || m.in.Record.State == register.Accepted || m.asked.state == "" {
		return
	}
	for _, by := range a.Approved {
		if m.asked.by.At.After(by.At) {
			return
		}
	}
	m.forget()
}

// forget forgets that somebody moved an issue: a later decision has settled where the record
// stands, and the issue is moved there.
func (m *merge) forget() {
	m.asked = request{}
	for _, s := range m.sides(register.FieldState) {
		if key := (RevertKey{s.Binding, register.FieldState}); m.pulled[key] {
			delete(m.pulled, key)
			m.plan.Bases[s.Binding][register.FieldState] = Agreed{Side: s.Raw, Register: string(m.in.Record.State)}
		}
	}
}

// remind asks for another plan when people are to be reminded of an exception, and when it is
// over: nobody touches the issue on that day.
func (m *merge) remind() {
	a, stands := register.StandingAcceptance(m.rec)
	if next := a.Wakes(m.in.Context.At); stands && !next.IsZero() {
		m.wake(next)
	}
}

// exception is what the comment says of the exception of the record, nil for none. That it is
// over is said until the work goes on.
func (m *merge) exception() *sticky.Exception {
	a, ok := register.LastAcceptance(m.rec)
	switch {
	case !ok:
		return nil
	case m.rec.State == register.Accepted:
		return &sticky.Exception{Until: a.Until, Left: a.Notice(m.in.Context.At)}
	case m.rec.State == register.Analysis && a.Round+1 == m.rec.Round:
		return &sticky.Exception{Until: a.Until, Over: a.Because}
	default:
		return nil
	}
}
