package reconcile_test

import (
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/service"
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
	reg.Under = under
	w.must(app.KeepAllLines(w.Context(), reg, w.app.Store))
}
