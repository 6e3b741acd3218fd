package register

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// judge takes a decision in: in the current round, with what it covers, and with Refused
// filled in when it does not count. An event that was taken in before gives nothing new.
//
// A decision counts if a known person with the role gave it in an attributable event, and
// the record was ready for it. A review is refused if the reviewer is involved in the
// record (G15), or if it finds the actions effective before the waiting time is over (G14);
// a later one may count.
func (w *decision) judge(a Approval) Refusal {
	if i := slices.IndexFunc(w.r.Approvals, func(known Approval) bool { return known.Event == a.Event && a.Event != "" }); i >= 0 {
		return Refusal{}
	}
	a.Round = w.r.Round
	if a.Subject == SubjectReopening && a.How == ByTransition && !stated(a.Reason) {
		a.Reason = "moved back in " + a.author().From
	}
	why := Refusal{What: a.Refused}
	if a.Refused == "" {
		why = w.refuse(a)
		a.Refused, a.Told = why.Error(), why.Message().String()
	}
	if a.Told == "" {
		a.Told = a.Refused
	}
	if a.Refused == "" && a.Outcome != Deferred { // a wait does not end because the words change
		a.Covers = Covers(w.r, a.Subject)
	}
	w.add(Fact{Kind: FactDecided, By: a.By, At: a.At, Event: a.Event, Why: a.Reason, Account: a.Account, Means: string(a.How), Decision: &a})
	switch {
	case a.Refused != "":
	case a.Subject == SubjectReopening:
		w.reopen(a)
	case a.Subject == SubjectTriage && w.r.State == Reported:
		w.advance(a.author(), w.r.Kind().begun())
	case a.Subject == SubjectEffectiveness && a.Outcome != Effective:
		w.failed(a)
	case a.Subject == SubjectAdoption:
		w.adopt(a)
	case a.Subject == SubjectPromotion:
		w.promote(a)
	case a.Subject == SubjectSigning:
		w.advance(a.author(), Closed)
	}
	return why
}

// author is who decided. The id of an event begins with the binding that it happened in.
func (a Approval) author() Author {
	from, _, _ := strings.Cut(a.Event, ":")
	return Author{Person: a.By, Account: a.Account, At: a.At, Event: a.Event, How: a.How, From: from}
}

// failed sends a record back whose actions a review found not to have worked.
func (w *decision) failed(a Approval) {
	t := attempt(w.r, a)
	w.back(Analysis, a.author(), "the review found the actions "+string(a.Outcome))
	w.add(Fact{Kind: FactRound, Attempt: &t})
}

// reopen takes a closed, accepted or rejected record up again.
func (w *decision) reopen(a Approval) {
	to := Analysis
	if w.r.State == StateRejected {
		to = Reported
	}
	if x, stands := StandingAcceptance(w.r); stands {
		w.settleAcceptance(a.author(), x, AcceptanceRevoked, a.Reason)
	}
	w.back(to, a.author(), a.Reason)
	w.add(Fact{Kind: FactRound})
}

// refuse judges a decision.
func (w *decision) refuse(a Approval) Refusal {
	switch {
	case a.Event == "" || !a.How.decides():
		return Refusal{What: "it is not an attributable event", Told: say("comment, or move the issue, with an account of your own")}
	case !w.ctx.knows(a.By):
		return Refusal{
			What: w.ctx.called(a.By) + " is not in the register's list of people",
			Told: say("your account is not in the register's list of people; ask the ISMS manager to add it"),
		}
	}
	switch a.Subject {
	case SubjectEffectiveness:
		return w.refuseReview(a)
	case SubjectTriage:
		return w.refuseTriage(a)
	case SubjectRejection:
		if w.r.State == Closed || w.r.State == Accepted {
			return Refusal{What: "a record that is " + string(w.r.State) + " is reopened before it is rejected", Told: say("reopen this record before you reject it")}
		}
		if x := w.without(a.By, ActReject, "G04", say("reject")); x != (Refusal{}) {
			return x
		}
		return w.refuseDuplicate(a.Reason)
	case SubjectPlan:
		if w.r.State.Ended() {
			return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already", "State", w.r.State)}
		}
		if w.r.Kind().Evaluates() {
			return Refusal{What: "a record of the kind " + kindWords(w.r.Kind()) + " has no plan to approve", Told: say("this record has no plan that is approved")}
		}
		return w.without(a.By, ActApprovePlan, "G25", say("approve the plan"))
	case SubjectReopening:
		return w.refuseReopening(a)
	case SubjectAdoption:
		return w.refuseAdoption(a)
	case SubjectPromotion:
		return w.refusePromotion(a)
	case SubjectSigning:
		return w.refuseSigning(a)
	default:
		return Refusal{What: fmt.Sprintf("nothing known is decided by %q", string(a.Subject)), Told: say("conformd does not know this decision")}
	}
}

