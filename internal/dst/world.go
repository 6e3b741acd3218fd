package dst

import (
	"fmt"
	"hash"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/register"
)

// A world is one simulation at work.
type world struct {
	Options
	dir      string // holds the data directory of each start of the engine
	template string // the data directory that each simulation begins with
	trackers *rehearsal.World
	began    time.Time

	mu        sync.Mutex // short; never held across a wait
	net       *rand.Rand
	hooks     *rand.Rand
	disk      *rand.Rand
	haste     *rand.Rand
	hasty     int           // edits in haste
	off       time.Duration // by which conformd's clock is wrong
	calm      bool          // no new faults, nobody acts
	calmSince time.Time
	fullUntil time.Time // no space on the disk
	steps     int
	killAt    []int
	backedUp  time.Time // when the backup was made, zero if there is none
	lost      int       // how often the disk was lost
	restored  int       // how often it took the register's place
	replaced  []string  // values that lay in conflicts of the register that was replaced
	killed    chan struct{}
	engine    *engine // nil while none runs
	starts    int64
	counts    map[string]int
	trace     hash.Hash64
	lines     []string
	verbose   bool
	found     []string
	gone      map[string]bool // issues of GitHub that were deleted
	edits     []edit
	reads     map[string]int64 // of issues in GitHub, by actor and path
	windows   []window
	requests  int
	inFlight  int      // requests under way
	deletes   []string // requests that destroy
	tides     []tide
	tidesAt   []time.Time            // when each was noted
	adopted   register.Policy        // the rules under which the first process began
	split     int                    // issues that the insider split off
	through   map[string]int         // steps in which records were seen through, by tracker
	hurt      map[string][][2]string // descriptions before and after damages, by issue
	accidents [][]bulkEdit           // what scripts did and nobody has looked at yet
	typed     []typed
	letGo     []letGo
	asked     asked
	probing   bool                 // latency is probed
	deaf      bool                 // and no delivery arrives
	hinted    map[string]time.Time // issues about which one was taken, and that were not read since
	lull      bool                 // days pass and nobody acts
	out       bool                 // see Options.Outage
	tokens    *rand.Rand
	tokenless time.Time // until when GitHub gives no tokens to apps
}

func newWorld(o Options, dir string, verbose bool) *world {
	stream := func(n uint64) *rand.Rand { return rand.New(rand.NewPCG(o.Seed, n)) } //nolint:gosec // chance by seed is the point
	return &world{
		Options: o, dir: dir, began: time.Now(), verbose: verbose,
		net: stream(1), hooks: stream(2), disk: stream(3), haste: stream(4), tokens: stream(10),
		killed: make(chan struct{}, 1), counts: map[string]int{}, reads: map[string]int64{}, gone: map[string]bool{}, hurt: map[string][][2]string{}, through: map[string]int{}, trace: fnv.New64a(), asked: newAsked(),
	}
}

// note adds a line to the trace.
func (w *world) note(who, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noteLocked(who, format, args...)
}

func (w *world) noteLocked(who, format string, args ...any) {
	w.tideLocked()
	line := fmt.Sprintf("%v %s %s", time.Since(w.began), who, fmt.Sprintf(format, args...))
	_, _ = w.trace.Write([]byte(line + "\n"))
	if w.verbose {
		w.lines = append(w.lines, line)
	}
}

// violated records that a property does not hold.
func (w *world) violated(property, format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violatedLocked(property, format, args...)
}

// violatedLocked is violated for those who hold the lock.
func (w *world) violatedLocked(property, format string, args ...any) {
	v := property + ": " + fmt.Sprintf(format, args...)
	w.noteLocked("check", "%s", v)
	w.found = append(w.found, v)
	if len(w.found) == enough && w.engine != nil {
		w.engine.dead = true // nothing restarts it: it might violate the property for ever
	}
}

// enough violations show that the engine is wrong.
const enough = 200

// draw decides whether a fault of a kind happens now.
func (w *world) draw(r *rand.Rand, k Kind) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := r.IntN(1000) // drawn in any case, so that a rate of zero shifts nothing
	if w.calm || n < 1000-w.Rates[k] {
		return false
	}
	w.counts[string(k)]++
	return true
}

// between draws a duration in whole milliseconds.
func (w *world) between(r *rand.Rand, least, most time.Duration) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return least + time.Duration(r.Int64N(int64((most-least)/time.Millisecond)+1))*time.Millisecond
}

func (w *world) isCalm() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.calm
}

// step is a point at which the process of e may be killed.
func (w *world) step(e *engine, point string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if e.dead {
		return
	}
	w.steps++
	if w.Backup > 0 && w.steps == w.Backup {
		w.backUp(e)
	}
	if w.calm || len(w.killAt) == 0 || w.steps < w.killAt[0] {
		return
	}
	w.killAt = w.killAt[1:]
	w.counts["kill"]++
	w.noteLocked("supervisor", "killed at step %d, %s", w.steps, point)
	e.kill()
	w.killed <- struct{}{}
}

// truth returns all that took effect in both trackers.
func (w *world) truth() []simkit.Change {
	return append(w.trackers.Jira.Truth().All(), w.trackers.GitHub.Truth().All()...)
}

// bot is the login of conformd in both trackers. A GitHub App has another one.
const (
	bot    = "conformd"
	appBot = bot + "[bot]"
)

// isBot reports whether a login is conformd's own.
func isBot(login string) bool { return login == bot || login == appBot }

// writes counts what conformd changed in the trackers.
func (w *world) writes() int {
	n := 0
	for _, c := range w.truth() {
		if isBot(c.By) {
			n++
		}
	}
	return n
}

func tracker(host string) string {
	if strings.HasSuffix(host, ":1") {
		return "jira"
	}
	return "github"
}
