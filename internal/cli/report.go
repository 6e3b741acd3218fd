package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

func (s *session) reportCommand() *cobra.Command {
	var ask kpi.Ask
	var x figuresFile
	figures := s.jsonFlag(&cobra.Command{
		Use: "kpi", Short: "The figures of a management review, as of any moment", Args: noArgs,
		Long: `Computes the figures of a period (how much was opened and closed, how long it took, what was
late, what lasted) from the register as its log stood at a moment. What was recorded after
that moment does not count, whatever day it tells of: the figures of the last quarter are the
same in half a year, after an upgrade and after a restore.

Without --at they are as of the end of the period, or of now if the period is not over;
without --period they are about the quarter of --at. They are about nonconformities unless
--kind names another kind; figures of actions and improvements then are about that kind alone.
Beside each share and mean stands the number that it is made of. Fewer than five are "too
few", and nothing to divide by is "not applicable". docs/iso27001.md has each formula in words.

conform-verify --kpi computes the same figures from an export of the log.`,
		Example: "  conformd report kpi --period 2026-Q3\n  conformd report kpi --at 2026-09-30 --scope payroll --trend\n  conformd report kpi --period 2026-07-01..2026-07-31 --json\n  conformd report kpi --period 2026-H2 --trend --format html -o figures.html",
		RunE:    func(c *cobra.Command, _ []string) error { return s.reportKPI(c.Context(), ask, x) },
	})
	askFlags(figures, &ask, true)
	figures.Flags().BoolVar(&x.trend, "trend", false, "beside the figures of the three periods before and of a year before")
	x.flags(figures, strings.Join(figureFormats(), ", ")+" in the place of the text")
	return group("report", "Figures and lists for the management review", "  conformd report kpi --period 2026-Q3\n  conformd report ageing --format html -o ageing.html",
		append([]*cobra.Command{figures, s.reportReview()}, s.listReports()...)...)
}

// askFlags adds the flags of a question.
func askFlags(c *cobra.Command, ask *kpi.Ask, period bool) {
	f := c.Flags()
	f.StringVar(&ask.At, "at", "", "the last day, or a moment like 2026-09-30T12:00:00Z, that the log is read to")
	if period {
		f.StringVar(&ask.Period, "period", "", "2026-Q3, 2026-H2, 2026 or 2026-07-01..2026-09-30")
	}
	f.StringVar(&ask.Kind, "kind", "", "nonconformity, potential_nonconformity, improvement, observation, signal, objective, measure, control_check, audit or management_review")
	f.StringVar(&ask.Scope, "scope", "", "only records about this part of the scope")
	f.StringVar(&ask.Grade, "grade", "", "only records of this grade")
	f.StringVar(&ask.Source, "source", "", "only records with this source, such as internal_audit")
	f.StringVar(&ask.Owner, "owner", "", "only records of this person")
	f.StringVar(&ask.Standard, "standard", "", "only records about this standard, such as iso9001; without a standard a record is about ISO/IEC 27001")
}

// asked is the error of a question that cannot be answered, as people read it.
func asked(err error, command string) error {
	if bad, ok := errors.AsType[*service.AskError](err); ok {
		return misuse(bad.Error(), command+" --help shows how to ask")
	}
	return err
}

// A figuresFile says how the figures are written.
type figuresFile struct {
	fileForm
	trend bool
}

func figureFormats() []string { return []string{formatCSV, formatXLSX, formatHTML, formatMarkdown} }

func (s *session) reportKPI(ctx context.Context, ask kpi.Ask, x figuresFile) error {
	if err := x.check(s.json, "report", "conformd report kpi", "figures", figureFormats()...); err != nil {
		return err
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if err := ownerTyped(r, &ask); err != nil {
		return err
	}
	report, err := r.register.Figures(ctx, ask, x.trend)
	if err != nil {
		return asked(err, "conformd report kpi")
	}
	ed := r.register.Policy.Edition
	return s.written(x.fileForm, "the figures", report, func() string { return report.Text(ed) }, func() ([]byte, error) { return reportfile.Figures(report, x.of(ed)) })
}

// ownerTyped reads the person whose records a question is about as people name them.
func ownerTyped(r *reading, ask *kpi.Ask) (err error) {
	if ask.Owner != "" {
		ask.Owner, err = typed(r, register.FieldOwner, ask.Owner)
	}
	return err
}
