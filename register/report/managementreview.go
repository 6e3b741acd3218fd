package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// ManagementReview is the report of a management review: what the register has for each of its inputs, what
// people said of it, the judgements and the decisions (9.3).
const ManagementReview Report = "management-review"

// reviewed reports whether a management review needs to know a record as a whole: those that plan and measure
// the ISMS, exceptions that stand, and improvements and prevention that are open.
func reviewed(q kpi.Question, l kpi.Line) bool {
	switch {
	case l.Kind == register.ManagementReview, l.Accepted && l.Exception != nil:
		return true
	case l.Kind.Evaluates():
		return !l.State.Ended() || q.In(l.Found) || slices.ContainsFunc(l.Closings, q.In)
	default:
		return (l.Kind == register.Improvement || l.Kind == register.PotentialNonconformity) && !l.State.Ended()
	}
}

// A Pack is everything that a management review has before it, as of a moment.
type Pack struct {
	kpi.Report
	Root   string          `json:"log_root"`
	Review register.Record `json:"review"`
	Inputs []Input         `json:"inputs"`
	// Judgements are those of top management, each apart.
	Judgements []Statement `json:"judgements"`
	Decisions  Table       `json:"decisions"`
	// Frozen says whether the figures are those that were frozen; "" while none are.
	Frozen string   `json:"frozen,omitempty"`
	Alerts []string `json:"alerts"`
	Blanks []string `json:"blanks"` // what keeps the review from being signed
	Signed string   `json:"signed,omitempty"`
	Held   string   `json:"held,omitempty"`
}

// An Input is one of the inputs of the standard: what people supplied, and what the register has for it.
type Input struct {
	Key string `json:"key"` // "d1"
	Statement
	// Figures are the ids of those that belong to it, in the order of the sheet.
	Figures []string `json:"figures"`
	Lists   []Table  `json:"lists"`
}

// A Statement is a text of the review under the requirement that it serves.
type Statement struct {
	Label       string `json:"label"`
	Requirement string `json:"requirement"` // key
	Text        string `json:"text"`        // "" while it is blank
	By          string `json:"by,omitempty"`
	Nothing     bool   `json:"nothing,omitempty"` // a person says that there is nothing to report
}

// inputFigures are the figures of each input (9.3.2).
func inputFigures() map[register.Field][]string {
	return map[register.Field][]string{
		register.FieldInputA:  {"K24"},
		register.FieldInputB:  {"K28"},
		register.FieldInputD1: {"K1", "K2", "K3", "K4", "K5", "K6", "K7", "K8", "K9", "K10", "K11", "K12", "K13", "K14", "K15", "K16", "K20", "K21", "K22", "K23", "K30", "K32"},
		register.FieldInputD2: {"K26", "K27", "K31"},
		register.FieldInputD3: {"K18"},
		register.FieldInputD4: {"K25"},
		register.FieldInputE:  {"K29"},
		register.FieldInputF:  {"K19"},
		register.FieldInputG:  {"K17"},
	}
}

// MakePack makes the pack of a review. The past is as of the moment of the figures; the review is as it is now.
// Named returns the name of a person for people.
func MakePack(review register.Record, figures kpi.Report, p Past, named func(id string) string) Pack {
	k := Pack{Report: figures, Root: p.Root, Review: review, Alerts: []string{}, Blanks: []string{}, Inputs: []Input{}}
	w := packer{p.Known, named, review, figures}
	for _, f := range register.ReviewInputs() {
		k.Inputs = append(k.Inputs, Input{Key: strings.TrimPrefix(string(f), "input_"), Statement: w.statement(f), Figures: inputFigures()[f], Lists: w.lists(f)})
	}
	for _, f := range register.Judgements() {
		k.Judgements = append(k.Judgements, w.statement(f))
	}
	k.Decisions = w.decisions("Decisions", []register.Record{review})
	if x, ok := register.Signature(review); ok {
		k.Signed = named(x.By) + " on " + day(x.At) + ": " + x.Reason
	}
	if on := review.Fields[register.FieldHeldOn]; on != "" {
		k.Held = on + ", attended by " + strings.ReplaceAll(review.Fields[register.FieldAttendees], "\n", ", ")
	}
	return k
}

