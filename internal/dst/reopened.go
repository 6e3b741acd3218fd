package dst

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What is judged of records that had ended.
const (
	judgedLeft  = "judged: an ended record that is open again"
	judgedAsked = "judged: a request to reopen a record"
)

// left is E8, judged from the logs of the trackers: a record that is closed or rejected is
// opened again because a manager commanded it or moved an issue of it, because a review found
// it ineffective, or because evidence was taken away. What others do is a request.
func (p *picture) left() {
	if p.restored > 0 {
		return // what was decided since the backup lies in the log that was replaced
	}
	for _, s := range p.log {
		e := s.Entry
		if !leavesEnd(e) || !slices.ContainsFunc(p.rows, func(r store.Row) bool { return r.Record.ID == e.Subject.ID }) {
			continue
		}
		p.counts[judgedLeft]++
		switch {
		case strings.HasPrefix(e.Reason, "the review found"), strings.HasPrefix(e.Reason, "evidence is missing"):
		case e.Actor.ID != manager:
			p.violated("E8", "%s left its end (entry %d) by %q, who may not reopen it", e.Subject.Ref, s.Seq, e.Actor.ID)
		case !p.reopenedBy(e.Subject.ID, p.when(e)):
			p.violated("E8", "%s left its end (entry %d), and no manager has reopened it in a tracker", e.Subject.Ref, s.Seq)
		}
	}
	for _, r := range p.rows {
		for _, x := range r.Record.Proposals {
			if x.Field != register.FieldState {
				continue
			}
			p.counts[judgedAsked]++
			if !r.Record.State.Ended() {
				p.violated("E8", "%s is %s, and a request to reopen it waits", r.Record.Ref, r.Record.State)
			}
			if !p.movedByPerson(r.Record.ID) {
				p.violated("E8", "%s: %q asks to reopen it, and no person has moved an issue of it", r.Record.Ref, x.By)
			}
		}
	}
}

// leavesEnd reports whether an entry takes a record out of closure or rejection.
func leavesEnd(e audit.Entry) bool {
	return e.Verb == audit.RecordTransitioned && slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool {
		return c.Field == string(register.FieldState) && c.Before != nil && register.State(c.Before.Value).Ended()
	})
}

// reopenedBy reports whether a manager commanded a reopening, or moved an issue of the record,
// before a moment.
func (p *picture) reopenedBy(id string, before int) bool {
	if slices.ContainsFunc(p.deeds(id), func(d deed) bool { return d.verb == "reopen" && d.by == manager && d.moment <= before }) {
		return true
	}
	for _, k := range p.links[id] {
		side, issue := sideOf(k)
		for _, c := range p.truth[side] {
			if c.Issue == issue && c.By == manager && (c.Field == "status" || c.Field == "state") && p.moment(side, c.Seq) <= before {
				return true
			}
		}
	}
	return false
}

// movedByPerson reports whether a person ever moved an issue of the record.
func (p *picture) movedByPerson(id string) bool {
	for _, k := range p.links[id] {
		side, issue := sideOf(k)
		if slices.ContainsFunc(p.truth[side], func(c simkit.Change) bool {
			return c.Issue == issue && !isBot(c.By) && (c.Field == "status" || c.Field == "state")
		}) {
			return true
		}
	}
	return false
}
