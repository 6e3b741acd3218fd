//go:build unix

package blackbox

import (
	"slices"
	"strings"
	"time"
)

// An entry is one of the exported audit log, as far as the judge reads it.
type entry struct {
	Seq   int64
	Entry struct {
		Verb, Outcome string
		At            time.Time
		Intent        int64
		Origin        struct{ Binding, Issue, Key string }
		Subject       struct{ Ref string }
		Request       struct {
			Op        string
			RequestID string `json:"request_id"`
		}
	}
}

// A write is an intent of the log with what became of it.
type write struct {
	seq         int64
	at, ended   time.Time // ended is zero without an outcome
	binding, op string
	ref         string // of the record
	issue       string
	requestID   string
	outcome     string
	taken       bool
}

// intended is A1: every intent has its outcome, and every change in a tracker has an
// intent of its own, which stands before it.
func (v *verdict) intended() {
	writes := v.writes()
	for _, w := range writes {
		if w.outcome == "" || w.outcome == "unknown" {
			// What the commands show as being looked for is no secret.
			if w.op == "create" && slices.ContainsFunc(v.records, func(r record) bool { return r.Ref == w.ref && r.waits(lostCreate) }) {
				v.seen["writes looked for"]++
				continue
			}
			v.say("A1: intent %d (%s of %s%s) has no outcome", w.seq, w.op, w.ref, " "+w.issue)
		}
		v.seen["writes "+w.outcome]++
	}
	for _, t := range []string{"jira", "github"} {
		v.bracketed(t, writes)
	}
}

// writes are those of the exported log.
func (v *verdict) writes() []*write {
	var out []*write
	open := map[int64]*write{}
	for _, e := range v.log {
		x := e.Entry
		issue := x.Origin.Issue
		if x.Origin.Binding == "gh-isms" {
			issue = x.Origin.Key
		}
		switch x.Verb {
		case "write.intent":
			w := &write{seq: e.Seq, at: x.At, binding: x.Origin.Binding, op: x.Request.Op, ref: x.Subject.Ref, issue: issue}
			out, open[e.Seq] = append(out, w), w
		case "write.outcome", "write.resolved":
			w := open[x.Intent]
			if w == nil {
				v.say("A1: entry %d is the outcome of %d, which is no intent", e.Seq, x.Intent)
				continue
			}
			w.ended, w.outcome, w.requestID = x.At, x.Outcome, max(w.requestID, x.Request.RequestID)
			w.issue = max(w.issue, issue) // a create has none before
		}
	}
	return out
}

// late is how long a request may be under way after its sender was killed: a daemon
// that comes back looks, and may find that nothing has happened yet.
const late = 2 * time.Second

// bracketed checks that each request that changed something in a tracker was announced
// in the log before it took effect, by an intent of its own. The answer names the
// request; where it was lost, the issue has to do, and that the intent was still open.
func (v *verdict) bracketed(t string, writes []*write) {
	binding := map[string]string{"jira": "jira-isms", "github": "gh-isms"}[t]
	var last string
	var changes []change // the first of each request
	for _, c := range v.truth[t] {
		if c.By == bot && c.Request != last {
			changes = append(changes, c)
		}
		last = c.Request
	}
	// The log has milliseconds.
	announced := func(w *write, c change) bool {
		return w.binding == binding && !w.taken && !w.at.After(c.At.Add(time.Millisecond))
	}
	var left []change
	for _, c := range changes {
		i := slices.IndexFunc(writes, func(w *write) bool { return announced(w, c) && w.requestID == c.Request })
		if i < 0 {
			left = append(left, c)
			continue
		}
		writes[i].taken = true
	}
	for _, c := range left {
		i := slices.IndexFunc(writes, func(w *write) bool {
			open := w.ended.IsZero() || c.At.Before(w.ended.Add(late))
			return announced(w, c) && open && w.requestID == "" && (w.issue == c.Issue || w.issue == "" && c.Field == "created")
		})
		if i < 0 {
			v.say("A1: no intent stands before %s of %s at %s in request %s", strings.TrimSpace(c.Field), c.Issue, clock(c.At), c.Request)
			continue
		}
		writes[i].taken = true
		v.seen["answers lost"]++
	}
}
