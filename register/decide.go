package register

import (
	"slices"
	"time"
)

// Decide says what comes of a command: the facts, in order. It is a pure function of its
// arguments; a command that was taken in before gives no new facts. An error is a Refusal:
// nothing of what was asked for is done. A refused decision is a fact all the same.
func Decide(r Record, c Command, ctx Context, p Policy) ([]Fact, error) {
	w := &decision{r: r.Clone(), ctx: p.withDefaults(ctx), p: p}
	w.proposeRecurrences()
	known := len(w.facts)
	var refused Refusal
	switch c := c.(type) {
	case Propose:
		w.propose(c)
	case Withdraw:
		w.withdraw(c)
	case Name:
		w.name(c)
	case SetAction:
		w.setAction(c)
	case DropAction:
		w.change(c.By, func() { w.add(Fact{Kind: FactDropped, From: c.By.From, Event: c.ID}) })
	case Judge:
		refused = w.judge(c.Approval)
	case Determine:
		refused = w.determine(c)
	case Decline:
		refused = w.decline(c)
	case Retract:
		w.retract(c)
	case AddLink:
		refused = w.addLink(c)
	case RemoveLink:
		refused = w.removeLink(c)
	case Extend:
		refused = w.extend(c)
	case KeepDate:
		refused = w.keepDate(c)
	case Accept:
		refused = w.accept(c)
	case Send:
		refused = w.send(c)
	case Enter:
		refused = w.enterValue(c)
	case Freeze:
		refused = w.freeze(c)
	case AnswerRecurrence:
		refused = w.answerRecurrence(c)
	case Recur:
		w.recur(c)
	case Move:
		refused = w.move(c)
	}
	if refused != (Refusal{}) && len(w.facts) == known {
		w.refused(c, refused)
	}
	w.proposeRecurrences()
	w.settleReopening(c.author())
	w.settleLinks(c.author())
	w.settleAcceptances()
	w.settleClock(r, c)
	w.settleExtensions()
	if refused != (Refusal{}) {
		return w.facts, refused
	}
	return w.facts, nil
}

// refused notes that a decision about a value does not count.
func (w *decision) refused(c Command, why Refusal) {
	f := Fact{Kind: FactRefused, Why: why.Error()}
	switch c := c.(type) {
	case Determine:
		f.Field, f.After = c.Field, c.Value
	case Decline:
		f.Field = c.Field
	case Move:
		f.Field, f.After = FieldState, string(c.To)
	case Extend:
		f.Field, f.After = Field(c.Milestone.Change()), c.To
	case KeepDate:
		f.Field = Field(c.Milestone.Change())
	case Accept:
		f.Field, f.After = acceptanceChange, c.Until
	case Send:
		f.Field, f.After = sentChange, c.To
	case Enter:
		f.Field, f.After = measurementChange, c.Period+" "+c.Value
	case Freeze:
		f.Field, f.After = figuresChange, c.Period
	case AnswerRecurrence:
		f.Field, f.After = recurrenceChange, c.Name
	case AddLink:
		f.Field, f.After = Field(c.Kind), c.Name
	case RemoveLink:
		f.Field, f.After = Field(c.Kind), c.Name
	}
	w.add(c.author().fact(f))
}

// A decision is facts in the making, and the record with them.
type decision struct {
	r     Record
	ctx   Context
	p     Policy
	facts []Fact
}

func (w *decision) add(f Fact) {
	after := Apply(w.r, f)
	if n := renumber(w.r, after, f); len(n) > 0 {
		f.Numbers = n
		after.take(n)
	}
	f.Contained = containment(w.r, after, f)
	after.contain(f.Contained)
	w.facts = append(w.facts, f)
	w.r = after
}

// propose takes a value in, or lets it wait where a decision stands against it.
func (w *decision) propose(c Propose) {
	if Derived(c.Field) {
		return // the register writes it, and holds no value of it
	}
	before, known := w.r.Fields[c.Field]
	if known && before == c.Value {
		w.withdraw(Withdraw{c.By, c.Field})
		return
	}
	if Proposes(w.r, c.Field) {
		x := c.proposal(before)
		x.Amends = w.r.State == Closed
		if !slices.Contains(w.r.Proposals, x) {
			w.add(c.By.fact(Fact{Kind: FactProposed, Field: c.Field, Before: before, After: c.Value, Proposal: &x}))
		}
		return
	}
	w.change(c.By, func() {
		for _, a := range c.With {
			if involving(c.Field) && a.Person != c.By.Person && before != c.Value {
				w.add(a.fact(Fact{Kind: FactInvolved, Field: c.Field}))
			}
		}
		w.add(c.By.fact(Fact{Kind: FactSet, Field: c.Field, Before: before, After: c.Value, Why: c.Why}))
	})
}

// fact returns f as brought about by the author.
func (a Author) fact(f Fact) Fact {
	f.By, f.At, f.From, f.Event, f.Account, f.Means, f.Bot = a.Person, a.At, a.From, a.Event, a.Account, a.Means, a.Bot
	if f.Means == "" && a.How != "" {
		f.Means = string(a.How)
	}
	return f
}

