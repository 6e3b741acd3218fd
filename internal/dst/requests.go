package dst

import (
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
)

// A signedIn is what a vendor counts by: a site, and the credential shown there.
type signedIn struct{ side, credential string }

func signedInBy(r *http.Request) signedIn {
	return signedIn{tracker(r.URL.Host), r.Header.Get("Authorization")}
}

// A toldToWait is an answer that named the time until which nothing may be sent.
type toldToWait struct {
	at, until time.Time
	engine    *engine
}

// A sent is a write on its way: when it left, and what the same worker had read of its
// issue by then.
type sent struct {
	side, issue string
	read        bool // the issue was read at all
	moment      int  // how far the logs were when it was read
	from, till  int64
}

// asked is what is remembered of requests to judge them.
type asked struct {
	waits   map[signedIn]toldToWait
	writes  map[signedIn][]time.Time // when writes left
	reading map[string]int           // moments of reads that reached the tracker, by actor and issue
	known   map[string]int           // of those whose answer arrived
	sent    []sent
	shown   map[string][]int64 // how far its log was when a request could show an issue, by issue or tracker
}

func newAsked() asked {
	return asked{waits: map[signedIn]toldToWait{}, writes: map[signedIn][]time.Time{}, reading: map[string]int{}, known: map[string]int{}, shown: map[string][]int64{}}
}

// The judgements of requests.
const (
	judgedWaited   = "judged: a tracker that asks for time gets it"
	judgedBudget   = "judged: a write within the budget"
	judgedSpent    = "judged: a minute or an hour in which the budget was spent"
	judgedFresh    = "judged: a write after its trigger was read"
	judgedReopened = "judged: a reopening of what was read as closed"
	judgedIdle     = "judged: requests in silence"
)

// leaves judges a request of a living process at the moment it leaves.
func (w *world) leaves(e *engine, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.dead {
		return
	}
	who, now := signedInBy(r), time.Now()
	if t, told := w.asked.waits[who]; told {
		w.waited(t, e, r, now)
	}
	if issue := issueOf(r); issue != "" && r.Method == http.MethodGet {
		w.heededLocked(issue)
	}
	if isWrite(r) {
		w.asked.writes[who] = append(w.asked.writes[who], now)
	}
}

// waited judges a request after a tracker named a time. The caller holds the lock.
func (w *world) waited(t toldToWait, e *engine, r *http.Request, now time.Time) {
	if !now.Before(t.until) {
		delete(w.asked.waits, signedInBy(r))
		w.counts[judgedWaited]++
		return
	}
	const stored = 5 * time.Second
	if e != t.engine && (w.restored > 0 || w.Rates[CommitFails] > 0 || t.engine.died.Sub(t.at) < stored) {
		return // a backup does not know it, or it was killed before the time was stored
	}
	w.violatedLocked("L7", "%s %s%s is sent %s after the tracker asked for %s without requests", r.Method, tracker(r.URL.Host), r.URL.Path, now.Sub(t.at), t.until.Sub(t.at))
}

// arrives takes note of the answer to a request as conformd gets it.
func (w *world) arrives(e *engine, a *actor, r *http.Request, resp *http.Response) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.dead {
		return
	}
	now := time.Now()
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && (resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusForbidden) {
		until := now.Add(time.Duration(s) * time.Second)
		if who := signedInBy(r); until.After(w.asked.waits[who].until) {
			w.asked.waits[who] = toldToWait{now, until, e}
		}
	}
	if issue := issueOf(r); issue != "" && r.Method == http.MethodGet && resp.StatusCode == http.StatusOK {
		key := a.name + " " + issue
		w.asked.known[key] = w.asked.reading[key]
	}
}