// without refuses a person who has no role for an act.
func (w *decision) without(person string, act Act, rule string, what *Message) Refusal {
	if w.p.Disabled[rule] || w.p.mayOn(w.r, person, act, w.ctx) {
		return Refusal{}
	}
	who := w.p.WhoOn(w.r, act)
	return Refusal{
		Rule: rule, What: w.ctx.called(person) + " may not " + what.String() + "; that takes " + who,
		Told: say("you may not {{.What}}; ask {{.Roles}}", "What", what, "Roles", byRole(who)),
	}
}

// refuseTriage judges a triage.
func (w *decision) refuseTriage(a Approval) Refusal {
	switch {
	case w.r.State.Ended():
		return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already", "State", w.r.State)}
	case Triaged(w.r):
		return Refusal{What: "the record is triaged already", Told: say("this record is triaged already; change one value with a command such as `/capa grade minor because …`")}
	}
	asks := w.r.Kind().triageRule()
	if x := w.without(a.By, ActTriage, asks, say("triage records")); x != (Refusal{}) {
		return x
	}
	for _, v := range Unmet(w.r, Analysis, w.ctx, w.p) {
		if v.Rule.ID != asks && len(v.Lacks) > 0 {
			what := v.Lacks[0].What
			return Refusal{Rule: v.Rule.ID, What: "it cannot be triaged yet: " + what.String(), Told: say("it cannot be triaged yet: {{.What}}; repeat the command afterwards", "What", what)}
		}
	}
	return Refusal{}
}

// refuseReopening judges a reopening.
func (w *decision) refuseReopening(a Approval) Refusal {
	switch {
	case !w.r.State.Ended():
		return Refusal{What: "the record is open", Told: say("this record is open: it is in {{.State}}", "State", w.r.State)}
	case a.How != ByTransition && unsaid(a.Reason) != nil:
		return Refusal{What: "a reopening has a reason", Told: say("say why, as in `/capa reopen the accounts are enabled again`")}
	}
	if w.p.mayReopen(w.r, a.By, w.ctx) {
		return Refusal{}
	}
	who := w.p.reopeners(w.r)
	return Refusal{What: w.ctx.called(a.By) + " may not reopen records; that takes " + who, Told: say("you may not reopen records; ask {{.Roles}}", "Roles", byRole(who))}
}

// NotYet is why a review is refused that comes before the work is done.
const NotYet = "the work is not done yet, so nothing can be reviewed"

// refuseReview judges an effectiveness review.
func (w *decision) refuseReview(a Approval) Refusal {
	r, ctx := w.r, w.ctx
	good := a.Outcome == Effective
	if !good && a.Outcome != Partially && a.Outcome != Ineffective {
		return Refusal{
			What: fmt.Sprintf("a review does not find %q; it finds effective, partially or ineffective", string(a.Outcome)),
			Told: say("a review finds effective, partially or ineffective"),
		}
	}
	switch {
	case r.Kind() == Observation:
		return Refusal{What: "an observation has no effectiveness review", Told: say("an observation needs no review")}
	case r.Kind().Evaluates():
		return Refusal{What: "a record of the kind " + kindWords(r.Kind()) + " has no effectiveness review", Told: say("this record needs no effectiveness review")}
	case r.State == Closed && !good, r.State == Verifying:
	case r.State == Closed:
		return Refusal{What: "the record is closed already", Told: say("this record is closed already")}
	default:
		return Refusal{What: NotYet, Told: say("the work is not finished yet; review it when nothing else is needed")}
	}
	no, confirms := w.refuseConfirmation(a)
	if no != (Refusal{}) {
		return no
	}
	if !confirms && w.p.holds("G15", r) && !mayCountersign(r, ctx) {
		if why := involvement(r, a.By, a.At); why.reviewer != nil {
			return Refusal{Rule: "G15", What: "the reviewer " + why.reviewer.String(), Told: why.told}
		}
	}
	if !confirms && w.p.holds("G26", r) && !w.mayReview(a.By) {
		who := w.p.roleNames(ActReview)
		return Refusal{
			Rule: "G26", What: ctx.called(a.By) + " may not review; that takes " + who + ", or the reviewer whom the approved plan names",
			Told: say("you are not the reviewer whom the approved plan names; ask that person, or {{.Roles}}", "Roles", byRole(who)),
		}
	}
	if from, ok := ReviewFrom(r, ctx); ok && good && w.p.holds("G14", r) && a.At.Before(from) {
		day := from.UTC().Format(time.DateOnly)
		return Refusal{Rule: "G14", What: "the waiting time ends on " + day, Told: say("the waiting time ends on {{.Date}}; review it on that day or later", "Date", dated(day))}
	}
	return Refusal{}
}

