package cheats

import (
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/conformd/conformd/register"
)

// A sentence is a form that a line of a story may have.
type sentence struct {
	form *regexp.Regexp
	do   func(w *play, who string, m []string) error
}

var sentences = makeSentences() //nolint:gochecknoglobals // a constant

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
		if _, filed := w.rec.Fields[register.FieldReporter]; m[0] == "reports" && !filed {
			w.rec.Fields[register.FieldReporter] = w.author(who, false).Person
		}
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
		f, _ := register.FieldNamed(m[0])
		w.set(who, f, unfold(m[1]))
		return nil
	})
	add("empties "+field, func(w *play, who string, m []string) error {
		f, _ := register.FieldNamed(m[0])
		w.set(who, f, "")
		return nil
	})
	add("adds to "+field+" (.*)", func(w *play, who string, m []string) error {
		f, _ := register.FieldNamed(m[0])
		w.set(who, f, strings.TrimRight(w.rec.Fields[f], "\n")+unfold(m[1]))
		return nil
	})
	add(`replaces "(.*)" by "(.*)" in `+field, func(w *play, who string, m []string) error {
		f, _ := register.FieldNamed(m[2])
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
	add(`(adopts|declines) it(?:: (.*))?`, func(w *play, who string, m []string) error {
		w.judge(who, register.SubjectAdoption, map[string]register.Outcome{"adopts": register.Adopted, "declines": register.Declined}[m[0]], m[1], "")
		return nil
	})
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
		f, _ := register.FieldNamed(m[0])
		value := unfold(m[1])
		if value == "as proposed" {
			value = ""
		}
		w.decide(register.Determine{By: w.author(who, true), Field: f, Value: value, Reason: m[2]})
		return nil
	})
	add("asks to accept it until ([0-9-]+): (.*)", func(w *play, who string, m []string) error {
		w.accept(who, m[0], m[1])
		return nil
	})
	add("accepts it until ([0-9-]+): (.*)", func(w *play, who string, m []string) error {
		w.accept(who, m[0], m[1])
		return nil
	})
	add("(confirms|refuses) the recurrence of ([A-Z]+-[0-9]+-[0-9]+)(?:: (.*))?", func(w *play, who string, m []string) error {
		w.decide(register.AnswerRecurrence{By: w.author(who, true), Name: m[1], Again: m[0] == "confirms", Reason: m[2]})
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
	add("calls the organisation a small one", func(w *play, _ string, _ []string) error {
		w.wanted.SmallOrg = true
		return nil
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
