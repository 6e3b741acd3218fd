package present

import (
	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Values says which values were entered for a record, and which figures a management review had before
// it, oldest first.
func Values(r register.Record, n Names) []string {
	var out []string
	for _, m := range r.Measurements {
		out = append(out, Measurement(m, n))
	}
	for _, x := range r.Figures {
		out = append(out, figures(x)+", frozen by "+n.Person(x.By))
	}
	return out
}

// Measurement says which value was entered: "2026-Q3: 97, target ≥ 95 %, met, entered by Irene Ismail on
// 2026-10-04".
func Measurement(m register.Measurement, n Names) string {
	out := measurement(m)
	if m.By != "" {
		out += ", entered by " + n.Person(m.By)
	}
	out += " on " + m.At.UTC().Format("2006-01-02")
	if m.Note != "" {
		out += ": " + line(m.Note)
	}
	return out
}

// measurement names a value without who entered it.
func measurement(m register.Measurement) string {
	out := line(m.Period) + ": "
	if m.Missed() {
		return out + "no value, " + line(m.Source) + " did not answer"
	}
	out += line(m.Value) + ", target " + line(m.Target)
	if m.Met {
		out += ", met"
	} else {
		out += ", missed"
	}
	if m.Source != register.FromPerson && m.Source != "" {
		out += ", from " + line(m.Source)
	}
	return out
}

// figures names the figures of a management review.
func figures(x register.Figures) string {
	return "figures of " + line(x.Period) + " as of " + x.AsOf.UTC().Format("2006-01-02 15:04:05") + " (SHA-256 " + line(x.Digest[:min(len(x.Digest), mostDigest)]) + "…)"
}

// tellMeasurement tells that a value was entered, or that its source did not answer.
func tellMeasurement(v *Event, e *audit.Entry) {
	m := register.MeasurementOf(after(e))
	v.What, v.Changes = "entered a value, "+measurement(m), nil
	if m.Missed() {
		v.What, v.Attention = "found no value of "+line(m.Period)+": "+line(m.Source)+" did not answer", true
	}
	v.Attention = v.Attention || !m.Met
}

// tellFigures tells which figures a management review has before it.
func tellFigures(v *Event, e *audit.Entry) {
	v.What, v.Changes = "froze the "+figures(register.FiguresOf(after(e))), nil
}

// after are the values that an entry shows, by the name of what changed.
func after(e *audit.Entry) map[string]string {
	told := map[string]string{}
	for _, c := range e.Changes {
		if c.After != nil {
			told[c.Field] = c.After.Value
		}
	}
	return told
}
