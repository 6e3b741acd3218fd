package cheats

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
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

// A sentence is a form that a line of a story may have.
type sentence struct {
	form *regexp.Regexp
	do   func(w *play, who string, m []string) error
}

var sentences = makeSentences() //nolint:gochecknoglobals // a constant

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

func makeSentences() []sentence {
	var out []sentence
	add := func(form string, do func(w *play, who string, m []string) error) {
		out = append(out, sentence{regexp.MustCompile("^(somebody|a stranger|the operator|[a-z]+) " + form + "$"), do})
	}
	field := "(" + strings.Join(labels(), "|") + ")"
	addEdits(add, field)
	addDecisions(add, field)
	addRules(add)
	return out
}

type adder func(form string, do func(w *play, who string, m []string) error)

// addEdits adds what people do to the text of an issue.
func addEdits(add adder, field string) {
	add("(reports|analyses|plans|sums) it(?: up)?", func(w *play, who string, m []string) error {
		for _, f := range stages()[m[0]] {
			if v := w.story.fields[f]; v != "" {
				w.set(who, f, v)
			}
		}
		return nil
	})
	add("finishes the actions(?: with evidence:(.*))?", func(w *play, who string, m []string) error {
		evidence := m[0]
		if evidence == "" {
			evidence = "https://git.acme.example/it/pull/12"
		}
		lines := strings.Split(strings.TrimSpace(w.rec.Fields[register.FieldActionPlan]), "\n")
		for i, line := range lines {
			if open, ok := strings.CutPrefix(line, "- [ ] "); ok && !strings.Contains(line, "cancelled:") {
				lines[i] = "- [x] " + open + " evidence:" + evidence
			}
		}
		w.set(who, register.FieldActionPlan, strings.Join(lines, "\n"))
		return nil
	})
	add("sets "+field+" to (.*)", func(w *play, who string, m []string) error {
		f, _ := fieldNamed(m[0])
		w.set(who, f, unfold(m[1]))
		return nil
	})
	add("empties "+field, func(w *play, who string, m []string) error {
		f, _ := fieldNamed(m[0])
		w.set(who, f, "")
		return nil
	})
	add("adds to "+field+" (.*)", func(w *play, who string, m []string) error {
		f, _ := fieldNamed(m[0])
		w.set(who, f, strings.TrimRight(w.rec.Fields[f], "\n")+unfold(m[1]))
		return nil
	})
	add(`replaces "(.*)" by "(.*)" in `+field, func(w *play, who string, m []string) error {
		f, _ := fieldNamed(m[2])
		before := w.rec.Fields[f]
		after := strings.ReplaceAll(before, unfold(m[0]), unfold(m[1]))
		if before == after {
			return fmt.Errorf("%q does not stand there", m[0])
		}
		w.set(who, f, after)
		return nil
	})
}

// addDecisions adds what people decide.
func addDecisions(add adder, field string) {
	judge := func(form string, subject register.Subject, outcome register.Outcome) {
		add(form+"(?:: (.*))?", func(w *play, who string, m []string) error {
			w.judge(who, subject, outcome, m[0], "")
			return nil
		})
	}
	judge("triages it", register.SubjectTriage, register.Approved)
	judge("approves the plan", register.SubjectPlan, register.Approved)
	judge("rejects it", register.SubjectRejection, register.Rejected)
	judge("reopens it", register.SubjectReopening, register.Approved)
	for _, o := range []register.Outcome{register.Effective, register.Partially, register.Ineffective} {
		judge("reviews it "+string(o), register.SubjectEffectiveness, o)
	}
	add(`turns a comment of ([a-z]+) into the review (effective|partially|ineffective): (.*)`, func(w *play, who string, m []string) error {
		w.judge(m[0], register.SubjectEffectiveness, register.Outcome(m[1]), m[2], "the comment was edited by "+who)
		return nil
	})
	add(`edits the last command of ([a-z]+)`, func(w *play, who string, m []string) error {
		w.decide(register.Retract{By: w.author(who, true), Event: w.last[m[0]], Why: "the comment was edited"})
		return nil
	})
	add("decides that "+field+" is (.*?)(?: because (.*))?", func(w *play, who string, m []string) error {
		f, _ := fieldNamed(m[0])
		value := unfold(m[1])
		if value == "as proposed" {
			value = ""
		}
		w.decide(register.Determine{By: w.author(who, true), Field: f, Value: value, Reason: m[2]})
		return nil
	})
	add("moves it to ([a-z]+)", func(w *play, who string, m []string) error {
		if !register.State(m[0]).Valid() {
			return fmt.Errorf("%s is no state", m[0])
		}
		w.decide(register.Move{By: w.author(who, who != "somebody"), To: register.State(m[0])})
		return nil
	})
}

// addRules adds what whoever runs the program does to its configuration. What nobody has
// adopted is not in force.
func addRules(add adder) {
	add("sets the waiting time of ([a-z]+) to ([0-9]+) days", func(w *play, _ string, m []string) error {
		days, err := strconv.Atoi(m[1])
		if err != nil {
			return err
		}
		w.wanted.WaitDays = maps.Clone(w.wanted.WaitDays)
		w.wanted.WaitDays[register.Grade(m[0])] = days
		return nil
	})
	add("switches (G[0-9]+) (on|off)", func(w *play, _ string, m []string) error {
		p, err := w.wanted.With(m[0], m[1] == "on", "")
		w.wanted = p
		return err
	})
	add("makes (G[0-9]+) a (must|should)", func(w *play, _ string, m []string) error {
		p, err := w.wanted.With(m[0], true, register.Severity(m[1]))
		w.wanted = p
		return err
	})
	add("adopts the rules", func(w *play, _ string, _ []string) error {
		w.policy = w.wanted
		return nil
	})
	add("restarts the program", func(w *play, _ string, _ []string) error {
		w.decide(register.Move{To: w.rec.State})
		return nil
	})
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
	records[w.rec.Ref] = true
	return register.Context{At: w.at, People: w.story.people, Records: records}
}