// withdraw settles what was proposed in a place.
func (w *decision) withdraw(c Withdraw) {
	if slices.ContainsFunc(w.r.Proposals, func(x Proposal) bool { return x.Field == c.Field && x.From == c.By.From }) {
		w.add(c.By.fact(Fact{Kind: FactSettled, Field: c.Field, Why: "the value of the register stands there again"}))
	}
}

// name involves whom a place named. A place that names somebody where a decision stands
// against it proposes them, and involves nobody.
func (w *decision) name(c Name) {
	was, why := owned, "named "+c.Person+" as the owner"
	if c.Field == FieldActionPlan {
		was, why = assigned, "gave "+c.Person+" an action"
	}
	if c.Person == "" || was(w.r, c.Person) || Proposes(w.r, c.Field) {
		return
	}
	w.add(c.By.fact(Fact{Kind: FactInvolved, Field: c.Field, After: c.Person, Why: why}))
}

// setAction takes in what an issue says of its action. An action of a closed record that is
// not done any more is evidence that was lost.
func (w *decision) setAction(c SetAction) {
	if i := slices.IndexFunc(w.r.Actions, func(a Action) bool { return a.ID == c.Action.ID }); i >= 0 && w.r.Actions[i].equal(c.Action) {
		return
	}
	w.change(c.By, func() {
		w.add(c.By.fact(Fact{Kind: FactAction, Action: &c.Action}))
	})
}

func (a Action) equal(b Action) bool {
	same := slices.Equal(a.Addresses, b.Addresses) && a.Done.Equal(b.Done)
	return same && a.ID == b.ID && a.Kind == b.Kind && a.Title == b.Title && a.Assignee == b.Assignee && a.Due == b.Due &&
		a.State == b.State && a.Evidence == b.Evidence && a.Reason == b.Reason
}

// change does something to what the record says, and what follows: decisions that covered
// it count no longer, the waiting time begins anew, and the record falls back where
// evidence is lost.
func (w *decision) change(by Author, do func()) {
	before := w.r
	do()
	w.void(before, by)
	if !w.r.Done.IsZero() && workDigest(before) != workDigest(w.r) && (w.r.State == Verifying || w.r.State == Closed) {
		w.add(Fact{Kind: FactRestarted, At: w.when(by)})
	}
	w.fallBack(before, by)
}

// when is the time of what an author did, and now where that is not known or still to come.
func (w *decision) when(by Author) time.Time {
	if by.At.IsZero() || by.At.After(w.ctx.At) {
		return w.ctx.At
	}
	return by.At
}

// void ends the decisions of the round that covered something else.
func (w *decision) void(before Record, by Author) {
	for _, f := range Stale(before, w.r) {
		voided := by.fact(f)
		voided.Event, voided.Why = f.Event, f.Why
		w.add(voided)
	}
}

// Stale returns a fact for each decision of the present round that covered something else
// than what r says now. Before is r as it was when they were given.
func Stale(before, r Record) []Fact {
	var out []Fact
	for _, a := range r.Approvals {
		if a.Counts() && a.Round == r.Round && a.Covers != "" && Covers(r, a.Subject) != a.Covers {
			out = append(out, Fact{Kind: FactVoided, Event: a.Event, Why: differs(before, r, a.Subject) + changed, Decision: &a})
		}
	}
	return out
}

// anAction is what differs where it is no field.
const anAction = "an action"

// differs names what differs between two records to people, of what a decision covers.
func differs(a, b Record, s Subject) string {
	for _, info := range FieldsOf(a, b) {
		f := info.Field
		covers := f == FieldActionPlan || slices.Contains(planned(), f) || s != SubjectPlan && !uncovered(f)
		if s == SubjectAdoption {
			covers = slices.Contains(adoptedFields(), f)
		}
		if covers && a.Fields[f] != b.Fields[f] {
			return info.Label
		}
	}
	return anAction
}

// fallBack takes the record back to where it is lawful when a change took evidence away.
// What does not hold because a rule changed, or time went by, is not asked here: entering a
// state asks the rules, and staying does not.
func (w *decision) fallBack(before Record, by Author) {
	if w.r.State.Rank() <= Analysis.Rank() {
		return
	}
	was := Unmet(before, w.r.State, w.ctx, w.p)
	to := w.r.State
	var lost []Violation
	for _, v := range Unmet(w.r, w.r.State, w.ctx, w.p) {
		held := slices.ContainsFunc(was, func(o Violation) bool { return o.Rule.ID == v.Rule.ID })
		if held || !v.Rule.Evidence {
			continue
		}
		lost = append(lost, v)
		if at := path()[max(v.Rule.To.Rank()-1, Analysis.Rank())]; at.Rank() < to.Rank() {
			to = at
		}
	}
	if to == w.r.State {
		return
	}
	end := w.r.State
	w.sendBack(to, by, "evidence is missing that was there", lost)
	if !w.r.Done.IsZero() && workOpen(w.r) {
		w.add(Fact{Kind: FactRound})
	}
	if end == Closed {
		w.request(by, Closed) // its issues show it as closed, and what comes of that their mode says
	}
}
