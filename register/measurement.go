package register

import (
	"slices"
	"strings"
	"time"
)

// A Measurement is one value of a measure, a control check or an objective (9.1), with the period that it is about
// and the time at which it was entered. Both are kept: a value that is entered late shows it.
type Measurement struct {
	Period string `json:"period"` // "2026-Q3", of the cadence of the record
	// Value is a decimal number, or an answer; "" where the source did not answer. It is never a
	// zero that nobody measured.
	Value string `json:"value,omitempty"`
	// Target is the target as it was when the value was entered, and Met whether the value meets it.
	Target string    `json:"target,omitempty"`
	Met    bool      `json:"met,omitempty"`
	Note   string    `json:"note,omitempty"` // what the person says of it, or why the source did not answer
	By     string    `json:"by,omitempty"`   // person id; "" for a source that conformd asked by itself
	At     time.Time `json:"at"`             // when it was entered, by the clock of the tracker where there is one
	// Source is where the value comes from: "person", or the source that was asked.
	Source string `json:"source"`
	// Digest is the SHA-256 of what the source answered, in hexadecimal; "" for a person.
	Digest string `json:"digest,omitempty"`
	Event  string `json:"event"` // identifies it
}

// FromPerson is the source of a value that a person entered.
const FromPerson = "person"

// Missed reports whether the source did not answer.
func (m Measurement) Missed() bool { return m.Value == "" }

// Enter enters a value of a measure, a control check or an objective for a period.
type Enter struct {
	By     Author
	Period string // as people write it; "" is the last one that is over and has no value
	Value  string // as people write it; "" says that the source did not answer
	Note   string // needed for a value that replaces another, and for none
	Source string // "" is FromPerson
	Digest string
}

func (c Enter) author() Author { return c.By }

// measurementChange is the name by which the log calls a value that was entered.
const measurementChange = "measurement"

// Changes are what the log shows of a measurement, by name.
func (m Measurement) Changes() [][2]string {
	out := [][2]string{{measurementChange + ".period", m.Period}, {measurementChange + ".value", m.Value}, {measurementChange + ".target", m.Target}, {measurementChange + ".source", m.Source}}
	if m.Digest != "" {
		out = append(out, [2]string{measurementChange + ".sha256", m.Digest})
	}
	return out
}

// MeasurementOf returns the measurement of which the log shows these changes, without who entered it.
func MeasurementOf(changes map[string]string) Measurement {
	m := Measurement{
		Period: changes[measurementChange+".period"], Value: changes[measurementChange+".value"], Target: changes[measurementChange+".target"],
		Source: changes[measurementChange+".source"], Digest: changes[measurementChange+".sha256"],
	}
	if t, err := ParseTarget(m.Target); err == nil {
		m.Met = m.Value != "" && t.Met(m.Value)
	}
	return m
}

// enterValue takes a value in. A value for a period that has one already is a correction: it needs a
// note, and both stay.
func (w *decision) enterValue(c Enter) Refusal {
	if slices.ContainsFunc(w.r.Measurements, func(m Measurement) bool { return c.By.Event != "" && m.Event == c.By.Event }) {
		return Refusal{} // taken in before
	}
	if x := w.refuseEntering(c); x != (Refusal{}) {
		return x
	}
	target, err := ParseTarget(w.r.Fields[FieldTarget])
	if err != nil {
		return Refusal{Rule: measuredRule, What: "the record has no target that can be read", Told: say("this record has no target yet; give it one, as in >= 95 %, before you enter a value")}
	}
	p, x := w.periodOf(c)
	if x != (Refusal{}) {
		return x
	}
	known, has := Measured(w.r, p.String())
	if has && asked(c.Source) {
		return Refusal{There: true, What: p.String() + " has the value " + known.Value + " already, and a source replaces none", Told: say("{{.Period}} has the value {{.Value}} already; only a person enters another one, with a reason", "Period", p.String(), "Value", known.Value)}
	}
	m := Measurement{Period: p.String(), Target: target.String(), Note: strings.TrimSpace(c.Note), By: c.By.Person, At: w.when(c.By), Source: c.Source, Digest: c.Digest, Event: c.By.Event}
	if m.Source == "" {
		m.Source = FromPerson
	}
	if c.Value != "" {
		if m.Value, err = target.Read(c.Value); err != nil {
			return Refusal{What: quote(c.Value) + " is no value of this record: " + err.Error(), Told: say("{{.Value}} is no value of this record, whose target is {{.Target}}", "Value", quoted(c.Value), "Target", target.String())}
		}
		m.Met = target.Met(m.Value)
	}
	if fault := unsaid(m.Note); has && m.Value != "" && fault != nil {
		return unexplained(c, known, fault)
	}
	f := c.By.fact(Fact{Kind: FactMeasured, Measurement: &m, Why: m.Note})
	f.At = m.At
	w.add(f)
	return Refusal{}
}

