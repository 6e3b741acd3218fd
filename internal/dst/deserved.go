package dst

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What is judged of decisions, and what is counted of them so that a run tells if there were
// none.
const (
	judgedEntered  = "judged: a closing by the rules of its day"
	judgedDeserved = "judged: a closing that a manager and somebody independent brought about"
	judgedSeen     = "judged: a field of a closed record as its reviewer saw it"
	judgedMouth    = "judged: a comment that somebody else edited within the second"
	judgedDecided  = "judged: a value as triage decided it"
	countTriaged   = "decided: a triage"
	countPlans     = "decided: the approval of a plan"
	countReviews   = "decided: a review"
	countRefused   = "decided: a decision that does not count"
	countVoided    = "decided: a decision that counts no longer"
	countProposed  = "decided: a proposal"
	countSettled   = "decided: a proposal that was settled"
	countAmended   = "decided: an amendment"
	countClosed    = "decided: a closing"
	countRejected  = "decided: a rejection"
	countReopened  = "decided: a reopening"
)

func decided() []string {
	return []string{
		judgedEntered, judgedDeserved, judgedSeen, judgedMouth, judgedDecided, judgedLeft, judgedAsked, judgedWaits, judgedPutBack, judgedProposal, judgedTampered,
		countTriaged, countPlans, countReviews, countRefused, countVoided, countProposed, countSettled, countAmended, countClosed, countRejected, countReopened,
	}
}

// A deed is a decision as the log of a tracker tells it: an unedited command in a comment,
// or a transition in Jira.
type deed struct {
	verb        string // "triage", "approve-plan", "effective", "amend" and the like
	value       string // what was typed behind it
	side, issue string
	by          string
	moment      int
}

// command matches a line that is a command.
var command = regexp.MustCompile(`(?m)^\s*/capa[ \t]+([a-z-]+)[ \t]*(.*)$`)

// deeds are the decisions that people took on the issues of a record, in their order. A
// comment counts as its author posted it, until somebody edits or deletes it.
func (p *picture) deeds(id string) []deed {
	var out []deed
	for _, k := range p.links[id] {
		side, issue := sideOf(k)
		for _, c := range p.truth[side] {
			if c.Issue != issue || isBot(c.By) {
				continue
			}
			add := func(verb, value string) {
				out = append(out, deed{verb, value, side, issue, c.By, p.moment(side, c.Seq)})
			}
			switch {
			case c.Field == "comment" && c.From == "":
				if m := command.FindStringSubmatch(c.To); m != nil {
					add(m[1], m[2])
				}
			case side == jira && c.Field == "status" && c.From == "Reported" && c.To != "Closed":
				add("triage", "")
			case side == jira && c.Field == "status" && c.From == "Effectiveness check" && c.To == "Closed":
				add("effective", "")
			}
			if side == jira && c.Field == "status" && c.To == "Implementing" {
				add("approve-plan", "")
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deed) int { return a.moment - b.moment })
	return out
}

// when returns the moment of an entry of the log, the end where a clock that jumps does not
// tell.
func (p *picture) when(e audit.Entry) int {
	if p.counts["clock set"] > 0 {
		return len(p.tides)
	}
	i, _ := slices.BinarySearchFunc(p.tidesAt, e.At, func(at, t time.Time) int {
		if at.After(t) {
			return 1
		}
		return -1
	})
	return i
}

// deserved is E2, judged from the logs of the trackers and not from what the register says
// of itself: no coalition without a manager's act and a reviewer who was never involved
// closes a nonconformity, and what is closed is what they saw.
func (p *picture) deserved() {
	if p.restored > 0 {
		return // what was decided since the backup lies in the log that was replaced
	}
	of := map[string]store.Row{}
	for _, r := range p.rows {
		of[r.Record.ID] = r
	}
	last := map[string]int64{}
	for _, s := range p.log {
		if closes(s.Entry) {
			last[s.Entry.Subject.ID] = s.Seq
		}
	}
	for _, s := range p.log {
		r, known := of[s.Entry.Subject.ID]
		if !closes(s.Entry) || !known {
			continue
		}
		p.counts[countClosed]++
		closed := p.when(s.Entry)
		all := slices.DeleteFunc(p.deeds(r.Record.ID), func(d deed) bool { return d.moment > closed })
		by := func(verb string) bool {
			return slices.ContainsFunc(all, func(d deed) bool { return d.verb == verb && d.by == manager })
		}
		if !by("triage") {
			p.violated("E2", "%s was closed (entry %d) and no manager has triaged it", r.Record.Ref, s.Seq)
		}
		if !by("approve-plan") {
			p.violated("E2", "%s was closed (entry %d) and no manager has approved its plan", r.Record.Ref, s.Seq)
		}
		var why []string
		found := false
		for _, d := range all {
			if d.verb != "effective" && (d.verb != "verify" || !strings.HasPrefix(d.value, "effective")) {
				continue
			}
			fault := p.reviewFault(r, d)
			if fault == "" && r.Record.State == register.Closed && last[r.Record.ID] == s.Seq {
				fault = p.changedSince(r, d)
			}
			if found = fault == ""; found {
				break
			}
			why = append(why, fault)
		}
		if !found {
			p.violated("E2", "%s was closed (entry %d), and nobody independent has seen what was closed: %s", r.Record.Ref, s.Seq, strings.Join(why, "; "))
			continue
		}
		p.counts[judgedDeserved]++
	}
}

// mouthed judges that a comment that somebody else edited says nothing: not even that its
// author came too early.
func (p *picture) mouthed() {
	for _, r := range p.rows {
		for _, a := range r.Record.Approvals {
			if !strings.Contains(a.Reason, mouthful) {
				continue
			}
			p.counts[judgedMouth]++
			if !strings.Contains(a.Refused, "edited") {
				p.violated("E2", "%s: what somebody else made of a comment by %s is taken for their words (%q)", r.Record.Ref, a.By, a.Refused)
			}
		}
	}
}

// closes reports whether an entry closes a record.
func closes(e audit.Entry) bool {
	return e.Verb == audit.RecordTransitioned && slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool {
		return c.Field == string(register.FieldState) && c.After != nil && c.After.Value == string(register.Closed)
	})
}

