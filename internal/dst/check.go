package dst

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A picture is the end of a simulation, as the trackers and the register have it.
type picture struct {
	*world
	engine    *engine
	rows      []store.Row
	links     map[string][]store.BoundIssue // by record, without those of actions
	actions   map[string]store.Row          // the records of actions, by the key of the action's issue
	conflicts []store.ConflictRow
	asides    []store.Quarantined
	truth     map[string][]simkit.Change // by tracker
	ledger    ledger
	histories map[string]history // by record
	pulled    map[string]bool    // record, binding and field of what was taken in
	log       []audit.Stored     // the audit log
}

// check computes, after silence, what must hold of every simulation.
func (w *world) check(ctx context.Context, e *engine) {
	p := &picture{world: w, engine: e, links: map[string][]store.BoundIssue{}, actions: map[string]store.Row{}, pulled: map[string]bool{}, truth: map[string][]simkit.Change{
		"jira": w.trackers.Jira.Truth().All(), "github": w.trackers.GitHub.Truth().All(),
	}}
	var err error
	must := func(err error) {
		if err != nil {
			w.violated("store", "%v", err)
		}
	}
	p.rows, err = e.app.Store.Records(ctx)
	must(err)
	for _, r := range p.rows {
		all, err := e.app.Store.BoundIssues(ctx, r.Record.ID)
		must(err)
		for _, k := range all {
			if k.Binding == rehearsal.PlatformBinding {
				p.actions[k.Ref.Key] = r
			} else {
				p.links[r.Record.ID] = append(p.links[r.Record.ID], k)
			}
		}
	}
	p.conflicts, err = e.app.Store.Conflicts(ctx)
	must(err)
	p.asides, _, err = e.app.Store.QuarantinedPage(ctx, 1000)
	must(err)
	w.mu.Lock()
	w.tideLocked()
	if w.adopted.Rules == nil {
		w.adopted = e.app.Reconciler.Policy // no start ever ended
	}
	w.mu.Unlock()
	for _, d := range w.deletes {
		w.violated("S11", "a request destroys: %s", d)
	}
	if w.lost > 0 {
		p.checkLost()
		return
	}
	p.ledger = p.readLedger()
	p.readHistories()
	p.readLog(ctx)
	p.absent(ctx)
	p.proposals()
	p.silent()
	p.held()
	p.requested()
	p.stopped()
	p.disputed()
	p.filed()
	p.attributed()
	p.lostEdits()
	p.takenIn()
	p.counterparts()
	p.converged()
	p.entered()
	p.deserved()
	p.mouthed()
	p.decisionsStand()
	p.left()
	p.timely()
	p.teamed()
	p.revised()
	p.explained()
	p.fought()
	p.bounded()
	p.audited(ctx)
	p.uninvented()
	p.replayed(ctx)
	p.secretless()
}

// lostEdits is S1: whatever a person wrote is there at the end, or was carried to the
// other side, or was replaced by a person on its own side, or stands in a conflict.
func (p *picture) lostEdits() {
	for _, e := range p.edits {
		switch {
		case p.survives(e):
		case p.gone[e.issue]:
			p.counts["deleted with its issue"]++
		case e.side == "jira" && p.outside(e.issue):
			p.counts["moved away unseen"]++
		case p.restored > 0 && p.aside(e.issue):
			p.counts["on an issue kept aside"]++
		case p.aside(e.issue) && p.unmarked()[e.issue]:
			// conformd filed it, the answer was lost, and a person took the marker away before
			// it was seen: it waits, visibly, for a person who says what it belongs to.
			p.counts["on an issue without its marker"]++
		case p.excused(e):
			p.counts["overwritten in the window"]++
		case p.standsAndIsTold(e):
			p.counts["not understood, and told"]++
		case p.replacedByCommand(e):
			p.counts["replaced by a command"]++
		case p.declined(e):
			p.counts["declined by a person"]++
		case p.movedOut(e):
			p.counts["moved out of its place by a person"]++
		case slices.ContainsFunc(p.replaced, func(v string) bool { return strings.Contains(v, e.token) }):
			p.counts["kept in a register that was replaced"]++
		case e.side == "command":
			p.violated("S1", "what %s decided on %s is neither counted nor refused", e.token, e.issue)
		default:
			p.violated("S1", "%s of %s %s by %s is lost", e.name, e.side, e.issue, e.token)
		}
	}
}