// unexplained refuses another value for a period whose reason has a fault.
func unexplained(c Enter, known Measurement, fault *Message) Refusal {
	x := Refusal{There: true, What: known.Period + " has the value " + known.Value + " already, and the new one has no reason"}
	switch {
	case stated(c.Note):
		x.Told = say("{{.Period}} has the value {{.Value}} already, and the reason for another one {{.What}}; say what was wrong: both stay in the register", "Period", known.Period, "Value", known.Value, "What", fault)
	case c.By.How == ByEdit:
		x.Told = say("{{.Period}} has the value {{.Value}} already; say on the line why another one is right, as in `{{.Period}}: 97 because …`: both stay in the register", "Period", known.Period, "Value", known.Value)
	default:
		x.Told = say("{{.Period}} has the value {{.Value}} already; say why another one is right, as in `/capa measure 97 period={{.Period}} because …`: both stay in the register", "Period", known.Period, "Value", known.Value)
	}
	return x
}

// asked reports whether a value comes from a source that conformd asked, and from no person.
func asked(source string) bool { return source != "" && source != FromPerson }

// refuseEntering judges who enters a value, and for which record.
func (w *decision) refuseEntering(c Enter) Refusal {
	asked := asked(c.Source)
	inName := !asked || c.By.Person != "" // a program enters what it measured in the name of a person
	switch {
	case !w.r.Kind().Measured():
		return Refusal{What: "no values are entered for " + article(w.r.Kind()), Told: say("values are entered for a measure, a control check or an objective, and this record is none")}
	case !asked && (c.By.Event == "" || c.By.Bot || c.By.How == ""):
		return Refusal{What: "it is not an attributable event", Told: say("enter the value with an account of your own")}
	case inName && !w.ctx.knows(c.By.Person):
		return w.stranger(c.By)
	case inName && auditor(c.By.Person, w.ctx):
		return Refusal{What: "an auditor enters no values", Told: say("an auditor changes nothing in the register")}
	case w.r.State.Ended():
		return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already", "State", w.r.State)}
	case w.r.State == Reported:
		return Refusal{Rule: takenInRule, What: "the record is not triaged", Told: say("this record is not triaged yet; ask {{.Roles}} to triage it, so that its target stands", "Roles", byRole(w.p.roleNames(ActTriage)))}
	case c.Value == "" && (!asked || c.Note == ""):
		return Refusal{What: "the value is empty", Told: say("say which value, as in `/capa measure 97 period=2026-Q3`")}
	}
	return Refusal{}
}

// periodOf reads the period of a value: one of the cadence of the record that has begun.
func (w *decision) periodOf(c Enter) (Period, Refusal) {
	cadence := Cadence(w.r.Fields[FieldCadence])
	at := w.when(c.By) // a comment that conformd reads late was entered when it was written
	now, known := cadence.Period(at)
	if !known {
		return Period{}, Refusal{Rule: measuredRule, What: "the record has no cadence", Told: say("this record has no cadence yet; say how often it is measured, as in quarterly")}
	}
	if strings.TrimSpace(c.Period) == "" {
		p := now.Before()
		m, has := Measured(w.r, p.String())
		switch {
		case has && c.By.How == ByEdit: // it may be meant for another value, or for the period that runs
			return p, Refusal{
				What: p.String() + " has the value " + m.Value + " already, and the line names no period",
				Told: say("{{.Period}} has the value {{.Value}} already; write the period on the line, as in `{{.Next}}: 97`", "Period", p.String(), "Value", m.Value, "Next", now.String()),
			}
		case has:
			p = now
		}
		return p, Refusal{}
	}
	p, err := ParsePeriod(c.Period)
	if err != nil {
		return Period{}, Refusal{What: err.Error(), Told: say("{{.Value}} is no period; this record is measured {{.Cadence}}, as in {{.Period}}", "Value", quoted(c.Period), "Cadence", term(string(cadence)), "Period", now.String())}
	}
	same, _ := cadence.Period(p.From)
	switch {
	case p != same:
		return Period{}, Refusal{What: p.String() + " is no period of a record that is measured " + string(cadence), Told: say("{{.Value}} is no period; this record is measured {{.Cadence}}, as in {{.Period}}", "Value", quoted(c.Period), "Cadence", term(string(cadence)), "Period", now.String())}
	case p.From.After(at):
		return Period{}, Refusal{What: p.String() + " has not begun", Told: say("{{.Period}} has not begun yet", "Period", p.String())}
	}
	return p, Refusal{}
}

// Measured returns the value that counts for a period: the last one that was entered.
func Measured(r Record, period string) (Measurement, bool) {
	for _, m := range slices.Backward(r.Measurements) {
		if m.Period == period && !m.Missed() {
			return m, true
		}
	}
	return Measurement{}, false
}

// Latest returns the value of the latest period that has one.
func Latest(r Record) (Measurement, bool) {
	var out Measurement
	var at Period
	for _, m := range r.Measurements {
		p, err := ParsePeriod(m.Period)
		if err == nil && !m.Missed() && !p.From.Before(at.From) {
			out, at = m, p
		}
	}
	return out, !at.To.IsZero()
}