// mayReview reports whether a person may review the record: by role, or because a manager
// approved the plan that names them. A person of top management may countersign for a small
// organisation.
func (w *decision) mayReview(person string) bool {
	return reviews(w.r, person, w.ctx, w.p) || mayCountersign(w.r, w.ctx)
}

// reviews reports whether a person may review r by their role, or as the reviewer of the plan.
func reviews(r Record, person string, ctx Context, p Policy) bool {
	if p.may(person, ActReview, ctx) {
		return true
	}
	return r.Fields[FieldReviewer] == person && !auditor(person, ctx) && approved(r)
}

// determine takes in what somebody who may decides of a value.
func (w *decision) determine(c Determine) Refusal {
	value, before := c.Value, w.r.Fields[c.Field]
	waiting := slices.IndexFunc(w.r.Proposals, func(x Proposal) bool { return x.Field == c.Field })
	if value == "" {
		all, waits := proposed(w.r, c.Field)
		if !waits {
			return Refusal{What: "nothing is proposed for " + label(c.Field), Told: say("nothing is proposed for {{.Field}}", "Field", c.Field)}
		}
		value = all
	}
	if x := w.refuseValue(c, value); x != (Refusal{}) {
		return x
	}
	if value == before && waiting < 0 {
		return Refusal{}
	}
	do := func() {
		w.add(c.By.fact(Fact{Kind: FactSet, Field: c.Field, Before: before, After: value, Why: c.Reason}))
		if waiting >= 0 {
			// The words are those of the proposer, whoever takes them in.
			if x := w.r.Proposals[waiting]; involving(c.Field) && x.Value == value && x.By != c.By.Person {
				w.add(Fact{Kind: FactInvolved, By: x.By, At: x.At, From: x.From, Field: c.Field})
			}
			settled := c.By.fact(Fact{Kind: FactSettled, Field: c.Field, Before: w.r.Proposals[waiting].Value, After: value, Why: c.Reason})
			settled.From = "" // wherever it was proposed
			w.add(settled)
		}
	}
	if w.r.State == Closed {
		// The review stands: it was about the record of its day, and the amendment says what
		// changed since.
		before := w.r
		do()
		w.fallBack(before, c.By)
		return Refusal{}
	}
	w.change(c.By, do)
	return Refusal{}
}

