package plan_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// TestNoQuestionAboutWhatNobodyWrote: requirement and cause category change in one look. The
// register asks about closed records that share what the issue shows now, and about none that
// shares the one value of before and the other of now.
func TestNoQuestionAboutWhatNobodyWrote(t *testing.T) {
	t.Parallel()
	closed := func(ref, requirement, category string) register.Record {
		return register.Record{ID: ref, Ref: ref, State: register.Closed, Recorded: now.AddDate(0, -11, 0), Closed: now.AddDate(0, -7, 0), Fields: map[register.Field]string{
			register.FieldKind: "nonconformity", register.FieldRequirements: requirement, register.FieldCategory: category,
		}}
	}
	rec := verified()
	rec.Recorded, rec.State, rec.Done = now.AddDate(0, -6, 0), register.Analysis, time.Time{}
	rec.Fields[register.FieldRequirements], rec.Fields[register.FieldCategory] = "", "people"
	s := showing(t, wide("left", mapping.MarkupGFM), rec)
	edit(t, &s, register.FieldRequirements, "A.8.2")
	edit(t, &s, register.FieldCategory, "Process")
	in := input(rec, s)
	in.Context.Similar = []register.Record{closed("NC-2026-0001", "A.8.2", "people"), closed("NC-2026-0002", "A.8.2", "process")}
	p := plan.Make(in)
	var asked []string
	for _, x := range p.Record.Recurrences {
		asked = append(asked, x.Ref)
	}
	if diff := cmp.Diff([]string{"NC-2026-0002"}, asked); diff != "" {
		t.Errorf("asked about (-want +got):\n%s", diff)
	}
}