// takenIn is L1 for issues that nobody edits: whatever is listed is in the register,
// or kept aside with the reason.
func (p *picture) takenIn() {
	known := map[string]bool{}
	for _, ls := range p.links {
		for _, l := range ls {
			known[l.Ref.ID], known[l.Ref.Key] = true, true
		}
	}
	for _, is := range p.trackers.Jira.Snapshots() {
		if strings.HasPrefix(is.Key, "ISMS-") && !known[is.ID] && !p.aside(is.ID) {
			p.violated("L1", "%s is not in the register", is.Key)
		}
	}
	for _, is := range p.trackers.GitHub.Issues() {
		key := fmt.Sprintf("acme/isms#%d", is.Number)
		if !is.Gone && !p.gone[key] && slices.Contains(is.Labels, "capa") && !known[key] && !p.aside(key) {
			p.violated("L1", "%s is not in the register", key)
		}
	}
}

func (p *picture) survives(e edit) bool {
	for _, c := range p.conflicts {
		for _, v := range c.Conflict.Values {
			if strings.Contains(v.Value, e.token) {
				return true
			}
		}
	}
	for _, r := range p.rows {
		for _, a := range r.Record.Approvals {
			if strings.Contains(a.Reason, e.token) {
				return true
			}
		}
		for _, v := range r.Record.Fields {
			if strings.Contains(v, e.token) {
				return true
			}
		}
		for _, x := range r.Record.Proposals {
			if strings.Contains(x.Value, e.token) {
				return true
			}
		}
	}
	for side, changes := range p.truth {
		for _, c := range changes {
			switch {
			case side != e.side && (isBot(c.By) && strings.Contains(c.To, e.token) || strings.Contains(c.From, e.token)):
				return true // carried over, at the latest with the issue itself
			case side == e.side && c.Seq > e.seq && c.Issue == e.issue && c.Field == e.field && !isBot(c.By) && replaces(c, e):
				return true // a later person saw and replaced it
			}
		}
	}
	return false
}

// replacedByCommand reports whether somebody gave the field another value by a command:
// later or, where the tracker has no history that tells it, at any time. A command is
// often read after an edit that is newer, and GitHub does not tell which section an edit
// was of; the register's log has both values.
func (p *picture) replacedByCommand(e edit) bool {
	for _, h := range p.histories {
		for _, t := range h.touches {
			if t.side != e.side || t.issue != e.issue || t.seq < e.seq || !strings.Contains(t.to.text, e.token) {
				continue
			}
			if slices.ContainsFunc(h.said, func(o order) bool { return o.field == t.field && (o.moment > t.moment || e.side == github) }) {
				return true
			}
		}
	}
	return false
}

// movedOut reports whether what a person wrote still stands on its issue, and a person made
// its place another text: quoted it, gave it a heading of its own.
func (p *picture) movedOut(e edit) bool {
	s := p.ledger.states[e.issue]
	if e.side != github || !strings.Contains(s.fields["body"], e.token) {
		return false
	}
	for _, x := range places(p.LabelSets) {
		if x.github == e.name {
			// It was a person who took the text away, also if conformd wrote the place later.
			return slices.ContainsFunc(p.ledger.touches[e.issue], func(t touch) bool {
				return t.field == x.field && !t.bot() && strings.Contains(t.from.text, e.token) && !strings.Contains(t.to.text, e.token)
			})
		}
	}
	return false
}

// standsAndIsTold reports whether what a person wrote stands where they wrote it, cannot
// be read there, and the record tells so: of the field or, where no place for it is seen,
// of what hides it.
func (p *picture) standsAndIsTold(e edit) bool {
	for _, r := range p.rows {
		for _, k := range p.links[r.Record.ID] {
			side, issue := sideOf(k)
			s := p.ledger.states[issue]
			if issue != e.issue || !strings.Contains(s.fields["body"]+s.fields[e.name], e.token) {
				continue
			}
			for _, x := range places(p.LabelSets) {
				if name := x.in(side); name != e.name {
					continue
				}
				hidden := s.look()[x.field].seen == gone && slices.ContainsFunc(r.Problems, func(y plan.Problem) bool { return y.Binding == k.Binding })
				if hidden || p.told(r, k, x.field) {
					return true
				}
			}
		}
	}
	return false
}

