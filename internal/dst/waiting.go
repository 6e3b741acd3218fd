package dst

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// nap is how long a worker sleeps that found nothing to do. While days pass and nobody
// acts it looks less often.
func (w *world) nap() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lull {
		return 30 * time.Second
	}
	return 2 * time.Second
}

// wait has everybody finish their work and go home until the waiting times are over. Then
// somebody independent reviews it all.
func (w *world) wait(a *actor) {
	for _, is := range w.trackers.GitHub.Issues() {
		p := &person{w: w, a: &actor{name: "wanda"}, turn: is.Number}
		body := rewrite(form(p.token()), "Root cause", "Because "+p.token()+" was seen.")
		if i := strings.Index(is.Body, "<!-- conformd"); i >= 0 {
			body += "\n\n" + is.Body[i:]
		}
		g := w.trackers.GitHub.As("irene")
		err := g.Rewrite(is.Number, body)
		if err == nil {
			err = g.Assign(is.Number, "erik")
		}
		if err == nil {
			err = g.Close(is.Number, "completed")
		}
		w.note(p.a.name, "finish %d: %v", is.Number, err == nil)
	}
	w.setLull(true)
	a.sleep(time.Duration(w.Wait)*24*time.Hour + 2*time.Hour)
	w.setLull(false)
	for _, is := range w.trackers.GitHub.Issues() {
		p := &person{w: w, a: &actor{name: "wim"}, turn: is.Number}
		_, err := w.trackers.GitHub.As("rita").Comment(is.Number, "/capa effective compared four exports, "+p.token())
		w.note(p.a.name, "review %d: %v", is.Number, err == nil)
	}
	a.sleep(4 * w.Think)
}

func (w *world) setLull(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lull = on
}

// What is judged of time.
const (
	judgedTimely = "judged: a record is where its guards let it be now"
	judgedLapsed = "judged: closed after its waiting time"
)

// timely judges that time wakes: each record stands where its guards let it stand at this
// moment, and tells what it lacks at this moment, although nobody touched an issue when a
// waiting time ended. What comes due within the last hour is left out.
func (p *picture) timely() {
	now := p.now()
	for _, r := range p.rows {
		if r.Problem != "" || r.Generation > r.ObservedGeneration {
			continue
		}
		state, missing := p.stands(r.Record, now)
		if s, m := p.stands(r.Record, now.Add(-time.Hour)); s != state || m != missing {
			continue
		}
		p.counts[judgedTimely]++
		if r.Record.State != state || r.Record.Fields[register.FieldMissing] != missing {
			p.violated("L10", "%s is %s and misses %q, and by now it is %s and misses %q", r.Record.Ref, r.Record.State, r.Record.Fields[register.FieldMissing], state, missing)
		}
		if p.Wait > 0 && r.Record.State == register.Closed {
			p.counts[judgedLapsed]++
		}
	}
}

// stands returns where the guards let a record stand at a time, and the rules it lacks.
func (p *picture) stands(r register.Record, at time.Time) (register.State, string) {
	asked := r.State
	if r.Requested != "" {
		asked = r.Requested
	}
	ctx, policy := register.Context{At: at, People: p.engine.app.Reconciler.People, Records: p.existing(r.ID)}, p.engine.app.Reconciler.Policy
	facts, _ := register.Decide(r, register.Move{To: asked}, ctx, policy) // a move is never refused
	rec := register.Replay(r, facts)
	held := register.Unmet(rec, rec.Requested, ctx, policy)
	if !rec.Requested.Ended() {
		return rec.State, "" // only what holds back an end is told
	}
	var rules []string
	for _, v := range held {
		rules = append(rules, v.Rule.ID)
	}
	return rec.State, strings.Join(slices.Compact(slices.Sorted(slices.Values(rules))), "\n")
}