// reviewFault says why the author of a review may not review a record, by what they did in
// the trackers before; "" if they may.
func (p *picture) reviewFault(r store.Row, d deed) string {
	people := p.people()
	if p.owned(r.Record.ID, d.by, d.moment) {
		return d.by + " was its owner"
	}
	named := false
	for _, t := range p.histories[r.Record.ID].touches {
		if t.moment > d.moment {
			continue
		}
		for _, s := range []sight{t.from, t.to} {
			switch {
			case t.field == register.FieldOwner && slices.Equal(t.values(s.text, people), []string{d.by}):
				return d.by + " was its owner"
			case t.field == register.FieldActionPlan && strings.Contains(s.text, "@"+d.by):
				return d.by + " had an action"
			}
		}
		named = named || t.field == register.FieldReviewer && t.value(t.to.text, people) == d.by
		if people[t.by] == d.by && judges(t.field) && t.to.filled() && t.value(t.from.text, people) != t.value(t.to.text, people) {
			return fmt.Sprintf("%s wrote %s", d.by, t.field)
		}
	}
	if !named && !slices.ContainsFunc(rehearsal.Players(), func(x rehearsal.Player) bool {
		return x.Login == d.by && slices.Contains(x.Roles, register.RoleReviewer)
	}) {
		return d.by + " is no reviewer"
	}
	return ""
}

// owned reports whether the register had a person as the owner of a record up to a moment. Of
// several assignees of an issue in GitHub one stands for the owner, so that the others do not
// count here: who was alone there owned it.
func (p *picture) owned(id, person string, until int) bool {
	return slices.ContainsFunc(p.log, func(s audit.Stored) bool {
		return s.Entry.Subject.ID == id && s.Entry.Verb == audit.SyncPulled && p.when(s.Entry) <= until &&
			slices.ContainsFunc(s.Entry.Changes, func(c audit.FieldChange) bool {
				return c.Field == string(register.FieldOwner) && c.After != nil && c.After.Value == person
			})
	})
}

// judges reports whether who wrote a field would judge their own work.
func judges(f register.Field) bool {
	switch f {
	case register.FieldCorrection, register.FieldCauseMethod, register.FieldRootCause, register.FieldSimilarity, register.FieldActionPlan:
		return true
	default:
		return false
	}
}

// changedSince says what of a closed record nobody can have seen who reviewed it: a value
// that came to its issues after the review, and that no manager took in. It is "" for
// nothing.
func (p *picture) changedSince(r store.Row, d deed) string {
	people := p.people()
	for _, x := range places(p.LabelSets) {
		if !reviewed(x) {
			continue
		}
		want := x.register(r.Record.Fields[x.field])
		shown, same := 0, false
		for _, k := range p.links[r.Record.ID] {
			_, issue := sideOf(k)
			s, ok := p.shownAt(issue, x.field, d.moment)
			if !ok || s.seen != clear {
				continue
			}
			shown++
			same = same || p.agrees(x, s.text, want, people)
		}
		if shown == 0 || same {
			p.counts[judgedSeen] += shown
			continue
		}
		if p.amended(r, x, d) || p.older(r, x, d, want, people) || p.contested(r, x.field) {
			continue
		}
		return fmt.Sprintf("%s of the register is %q, and came after the review of %s", x.field, want, d.by)
	}
	return ""
}