// outside reports whether an issue of Jira was moved to another project before
// conformd took it in: it is none of its business.
func (p *picture) outside(id string) bool {
	for _, ls := range p.links {
		if slices.ContainsFunc(ls, func(l store.BoundIssue) bool { return l.Binding == rehearsal.JiraBinding && l.Ref.ID == id }) {
			return false
		}
	}
	is, ok := p.trackers.Jira.Snapshot(id)
	return ok && strings.HasPrefix(is.Key, other+"-")
}

// aside reports whether an issue is shown as kept aside. After a restore that is the
// twin of a record that the backup does not hold and whose own issue was moved out of
// sight since: only a person can tell what it belongs to.
func (p *picture) aside(id string) bool {
	return slices.ContainsFunc(p.asides, func(a store.Quarantined) bool {
		return a.Why != "" && (a.Issue.Ref.ID == id || a.Issue.Ref.Key == id)
	})
}

// replaces reports whether a change took an edit away. In a body it must have been
// there before and be gone after.
func replaces(c simkit.Change, e edit) bool {
	if e.field != "body" {
		return true
	}
	return strings.Contains(c.From, e.token) && !strings.Contains(c.To, e.token)
}

// counterparts is S4 and S5: no record has two issues in one tracker, and no issue
// two comments of ours that say the same thing.
func (p *picture) counterparts() {
	for _, r := range p.rows {
		seen := map[string]int{}
		for _, l := range p.links[r.Record.ID] {
			seen[l.Binding]++
		}
		for b, n := range seen {
			if n > 1 {
				p.violated("S4", "%s has %d issues in %s", r.Record.Ref, n, b)
			}
		}
	}
	made := map[string]int{}
	for _, is := range p.trackers.Jira.Snapshots() {
		for l := range strings.FieldsSeq(is.Fields["labels"]) {
			if strings.HasPrefix(l, "conformd-id-") {
				made["jira "+l]++
			}
		}
		p.oneComment("jira "+is.Key, is.Comments)
	}
	for _, is := range p.trackers.GitHub.Issues() {
		if _, after, ok := strings.Cut(is.Body, "<!-- conformd:"); ok && isBot(is.Author) {
			marker, _, _ := strings.Cut(after, " ")
			made["github "+marker]++
		}
		var said []string
		for _, c := range is.Comments {
			if isBot(c.Author) {
				said = append(said, c.Body)
			}
		}
		p.oneComment(fmt.Sprintf("github #%d", is.Number), said)
	}
	for m, n := range made {
		if n > 1 {
			p.violated("S4", "marker %s on %d issues", m, n)
		}
	}
}

func (p *picture) oneComment(where string, bodies []string) {
	n := 0
	for _, b := range bodies {
		if strings.Contains(b, "NC-") && strings.Contains(b, "clause") {
			n++
		}
	}
	if n > 1 {
		p.violated("S5", "%s has %d comments of ours", where, n)
	}
}

// converged is L1: all that was wanted is done, and every issue that is there is bound.
// That its places show what the register holds is part of S20.
func (p *picture) converged() {
	for _, r := range p.rows {
		if r.Generation > r.ObservedGeneration {
			p.violated("L1", "%s still wants to be looked at (%d of %d)", r.Record.Ref, r.ObservedGeneration, r.Generation)
		}
		for _, l := range p.links[r.Record.ID] {
			if p.gone[l.Ref.Key] || p.gone[l.Ref.ID] {
				continue // it may be an orphan already, or be looked at once more
			}
			if l.State != store.IssueBound {
				p.violated("L1", "%s: %s is %s", r.Record.Ref, l.Ref.Key, l.State)
				continue
			}
		}
	}
}

// observed reports whether nothing is written to a binding.
func (p *picture) observed(binding string) bool {
	return binding == rehearsal.JiraBinding && p.JiraMode == "observe" || binding == rehearsal.GitHubBinding && p.GitHubMode == "observe"
}

