package register

import (
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register/wording"
)

// texts returns the rules about what a record says, beyond being there. They ask people to
// look again, and hold nothing back unless an organisation makes them.
func texts() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G21", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Should,
			Sentence: "Every text answers its question in words of its own",
		}, worded},
		{RuleInfo{
			ID: "G22", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Should,
			Sentence: "Dates stand in the order in which things happen",
		}, inOrder},
	}
}

// A demanded text and the fields that it does not repeat.
type demanded struct {
	field    Field
	explains bool
	refers   bool
	place    bool
	beside   []Field
}

func demandedTexts() []demanded {
	nature := []Field{FieldTitle, FieldProblem}
	return []demanded{
		{field: FieldTitle},
		{field: FieldProblem},
		{field: FieldRequirements, refers: true},
		{field: FieldLocation, refers: true, place: true},
		{field: FieldEvidence, refers: true},
		{field: FieldConsequences, beside: nature},
		{field: FieldCorrection, beside: nature},
		{field: FieldRootCause, explains: true, beside: []Field{FieldTitle, FieldProblem, FieldCorrection, FieldEvidence, FieldConsequences}},
		{field: FieldSimilarity, beside: nature},
		{field: FieldNoAction, beside: nature},
		{field: FieldCriteria, beside: nature},
		{field: FieldISMSChange, beside: nature},
		{field: FieldCloseSummary, beside: nature},
		{field: FieldRejectReason, beside: nature},
	}
}

// worded is G21.
func worded(r Record, _ Context) []Lack {
	var l lacks
	read := map[Field]wording.Text{}
	text := func(f Field) wording.Text {
		t, ok := read[f]
		if !ok {
			t = wording.Read(r.Fields[f])
			read[f] = t
		}
		return t
	}
	for _, d := range demandedTexts() {
		if !stated(r.Fields[d.field]) || d.field == FieldRootCause && causeFault(r) != "" {
			continue // another rule says so
		}
		w := wording.Demand{Explains: d.explains, Refers: d.refers, Place: d.place}
		for _, f := range d.beside {
			w.Beside = append(w.Beside, wording.Beside{Name: `"` + label(f) + `"`, Text: text(f)})
		}
		if what := text(d.field).Fault(w); what != "" {
			l.add(d.field, label(d.field)+" "+what)
		}
	}
	if n := whys(r); n > 0 && n < fewestWhys {
		l.add(FieldRootCause, label(FieldRootCause)+" asks why "+times(n)+"; with the five whys it takes three times at least")
	}
	for i, a := range r.AllActions() {
		if a.State != ActionDone || !stated(a.Evidence) {
			continue // another rule says so
		}
		if what := wording.Read(a.Evidence).Fault(wording.Demand{Refers: true}); what != "" {
			l.add(FieldActionPlan, "The evidence of action "+strconv.Itoa(i+1)+" "+what)
		}
	}
	if a, ok := lastReview(r); ok && stated(a.Reason) {
		if what := wording.Read(a.Reason).Fault(wording.Demand{}); what != "" {
			l.note(FieldReviewer, "The review "+what, anotherReview())
		}
	}
	return l
}

// fewestWhys is how often why is asked at least with the five whys.
const fewestWhys = 3

// whys counts the answers of a cause that was found by the five whys, 0 for another method.
func whys(r Record) int {
	if r.Fields[FieldCauseMethod] != "five_whys" {
		return 0
	}
	n := 0
	for line := range strings.Lines(r.Fields[FieldRootCause]) {
		if !empty(line) {
			n++
		}
	}
	return n
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return "twice"
}

// oldest is how long before it was filed a thing is identified at most without a doubt.
const oldest = 2 * 365 * 24 * time.Hour

// inOrder is G22.
func inOrder(r Record, _ Context) []Lack {
	var l lacks
	identified, known := date(r.Fields[FieldIdentified])
	if !known {
		return nil
	}
	if !r.Recorded.IsZero() && r.Recorded.Sub(identified) > oldest {
		l.add(FieldIdentified, label(FieldIdentified)+" is more than two years before the record was filed")
	}
	if d, ok := date(r.Fields[FieldReviewDue]); ok && d.Before(identified) {
		l.add(FieldReviewDue, label(FieldReviewDue)+" is before the date identified")
	}
	for i, a := range r.AllActions() {
		if d, ok := date(a.Due); ok && d.Before(identified) {
			l.add(FieldActionPlan, "Action "+strconv.Itoa(i+1)+" is due before the date identified")
		}
	}
	return l
}
