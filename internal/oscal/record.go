package oscal

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// A writer writes one record.
type writer struct {
	Record
	parties *parties
	origin  string
}

// id is the id of a part of the record.
func (w *writer) id(part string) string { return id(w.ID, part) }

func (w *writer) observation() Observation {
	o := Observation{
		UUID: w.id("observation"), Title: line(w.Ref), Description: stated(w.Fields[register.FieldProblem]),
		Methods: []string{method(w.Fields[register.FieldSource])}, Types: []string{"finding"}, Collected: moment(w.Recorded),
	}
	if d := w.Fields[register.FieldIdentified]; endOf(d) != "" {
		o.Collected = d + "T00:00:00Z"
	}
	for _, e := range w.Evidence() {
		o.Evidence = append(o.Evidence, Relevant{Href: address(e.URI), Description: cmp.Or(text(e.URI+e.Text), "Evidence "+line(e.ID))})
	}
	return o
}

// method says how somebody came to see it, by the source of the record.
func method(source string) string {
	switch source {
	case "internal_audit", externalAudit, "management_review", "risk_assessment":
		return "EXAMINE"
	case "customer_feedback", "supplier":
		return "INTERVIEW"
	case "monitoring", "incident":
		return "TEST"
	default:
		return "UNKNOWN"
	}
}

const externalAudit = "external_audit"

// address returns an address on the web, "" for another text.
func address(s string) string {
	u, err := url.Parse(strings.TrimSpace(s))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return u.String()
}

func (w *writer) item(o Observation) Item {
	i := Item{
		UUID: w.id("item"), Title: line(w.Ref + " " + w.Fields[register.FieldTitle]), Description: stated(w.Fields[register.FieldProblem]),
		Observations: []ToObservation{{o.UUID}},
		Props:        []Prop{prop("ref", w.Ref), prop("kind", string(w.Kind())), prop("lifecycle-state", string(w.State))},
	}
	for _, p := range []struct {
		name  string
		field register.Field
	}{
		{"grade", register.FieldGrade}, {"risk", register.FieldRisk}, {"source", register.FieldSource}, {"source-ref", register.FieldSourceRef}, {"external-deadline", register.FieldDeadline},
	} {
		if v := line(w.Fields[p.field]); v != "" {
			i.Props = append(i.Props, prop(p.name, v))
		}
	}
	for ref := range strings.SplitSeq(w.Fields[register.FieldRequirements], "\n") {
		if v := line(ref); v != "" {
			i.Props = append(i.Props, prop("requirement", v))
		}
	}
	for _, x := range w.Issues {
		if a := address(x); a != "" {
			i.Links = append(i.Links, Link{a, "reference"})
		}
	}
	return i
}

func (w *writer) risk(o Observation) Risk {
	r := Risk{
		UUID: w.id("risk"), Title: line(w.Ref + " " + w.Fields[register.FieldTitle]), Description: stated(cmp.Or(w.Fields[register.FieldConsequences], w.Fields[register.FieldEffect])),
		Statement: stated(w.Fields[register.FieldRootCause]), Status: w.status(), Deadline: w.deadline(), Observations: []ToObservation{{o.UUID}}, Log: w.log(),
	}
	var facets []Facet
	for _, f := range []struct {
		name  string
		field register.Field
	}{{"grade", register.FieldGrade}, {"risk", register.FieldRisk}, {"likelihood", register.FieldLikelihood}} {
		if v := line(w.Fields[f.field]); v != "" {
			facets = append(facets, Facet{f.name, NS, v})
		}
	}
	if len(facets) > 0 {
		r.Characterizations = []Characterization{{Origin{[]Actor{{"party", w.parties.person(w.triagedBy(), w.Names)}}}, facets}}
	}
	for _, c := range w.Corrections() {
		r.Mitigating = append(r.Mitigating, Mitigating{w.id("correction " + c.ID), stated(c.Text)})
	}
	for _, a := range w.AllActions() {
		r.Remediations = append(r.Remediations, w.action(a))
	}
	return r
}

func (w *writer) triagedBy() string {
	for _, a := range slices.Backward(w.Approvals) {
		if a.Subject == register.SubjectTriage && a.Counts() {
			return a.By
		}
	}
	return ""
}

