package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// formatText is what a report is without a format; with -o it goes into a file.
const formatText = "text"

func listFormats() []string {
	return []string{formatText, formatCSV, formatXLSX, formatHTML, formatMarkdown}
}

const asOfAMoment = `
The report is as of a moment of the log: records are as they were then, and what was recorded
later does not count. Without --at it is as of now, or of the end of a --period that is over.
It names that moment, how many entries the log had and the root of the tree over them, its
filters, and how many records it leaves out and why. CSV has the list alone, XLSX the figures
and the head as well.`

// listReports are the reports that list records beside figures.
func (s *session) listReports() []*cobra.Command {
	var out []*cobra.Command
	for _, r := range report.Reports() {
		out = append(out, s.listReport(r))
	}
	return out
}

func (s *session) listReport(which report.Report) *cobra.Command {
	var ask kpi.Ask
	var x fileForm
	c := s.jsonFlag(&cobra.Command{
		Use: string(which), Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return s.reportList(c.Context(), which, ask, x) },
	})
	switch which {
	case report.Ageing:
		c.Short = "How old the open records are, and what each waits for"
		c.Long = `Lists the open records, the oldest first: since when they are known, the step that they wait
for, the milestone that is due next, and by how many days it is overdue; with the figures K3
and K4. Days are whole days since the record was found.` + "\n" + asOfAMoment
		c.Example = "  conformd report ageing\n  conformd report ageing --at 2026-09-30 --grade major\n  conformd report ageing --format html -o ageing.html"
	case report.Exceptions:
		c.Short = "The exceptions that stand, and those that ended in the period"
		c.Long = `Lists the exceptions that were approved: those past their end whose record is not open again,
of which there must be none, those that end within 30 days, the other ones that stand, and
those that ended or were revoked in the period; with who approved each in which role, why, and
what compensates for it, and with the figure K19.` + "\n" + asOfAMoment
		c.Example = "  conformd report exceptions\n  conformd report exceptions --period 2026-Q3 --format xlsx -o exceptions.xlsx"
	case report.Effectiveness:
		c.Short = "The effectiveness reviews of a period, and what they rest on"
		c.Long = `Lists the reviews of a period that count: the outcome, the reviewer and whether they were not
involved, how many days after the work it was, what was checked, and whether the record passed
its first review; with the figures K10, K11 and K12. A closed nonconformity that came up again
counts as a review that found the actions ineffective.` + "\n" + asOfAMoment
		c.Example = "  conformd report effectiveness --period 2026-Q3\n  conformd report effectiveness --period 2026 --format markdown"
	case report.RepeatCauses:
		c.Short = "The most frequent causes, and what came up again although it was closed"
		c.Long = `Shows the cause categories, requirements and parts of the scope that most records of a period
have (K30), and lists the confirmed recurrences: the closed record and the new one, how many
days lay between, the earlier cause and actions, and why they did not last; with the figures
K13 and K14. COUNTS IN says which of the two counts a recurrence.` + "\n" + asOfAMoment
		c.Example = "  conformd report repeat-causes --period 2026-Q3\n  conformd report repeat-causes --period 2026 --format html -o repeat-causes.html"
	}
	askFlags(c, &ask, which != report.Ageing)
	x.flags(c, strings.Join(listFormats(), ", "))
	return c
}

func (s *session) reportList(ctx context.Context, which report.Report, ask kpi.Ask, x fileForm) error {
	command := "conformd report " + string(which)
	if err := x.check(s.json, "report", command, string(which), listFormats()...); err != nil {
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
	d, err := r.register.Report(ctx, which, ask)
	if err != nil {
		return asked(err, command)
	}
	ed := r.register.Policy.Edition
	return s.written(x, "the report", d, func() string { return d.Text(ed) }, func() ([]byte, error) { return reportfile.List(d, x.of(ed)) })
}