// refuseValue judges the decision about a value.
func (w *decision) refuseValue(c Determine, value string) Refusal {
	info, known := Info(c.Field)
	act, rule := deciding(w.r, c.Field, value), "G24"
	if act == ActAmend {
		rule = ""
	}
	switch {
	case c.Field == FieldState:
		return Refusal{What: "the state is no field that is decided", Told: say("reopen a record with `/capa reopen <reason>`, or keep it as it is with `/capa keep state because <reason>`")}
	case c.Field == FieldValues || c.Field == FieldValue:
		return Refusal{What: "values are entered, and not decided", Told: say("enter a value with `/capa measure 97 period=2026-Q3`")}
	case !known || Derived(c.Field):
		return Refusal{What: fmt.Sprintf("%q is no field that is decided", string(c.Field)), Told: say("conformd does not know this field")}
	case !w.ctx.knows(c.By.Person):
		return Refusal{What: w.ctx.called(c.By.Person) + " is not in the register's list of people", Told: say("your account is not in the register's list of people; ask the ISMS manager to add it")}
	case !w.p.knownValue(info, value):
		return Refusal{What: info.Label + " " + quote(value) + " is not known", Told: say("{{.Field}} is one of {{.Values}}", "Field", c.Field, "Values", strings.Join(w.p.Choices(c.Field), ", "))}
	case info.Type == TypePerson && !w.ctx.knows(value):
		return Refusal{What: w.ctx.called(value) + " is not in the register's list of people", Told: say("{{.Person}} is not in the register's list of people", "Person", w.ctx.called(value))}
	case unsaid(c.Reason) != nil:
		return Refusal{What: "the decision has no reason", Told: say("say why, as in `/capa grade minor because no data was reached`")}
	}
	if x := w.without(c.By.Person, act, rule, say("decide {{.Field}}", "Field", c.Field)); x != (Refusal{}) {
		return x
	}
	if c.Field == FieldReporter && w.r.Fields[FieldReporter] == c.By.Person {
		return Refusal{Rule: rule, What: "whoever changes Reporter reported the record", Told: say("you reported this record; ask another ISMS manager to change that")}
	}
	if act == ActDowngrade {
		if w.p.Disabled[rule] {
			rule = "" // independence is asked for all the same
		}
		if owned(w.r, c.By.Person) {
			return Refusal{Rule: rule, What: "whoever lowers " + info.Label + " owns the record or did", Told: say("you own this record or did; ask another ISMS manager to lower {{.Field}}", "Field", c.Field)}
		}
	}
	return Refusal{}
}

// lowers reports whether a value makes less of a record than it has now.
func lowers(r Record, f Field, value string) bool {
	order := map[Field][]string{
		FieldKind:  {string(Nonconformity), string(PotentialNonconformity), string(Improvement), string(Observation)},
		FieldGrade: {string(Major), string(Minor), string(GradeObservation), string(GradeOFI)},
		FieldRisk:  {"critical", "high", "medium", "low"},
	}[f]
	if order == nil {
		return f == FieldSource && (r.Fields[f] == "internal_audit" || r.Fields[f] == "external_audit")
	}
	now, next := slices.Index(order, CountsAs(f, r.Fields[f])), slices.Index(order, CountsAs(f, value))
	return now >= 0 && (next > now || next < 0)
}

// decline settles a proposal against the one who made it.
func (w *decision) decline(c Decline) Refusal {
	if a, waits := AskedAcceptance(w.r); waits && c.Field == FieldState {
		return w.declineAcceptance(c, a)
	}
	i := slices.IndexFunc(w.r.Proposals, func(x Proposal) bool { return x.Field == c.Field })
	if i < 0 {
		return Refusal{What: "nothing is proposed for " + label(c.Field), Told: say("nothing is proposed for {{.Field}}", "Field", c.Field)}
	}
	act, what, now := ActTriage, say("decide {{.Field}}", "Field", c.Field), w.r.Fields[c.Field]
	switch {
	case c.Field == FieldState:
		if act = ActReopen; !w.p.may(c.By.Person, act, w.ctx) && w.p.mayReopen(w.r, c.By.Person, w.ctx) {
			act = ActAccept
		}
		what, now = say("decide about a reopening"), string(w.r.State)
	case w.r.Proposals[i].Amends:
		act = ActAmend
	}
	if x := w.without(c.By.Person, act, "", what); x != (Refusal{}) {
		return x
	}
	settled := c.By.fact(Fact{Kind: FactSettled, Field: c.Field, Before: w.r.Proposals[i].Value, After: now, Why: c.Reason})
	settled.From = "" // wherever it was proposed
	w.add(settled)
	return Refusal{}
}

// retract ends a decision that does not stand as it was written. A record that was closed on a review
// that does not stand goes back to verification. Every other decision about a closed record has
// served its purpose.
func (w *decision) retract(c Retract) {
	w.retractExtension(c)
	w.retractAcceptance(c)
	w.retractRecurrence(c)
	i := slices.IndexFunc(w.r.Approvals, func(a Approval) bool { return a.Event == c.Event && a.Counts() })
	if i < 0 {
		return
	}
	a, before := w.r.Approvals[i], w.r
	if w.r.State != Closed || a.Subject == SubjectEffectiveness && a.Round == w.r.Round {
		voided := c.By.fact(Fact{Kind: FactVoided, Why: c.Why, Decision: &a})
		voided.Event = c.Event
		w.add(voided)
	}
	if w.r.State == Closed {
		w.withdrawn(before, c.By)
	}
}
