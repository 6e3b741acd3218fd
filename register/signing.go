package register

import "time"

// Figures are the figures that a management review had before it: which they were, so that nobody
// needs to keep the sheet. The log gives the same figures for the same moment at any later time.
type Figures struct {
	Period string    `json:"period"` // "2026-H2"
	AsOf   time.Time `json:"as_of"`  // as of when the log was read
	// Digest is the SHA-256 of the sheet as JSON, in hexadecimal.
	Digest string    `json:"digest"`
	IDs    []string  `json:"ids"` // of the figures: a later version of conformd may have further ones
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // identifies it
}

// Freeze says which figures a management review has before it.
type Freeze struct {
	By     Author
	Period string
	AsOf   time.Time
	Digest string
	IDs    []string
}

func (c Freeze) author() Author { return c.By }

// figuresChange is the name by which the log calls the figures of a management review.
const figuresChange = "figures"

// Changes are what the log shows of figures, by name.
func (x Figures) Changes() [][2]string {
	return [][2]string{{figuresChange + ".period", x.Period}, {figuresChange + ".as_of", x.AsOf.UTC().Format(time.RFC3339Nano)}, {figuresChange + ".sha256", x.Digest}}
}

// FiguresOf returns the figures of which the log shows these changes, without who froze them.
func FiguresOf(changes map[string]string) Figures {
	at, _ := time.Parse(time.RFC3339Nano, changes[figuresChange+".as_of"]) // the zero time where none is shown
	return Figures{Period: changes[figuresChange+".period"], AsOf: at, Digest: changes[figuresChange+".sha256"]}
}

// freeze notes the figures of a management review.
func (w *decision) freeze(c Freeze) Refusal {
	switch {
	case w.r.Kind() != ManagementReview:
		return Refusal{What: "the record is no management review", Told: say("figures are frozen for a management review, and this record is none")}
	case !w.ctx.knows(c.By.Person):
		return w.stranger(c.By)
	case w.r.State.Ended():
		return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already", "State", w.r.State)}
	}
	w.change(c.By, func() {
		x := Figures{Period: c.Period, AsOf: c.AsOf, Digest: c.Digest, IDs: c.IDs, By: c.By.Person, At: w.when(c.By), Event: c.By.Event}
		w.add(c.By.fact(Fact{Kind: FactFigures, Figures: &x}))
	})
	return Refusal{}
}

// SigningDigest returns the digest of what the signature of the management review r covers: inputs,
// judgements, decisions, attendees and figures. Hex of SHA-256.
func SigningDigest(r Record) string {
	parts := valuesOf(r, append(append(ReviewInputs(), Judgements()...), FieldPeriod, FieldHeldOn, FieldAttendees, FieldNoAction))
	parts = append(parts, PlanDigest(r))
	for _, x := range r.Figures {
		parts = append(parts, x.Digest)
	}
	return digest(parts)
}

// SigningRule is the id of the rule that asks for the signature.
func SigningRule() string { return signedRule }

// Signature returns the signature of a management review that counts.
func Signature(r Record) (Approval, bool) {
	all := counting(r, SubjectSigning)
	if len(all) == 0 {
		return Approval{}, false
	}
	return all[len(all)-1], true
}

// refuseSigning judges the signature of a management review. A review with a blank is not signed.
func (w *decision) refuseSigning(a Approval) Refusal {
	switch {
	case w.r.Kind() != ManagementReview:
		return Refusal{What: "the record is no management review", Told: say("only a management review is signed, and this record is none")}
	case w.r.State.Ended():
		return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already", "State", w.r.State)}
	case w.r.State == Reported:
		return Refusal{Rule: takenInRule, What: "the record is not triaged", Told: say("this record is not triaged yet; ask {{.Roles}} to triage it", "Roles", byRole(w.p.roleNames(ActTriage)))}
	}
	if unsaid(a.Reason) != nil {
		return Refusal{Rule: signedRule, What: "the signature has no statement", Told: say("say what you sign, as in `/capa sign inputs, figures and decisions were discussed on 15 January`")}
	}
	if x := w.without(a.By, ActSign, signedRule, say("sign a management review")); x != (Refusal{}) {
		return x
	}
	var first Violation
	var blanks *Message
	for _, v := range Unmet(w.r, Closed, w.ctx, w.p) {
		for _, l := range v.Lacks {
			switch {
			case v.Rule.ID == signedRule:
			case blanks == nil:
				first, blanks = v, l.What
			default:
				blanks = say("{{.First}}; {{.Next}}", "First", blanks, "Next", l.What)
			}
		}
	}
	if blanks != nil {
		return Refusal{Rule: first.Rule.ID, What: "it cannot be signed yet: " + blanks.String(), Told: say("it cannot be signed yet: {{.What}}; repeat the command afterwards", "What", blanks)}
	}
	return Refusal{}
}
