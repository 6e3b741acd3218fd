package reconcile_test

import (
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// enter enters a value of a record at the terminal: enter <n> <period> <value> by=<who>.
func (w *world) enter(a []string) {
	w.Helper()
	x := w.args(a[1:])
	_, err := w.daemon().Acts().Do(w.Context(), w.row(a[0]).Record.ID, service.By{Person: x.opts["by"]}, func(by register.Author) register.Command {
		return register.Enter{By: by, Period: x.text(0), Value: x.text(1)}
	})
	w.must(err)
}
