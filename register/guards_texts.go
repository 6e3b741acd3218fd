package register

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register/wording"
)

// texts returns the rules about what a record says, beyond being there. What says nothing
// beyond doubt is held; what is doubtful is shown, and a person decides.
func texts() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G21", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Must,
			Sentence: "Every text that a state asks for says something",
		}, worded},
		{RuleInfo{
			ID: "G22", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Should,
			Sentence: "Dates stand in the order in which things happen",
		}, inOrder},
		{RuleInfo{
			ID: "G23", Requirement: "nc.rec_nature", To: Reported, Kinds: allKinds(), Severity: Should,
			Sentence: "Every text answers its question in words of its own; whoever lets a doubtful one stand says why",
		}, doubtful},
	}
}

// worded is G21.
func worded(r Record, ctx Context) []Lack { return said(r, ctx, true) }

// doubtful is G23.
func doubtful(r Record, ctx Context) []Lack { return said(r, ctx, false) }

// said returns what is wrong with the texts that ctx.to asks for: the clear cases, or the
// doubtful ones. A text that nobody asks for is never more than doubtful.
func said(r Record, ctx Context, clear bool) []Lack {
	var l lacks
	for _, f := range findings(r) {
		asked := slices.Contains(f.kinds, r.Kind())
		if (f.Clear && asked) != clear || !asks(ctx.to, f.to) || !stated(r.Fields[f.field]) || !relied(r, f.field) {
			continue // what is not stated, another rule calls missing
		}
		if f.field == FieldRootCause && causeFault(r) != nil || f.field == FieldRejectReason && f.Clear {
			continue // G07 and G04 say so
		}
		l.add(f.field, "{{.Field}} {{.Fault}}", "Fault", f.What)
	}
	if ctx.to == StateRejected {
		return append(l, rejectionWords(r, clear)...)
	}
	l = append(l, actionWords(r, ctx, clear)...)
	if n := whys(r); !clear && asks(ctx.to, Implementing) && n > 0 && n < fewestWhys {
		l.add(FieldRootCause, "{{.Field}} asks why {{.Times}}; with the five whys it takes three times at least", "Times", term(times(n)))
	}
	if a, ok := lastReview(r); ok && asks(ctx.to, Closed) && stated(a.Reason) && !clear {
		if f := reviewWords(r, a); f.What != nil && !f.Clear {
			l.note(FieldReviewer, say("The review {{.Fault}}", "Fault", f.What), anotherReview())
		}
	}
	return l
}

// asks reports whether a record needs for a state what the rules of another state ask for.
func asks(to, by State) bool {
	if to == StateRejected || by == StateRejected {
		return to == by
	}
	return by.Rank() <= to.Rank()
}

// actionWords judges the titles of the actions and the evidence that they are done.
func actionWords(r Record, ctx Context, clear bool) []Lack {
	var l lacks
	held := slices.Contains(workKinds(), r.Kind())
	add := func(f wording.Finding, name *Message) {
		if f.What != nil && (f.Clear && held) == clear {
			l.add(FieldActionPlan, "{{.Action}} {{.Fault}}", "Action", name, "Fault", f.What)
		}
	}
	live := 0
	for i, a := range r.AllActions() {
		n := strconv.Itoa(i + 1)
		switch {
		case a.State == ActionCancelled && asks(ctx.to, Verifying) && stated(a.Reason):
			add(judged(a.Reason, wording.Demand{}), say("The reason why action {{.Number}} was cancelled", "Number", n))
		case a.State != ActionCancelled && asks(ctx.to, Implementing):
			live++
			add(judged(a.Title, wording.Demand{Acts: true, Short: true}), say("Action {{.Number}}", "Number", n))
		}
		if a.State == ActionDone && asks(ctx.to, Verifying) && stated(a.Evidence) {
			add(judged(a.Evidence, wording.Demand{Refers: true}), say("The evidence of action {{.Number}}", "Number", n))
		}
	}
	if n := len(r.Causes()); live == 1 && n >= manyCauses && !clear {
		l.add(FieldActionPlan, "One action answers all {{.Number}} root causes", "Number", n)
	}
	return l
}

// manyCauses is how many root causes one action hardly takes away.
const manyCauses = 3

// reviewWords judges what a review says: something, and more than what was planned to be
// looked at.
func reviewWords(r Record, a Approval) wording.Finding {
	if f := judged(a.Reason, wording.Demand{}); f.What != nil {
		return f
	}
	fields := []Field{FieldTitle, FieldProblem, FieldCriteria}
	key := strings.Join(append(valuesOf(r, fields), a.Reason), "\x00")
	return spoken.get("review "+key, func() wording.Finding {
		var beside []wording.Beside
		for _, f := range fields {
			beside = append(beside, wording.Beside{Name: label(f), Text: wording.Read(r.Fields[f])})
		}
		f := wording.Read(a.Reason).Judge(wording.Demand{Beside: beside})
		f.Clear = false // the reviewer may have found just what was hoped for
		return f
	})
}

// rejectionWords judges the reasons with which people reject. The clear cases are G04's.
func rejectionWords(r Record, clear bool) []Lack {
	var l lacks
	for _, a := range counting(r, SubjectRejection) {
		if f := judged(a.Reason, wording.Demand{}); stated(a.Reason) && f.What != nil && !f.Clear && !clear {
			l.add(FieldRejectReason, "The reason of the rejection {{.Fault}}", "Fault", f.What)
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
		l.add(FieldIdentified, "{{.Field}} is more than two years before the record was filed")
	}
	if d, ok := date(r.Fields[FieldReviewDue]); ok && d.Before(identified) {
		l.add(FieldReviewDue, "{{.Field}} is before the date identified")
	}
	for i, a := range r.AllActions() {
		if d, ok := date(a.Due); ok && d.Before(identified) {
			l.add(FieldActionPlan, "Action {{.Number}} is due before the date identified", "Number", i+1)
		}
	}
	return l
}