// reaches notes how far the trackers' logs have come when a read arrives. Its answer is at
// least as new.
func (w *world) reaches(a *actor, r *http.Request) {
	issue := issueOf(r)
	if issue == "" || r.Method != http.MethodGet {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tideLocked()
	w.asked.reading[a.name+" "+issue] = len(w.tides) - 1
}

// shows notes that a request to a tracker, of any kind, may show conformd an issue as it is
// now. A request that names no issue may show all of its tracker. Before is how far the
// logs are.
func (w *world) shows(r *http.Request, before tide) {
	what := tracker(r.URL.Host)
	seq := before.of(what)
	if m := issuePath.FindStringSubmatch(r.URL.Path); m != nil {
		what = logName(r, m[1])
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked.shown[what] = append(w.asked.shown[what], seq)
}

// shownBetween reports whether conformd may have seen an issue after one touch of it and
// before a later one.
func (w *world) shownBetween(first, next touch) bool {
	between := func(seq int64) bool { return first.seq <= seq && seq < next.seq }
	return slices.ContainsFunc(w.asked.shown[first.issue], between) || slices.ContainsFunc(w.asked.shown[first.side], between)
}

// tookEffect takes note of a write to an issue that took effect. Before is how far the
// logs were when it reached its tracker.
func (w *world) tookEffect(a *actor, r *http.Request, before tide) {
	m := issuePath.FindStringSubmatch(r.URL.Path)
	if m == nil || !isWrite(r) || strings.Contains(r.URL.Path, "/comment") {
		return // a comment replaces nothing
	}
	s := sent{side: tracker(r.URL.Host), issue: logName(r, m[1]), from: before.of(tracker(r.URL.Host))}
	s.till = tide{w.trackers.Jira.Truth().Len(), w.trackers.GitHub.Truth().Len()}.of(s.side)
	w.mu.Lock()
	defer w.mu.Unlock()
	s.moment, s.read = w.asked.known[a.name+" "+s.issue]
	w.asked.sent = append(w.asked.sent, s)
}

// issueOf returns the issue that a request is about, if it is about the issue itself and
// nothing of it, as its tracker's log names it.
func issueOf(r *http.Request) string {
	m := issuePath.FindStringSubmatch(r.URL.Path)
	if m == nil || !strings.HasSuffix(r.URL.Path, "/"+m[1]) {
		return ""
	}
	return logName(r, m[1])
}

func logName(r *http.Request, id string) string {
	if tracker(r.URL.Host) == jira {
		return id
	}
	return rehearsal.Owner + "/" + rehearsal.Repo + "#" + id
}

// requested judges the requests of the whole simulation: E4 and the write budget.
func (p *picture) requested() {
	p.fresh()
	p.withinBudget()
}

// The most requests that a poll and a sweep take in silence for each page of a listing, and
// a sweep for each issue.
const (
	perPoll  = 2
	perSweep = 8
	perIssue = 3
)

// idle judges the requests of a time in which there was nothing to do. Polls and sweeps
// list the pages of their binding, and a sweep reads the issues that no listing shows any
// more.
func (w *world) idle(n int, d time.Duration) {
	polls := int(d/w.Poll) + 2
	sweeps := 0
	if w.sweeps() {
		sweeps = int(d/w.Sweep) + 2
	}
	pages, more := 1, 0
	if w.JiraPageSize > 0 {
		// The issue that changed last is in each listing, whose overlap begins there, and its
		// history is read again each time if it has more than one page.
		pages += (len(w.trackers.Jira.Snapshots()) + int(w.trackers.Jira.Truth().Len())) / w.JiraPageSize
	}
	if w.GitHubPageSize > 0 {
		// Two listings, of issues and of comments, each from before the last change on.
		for _, is := range w.trackers.GitHub.Issues() {
			more += 1 + len(is.Comments)
		}
		pages += more / w.GitHubPageSize
	}
	bindings := 2
	if w.Team {
		bindings++
	}
	if w.Second {
		bindings *= 2 // each engine looks at each
	}
	issues := len(w.trackers.Jira.Snapshots()) + len(w.trackers.GitHub.Issues())
	most := bindings * (pages*perPoll*polls + (pages*perSweep+perIssue*issues)*sweeps)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[judgedIdle]++
	if n > most {
		w.violatedLocked("L8", "%d requests within %s in which nothing happened, want %d at most", n, d, most)
	}
}

// fresh is E4: before conformd writes a value, it has read the issue directly, and since
// somebody gave that value elsewhere; and it moves an issue back that it has read as
// closed. Listings, searches and deliveries are not enough for either.
func (p *picture) fresh() {
	people := p.people()
	of := map[string]history{}
	for id, links := range p.links {
		for _, k := range links {
			_, issue := sideOf(k)
			of[issue] = p.histories[id]
		}
	}
	for _, s := range p.asked.sent {
		if !s.read {
			p.violated("E4", "%s %s is written without having been read", s.side, s.issue)
			continue
		}
		h := of[s.issue]
		for _, t := range p.ledger.touches[s.issue] {
			if t.bot() && t.side == s.side && t.seq > s.from && t.seq <= s.till {
				p.triggered(h, s, t, people)
			}
		}
		p.reopened(s)
	}
}

// triggered judges what one write made of one place.
func (p *picture) triggered(h history, s sent, t touch, people map[string]string) {
	if t.shape == set || t.field == register.FieldOwner || t.to.seen != clear {
		return // members are judged by S19; several triggers may be behind one write
	}
	given, first := false, len(p.tides)
	note := func(moment int) { given, first = true, min(first, moment) }
	for _, o := range h.touches {
		if o.elsewhere(t) && o.moment < t.moment && (o.gives(t.to, people) || t.to.empty() && o.empties()) {
			note(o.moment)
		}
	}
	for _, o := range h.said {
		if o.field == t.field && o.moment < t.moment && t.value(o.text, people) == t.value(t.to.text, people) {
			note(o.moment)
		}
	}
	if !given {
		return // S19 judges that
	}
	p.counts[judgedFresh]++
	if first > s.moment {
		p.violated("E4", "the issue was last read before somebody gave the value that conformd wrote: %s", t)
	}
}

// reopened judges a write that reopens an issue of GitHub.
func (p *picture) reopened(s sent) {
	if s.side != github {
		return
	}
	state := ""
	for _, c := range p.truth[github] {
		if c.Issue != s.issue || c.Field != "state" {
			continue
		}
		if c.Seq > s.from && c.Seq <= s.till && isBot(c.By) && strings.HasPrefix(c.To, "open") {
			p.counts[judgedReopened]++
			if state != "closed" {
				p.violated("E4", "%s is reopened, and it was %q when it was last read", s.issue, state)
			}
		}
		if p.moment(github, c.Seq) <= s.moment {
			state, _, _ = strings.Cut(c.To, "/")
		}
	}
}

// budget is how much may be written with a credential: in half of the seeds so little that
// records have to wait for it.
func (o Options) budget() binding.Limits {
	r := rand.New(rand.NewPCG(o.Seed, 0xb0d6)) //nolint:gosec // chance by seed is the point
	l := binding.Limits{PerMinute: 4 + r.IntN(6), PerHour: 60 + r.IntN(60)}
	if r.IntN(2) > 0 {
		l = binding.Limits{PerMinute: 1000, PerHour: 20000}
	}
	return l
}

// withinBudget judges that no minute and no hour has more writes than the budget of the
// credential. What leaves is counted on its way, where one write of conformd may take two
// requests, and as intents, where it is one.
func (p *picture) withinBudget() {
	if p.counts["clock set"] > 0 || p.restored > 0 {
		return // a minute by a clock that jumps is none, and a register that was set back has forgotten what it spent
	}
	limits := p.budget()
	spans := []struct {
		time.Duration
		most int
	}{{time.Minute, limits.PerMinute}, {time.Hour, limits.PerHour}}
	intents := map[string][]time.Time{}
	for _, s := range p.log {
		if s.Entry.Verb == audit.WriteIntent {
			intents[s.Entry.Origin.Binding] = append(intents[s.Entry.Origin.Binding], s.Entry.At)
		}
	}
	for _, x := range spans {
		for at, times := range intents {
			p.counts[judgedBudget] += len(times)
			n := mostWithin(times, x.Duration)
			if n > x.most {
				p.violated("L8", "%d writes to %s were intended within %s, and the budget is %d", n, at, x.Duration, x.most)
			}
			if n == x.most {
				p.counts[judgedSpent]++
			}
		}
		for at, times := range p.asked.writes {
			if n := mostWithin(times, x.Duration); n > 2*x.most {
				p.violated("L8", "%d writes were sent to %s within %s, and the budget is %d", n, at.side, x.Duration, x.most)
			}
		}
	}
}

// mostWithin returns how many of some times, in order, lie within a span at most.
func mostWithin(at []time.Time, span time.Duration) int {
	n, first := 0, 0
	for i := range at {
		for at[i].Sub(at[first]) >= span {
			first++
		}
		n = max(n, i-first+1)
	}
	return n
}

// sentSoFar counts the requests of the simulation.
func (w *world) sentSoFar() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.requests
}
