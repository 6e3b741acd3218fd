package cli

import (
	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) adoptCommand() *cobra.Command {
	return s.adopting(&cobra.Command{
		Use: "adopt NAME", Short: "Decide to make an improvement", Args: oneName,
		Long: `Decides that an improvement is made. It covers what the improvement says of problem, driver and
benefit: when one of them changes, the decision counts no longer. The work begins when the plan is
approved, too.

` + names,
		Example: `  conformd register adopt OFI-2026-0003 --as irene --reason "two days of work save one each month"`,
	}, register.Adopted)
}

func (s *session) declineCommand() *cobra.Command {
	return s.adopting(&cobra.Command{
		Use: "decline NAME", Short: "Decide not to make an improvement", Args: oneName,
		Long: `Decides that an improvement is not made. The record ends as rejected, with the reason; register
reopen takes it up again.

` + names,
		Example: `  conformd register decline OFI-2026-0003 --as irene --reason "the system is replaced in autumn"`,
	}, register.Declined)
}

func (s *session) deferCommand() *cobra.Command {
	return s.adopting(&cobra.Command{
		Use: "defer NAME --until DATE", Short: "Decide about an improvement on a later day", Args: oneName,
		Long: `Leaves an improvement in analysis until a day. On that day those who may decide are told, and
decide anew: adopt, decline or defer.

` + names,
		Example: `  conformd register defer OFI-2026-0003 --until 2027-03-01 --as irene --reason "the storage is renewed in February"`,
	}, register.Deferred)
}

// adopting gives a command what it takes to decide about an improvement.
func (s *session) adopting(c *cobra.Command, o register.Outcome) *cobra.Command {
	var x act
	var until string
	if o == register.Deferred {
		c.Flags().StringVar(&until, "until", "", "the day on which it is decided anew (needed)")
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		return s.actOnField(c.Context(), x, a[0], register.FieldDue, until, func(by register.Author, date string) register.Command {
			return service.Judge(register.SubjectAdoption, o, x.reason, date)(by)
		})
	}
	return s.acting(c, &x, "why (needed)")
}
