package dst

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// The judgements of how soon something is known.
const (
	judgedPolled = "judged: an edit in the register within three polls"
	judgedHinted = "judged: an edit in the register within a minute of its delivery"
	judgedHeeded = "judged: a delivery that is followed by a read"
)

// mostProbes is how many records are edited to see how soon that is known.
const mostProbes = 3

// soon is within which time of a delivery its issue is read, and knownIn within which time
// the edit is in the register, when nothing else is to be done.
const (
	soon    = 20 * time.Second
	knownIn = time.Minute
)

// A probe is an edit that is made when all has settled.
type probe struct {
	id    string // of the record
	where string
	token string
}

// probeLatency is L9. When all has settled, people change the titles of some issues, twice
// within seconds, so that the second time falls into what conformd does about the first.
// In half of the seeds the deliveries arrive, and each is followed by a read within
// seconds. In the others all are lost, and polls find the edits.
func (w *world) probeLatency(ctx context.Context, a *actor) {
	r := rand.New(rand.NewPCG(w.Seed, 0x1a7e)) //nolint:gosec // chance by seed is the point
	bound, what := knownIn, judgedHinted
	if r.IntN(2) == 0 {
		bound, what = 3*w.Poll+w.Lag, judgedPolled
	}
	w.mu.Lock()
	w.probing, w.deaf = true, what == judgedPolled
	w.mu.Unlock()
	probes := w.startProbes(ctx, a, r)
	for end := time.Now().Add(bound); ; a.sleep(time.Second) {
		probes = slices.DeleteFunc(probes, func(x probe) bool {
			in := w.knows(ctx, x)
			if in {
				w.count(what)
			}
			return in
		})
		if len(probes) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, x := range probes {
		w.violated("L9", "the title %q of %s is not in the register after %s without other work", x.token, x.where, bound)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for issue, at := range w.hinted {
		if d := time.Since(at); d > soon {
			w.violatedLocked("L9", "a delivery about %s was taken %s ago, and nothing was read", issue, d)
		}
	}
	w.probing, w.deaf, w.hinted = false, false, nil
}

// startProbes has people edit.
func (w *world) startProbes(ctx context.Context, a *actor, r *rand.Rand) []probe {
	all := w.probes(ctx)
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var out []probe
	for _, k := range all {
		if len(out) == mostProbes || slices.ContainsFunc(out, func(x probe) bool { return x.id == k.RecordID }) {
			continue
		}
		x := probe{id: k.RecordID, where: k.Ref.Key}
		for i := range 2 {
			x.token = fmt.Sprintf("probe%d%dq", len(out), i)
			if err := w.retitle(k, "Finding "+x.token, x.token); err != nil {
				w.note(a.name, "probe %s: %v", x.where, err)
				break
			}
			w.note(a.name, "probe %s: %s", x.where, x.token)
			a.sleep(time.Duration(500+r.IntN(4000)) * time.Millisecond)
			if i == 1 {
				out = append(out, x)
			}
		}
	}
	return out
}

// retitle has a person give the issue of a link another title.
func (w *world) retitle(k store.BoundIssue, title, token string) error {
	side, issue := sideOf(k)
	p := person{w: w}
	if side == jira {
		if err := w.trackers.Jira.Person("olga").Edit(k.Ref.Key, map[string]any{"summary": title}); err != nil {
			return err
		}
		p.wrote(jira, issue, "summary", "title", token)
		return nil
	}
	var n int
	if _, err := fmt.Sscanf(k.Ref.Key, rehearsal.Owner+"/"+rehearsal.Repo+"#%d", &n); err != nil {
		return err
	}
	if err := w.trackers.GitHub.As("erik").Retitle(n, title); err != nil {
		return err
	}
	p.wrote(github, issue, "title", "title", token)
	return nil
}

// probes lists the issues whose title may be changed and is to be known soon: that are
// where listings show them, and over whose title there is no conflict.
func (w *world) probes(ctx context.Context) []store.BoundIssue {
	w.mu.Lock()
	e, deleted := w.engine, w.gone
	w.mu.Unlock()
	rows, err := e.app.Store.Records(ctx)
	if err != nil {
		panic(err)
	}
	conflicts, err := e.app.Store.Conflicts(ctx)
	if err != nil {
		panic(err)
	}
	var out []store.BoundIssue
	for _, row := range rows {
		if slices.ContainsFunc(conflicts, func(c store.ConflictRow) bool {
			return c.RecordID == row.Record.ID && c.Closed.IsZero() && c.Conflict.Field == register.FieldTitle
		}) || slices.ContainsFunc(row.Problems, func(x plan.Problem) bool { return x.Field == register.FieldTitle }) {
			continue
		}
		links, err := e.app.Store.BoundIssues(ctx, row.Record.ID)
		if err != nil {
			panic(err)
		}
		for _, k := range links {
			if k.State != store.IssueBound || deleted[k.Ref.Key] || k.Base[register.FieldTitle].Contested {
				continue
			}
			if is, ok := w.trackers.Jira.Snapshot(k.Ref.ID); k.Binding == rehearsal.JiraBinding && (!ok || !strings.HasPrefix(is.Key, rehearsal.Project+"-")) {
				continue
			}
			out = append(out, k)
		}
	}
	return out
}

// knows reports whether the register holds the title of a probe, lets it wait as a change of
// a closed record, or has a conflict about it.
func (w *world) knows(ctx context.Context, x probe) bool {
	s := w.engine.app.Store
	row, err := s.Record(ctx, x.id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false
	case err != nil:
		panic(err)
	}
	if strings.Contains(row.Record.Fields[register.FieldTitle], x.token) ||
		slices.ContainsFunc(row.Record.Proposals, func(y register.Proposal) bool { return strings.Contains(y.Value, x.token) }) {
		return true
	}
	conflicts, err := s.Conflicts(ctx)
	if err != nil {
		panic(err)
	}
	return slices.ContainsFunc(conflicts, func(c store.ConflictRow) bool {
		return c.RecordID == x.id && slices.ContainsFunc(c.Conflict.Values, func(v plan.ConflictValue) bool { return strings.Contains(v.Value, x.token) })
	})
}

func (w *world) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
}

// accepted takes note of a delivery that conformd took while latency is probed.
func (w *world) accepted(d simkit.Delivery) {
	var body struct {
		Issue struct {
			ID     json.RawMessage `json:"id"`
			Number int             `json:"number"`
		} `json:"issue"`
	}
	if json.Unmarshal(d.Body, &body) != nil {
		return
	}
	issue := strings.Trim(string(body.Issue.ID), `"`)
	if body.Issue.Number > 0 {
		issue = fmt.Sprintf("%s/%s#%d", rehearsal.Owner, rehearsal.Repo, body.Issue.Number)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, waits := w.hinted[issue]; !w.probing || issue == "" || waits {
		return
	}
	if w.hinted == nil {
		w.hinted = map[string]time.Time{}
	}
	w.hinted[issue] = time.Now()
}

// heededLocked takes note that an issue is read. The caller holds the lock.
func (w *world) heededLocked(issue string) {
	at, waits := w.hinted[issue]
	if !waits {
		return
	}
	delete(w.hinted, issue)
	w.counts[judgedHeeded]++
	if d := time.Since(at); d > soon {
		w.violatedLocked("L9", "%s was read %s after a delivery about it, without other work", issue, d)
	}
}
