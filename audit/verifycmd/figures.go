package verifycmd

import (
	"io/fs"
	"time"

	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register/kpi"
)

// present is the latest moment that figures can be asked as of. A clock of the auditor's machine
// that is behind that of the log holds nothing back.
func present(a kpi.Ask, last, now time.Time) time.Time {
	switch {
	case a.At != "":
		return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	case a.Period == "" || last.After(now):
		return last
	default:
		return now
	}
}

// figuresOf computes the figures that are asked for from a log that was verified and replayed.
// Where no moment is given they are as of the last entry: an export does not say when it was made.
func figuresOf(o options, dir fs.FS, r *verify.Report, replay *ledger.Replay) (*kpi.Report, error) {
	q, err := o.ask.Question(present(o.ask, r.Last, time.Now()))
	if err != nil {
		return nil, &useError{err}
	}
	sheets, err := kpi.Figures(func(yield func(*kpi.Course, error) bool) {
		for _, c := range replay.Courses() {
			if !yield(c, nil) {
				return
			}
		}
	}, replay.Discrepancies(), q.Questions(o.trend)...)
	if err != nil {
		return nil, err
	}
	for i := range sheets {
		if sheets[i].Entries, err = verify.SizeAt(dir, r.Size, sheets[i].At); err != nil {
			return nil, err
		}
		if sheets[i].Root, err = verify.RootAt(dir, r.Size, r.Root, sheets[i].Entries); err != nil {
			return nil, err
		}
	}
	report := kpi.NewReport(sheets)
	return &report, nil
}
