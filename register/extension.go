package register

import (
	"cmp"
	"slices"
	"time"
)

// An Extension is the wish of a person for a later date of a milestone, and what became of it.
// The original date stays where it is.
type Extension struct {
	Milestone Milestone `json:"milestone"`
	Round     int       `json:"round,omitempty"`
	Before    string    `json:"before"` // date that counted when it was asked for
	To        string    `json:"to"`     // date that was asked for
	Reason    string    `json:"reason"`
	By        string    `json:"by"`
	At        time.Time `json:"at"`
	Event     string    `json:"event"` // identifies it
	From      string    `json:"from"`  // the binding, or "register"

	State ExtensionState `json:"state"`
	// Date is the one that was approved; it need not be the one that was asked for.
	Date      string    `json:"date,omitempty"`
	DecidedBy string    `json:"decided_by,omitempty"` // "" where the end followed from the record
	DecidedAt time.Time `json:"decided_at,omitzero"`
	Decision  string    `json:"decision,omitempty"` // event of the decision
	Because   string    `json:"because,omitempty"`
}

// An ExtensionState is what became of an extension.
type ExtensionState string

// The states of an extension.
const (
	ExtensionAsked     ExtensionState = "asked"     // it waits for somebody with the role
	ExtensionApproved  ExtensionState = "approved"  // its date counts
	ExtensionDeclined  ExtensionState = "declined"  // the date before it counts
	ExtensionWithdrawn ExtensionState = "withdrawn" // by who asked, or because nothing is left to extend
)

// Extend asks for a later date of a milestone. From a person with the role, where another
// person asked for one, it is the approval.
type Extend struct {
	By        Author
	Milestone Milestone
	To        string // date
	Reason    string
}

// KeepDate is the decision against an extension that waits. Who asked takes it back with the
// same command.
type KeepDate struct {
	By        Author
	Milestone Milestone
	Reason    string
}

func (c Extend) author() Author   { return c.By }
func (c KeepDate) author() Author { return c.By }

// Asked returns the extension of a milestone that waits.
func Asked(r Record, m Milestone) (Extension, bool) {
	i := slices.IndexFunc(r.Extensions, func(e Extension) bool { return e.Milestone == m && e.State == ExtensionAsked })
	if i < 0 {
		return Extension{}, false
	}
	return r.Extensions[i], true
}

// extended returns the approved extensions of a milestone in the round of its date.
func extended(r Record, m Milestone, round int) []Extension {
	return slices.DeleteFunc(slices.Clone(r.Extensions), func(e Extension) bool {
		return e.Milestone != m || e.Round != round || e.State != ExtensionApproved
	})
}

// extend takes an extension in, as it is now.
func (r *Record) extend(e Extension) {
	i := slices.IndexFunc(r.Extensions, func(known Extension) bool { return known.Event == e.Event && known.Milestone == e.Milestone })
	if i < 0 {
		r.Extensions = append(r.Extensions, e)
		return
	}
	r.Extensions[i] = e
}

// extend takes in that somebody asks for a later date, or approves one.
func (w *decision) extend(c Extend) Refusal {
	if slices.ContainsFunc(w.r.Extensions, func(e Extension) bool { return c.By.Event != "" && (e.Event == c.By.Event || e.Decision == c.By.Event) }) {
		return Refusal{} // taken in before
	}
	d, x := w.refuseExtension(c)
	if x != (Refusal{}) {
		return x
	}
	if e, waits := Asked(w.r, c.Milestone); waits && e.By != c.By.Person {
		return w.approveExtension(c, e)
	} else if waits {
		w.settleExtension(c.By, e, ExtensionWithdrawn, "", "asked for "+c.To+" in its place")
	}
	if x := w.mayAsk(c.By.Person); x != (Refusal{}) {
		return x
	}
	e := Extension{
		Milestone: c.Milestone, Round: d.round, Before: d.Present, To: c.To, Reason: c.Reason, By: c.By.Person, At: w.when(c.By),
		Event: c.By.Event, From: c.By.From, State: ExtensionAsked,
	}
	f := c.By.fact(Fact{Kind: FactExtension, Extension: &e, Why: c.Reason})
	f.At = e.At
	w.add(f)
	return Refusal{}
}