// A packer fills a pack.
type packer struct {
	known   []Known
	named   func(string) string
	review  register.Record
	figures kpi.Report
}

func (w packer) statement(f register.Field) Statement {
	info, _ := register.Info(f)
	s := Statement{Label: info.Label, Requirement: info.Requirement, Text: strings.TrimSpace(w.review.Fields[f])}
	if by, ok := register.SuppliedBy(w.review, f); ok && s.Text != "" {
		s.By = w.named(by)
	}
	s.Nothing = register.Nothing(s.Text)
	return s
}

// of returns the records of some kinds for which keep holds, in the order of their numbers.
func (w packer) of(keep func(Known) bool, kinds ...register.Kind) []register.Record {
	var out []register.Record
	for _, k := range w.known {
		if slices.Contains(kinds, k.Record.Kind()) && k.Record.ID != w.review.ID && keep(k) {
			out = append(out, k.Record)
		}
	}
	slices.SortStableFunc(out, func(a, b register.Record) int { return cmp.Compare(a.Ref, b.Ref) })
	return out
}

// lists returns what the register has for an input beside figures.
func (w packer) lists(f register.Field) []Table {
	every := func(Known) bool { return true }
	open := func(k Known) bool { return !k.State.Ended() }
	feedback := func(k Known) bool { return register.Feedback(k.Record.Fields[register.FieldSignal]) }
	switch f {
	case register.FieldInputA:
		return []Table{w.decisions("Decisions of earlier reviews", w.of(func(k Known) bool { return k.State == register.Closed }, register.ManagementReview))}
	case register.FieldInputB:
		return []Table{w.signals("Risks and opportunities that emerged", w.of(func(k Known) bool { return !feedback(k) }, register.Signal))}
	case register.FieldInputD2:
		return []Table{w.measures("Measures and control checks", w.of(every, register.Measure, register.ControlCheck))}
	case register.FieldInputD3:
		return []Table{w.audits(w.of(every, register.Audit))}
	case register.FieldInputD4:
		return []Table{w.measures("Objectives", w.of(every, register.Objective))}
	case register.FieldInputE:
		return []Table{w.signals("Feedback", w.of(feedback, register.Signal))}
	case register.FieldInputF:
		return []Table{w.exceptions(), w.work("Potential nonconformities that are open", w.of(open, register.PotentialNonconformity))}
	case register.FieldInputG:
		return []Table{w.work("Improvements that are open", w.of(open, register.Improvement))}
	default:
		return []Table{}
	}
}

func (w packer) decisions(title string, reviews []register.Record) Table {
	t := Table{Title: title, None: "No decision.", Columns: []Column{{"Review", Date}, {"Type", Short}, {"Who", Short}, {"By", Date}, {"State", Short}, {"Decision", Long}}}
	for _, r := range reviews {
		for _, a := range r.AllActions() {
			t.add(r.Ref, spaced(string(a.Kind)), w.named(a.Assignee), a.Due, spaced(string(a.State)), a.Title)
		}
	}
	return t
}

func (w packer) signals(title string, all []register.Record) Table {
	t := Table{Title: title, None: "None.", Columns: []Column{{"Record", Date}, {"Type", Short}, {"Found", Date}, {"From", Short}, {"Became", Short}, {"Title", Name}, {"What it says", Long}, {"Why nothing is done", Long}}}
	for _, r := range all {
		became := string(r.State)
		if to, ok := register.PromotedTo(r); ok {
			became = spaced(string(to))
		} else if r.State == register.Closed {
			became = "nothing is done"
		}
		f := r.Fields
		t.add(r.Ref, spaced(f[register.FieldSignal]), f[register.FieldIdentified], f[register.FieldParty], became, f[register.FieldTitle], f[register.FieldStatement], f[register.FieldCloseSummary])
	}
	return t
}

