package cheats

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// began is the day 0 of every story.
var began = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// A play is a story as it goes on.
type play struct {
	story    Story
	policy   register.Policy // in force
	wanted   register.Policy // in the configuration, adopted or not
	rec      register.Record
	at       time.Time
	events   int
	last     map[string]string // the last decision of each person, by its event
	closed   time.Time         // when it was closed first
	refusals []register.Refusal
}

// run plays all steps of a story.
func (s Story) run(p register.Policy) (*play, error) {
	w := &play{story: s, policy: p, wanted: p, at: began, last: map[string]string{}}
	w.rec = register.Record{ID: "5f0c9e52-6d0b-4c53-9f5e-3a7c8e2d1b40", Ref: "NC-2026-0007", State: register.Reported, Recorded: began}.Clone()
	for _, x := range s.steps {
		if err := w.step(x); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// step plays one line, and looks again at what people asked for.
func (w *play) step(x step) error {
	if until, ok := strings.CutPrefix(x.line, "all goes as usual until it is "); ok {
		return w.usual(until)
	}
	if day := began.AddDate(0, 0, x.day); day.After(w.at) {
		w.at = day
	}
	w.at = w.at.Add(time.Second)
	if err := w.do(x.line); err != nil {
		return w.story.fault("%q: %w", x.line, err)
	}
	if w.rec.Requested != "" {
		w.decide(register.Move{To: w.rec.Requested})
	}
	if w.rec.State == register.Closed && w.closed.IsZero() {
		w.closed = w.rec.Closed
	}
	return nil
}

// usual plays the usual steps up to a state.
func (w *play) usual(until string) error {
	steps := usual()
	if !slices.ContainsFunc(steps, func(x usualStep) bool { return x.until == until }) {
		return w.story.fault("nothing is usual until it is %q", until)
	}
	for _, x := range steps {
		if err := w.step(x.step); err != nil {
			return err
		}
		if x.until == until {
			break
		}
	}
	return nil
}

// do plays one sentence.
func (w *play) do(line string) error {
	if line == "time goes by" {
		return nil
	}
	for _, x := range sentences {
		m := x.form.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		who := m[1]
		if _, known := w.story.people[who]; !known && who != "somebody" && who != "a stranger" && who != "the operator" {
			return fmt.Errorf("%s is none of the people", who)
		}
		return x.do(w, who, m[2:])
	}
	return fmt.Errorf("no story says it like that")
}

// author returns who it is that does something now; in an event of their own if it is a
// decision.
func (w *play) author(who string, event bool) register.Author {
	a := register.Author{Person: who, At: w.at, From: "tracker"}
	switch who {
	case "somebody":
		a.Person = ""
	case "a stranger":
		a.Person = "account:tracker:999"
	}
	if event {
		w.events++
		a.Event, a.How = fmt.Sprintf("tracker:%d", w.events), register.ByComment
	}
	return a
}

func (w *play) set(who string, f register.Field, value string) {
	w.decide(register.Propose{By: w.author(who, false), Field: f, Value: value})
}

func (w *play) judge(who string, s register.Subject, o register.Outcome, reason, refused string) {
	by := w.author(who, true)
	w.last[who] = by.Event
	w.decide(register.Judge{Approval: register.Approval{
		Event: by.Event, Subject: s, Outcome: o, By: by.Person, At: by.At, How: by.How, Reason: reason, Refused: refused,
	}})
}

// accept asks for an exception, or approves one.
func (w *play) accept(who, until, reason string) {
	by := w.author(who, true)
	w.last[who] = by.Event
	w.decide(register.Accept{By: by, Until: until, Reason: reason})
}

// decide asks the register, and takes in what it says.
func (w *play) decide(c register.Command) {
	facts, err := register.Decide(w.rec, c, w.context(), w.policy)
	w.rec = register.Replay(w.rec, facts)
	if refusal, ok := err.(register.Refusal); ok { //nolint:errorlint // Decide returns nothing else
		w.refusals = append(w.refusals, refusal)
	}
}

func (w *play) context() register.Context {
	records := maps.Clone(w.story.others)
	records[w.rec.Ref] = register.Other{ID: w.rec.ID, Ref: w.rec.Ref}
	return register.Context{At: w.at, People: w.story.people, Records: records, Similar: w.story.closed}
}
