package register

import (
	"slices"
	"strconv"
	"time"
)

// proposeRecurrences puts the question about each closed record of the context of which this
// one may be a recurrence. A question that was put stays until a person answers it: nobody
// dodges it by other words.
func (w *decision) proposeRecurrences() {
	if len(w.ctx.Similar) == 0 || !MayRecur(w.r) {
		return
	}
	most := mostCandidates
	if w.r.Fields[FieldCategory] != "" {
		most *= 2
	}
	for _, c := range Candidates(w.r, w.ctx.Similar) {
		if len(w.r.Recurrences) >= most {
			return
		}
		if w.r.recurrenceOf(c.To, "") >= 0 {
			continue
		}
		c.Put = w.ctx.At
		w.add(Fact{Kind: FactRecurrence, At: w.ctx.At, Recurrence: &c, Why: c.Why})
	}
}

// answerRecurrence takes in what a person says of a candidate.
func (w *decision) answerRecurrence(c AnswerRecurrence) Refusal {
	x, refused := w.recurrenceNamed(c)
	if refused != (Refusal{}) {
		return refused
	}
	if c.By.Event != "" && x.Event == c.By.Event {
		return Refusal{} // taken in before
	}
	if refused := w.refuseAnswer(c, x); refused != (Refusal{}) {
		return refused
	}
	x.State, x.By, x.At, x.Event, x.Reason = RecurrenceRefused, c.By.Person, w.when(c.By), c.By.Event, c.Reason
	if c.Again {
		x.State = RecurrenceConfirmed
	}
	f := c.By.fact(Fact{Kind: FactRecurrence, Recurrence: &x, Why: c.Reason})
	f.At = x.At
	w.add(f)
	if _, linked := linkedTo(w.r, RecurrenceOf, x.To); c.Again && !linked {
		w.linked(c.By, Link{Kind: RecurrenceOf, To: x.To, Ref: x.Ref, Source: LinkOfCommand, Reason: c.Reason})
	}
	if c.Again && w.r.Grade() != Major && w.cameUpBefore(x) {
		w.proposeMajor(x)
	}
	return Refusal{}
}

// cameUpBefore reports whether another recurrence of the matter was confirmed within 365 days: of
// this record, of the closed one, or the closed one was a recurrence itself.
func (w *decision) cameUpBefore(x Recurrence) bool {
	since := x.At.AddDate(0, 0, -recurrenceDays)
	confirmed := func(r Record) bool {
		return slices.ContainsFunc(ConfirmedRecurrences(r), func(o Recurrence) bool { return o.To != x.To && o.At.After(since) })
	}
	return confirmed(w.r) || slices.ContainsFunc(w.ctx.Similar, func(old Record) bool {
		return old.ID == x.To && (confirmed(old) || slices.ContainsFunc(old.Approvals, func(a Approval) bool {
			return a.Trigger == TriggerRecurrence && a.Counts() && a.At.After(since)
		}))
	})
}

// proposeMajor proposes the grade major, as a tracker would: a person decides.
func (w *decision) proposeMajor(x Recurrence) {
	p := Proposal{Field: FieldGrade, Value: w.p.stepFor(FieldGrade, string(Major)), At: x.At, From: fromRegister}
	w.add(Fact{
		Kind: FactProposed, At: x.At, From: fromRegister, Field: FieldGrade, Before: w.r.Fields[FieldGrade], After: p.Value, Proposal: &p,
		Why: "it is the second recurrence within " + strconv.Itoa(recurrenceDays) + " days",
	})
}

// fromRegister is where a change comes from that the register itself proposes.
const fromRegister = "register"

// recur takes in that a closed record came up again: its actions did not last, which is an
// effectiveness review of its own. Nothing that was decided before is changed. A record that
// is open is worked on anyway.
func (w *decision) recur(c Recur) {
	if w.r.State != Closed {
		return
	}
	a := Approval{
		Event: c.By.Event + ":" + recurrenceChange + ":" + c.ID, Subject: SubjectEffectiveness, Outcome: Ineffective, Trigger: TriggerRecurrence,
		By: c.By.Person, Account: c.By.Account, At: w.when(c.By), How: c.By.How, Round: w.r.Round, Covers: Covers(w.r, SubjectEffectiveness),
		Reason: c.Ref + " is a recurrence of this record: " + c.Reason,
	}
	f := c.By.fact(Fact{Kind: FactDecided, Why: a.Reason, Decision: &a})
	f.At, f.Event = a.At, a.Event
	w.add(f)
	t := attempt(w.r, a)
	w.back(Analysis, c.By, "it came up again as "+c.Ref)
	w.add(Fact{Kind: FactRound, Attempt: &t})
}

// retractRecurrence puts a question anew that was refused in a comment that was edited
// afterwards. A confirmation stands: the old record has been taken up again on it.
func (w *decision) retractRecurrence(c Retract) {
	for _, x := range w.r.Recurrences {
		if x.State != RecurrenceRefused || x.Event != c.Event || w.r.State.Ended() {
			continue
		}
		x.State, x.By, x.At, x.Event, x.Reason = RecurrenceProposed, "", time.Time{}, "", ""
		f := c.By.fact(Fact{Kind: FactRecurrence, Recurrence: &x, Why: c.Why})
		f.At, f.Event = w.when(c.By), c.Event
		w.add(f)
	}
}
