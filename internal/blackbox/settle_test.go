//go:build unix

package blackbox

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// calm is how long the daemon does not write, at least, and looks how often it looks at
	// each tracker meanwhile.
	calm, looks = 11 * time.Second, 2
	// again is when what failed for want of space is tried again at the latest.
	again = 16 * time.Second
)

// settle waits until nothing is left to do, as far as can be seen from outside.
func (l *lane) settle() {
	l.Helper()
	began := time.Now()
	last, wrote, from := l.writes(), began, l.looked()
	for {
		l.pause(time.Second)
		if n := l.writes(); n != last {
			last, wrote, from = n, time.Now(), l.looked()
		}
		var why []string
		now := l.looked()
		if rest := time.Since(wrote); rest < calm || now[0] < from[0]+looks || now[1] < from[1]+looks {
			why = append(why, fmt.Sprintf("the last write was %.0f s ago:\n%s", rest.Seconds(), l.lastWrites(3)))
		}
		if time.Since(began) > again && len(why) == 0 {
			p := l.look()
			if why = p.unsettled(*patient); len(why) == 0 {
				l.sum.add("seconds until settled", int(time.Since(began).Seconds()))
				l.waiting(p)
				return
			}
		}
		if time.Since(began) > patience() {
			l.Fatalf("L1: not settled %s after the last act:\n  %s\n%s", patience(), strings.Join(why, "\n  "), l.daemon.tail())
		}
	}
}

// waiting tells of the records that are left waiting.
func (l *lane) waiting(p *picture) {
	l.Helper()
	for _, r := range p.records {
		if r.Attention == "" {
			continue
		}
		l.Logf("%s waits: %s", r.Ref, r.Attention)
		if r.waits(lostCreate) {
			l.sum.add("records left waiting for a lost create", 1)
		} else {
			l.sum.add("records that wait for a person", 1)
		}
	}
}

// silence checks S6: nothing is written while nobody does anything, however often the
// daemon looks.
func (l *lane) silence() {
	l.Helper()
	before := l.writes()
	from := l.looked()
	l.within(lookMost, "the daemon looks twice at each tracker", func() bool {
		now := l.looked()
		return now[0] >= from[0]+looks && now[1] >= from[1]+looks
	})
	if n := l.writes() - before; n != 0 {
		l.Errorf("S6: %d writes in silence:\n%s", n, l.lastWrites(n))
	}
}

// looked counts how often the daemon looked at Jira and at GitHub.
func (l *lane) looked() (n [2]int) {
	l.Helper()
	n[0], _ = l.jira.looks()
	n[1], _ = l.github.looks()
	return n
}

func (l *lane) writes() int {
	l.Helper()
	_, a := l.jira.looks()
	_, b := l.github.looks()
	return a + b
}

// lastWrites shows the last requests of the daemon that may change something.
func (l *lane) lastWrites(n int) string {
	l.Helper()
	var all []string
	for _, t := range []*tracker{l.jira, l.github} {
		for _, r := range t.requests() {
			if r.By == bot && r.writes() {
				all = append(all, fmt.Sprintf("%s %s %s %s", clock(r.At), t.name, r.Method, r.Path))
			}
		}
	}
	slices.Sort(all)
	return strings.Join(all[max(0, len(all)-n):], "\n")
}