// reviewed reports whether a review covers a place, and a tracker's value becomes that of
// the register without a decision.
func reviewed(x place) bool {
	switch x.field {
	case register.FieldLabels, register.FieldDue, register.FieldISMSChange, register.FieldCloseSummary,
		register.FieldOwner, register.FieldGrade, register.FieldRisk, register.FieldRequirements:
		return false
	default:
		return x.shape != set
	}
}

// shownAt returns what stood at a place of an issue at a moment; ok is false where nobody
// had touched it yet.
func (p *picture) shownAt(issue string, f register.Field, moment int) (s sight, ok bool) {
	for _, t := range p.ledger.touches[issue] {
		if t.field == f && t.moment <= moment {
			s, ok = t.to, true
		}
	}
	return s, ok
}

// amended reports whether a manager took in a change of a field after a review.
func (p *picture) amended(r store.Row, x place, d deed) bool {
	return slices.ContainsFunc(p.deeds(r.Record.ID), func(o deed) bool {
		return o.by == manager && o.moment > d.moment && (o.verb == "amend" || o.verb == string(x.field))
	})
}

// older reports whether a value was there before a review: the register keeps one that a
// place no longer shows, or cannot show, or that is still on its way to another tracker.
func (p *picture) older(r store.Row, x place, d deed, want string, people map[string]string) bool {
	h := p.histories[r.Record.ID]
	return slices.ContainsFunc(h.touches, func(t touch) bool {
		return t.field == x.field && t.moment <= d.moment && p.agrees(x, t.to.text, want, people)
	}) || slices.ContainsFunc(h.said, func(o order) bool {
		return o.field == x.field && o.moment <= d.moment && x.value(o.text, people) == want
	})
}

// decisionsStand is E5: what triage decided changes by decisions alone. A value of the register
// stood on an issue before its triage was taken in, or a manager has given it since.
func (p *picture) decisionsStand() {
	if p.restored > 0 {
		return
	}
	people := p.people()
	triaged := map[string]int{}
	for _, s := range p.log {
		e := s.Entry
		if !slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == "approval.triage" }) {
			continue
		}
		switch _, again := triaged[e.Subject.ID]; {
		case e.Verb == audit.ApprovalVoided:
			// Whoever edits their triage takes it back, and until the next one nothing is decided.
			delete(triaged, e.Subject.ID)
		case e.Verb == audit.ApprovalGiven && !again:
			triaged[e.Subject.ID] = p.when(e)
		}
	}
	for _, r := range p.rows {
		at, was := triaged[r.Record.ID]
		if !was {
			continue
		}
		h := p.histories[r.Record.ID]
		for _, x := range places(p.LabelSets) {
			v := r.Record.Fields[x.field]
			if x.field != register.FieldOwner && x.field != register.FieldGrade && x.field != register.FieldRisk || v == "" {
				continue
			}
			p.counts[judgedDecided]++
			before := slices.ContainsFunc(h.touches, func(t touch) bool {
				return t.field == x.field && t.moment <= at && p.agrees(x, t.to.text, x.register(v), people)
			})
			given := slices.ContainsFunc(h.said, func(o order) bool {
				return o.field == x.field && o.by == manager && x.value(o.text, people) == x.register(v)
			})
			took := slices.ContainsFunc(p.deeds(r.Record.ID), func(d deed) bool { return d.by == manager && d.verb == "amend" })
			first := !slices.ContainsFunc(h.touches, func(t touch) bool { return t.field == x.field && t.moment <= at && t.to.filled() })
			if !before && !given && !took && !first {
				p.violated("E5", "%s is triaged, and its %s became %q although no manager decided so", r.Record.Ref, x.field, v)
			}
		}
	}
}

// countDecisions counts what the log tells of decisions.
func (p *picture) countDecisions() {
	approved := map[string]string{
		"approval.triage": countTriaged, "approval.plan": countPlans, "approval.effectiveness": countReviews,
		"approval.rejection": countRejected, "approval.reopening": countReopened,
	}
	closed := map[string]bool{}
	for _, s := range p.log {
		e := s.Entry
		switch e.Verb {
		case audit.ApprovalGiven:
			for _, c := range e.Changes {
				if what, ok := approved[c.Field]; ok {
					p.counts[what]++
				}
			}
		case audit.ApprovalIgnored:
			p.counts[countRefused]++
		case audit.ApprovalVoided:
			p.counts[countVoided]++
		case audit.RecordProposed:
			p.counts[countProposed]++
		case audit.RecordSettled:
			p.counts[countSettled]++
			if closed[e.Subject.ID] && e.Actor.Kind == audit.Person {
				p.counts[countAmended]++
			}
		case audit.RecordTransitioned:
			closed[e.Subject.ID] = closes(e)
		default:
		}
	}
}
