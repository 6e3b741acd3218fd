package service

import (
	"context"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// Report makes a report as of a moment. Records are as the log had them then; people have the names
// that the configuration gives them now.
func (r *Register) Report(ctx context.Context, which report.Report, a kpi.Ask) (report.Document, error) {
	q, err := a.Question(r.now())
	if err != nil {
		return report.Document{}, &AskError{err}
	}
	p, err := r.Store.Past(ctx, which, q)
	if err != nil {
		return report.Document{}, err
	}
	names, err := r.Names(ctx, r.withStrangers(p)...)
	if err != nil {
		return report.Document{}, err
	}
	return report.Make(which, p, names.Short), nil
}

// withStrangers returns the ids of the records that name accounts of nobody. Only their issues have
// the names of those.
func (r *Register) withStrangers(p report.Past) []string {
	var out []string
	people := r.people()
	for _, k := range p.Known {
		if len(people.Strangers(present.Mentioned(k.Record)...)) > 0 {
			out = append(out, k.Record.ID)
		}
	}
	return out
}