func (w packer) measures(title string, all []register.Record) Table {
	t := Table{Title: title, None: "None.", Columns: []Column{{"Record", Date}, {"Owner", Short}, {"Target", Short}, {"Period", Date}, {"Value", Short}, {"Result", Short}, {"Due", Date}, {"Title", Name}, {"Note", Long}}}
	for _, r := range all {
		f := r.Fields
		row := func(m register.Measurement, result string) {
			t.add(r.Ref, w.named(f[register.FieldOwner]), f[register.FieldTarget], m.Period, m.Value, result, f[register.FieldDue], f[register.FieldTitle], m.Note)
		}
		entered := false
		for _, period := range w.periodsOf(r) {
			m, has := register.Measured(r, period)
			switch {
			case has && m.Met:
				row(m, "met")
			case has:
				row(m, "missed")
			default:
				row(register.Measurement{Period: period}, "no value")
			}
			entered = true
		}
		if !entered {
			row(register.Measurement{}, "nothing due")
		}
	}
	return t
}

// periodsOf are the periods of a record within the one of the review: those that are over, and those that
// have a value.
func (w packer) periodsOf(r register.Record) []string {
	q := w.figures.Period()
	within := func(p register.Period) bool { return p.From.Before(q.To) && p.To.After(q.From) }
	var out []register.Period
	for _, x := range register.Readings(r, w.figures.At) {
		if within(x.Period) {
			out = append(out, x.Period)
		}
	}
	for _, m := range r.Measurements {
		if p, err := register.ParsePeriod(m.Period); err == nil && within(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b register.Period) int { return a.From.Compare(b.From) })
	names := make([]string, len(out))
	for i, p := range out {
		names[i] = p.String()
	}
	return names
}

func (w packer) audits(all []register.Record) Table {
	t := Table{Title: "Audits", None: "None.", Columns: []Column{{"Record", Date}, {"Reference", Short}, {"Planned for", Date}, {"Held on", Date}, {"State", Short}, {"Findings", Count}, {"Title", Name}, {"Auditors", Long}, {"Conclusion", Long}}}
	for _, r := range all {
		f := r.Fields
		n := len(strings.FieldsFunc(f[register.FieldFindings], func(c rune) bool { return c == '\n' }))
		t.add(r.Ref, f[register.FieldSourceRef], f[register.FieldPlannedFor], f[register.FieldHeldOn], string(r.State), number(&n), f[register.FieldTitle],
			strings.ReplaceAll(f[register.FieldAuditors], "\n", ", "), f[register.FieldConclusion])
	}
	return t
}

func (w packer) exceptions() Table {
	t := Table{Title: "Exceptions that stand", None: "None.", Columns: []Column{{"Record", Date}, {"Grade", Short}, {"Risk", Short}, {"Owner", Short}, {"Until", Date}, {"Title", Name}, {"Justification", Long}}}
	for _, k := range w.known {
		if x, stands := register.StandingAcceptance(k.Record); stands {
			f := k.Record.Fields
			t.add(k.Record.Ref, f[register.FieldGrade], f[register.FieldRisk], w.named(f[register.FieldOwner]), x.Until, f[register.FieldTitle], x.Reason)
		}
	}
	return t
}

func (w packer) work(title string, all []register.Record) Table {
	t := Table{Title: title, None: "None.", Columns: []Column{{"Record", Date}, {"Driver", Short}, {"Owner", Short}, {"State", Short}, {"Found", Date}, {"Title", Name}}}
	for _, r := range all {
		f := r.Fields
		t.add(r.Ref, spaced(f[register.FieldDriver]), w.named(f[register.FieldOwner]), string(r.State), f[register.FieldIdentified], f[register.FieldTitle])
	}
	return t
}

func spaced(s string) string { return strings.ReplaceAll(s, "_", " ") }
