package notices_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// TestNobodyIsToldTwice moves dates, restarts the daemon, fails the mail server and restores
// backups. No person reads the same news of the same date twice, or any at night or on a weekend.
func TestNobodyIsToldTwice(t *testing.T) {
	restored, moved := 0, 0
	drawtest.Until(t, drawtest.Some{"a restore": &restored, "a date that moved": &moved}.Lacking, func(rt *rapid.T) {
		o := newOffice(t)
		records := []register.Record{o.record("A", register.Major, "2026-01-14"), o.record("B", register.Minor, "2026-01-20")}
		teller := o.teller()
		seen := map[string]int{}
		var backup string // the day of it
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			switch rapid.IntRange(0, 7).Draw(rt, "step") {
			case 0:
				teller = o.teller() // a restart
			case 1:
				i, to := rapid.IntRange(0, 1).Draw(rt, "record"), o.now.AddDate(0, 0, rapid.IntRange(-3, 20).Draw(rt, "days")).Format(time.DateOnly)
				records[i].Dates = []register.MilestoneDate{{Milestone: register.MilestoneImplementation, Date: to}}
				o.change(records[i])
				moved++
			case 2:
				o.box.rule = func(string) error { return fmt.Errorf("no room") }
			case 3:
				o.box.rule = nil
			case 4:
				backup = o.now.Format(time.DateOnly)
			case 5:
				if backup == "" {
					continue
				}
				o.restore(backup)
				teller, backup = o.teller(), ""
				restored++
			default:
				o.now = o.now.Add(time.Duration(rapid.IntRange(1, 200).Draw(rt, "hours")) * time.Hour)
			}
			if err := teller.Tell(t.Context()); err != nil {
				rt.Fatal(err)
			}
			for _, m := range o.box.taken() {
				if d := o.now.Weekday(); d == time.Saturday || d == time.Sunday || o.now.Hour() < 8 || o.now.Hour() >= 18 {
					rt.Errorf("told at %s", o.now)
				}
				for _, news := range m.news() {
					key := m.to + " " + news
					if seen[key]++; seen[key] > stages(news) {
						rt.Errorf("told %d times until %s: %s", seen[key], o.now.Format(time.DateOnly), key)
					}
				}
			}
		}
	})
}

// restore puts the messages back as a backup of a day had them.
func (o *office) restore(day string) {
	o.Helper()
	for _, q := range []string{"DELETE FROM notice WHERE message IN (SELECT id FROM message WHERE day > $1)", "DELETE FROM message WHERE day > $1"} {
		if _, err := o.store.DB().ExecContext(o.Context(), q, day); err != nil {
			o.Fatal(err)
		}
	}
	err := o.store.Write(o.Context(), func(tx *store.Tx) error {
		if _, err := tx.Rewind(o.Context(), []string{"gh"}, store.BrakeRestored, "restored"); err != nil {
			return err
		}
		return tx.Looked(o.Context(), "gh")
	})
	if err != nil {
		o.Fatal(err)
	}
}

// news returns the dates that a letter tells of, with their heading and without their distance.
func (l letter) news() []string {
	var out []string
	heading := ""
	for line := range strings.Lines(l.text) {
		switch line = strings.TrimRight(line, "\r\n"); {
		case strings.HasPrefix(line, "  NC-"):
			out = append(out, heading+until.FindString(line))
		case strings.HasSuffix(line, ":"):
			heading = line
		}
	}
	return out
}

// until matches a line up to the date.
var until = regexp.MustCompile(`^  NC-\d+-\d+ .* \d+-\d+-\d+`)

// stages is how often news may be told: a date comes in a week and tomorrow, and a major
// nonconformity, which is the first record, is escalated at once and after a month.
func stages(news string) int {
	if strings.HasPrefix(news, "To come") || strings.HasPrefix(news, "Escalated") && strings.Contains(news, "-0001 ") {
		return 2
	}
	return 1
}
