package register

import (
	"slices"
	"strings"
	"sync"

	"github.com/conformd/conformd/register/wording"
)

// A demanded text: a field, what it has to say, and for which state and kinds of record
// somebody asks for it.
type demanded struct {
	field  Field
	to     State
	kinds  []Kind
	demand wording.Demand
	beside []Field // that it does not repeat
}

func demandedTexts() []demanded {
	nature := []Field{FieldTitle, FieldProblem}
	refers := wording.Demand{Refers: true}
	return []demanded{
		{FieldTitle, Reported, allKinds(), wording.Demand{Short: true}, nil},
		{FieldProblem, Reported, allKinds(), wording.Demand{}, nil},
		{FieldRequirements, Analysis, causeKinds(), refers, nil},
		{FieldLocation, Analysis, causeKinds(), wording.Demand{Refers: true, Place: true}, nil},
		{FieldEvidence, Analysis, causeKinds(), refers, nil},
		{FieldBenefit, Planning, []Kind{Improvement}, wording.Demand{}, nature},
		{FieldEffect, Planning, []Kind{PotentialNonconformity}, wording.Demand{}, nature},
		{FieldConsequences, Planning, []Kind{Nonconformity}, wording.Demand{}, nature},
		{FieldCorrection, Planning, []Kind{Nonconformity}, wording.Demand{}, nature},
		{FieldRootCause, Implementing, causeKinds(), wording.Demand{Explains: true}, []Field{FieldTitle, FieldProblem, FieldCorrection, FieldEvidence, FieldConsequences}},
		{FieldNoAction, Implementing, workKinds(), wording.Demand{}, nature},
		{FieldCriteria, Implementing, workKinds(), wording.Demand{}, nature},
		{FieldSimilarity, Verifying, causeKinds(), wording.Demand{}, nature},
		{FieldISMSChange, Closed, workKinds(), wording.Demand{}, nature},
		{FieldCloseSummary, Closed, allKinds(), wording.Demand{}, nature},
		{FieldRejectReason, StateRejected, allKinds(), wording.Demand{}, nature},
	}
}

var (
	demandedTable = sync.OnceValue(demandedTexts) //nolint:gochecknoglobals // a constant
	found         memo[[]finding]                 //nolint:gochecknoglobals // the same for the same texts
	spoken        memo[wording.Finding]           //nolint:gochecknoglobals // the same for the same texts
)

// A finding is what is wrong with a text of a record.
type finding struct {
	demanded
	wording.Finding
}

// findings are those of the fields of r. They depend on the texts alone, and are made once
// for the same texts.
func findings(r Record) []finding {
	table := demandedTable()
	var key strings.Builder
	key.Grow(2048)
	for _, d := range table {
		key.WriteString(r.Fields[d.field])
		key.WriteByte(0)
	}
	return found.get(key.String(), func() []finding { return find(r, table) })
}

func find(r Record, table []demanded) []finding {
	read := map[Field]wording.Text{}
	for _, d := range table {
		read[d.field] = wording.Read(r.Fields[d.field])
	}
	var out []finding
	faulty := map[Field]bool{}
	for _, d := range table {
		w := d.demand
		for _, f := range d.beside {
			w.Beside = append(w.Beside, wording.Beside{Name: label(f), Text: read[f]})
		}
		if f := read[d.field].Judge(w); f.What != nil {
			out = append(out, finding{d, f})
			faulty[d.field] = true
		}
	}
	return append(out, copies(table, read, faulty)...)
}

// copies finds the same text under several headings. Twice may be an honest short answer,
// more often is none.
func copies(table []demanded, read map[Field]wording.Text, faulty map[Field]bool) []finding {
	const many = 3
	places := map[string][]demanded{}
	var order []string
	for _, d := range table {
		sum := read[d.field].Signature()
		if sum == "" || d.demand.Refers || d.demand.Short {
			continue
		}
		if places[sum] == nil {
			order = append(order, sum)
		}
		places[sum] = append(places[sum], d)
	}
	var out []finding
	for _, sum := range order {
		for _, d := range places[sum][1:] {
			if !faulty[d.field] {
				out = append(out, finding{d, wording.Finding{What: say(`is the same as "{{.Field}}"`, "Field", places[sum][0].field), Clear: len(places[sum]) >= many}})
			}
		}
	}
	return out
}

// judged judges a text that is no field of its own: the title or the evidence of an action,
// a reason. It is made once for the same text.
func judged(text string, d wording.Demand) wording.Finding {
	key := "text"
	switch {
	case d.Acts:
		key = "act"
	case d.Refers:
		key = "refers"
	}
	return spoken.get(key+" "+text, func() wording.Finding { return wording.Read(text).Judge(d) })
}

// unsaid says why a text that a person gave as a reason says nothing, nil if it says
// something, be it little. One function for all reasons: of a decision, a rejection, a
// review, a cancelled action.
func unsaid(text string) *Message {
	if !stated(text) {
		return say("says nothing")
	}
	if f := judged(text, wording.Demand{}); f.Clear {
		return f.What
	}
	return nil
}

// Unsaid says why a text that a person gives as a reason says nothing: "says nothing". It is "" if it says something.
func Unsaid(text string) string { return unsaid(text).String() }

// relied reports whether anything rests on a field: the reason for doing without an action
// counts where there is none.
func relied(r Record, f Field) bool {
	return f != FieldNoAction || !slices.ContainsFunc(r.AllActions(), func(a Action) bool { return a.State != ActionCancelled })
}
