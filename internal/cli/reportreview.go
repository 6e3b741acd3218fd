package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/internal/reportpage"
)

func (s *session) reportReview() *cobra.Command {
	var x fileForm
	c := s.jsonFlag(&cobra.Command{
		Use: "management-review NAME", Short: "A management review: its inputs with what the register has for each, judgements, decisions", Args: oneName,
		Long: `Shows a management review (9.3) as a whole. For each input a to g, d in four parts, it has what people supplied
and what the register has: figures with their trend, and the decisions, signals, measures, audits, objectives,
exceptions and improvements behind them. It names each blank that keeps the review from being signed.

It is as of the moment of the figures that were frozen (conformd review freeze), and says whether the log still gives
the same ones; before that it is as of now. HTML prints as a document for signature.

` + names,
		Example: "  conformd report management-review MR-2026-0001\n  conformd report management-review MR-2026-0001 --format html -o review.html",
		RunE:    func(c *cobra.Command, a []string) error { return s.reviewReport(c.Context(), a[0], x) },
	})
	x.flags(c, strings.Join(listFormats(), ", "))
	return c
}

func (s *session) reviewReport(ctx context.Context, name string, x fileForm) error {
	const command = "conformd report management-review"
	if err := x.check(s.json, "report", command, "review", listFormats()...); err != nil {
		return err
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	row, err := s.find(ctx, r, name)
	if err != nil {
		return err
	}
	p, err := r.register.ManagementReview(ctx, row)
	if err != nil {
		return asked(err, command)
	}
	ed := r.register.Policy.Edition
	return s.written(x, "the report", p, func() string { return string(reportpage.ReviewMarkdown(p, ed)) }, func() ([]byte, error) { return reportfile.Review(p, x.of(ed)) })
}
