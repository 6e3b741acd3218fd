package oscal

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/defenseunicorns/go-oscal/src/pkg/validation"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

func at(d int) time.Time { return time.Date(2027, 1, d, 9, 30, 0, 0, time.UTC) }

// full is a closed nonconformity with something of everything.
func full() register.Record {
	approval := func(event string, s register.Subject, o register.Outcome, by string, on int) register.Approval {
		return register.Approval{Event: event, Subject: s, Outcome: o, By: by, At: at(on), How: register.ByComment, Reason: "Seen.\nTwice."}
	}
	return register.Record{
		ID: "rec-1", Ref: "NC-2027-0001", State: register.Closed, Recorded: at(1), Confirmed: at(2), Contained: at(3), Done: at(10), Closed: at(28),
		Fields: map[register.Field]string{
			register.FieldTitle: "Leaver accounts stay enabled", register.FieldGrade: "major", register.FieldRisk: "high", register.FieldSource: "external_audit", register.FieldSourceRef: "SA-2026/F-01",
			register.FieldProblem: "Three accounts of leavers\nwere enabled.", register.FieldRequirements: "9.2.2\na.5.18", register.FieldIdentified: "2026-11-12", register.FieldDeadline: "2027-02-28",
			register.FieldEvidence: "- https://acme.example/list\n- Interview", register.FieldConsequences: "None.", register.FieldCorrection: "- Disabled\n- Told",
			register.FieldRootCause: "- Nobody owned it\n- Nobody noticed", register.FieldReporter: "irene",
			register.FieldActionPlan: "- [x] Name an owner @erik due:2027-01-08 cause:1 evidence:https://acme.example/owner\n- [ ] Remind @olga due:2027-01-09 cause:2", register.FieldCloseSummary: "Done.",
		},
		Approvals:  []register.Approval{approval("e1", register.SubjectTriage, register.Approved, "irene", 2), approval("e2", register.SubjectEffectiveness, register.Effective, "rita", 28), approval("e2", register.SubjectEffectiveness, register.Effective, "rita", 28)},
		Extensions: []register.Extension{{Milestone: register.MilestoneImplementation, Date: "2027-04-30", State: register.ExtensionApproved, DecidedBy: "irene", DecidedAt: at(5), Event: "e3", Reason: "Later."}},
		Dates:      []register.MilestoneDate{{Milestone: register.MilestoneImplementation, Date: "2027-03-31", Start: at(2)}},
		Sent:       []register.Sending{{To: "Body X", On: "2027-01-05", File: "the answer.html", SHA256: strings.Repeat("0a", 32), By: "irene", At: at(5), Event: "e7"}},
	}
}

// bare is a record of a kind and state about which nothing is known.
func bare(n int, kind register.Kind, state register.State) register.Record {
	return register.Record{ID: fmt.Sprint("bare-", n), Ref: fmt.Sprintf("X-2027-%04d", n), State: state, Recorded: at(1), Fields: map[register.Field]string{register.FieldKind: string(kind)}}
}

func kinds() []register.Kind {
	return []register.Kind{register.Nonconformity, register.PotentialNonconformity, register.Improvement, register.Observation}
}

func states() []register.State {
	return []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.Accepted, register.StateRejected}
}

// source is a register with records of every kind and state and with hostile texts.
func source(version string) Source {
	s := Source{Origin: "acme.example/register", Version: version, At: at(30), Entries: 345, Kinds: kinds()}
	names := present.Names{People: map[string]string{"irene": "Irene Ismail", "erik": "Erik Engel", "olga": " Olga\u200b Owens ", "rita": "Rita Review"}}
	add := func(r register.Record) {
		s.Records = append(s.Records, Record{Record: r, Names: names, Issues: []string{"https://github.com/acme/isms/issues/1", "", "no address"}})
	}
	add(full())
	for _, k := range kinds() {
		for _, st := range states() {
			add(bare(len(s.Records), k, st))
		}
	}
	asked := bare(900, register.Nonconformity, register.Analysis)
	asked.Acceptances = []register.Acceptance{{State: register.AcceptanceAsked}}
	add(asked)
	hostile := full()
	hostile.ID, hostile.Ref = "rec-2", " NC-2027-0002\n"
	for f, v := range hostile.Fields {
		if f != register.FieldIdentified && f != register.FieldDeadline {
			hostile.Fields[f] = " \n\t<b>\x1b[2J\u200b\xff" + v + "\u2028 \n "
		}
	}
	hostile.Sent[0].File = "../a b\n%zz.html"
	add(hostile)
	return s
}