func (p *picture) contested(r store.Row, f register.Field) bool {
	return slices.ContainsFunc(p.conflicts, func(c store.ConflictRow) bool {
		return c.Closed.IsZero() && c.RecordID == r.Record.ID && c.Conflict.Field == f
	})
}

// explained is E6: where somebody asked for an end that is held back, a comment names
// the rules that do not hold.
func (p *picture) explained() {
	for _, r := range p.rows {
		if r.Record.Requested == "" || r.Problem != "" {
			continue
		}
		var said []string
		reachable := true
		for _, l := range p.links[r.Record.ID] {
			said = append(said, p.comments(l)...)
			reachable = reachable && !p.observed(l.Binding) && l.State == store.IssueBound && !p.gone[l.Ref.Key] && !p.gone[l.Ref.ID] && !p.silenced(l)
		}
		for rule := range strings.FieldsSeq(r.Record.Fields[register.FieldMissing]) {
			if reachable && !slices.ContainsFunc(said, func(c string) bool { return strings.Contains(c, rule) }) {
				p.violated("E6", "%s is held back by %s, and no comment says so", r.Record.Ref, rule)
			}
		}
	}
}

// comments are what conformd says on an issue.
func (p *picture) comments(l store.BoundIssue) []string {
	if l.Binding == rehearsal.JiraBinding {
		is, _ := p.trackers.Jira.Snapshot(l.Ref.Key)
		return is.Comments
	}
	is, _ := p.inGitHub(l)
	var out []string
	for _, c := range is.Comments {
		if isBot(c.Author) {
			out = append(out, c.Body)
		}
	}
	return out
}

// inGitHub returns the issue of a link as GitHub itself has it.
func (p *picture) inGitHub(l store.BoundIssue) (is githubsim.State, ok bool) {
	var n int
	if _, err := fmt.Sscanf(l.Ref.Key, "acme/isms#%d", &n); err != nil {
		return is, false
	}
	return p.trackers.GitHub.Issue(n), true
}

// bounded is E7 and S6: observing writes nothing, and the number of writes is in proportion
// to what people did.
func (p *picture) bounded() {
	writes, acts := 0, 0
	for side, changes := range p.truth {
		for _, c := range changes {
			if !isBot(c.By) {
				acts++
				continue
			}
			writes++
			if p.observed(map[string]string{"jira": rehearsal.JiraBinding, "github": rehearsal.GitHubBinding}[side]) {
				p.violated("E7", "%s of %s %s is written although it is only observed", c.Field, side, c.Issue)
			}
		}
	}
	ambiguous := p.counts[string(LostAfter)] + p.counts[string(ErrorAfter)] + p.counts[string(PageAfter)] + p.counts[string(CutAfter)]
	// An act may be answered by a change of either side, a label, a comment and the
	// steps of a workflow; a twin begins with all its fields.
	if most := 6*acts + 30*len(p.rows) + ambiguous + 2*p.counts["kill"]; writes > most {
		p.violated("S6", "%d writes for %d acts", writes, acts)
	}
}

// audited is A1 to A3: the log verifies, and every intent has its outcome. It is A5, too: the
// log, read from its beginning, is the register.
func (p *picture) audited(ctx context.Context) {
	v, err := tree.NewVerifier(p.engine.app.Public)
	if err != nil {
		p.violated("A2", "%v", err)
		return
	}
	rep, err := verify.DB(ctx, p.engine.app.Store.Reader(), v, verify.Options{Workers: 1, Register: replayOfLog(), Rows: store.RegisterRows})
	if err != nil {
		p.violated("A2", "%v", err)
		return
	}
	for _, f := range rep.Findings {
		if f.Code == verify.RegisterDiffers {
			p.violated("A5", "%s; the log says %s, the register %s", f.Text, f.Want, f.Got)
			continue
		}
		p.violated("A2", "%s at %d: %s", f.Code, f.Seq, f.Text)
	}
	if rep.Sound && (!rep.Compared || rep.Records != int64(len(p.rows)) || rep.Unknown+rep.Waiting > 0) {
		p.violated("A5", "%d of %d records were compared with the log", rep.Records, len(p.rows))
	}
	if len(rep.Open) > 0 {
		p.violated("A1", "%d intents without an outcome", len(rep.Open))
	}
}
