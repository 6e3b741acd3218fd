//go:build unix

package blackbox

import (
	"math/rand/v2"
	"strings"
	"time"
)

// misfortune hits the daemon and its surroundings while people work.
func (l *lane) misfortune() {
	l.Helper()
	rng := rand.New(rand.NewPCG(l.seed, 2)) //nolint:gosec // a game
	var blows []func()
	add := func(n int, blow func()) {
		for range n {
			blows = append(blows, blow)
		}
	}
	add(l.options.Kills, func() {
		l.daemon.hit()
		l.sum.add("kills", 1)
	})
	add(l.options.Stops, func() {
		l.daemon.freeze(between(rng, 300*time.Millisecond, 2500*time.Millisecond))
		l.sum.add("stops", 1)
	})
	if l.options.Faults {
		add(8, func() { l.arm(rng) })
	}
	if l.options.Webhooks {
		add(5, func() { l.mail(rng) })
	}
	rng.Shuffle(len(blows), func(i, j int) { blows[i], blows[j] = blows[j], blows[i] })
	fullAt := rng.IntN(len(blows))
	for i, blow := range blows {
		l.pause(between(rng, 100*time.Millisecond, 1100*time.Millisecond))
		if i == fullAt && l.options.DiskFull {
			l.outOfSpace(rng)
		}
		blow()
		if i == len(blows)/2 {
			l.keepCheckpoint()
		}
		if l.Failed() {
			return
		}
	}
}

// outOfSpace fills the disk until the daemon has noticed, sometimes kills it then, and
// gives the space back.
func (l *lane) outOfSpace(rng *rand.Rand) {
	l.Helper()
	said := func() int {
		return strings.Count(l.daemonLog(), "disk is full") + strings.Count(l.daemonLog(), "no space left")
	}
	before := said()
	l.disk.fill()
	l.within(noticeMost, "the daemon notices that its disk is full", func() bool { return said() > before })
	if rng.IntN(2) == 0 {
		l.daemon.hit()
		l.sum.add("kills", 1)
		l.pause(between(rng, 0, 1500*time.Millisecond))
	}
	l.disk.free()
	l.sum.add("full disks", 1)
}

// A fault is what the control interface of a simulator takes.
type fault struct {
	Method string            `json:"method,omitempty"`
	Path   string            `json:"path,omitempty"`
	After  bool              `json:"after,omitempty"`
	Do     string            `json:"do"`
	Status int               `json:"status,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	Delay  string            `json:"delay,omitempty"`
	Times  int               `json:"times,omitempty"`
}

// arm lets some requests fail. That a create is lost on its way is among it only for
// who is patient: to make sure that an issue does not exist takes five minutes, and
// the kills bring it about now and then.
func (l *lane) arm(rng *rand.Rand) {
	l.Helper()
	t := []*tracker{l.jira, l.github}[rng.IntN(2)]
	f := []fault{{Do: "drop"}, {Do: "status", Status: 502}, {Do: "truncate"}, {Do: "garbage"}, {Do: "delay", Delay: "400ms"}}[rng.IntN(5)]
	f.Times = 1 + rng.IntN(3)
	switch rng.IntN(5) {
	case 0:
		f.Method = "GET"
	case 1:
		f = fault{Method: []string{"GET", "PUT", "PATCH"}[rng.IntN(3)], Do: "status", Status: 429, Header: map[string]string{"Retry-After": "1"}, Times: 2}
	case 2:
		f.Method, f.Path, f.After = "POST", "/issues?$", !*patient || rng.IntN(2) == 0
	case 3:
		f.Method, f.Path, f.After = "POST", "/(comments?|transitions)$", rng.IntN(2) == 0
	default:
		f.Method, f.Path, f.After = map[*tracker]string{l.jira: "PUT", l.github: "PATCH"}[t], "/issues?/", rng.IntN(3) > 0
	}
	t.control("faults", f)
	l.sum.add("faults", f.Times)
}

// mail makes webhooks unreliable.
func (l *lane) mail(rng *rand.Rand) {
	l.Helper()
	t := []*tracker{l.jira, l.github}[rng.IntN(2)]
	t.control("webhooks", []map[string]any{
		{"lose": 1 + rng.IntN(4)}, {"duplicate": 1 + rng.IntN(4)}, {"hold": true}, {"release": true, "reverse": true}, {"release": true},
	}[rng.IntN(5)])
	l.sum.add("faults of the mail", 1)
}

// recover ends all misfortune, and leaves what it has done.
func (l *lane) recover() {
	l.Helper()
	for _, t := range []*tracker{l.jira, l.github} {
		t.disarm()
		t.control("webhooks", map[string]any{"release": true, "lose": 0, "duplicate": 0})
	}
	l.keepCheckpoint()
}