func made(t *testing.T, s Source) Document {
	t.Helper()
	d, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The schemas of NIST take the document, in each version that is written.
func TestDocumentsAreValid(t *testing.T) {
	for _, version := range Versions() {
		b, err := made(t, source(version)).JSON()
		if err != nil {
			t.Fatal(err)
		}
		v, err := validation.NewValidator(b)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.GetSchemaVersion(); got != version || v.GetModelType() != "plan-of-action-and-milestones" {
			t.Errorf("the validator takes the document as a %s of %s, want a plan of %s", v.GetModelType(), got, version)
		}
		if err := v.Validate(); err != nil {
			result, _ := v.GetValidationResult()
			t.Errorf("%s: %v\n%+v", version, err, result.Errors)
		}
	}
}

// The schemas are really asked: they refuse what breaks them.
func TestTheSchemasRefuse(t *testing.T) {
	for name, spoil := range map[string]func(*Document){
		"an id of another version": func(d *Document) { d.POAM.UUID = "0190d2f2-7d3a-7c3b-8a52-3d1d0a1f6c01" },
		"a day without a time":     func(d *Document) { d.POAM.Metadata.LastModified = "2027-01-30" },
		"no items":                 func(d *Document) { d.POAM.Items = []Item{} },
	} {
		d := made(t, source("1.1.3"))
		spoil(&d)
		b, err := d.JSON()
		if err != nil {
			t.Fatal(err)
		}
		v, err := validation.NewValidator(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Validate(); err == nil {
			t.Errorf("the schema takes a document with %s", name)
		}
	}
}

// What the schemas let pass is found here.
func TestCheckFindsWhatTheSchemasDoNot(t *testing.T) {
	for want, spoil := range map[string]func(*POAM){
		`is "done"`:                     func(p *POAM) { p.Risks[0].Status = "done" },
		`is "halted"`:                   func(p *POAM) { p.Risks[0].Log.Entries[0].StatusChange = "halted" },
		`is "doing"`:                    func(p *POAM) { p.Risks[0].Remediations[0].Lifecycle = "doing" },
		"refers to r-9, which is":       func(p *POAM) { p.Items[0].Risks[0].UUID = "r-9" },
		"refers to o-9, which is":       func(p *POAM) { p.Items[0].Observations[0].UUID = "o-9" },
		"refers to p-9, which is":       func(p *POAM) { p.Risks[0].Log.Entries[0].LoggedBy[0].Party = "p-9" },
		"refers to a-9, which is":       func(p *POAM) { p.Risks[0].Characterizations[0].Origin.Actors[0].UUID = "a-9" },
		"refers to t-9, which is":       func(p *POAM) { p.Risks[0].Remediations[0].Tasks[0].Responsible[0].Parties[0] = "t-9" },
		"refers to boss, which is":      func(p *POAM) { p.Risks[0].Remediations[0].Tasks[0].Responsible[0].Role = "boss" },
		"have the id":                   func(p *POAM) { p.Items[1].UUID = p.Items[0].UUID },
		`the title of an item is " NC"`: func(p *POAM) { p.Items[0].Title = " NC" },
		"has several risks":             func(p *POAM) { p.Items[0].Risks = append(p.Items[0].Risks, p.Items[0].Risks[0]) },
		`the value ref is ""`:           func(p *POAM) { p.Items[0].Props[0].Value = "" },
		`is "LOOK"`:                     func(p *POAM) { p.Observations[0].Methods[0] = "LOOK" },
	} {
		d := made(t, source("1.1.3"))
		spoil(&d.POAM)
		if err := d.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("check() = %v, want an error with %q", err, want)
		}
	}
}

// A record is told with its state, dates, people and evidence.
func TestARecordIsTold(t *testing.T) {
	p := made(t, source("1.1.3")).POAM
	i, r, o := p.Items[0], p.Risks[0], p.Observations[0]
	if i.Title != "NC-2027-0001 Leaver accounts stay enabled" || len(i.Links) != 1 || !slices.Contains(i.Props, prop("requirement", "a.5.18")) || !slices.Contains(i.Props, prop("source-ref", "SA-2026/F-01")) {
		t.Errorf("the item is %+v", i)
	}
	if o.Methods[0] != "EXAMINE" || o.Collected != "2026-11-12T00:00:00Z" || len(o.Evidence) != 3 || o.Evidence[0].Href != "https://acme.example/list" {
		t.Errorf("the observation is %+v", o)
	}
	// The body's date is before the extended one.
	if r.Status != Closed || r.Deadline != "2027-02-28T23:59:59Z" || !strings.Contains(r.Statement, "Nobody noticed") || len(r.Mitigating) != 2 || len(r.Remediations) != 2 {
		t.Errorf("the risk is %+v", r)
	}
	if a := r.Remediations[0]; a.Lifecycle != "completed" || a.Tasks[0].Timing.Within.End != "2027-01-08T23:59:59Z" || len(a.Tasks[0].Responsible) != 1 {
		t.Errorf("the first action is %+v", a)
	}
	var says []string
	for _, e := range r.Log.Entries {
		says = append(says, fmt.Sprintf("%s %s %s", e.Start[8:10], e.Title, e.StatusChange))
	}
	want := []string{"01 recorded open", "02 confirmed investigating", "02 triage ", "03 correction stated ", "05 later date of implementation: 2027-04-30 ", "10 actions done ", "28 closed closed", "28 effectiveness review: effective ", "28 effectiveness review: effective "}
	if !slices.Equal(says, want) {
		t.Errorf("the log of the risk says %q, want %q", says, want)
	}
	if res := p.BackMatter.Resources[0].Links[0]; res.Href != "the%20answer.html" || res.Hashes[0].Value != strings.Repeat("0a", 32) {
		t.Errorf("the document that was sent is %+v", res)
	}
	byState := map[register.State]Status{
		register.Reported: Open, register.Analysis: Investigating, register.Planning: Remediating, register.Implementing: Remediating, register.Verifying: Remediating,
		register.Closed: Closed, register.Accepted: DeviationApproved,
	}
	for i, st := range states()[:7] {
		if got := p.Risks[1+i].Status; got != byState[st] {
			t.Errorf("in state %s the risk is %q, want %q", st, got, byState[st])
		}
	}
	if got := p.Risks[len(p.Risks)-2].Status; got != DeviationAsked {
		t.Errorf("while an exception is asked for the risk is %q", got)
	}
}

// Nonconformities alone go in unless other kinds are named, rejected records never do, and no
// record at all is no document.
func TestWhatGoesIn(t *testing.T) {
	s := source("1.1.3")
	s.Kinds = nil
	d := made(t, s)
	if n := len(d.POAM.Items); n != 10 || !strings.HasPrefix(d.POAM.Metadata.Remarks, "10 records as of ") || !strings.HasSuffix(d.POAM.Metadata.Remarks, "Left out: 4 rejected records, 21 records of another kind.") {
		t.Errorf("%d items: %s", n, d.POAM.Metadata.Remarks)
	}
	if len(d.POAM.Risks) != 10 {
		t.Errorf("%d risks of 10 items", len(d.POAM.Risks))
	}
	s.Records = slices.DeleteFunc(s.Records, func(r Record) bool { return r.Kind() == register.Nonconformity })
	if _, err := New(s); !errors.Is(err, ErrEmpty) {
		t.Errorf("New(no nonconformity) = %v, want ErrEmpty", err)
	}
}

// The same register gives the same bytes, and a later one the same ids of its records.
func TestDocumentsAreStable(t *testing.T) {
	json := func(s Source) string {
		b, err := made(t, s).JSON()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if first, again := json(source("1.1.3")), json(source("1.1.3")); first != again {
		t.Error("the same register gives two documents")
	}
	later := source("1.1.3")
	later.Entries++
	a, b := made(t, source("1.1.3")).POAM, made(t, later).POAM
	if a.UUID == b.UUID || a.Risks[0].UUID != b.Risks[0].UUID || a.SystemID != b.SystemID {
		t.Errorf("of a later register the document has the id %s after %s and the first risk %s after %s", b.UUID, a.UUID, b.Risks[0].UUID, a.Risks[0].UUID)
	}
}
