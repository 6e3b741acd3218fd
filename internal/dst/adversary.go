package dst

import "time"

// mine is the number that the adversary puts in place of the register's.
const mine = "MINE-1"

// adversary undoes what conformd does: it takes the register's number for its own,
// closes what was reopened, and takes labels off. On a slow day it is slow, too.
func (w *world) adversary() {
	a := &actor{adversaryID, "adversary"}
	for {
		a.sleep(max(20*time.Second, w.Think/3))
		if w.isCalm() {
			return
		}
		for _, is := range w.trackers.Jira.Snapshots() {
			if is.Fields["Register no."] != mine && is.Fields["Register no."] != "" {
				err := w.trackers.Jira.Person("olga").Edit(is.Key, map[string]any{"Register no.": mine})
				w.note(a.name, "number of %s: %v", is.Key, err == nil)
			}
		}
		for _, is := range w.trackers.GitHub.Issues() {
			for _, l := range is.Labels {
				if l == "conformd:held" {
					err := w.trackers.GitHub.As("olga").Unlabel(is.Number, l)
					w.note(a.name, "label of %d: %v", is.Number, err == nil)
				}
			}
		}
	}
}