// approveExtension takes in that somebody gives another person the later date.
func (w *decision) approveExtension(c Extend, e Extension) Refusal {
	act := w.r.extending()
	if !w.p.mayOn(w.r, c.By.Person, act, w.ctx) {
		who := w.p.WhoOn(w.r, act)
		asked := say("{{.Person}} has asked for {{.Date}} already", "Person", w.ctx.called(e.By), "Date", dated(e.To))
		return Refusal{Rule: extensionRule, What: asked.String() + "; approving that takes " + who, Told: say("{{.Asked}}; that waits for {{.Roles}}", "Asked", asked, "Roles", byRole(who))}
	}
	w.settleExtension(c.By, e, ExtensionApproved, c.To, c.Reason)
	return Refusal{}
}

// keepDate takes in the decision against an extension.
func (w *decision) keepDate(c KeepDate) Refusal {
	e, waits := Asked(w.r, c.Milestone)
	if !waits {
		what := say("nobody asks for a later date of {{.Milestone}}", "Milestone", c.Milestone)
		return Refusal{What: what.String(), Told: what}
	}
	switch act := w.r.extending(); {
	case c.By.Person == "" || !w.ctx.knows(c.By.Person):
		return w.stranger(c.By)
	case unsaid(c.Reason) != nil:
		return Refusal{What: "the decision has no reason", Told: say("say why, as in `/capa keep {{.Milestone}} because the vendor delivers in May`", "Milestone", string(c.Milestone))}
	case e.By == c.By.Person:
		w.settleExtension(c.By, e, ExtensionWithdrawn, "", c.Reason)
	case !w.p.mayOn(w.r, c.By.Person, act, w.ctx):
		who := w.p.WhoOn(w.r, act)
		return Refusal{Rule: extensionRule, What: w.ctx.called(c.By.Person) + " may not decide about a date; that takes " + who, Told: say("you may not decide about a date; ask {{.Roles}}", "Roles", byRole(who))}
	default:
		w.settleExtension(c.By, e, ExtensionDeclined, "", c.Reason)
	}
	return Refusal{}
}

// settleExtension ends the wait of an extension.
func (w *decision) settleExtension(by Author, e Extension, state ExtensionState, to, why string) {
	e.State, e.Date, e.DecidedBy, e.DecidedAt, e.Decision, e.Because = state, to, by.Person, w.when(by), by.Event, why
	f := by.fact(Fact{Kind: FactExtension, Extension: &e, Why: why})
	f.At = e.DecidedAt
	w.add(f)
}

// settleExtensions ends the extensions for which nothing is left to extend.
func (w *decision) settleExtensions() {
	for _, e := range w.r.Extensions {
		if e.State != ExtensionAsked {
			continue
		}
		d, set := deadline(w.r, e.Milestone, w.ctx.At)
		why := ""
		switch {
		case w.r.State.Ended():
			why = "the record is " + string(w.r.State)
		case !set || d.round != e.Round:
			why = "a new round has begun"
		case d.Met:
			why = e.Milestone.Words() + " is met"
		}
		if why != "" {
			w.settleExtension(Author{}, e, ExtensionWithdrawn, "", why)
		}
	}
}

// retractExtension ends what was asked or approved in a comment that was edited afterwards.
func (w *decision) retractExtension(c Retract) {
	for _, e := range w.r.Extensions {
		asked, decided := e.State == ExtensionAsked && e.Event == c.Event, e.State == ExtensionApproved && e.Decision == c.Event
		if (asked || decided) && !w.r.State.Ended() {
			by := c.By
			by.Event = c.Event
			w.settleExtension(by, e, ExtensionWithdrawn, "", cmp.Or(c.Why, "taken back"))
		}
	}
}
