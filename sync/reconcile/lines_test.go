package reconcile_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// lines compares the lines that were kept after the step before with lines that are made now, and then keeps those for the next
// step.
func (w *world) lines() {
	w.Helper()
	if w.app == nil {
		return
	}
	reg, err := app.Register(w.Context(), w.app.Config, w.app.Store)
	w.must(err)
	reg.Now = func() time.Time { return w.clock.Now().Truncate(time.Millisecond) }
	told := func() []service.Line {
		page, err := reg.Overview(w.Context(), service.ListQuery{}, "", 1000)
		w.must(err)
		return page.Lines
	}
	kept := told()
	under := reg.Under
	reg.Under = 0
	if diff := cmp.Diff(told(), kept); diff != "" {
		w.fail("a list shows what is no longer so (-now +shown):\n%s", diff)
	}
	whole, err := reg.Browse(w.Context(), service.ListQuery{}, "", 1000)
	w.must(err)
	if diff := cmp.Diff(summaries(whole, reg.Now()), shortened(kept)); diff != "" {
		w.fail("a list tells programs something else than the records say (-record +list):\n%s", diff)
	}
	reg.Under = under
	w.must(app.KeepAllLines(w.Context(), reg, w.app.Store))
}

// summaries is what programs are told of the records of a list, as the records themselves say it.
func summaries(p service.ListPage, at time.Time) (out []string) {
	for _, e := range p.Entries {
		r := e.Record
		late := slices.ContainsFunc(register.Due(r, at), func(d register.DueItem) bool { return d.Missed })
		out = append(out, fmt.Sprintf("%s %d %q %s %q %s %s %q %s %t %q %q", r.Ref, e.Version, r.Fields[register.FieldTitle], r.Kind(), r.Fields[register.FieldGrade], r.State, r.Requested,
			r.Fields[register.FieldOwner], service.NextDue(r, at).Due, late, p.Keys[r.ID], e.View.Brief()))
	}
	return out
}

// shortened is the same from lines.
func shortened(lines []service.Line) (out []string) {
	for _, l := range lines {
		out = append(out, fmt.Sprintf("%s %d %q %s %q %s %s %q %s %t %q %q", l.Ref, l.Version, l.Fields[register.FieldTitle], l.Kind, l.Fields[register.FieldGrade], l.State, l.Requested,
			l.OwnerID, l.Due.Due, l.Due.Missed, l.Keys, l.Needed))
	}
	return out
}
