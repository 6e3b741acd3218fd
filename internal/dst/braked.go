package dst

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// A letGo is one release: the changes that a person released in a binding.
type letGo struct {
	binding string
	moment  int
	list    []store.Standing
}

// manage is the ISMS manager, who looks at why writing was stopped. Of what a script did
// people undo some first; then writing goes on.
func (w *world) manage(ctx context.Context) {
	a := &actor{managerID, "manager"}
	r := rand.New(rand.NewPCG(w.Seed, 8)) //nolint:gosec // chance by seed is the point
	for !w.isCalm() {
		a.sleep(w.Think)
		w.mu.Lock()
		e := w.engine
		w.mu.Unlock()
		if e == nil || e.app == nil || e.standsStill() > 0 {
			continue
		}
		w.asleep(withActor(ctx, a), e)
		if brakes, err := e.app.Store.Brakes(ctx); err == nil && len(brakes) > 0 {
			w.undoBulk(r)
			a.sleep(time.Second)
			w.release(withActor(ctx, a), e)
		}
	}
}

// release lets writing go on wherever it was stopped, and reports whether it was. After
// a restore it is refused until everything was looked at.
func (w *world) release(ctx context.Context, e *engine) bool {
	rows, err := e.app.Store.Bindings(ctx)
	if err != nil {
		w.note("manager", "cannot look: %v", err) // the process is dying
		return false
	}
	stopped := false
	for _, b := range rows {
		if len(b.Brakes) == 0 {
			continue
		}
		stopped = true
		list, err := e.app.Store.Standing(ctx, b.ID)
		if err == nil {
			_, err = e.app.ReleaseBrake(ctx, b.ID, "looked at it", store.ListDigest(list))
		}
		w.note("manager", "release %s: %v", b.ID, err == nil)
		w.mu.Lock()
		if err == nil {
			w.counts["brake released"]++
			w.letGo = append(w.letGo, letGo{b.ID, len(w.tides), list})
		}
		if b.Brakes[0].Kind == store.BrakePlan {
			w.counts["brake on a plan"]++
		}
		if store.ForOthers(b.Brakes) {
			w.counts["brake beside another register"]++
		}
		w.mu.Unlock()
	}
	return stopped
}

// held is E9: within any window, what conformd empties, replaces, creates and says in a
// binding is within the limits, apart from what a person let go. It is judged from the
// logs of the trackers. A write that waited, for a tracker or for a process, is judged by
// when it was let go, which the logs do not tell: twice the limit is allowed.
func (p *picture) held() {
	if p.counts["clock set"] > 0 || p.restored > 0 {
		return // windows end when the clock jumps, and a register that was set back has forgotten them
	}
	limits := p.brake()
	for side, binding := range map[string]string{jira: rehearsal.JiraBinding, github: rehearsal.GitHubBinding} {
		for what, most := range map[string]int{"emptied": limits.Emptied, "replaced": limits.Replaced, "created": limits.Creates, "said": limits.Comments} {
			at := p.loads(side, binding, what)
			slices.SortFunc(at, time.Time.Compare)
			for i := range at {
				n := 0
				for n = i; n < len(at) && at[n].Before(at[i].Add(brakeWindow)); n++ {
				}
				if n -= i; n > 2*most {
					p.violated("E9", "%d values were %s in %s within %s, and %d may be without a person", n, what, binding, brakeWindow, most)
					break
				}
			}
			p.counts["judged: "+what+" within the limits"] += len(at)
		}
	}
}

// brakeWindow is what the limits of the brake are for.
const brakeWindow = 10 * time.Minute

// loads are the times at which conformd did something to a side that a person had not
// let go.
func (p *picture) loads(side, binding, what string) []time.Time {
	var out []time.Time
	when := map[int64]time.Time{}
	for _, c := range p.truth[side] {
		when[c.Seq] = c.At
		if !isBot(c.By) {
			continue
		}
		key := p.key(side, c.Issue)
		switch {
		case what == "created" && c.Field == "created" && !p.wasLetGo(binding, "", p.moment(side, c.Seq), func(w plan.Write) bool { return w.What == "new issue" }):
			out = append(out, c.At)
		case what == "said" && c.Field == "comment" && !p.wasLetGo(binding, key, p.moment(side, c.Seq), func(w plan.Write) bool { return w.What == "comment" }):
			out = append(out, c.At)
		}
	}
	for _, ts := range p.ledger.touches {
		for _, t := range ts {
			if !t.bot() || t.side != side || !t.from.filled() || (what == "emptied") == t.to.filled() || what != "emptied" && what != "replaced" {
				continue
			}
			if p.unseen(ts, t) {
				continue // what a person saved while conformd was writing: no plan could count it
			}
			if !p.wasLetGo(binding, p.key(side, t.issue), t.moment, func(w plan.Write) bool { return w.Field == t.field }) {
				out = append(out, when[t.seq])
			}
		}
	}
	return out
}

// key is what a person calls an issue.
func (p *picture) key(side, issue string) string {
	if side == jira {
		is, _ := p.trackers.Jira.Snapshot(issue)
		return is.Key
	}
	return issue
}

// wasLetGo reports whether a person let a write go before a moment.
func (p *picture) wasLetGo(binding, key string, moment int, is func(plan.Write) bool) bool {
	return slices.ContainsFunc(p.letGo, func(g letGo) bool {
		return g.binding == binding && g.moment <= moment && slices.ContainsFunc(g.list, func(s store.Standing) bool {
			return s.Issue == key && slices.ContainsFunc(s.Writes, is)
		})
	})
}

// limits are what may be written without a person: those of the seed, or conformd's own.
func (o Options) brake() plan.Limits {
	l := plan.Limits{Floor: 5, Percent: 50, Emptied: 5, Replaced: 100, Creates: 500, Comments: 100}
	if o.Brake {
		r := rand.New(rand.NewPCG(o.Seed, 9)) //nolint:gosec // chance by seed is the point
		l.Emptied, l.Replaced, l.Creates, l.Comments = 1+r.IntN(2), 2+r.IntN(4), 1+r.IntN(2), 4+r.IntN(6)
		l.Floor = 2 + r.IntN(3)
	}
	return l
}
