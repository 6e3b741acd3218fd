package dst

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// An Outage is an hour in which one tracker hangs, refuses or answers garbage, while people
// work in the other.
type Outage struct {
	Side string // "jira" or "github", "" for none
	How  string // "hangs", "refuses" or "garbage"
}

const (
	outageAfter = 10 * time.Minute // after the start
	outageLasts = time.Hour
	// gaveUp is how long a request hangs: conformd itself waits thirty seconds.
	gaveUp = 31 * time.Second
)

// outages are the kinds that a run of many simulations must have seen, each with edits
// that were judged.
func outages() []string {
	var out []string
	for _, side := range []string{jira, github} {
		for _, how := range []string{"hangs", "refuses", "garbage"} {
			out = append(out, "outage: "+side+" "+how)
		}
	}
	return append(out, judgedOutage)
}

const judgedOutage = "judged: an edit of the healthy tracker during an outage"

// sick returns what becomes of a request during the outage; errUnharmed if it is not of
// that tracker, or there is none now.
func (n *wire) sick(a *actor, r *http.Request) (*http.Response, error) {
	w := n.w
	w.mu.Lock()
	off := w.calm || !w.out || w.Outage.Side != tracker(r.URL.Host)
	if !off {
		w.counts["outage: "+w.Outage.Side+" "+w.Outage.How]++
	}
	w.mu.Unlock()
	switch {
	case off:
		return nil, errUnharmed
	case w.Outage.How == "refuses":
		return nil, errors.New("connection refused")
	case w.Outage.How == "garbage":
		return answer(r, http.StatusOK, nil, `[{"id":`), nil
	}
	a.sleep(gaveUp)
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return nil, errors.New("connection timed out")
}

// fail has the outage begin and end, and judges before it ends that what people wrote in
// the other tracker is in the register.
func (w *world) fail(ctx context.Context) {
	a := &actor{outageID, "outage"}
	a.sleep(outageAfter)
	began := time.Now()
	w.setOut(true)
	a.sleep(outageLasts)
	if !w.isCalm() {
		w.healthy(ctx, began)
	}
	w.setOut(false)
}

func (w *world) setOut(out bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.out = out
	w.noteLocked("outage", "%s %s: %v", w.Outage.Side, w.Outage.How, out)
}

// healthy is S16: an outage of one tracker does not hold up the other. What was written
// there longer ago than a few polls is in the register, or was replaced by a person.
func (w *world) healthy(ctx context.Context, began time.Time) {
	w.mu.Lock()
	e, edits := w.engine, slices.Clone(w.edits)
	w.mu.Unlock()
	if e == nil || e.app == nil {
		return
	}
	rows, err := e.app.Store.Records(ctx)
	if err != nil {
		w.violated("S16", "%v", err)
		return
	}
	conflicts, err := e.app.Store.Conflicts(ctx)
	if err != nil {
		w.violated("S16", "%v", err)
		return
	}
	side := jira
	if w.Outage.Side == jira {
		side = github
	}
	changes := w.trackers.Jira.Truth().All()
	if side == github {
		changes = w.trackers.GitHub.Truth().All()
	}
	late := time.Now().Add(-3*w.Poll - w.Lag - 10*time.Minute)
	for _, x := range edits {
		i := slices.IndexFunc(changes, func(c simkit.Change) bool { return c.Seq == x.seq })
		if x.side != side || i < 0 || changes[i].At.Before(began) || changes[i].At.After(late) {
			continue
		}
		w.mu.Lock()
		w.counts[judgedOutage]++
		w.mu.Unlock()
		replaced := slices.ContainsFunc(changes[i+1:], func(c simkit.Change) bool { return c.Issue == x.issue && c.Field == x.field && replaces(c, x) })
		inRegister := slices.ContainsFunc(rows, func(r store.Row) bool {
			for _, v := range r.Record.Fields {
				if strings.Contains(v, x.token) {
					return true
				}
			}
			// What triage has decided waits for a manager.
			return slices.ContainsFunc(r.Record.Proposals, func(y register.Proposal) bool { return strings.Contains(y.Value, x.token) })
		})
		kept := slices.ContainsFunc(conflicts, func(c store.ConflictRow) bool {
			for _, v := range c.Conflict.Values {
				if strings.Contains(v.Value, x.token) {
					return true
				}
			}
			return false
		})
		if !replaced && !inRegister && !kept {
			w.violated("S16", "%s of %s %s by %s at %s is not in the register at the end of an outage of %s", x.name, x.side, x.issue, x.token, changes[i].At.Sub(w.began), w.Outage.Side)
		}
	}
}