// status is where the treatment stands, by the state of the record.
func (w *writer) status() Status {
	if _, asked := register.AskedAcceptance(w.Record.Record); asked {
		return DeviationAsked
	}
	switch w.State {
	case register.Analysis:
		return Investigating
	case register.Planning, register.Implementing, register.Verifying:
		return Remediating
	case register.Accepted:
		return DeviationApproved
	case register.Closed:
		return Closed
	default:
		return Open
	}
}

// deadline is by when the actions are due: the present date of the milestone, or the date of
// the certification body or of the issue where there is none.
func (w *writer) deadline() string {
	for _, d := range register.Deadlines(w.Record.Record, w.Recorded) {
		if d.Milestone == register.MilestoneImplementation {
			return endOf(d.Present)
		}
	}
	return cmp.Or(endOf(w.Fields[register.FieldDeadline]), endOf(w.Fields[register.FieldDue]))
}

func (w *writer) action(a register.Action) Response {
	out := Response{
		UUID: w.id("action " + a.ID), Lifecycle: "recommendation", Title: cmp.Or(line(a.Title), "Action "+line(a.ID)), Description: "Action " + line(a.ID),
		Props: []Prop{prop("action-state", string(a.State))},
	}
	switch {
	case a.State == register.ActionDone:
		out.Lifecycle = "completed"
	case a.State != register.ActionCancelled && w.State.Rank() >= register.Implementing.Rank():
		out.Lifecycle = "planned"
	}
	if a.Kind != "" {
		out.Props = append(out.Props, prop("action-kind", string(a.Kind)))
	}
	if v := line(a.Addressed()); v != "" {
		out.Description += ", for " + v
	}
	if v := text(a.Evidence); v != "" {
		out.Description += ". Evidence: " + v
	}
	if v := text(a.Reason); v != "" {
		out.Description += ". Cancelled: " + v
	}
	t := Task{UUID: w.id("task " + a.ID), Type: "milestone", Title: out.Title}
	if end := endOf(a.Due); end != "" {
		t.Timing = &Timing{Range{min(moment(w.Recorded), end), end}}
	}
	if a.Assignee != "" {
		t.Responsible = []ResponsibleRole{{roleAssignee, []string{w.parties.person(a.Assignee, w.Names)}}}
	}
	if t.Timing != nil || t.Responsible != nil {
		out.Tasks = []Task{t}
	}
	return out
}

// log is what happened: the steps that have a time of their own, the decisions that count, and
// later dates.
func (w *writer) log() *RiskLog {
	var out []LogEntry
	add := func(key, title, why, who string, at time.Time, s Status) {
		if at.IsZero() {
			return
		}
		e := LogEntry{UUID: w.id("log " + key), Title: line(title), Description: text(why), Start: moment(at), StatusChange: s}
		if who != "" {
			e.LoggedBy = []LoggedBy{{w.parties.person(who, w.Names)}}
		}
		out = append(out, e)
	}
	add("recorded", "recorded", "", w.Fields[register.FieldReporter], w.Recorded, Open)
	add("confirmed", "confirmed", "", "", w.Confirmed, Investigating)
	add("contained", "correction stated", "", "", w.Contained, "")
	add("done", "actions done", "", "", w.Done, "")
	if w.State == register.Closed {
		add("closed", "closed", w.Fields[register.FieldCloseSummary], "", w.Closed, Closed)
	}
	for i, a := range w.Approvals { // which are only appended to
		if a.Counts() {
			add(fmt.Sprint("approval ", i, " ", a.Event), present.Decision(a), a.Reason, a.By, a.At, "")
		}
	}
	for i, e := range w.Extensions {
		if e.State == register.ExtensionApproved {
			add(fmt.Sprint("extension ", i, " ", e.Event), "later date of "+e.Milestone.Words()+": "+e.Date, e.Reason, e.DecidedBy, e.DecidedAt, "")
		}
	}
	slices.SortStableFunc(out, func(a, b LogEntry) int { return cmp.Compare(a.Start, b.Start) })
	if len(out) == 0 {
		return nil
	}
	return &RiskLog{out}
}

// resources are the documents that were sent about the record, by their digests.
func (w *writer) resources() []Resource {
	var out []Resource
	for i, s := range w.Sent {
		name := line(s.File)
		if name == "" || s.SHA256 == "" {
			continue
		}
		out = append(out, Resource{
			UUID: w.id(fmt.Sprint("sent ", i, " ", s.Event)), Title: line(w.Ref + ", sent to " + s.To + " on " + s.On),
			Links: []RLink{{url.PathEscape(name), []Hash{{"SHA-256", s.SHA256}}}},
		})
	}
	return out
}
