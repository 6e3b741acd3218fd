package cli

import (
	"github.com/spf13/cobra"

	"github.com/conformd/conformd/register"
)

func (s *session) acceptCommand() *cobra.Command {
	var x act
	var until, measures, risk string
	c := &cobra.Command{
		Use: "accept NAME --until DATE", Short: "Ask for an exception until a date, or approve one that another person asked for", Args: oneName,
		Long: `Asks to live with a nonconformity until a date. Anybody in the list of people may ask, with a
justification of 50 characters or more. A risk owner approves with the same command, with
the same date or an earlier one; for a major, and for a critical or high risk, somebody of top
management does so, too. Whoever asked or owns the record does not approve. register keep NAME
state decides against it. The record is then accepted, and the day after the date it is in
analysis again; register reopen revokes the exception earlier.

` + names,
		Example: `  conformd register accept NC-2026-0007 --until 2026-12-31 --as irene --reason "the system is replaced in autumn; HR compares its accounts each week until then"`,
	}
	c.Flags().StringVar(&until, "until", "", "the last day of the exception (needed)")
	c.Flags().StringVar(&measures, "measures", "", "what limits the risk until then")
	c.Flags().StringVar(&risk, "risk-ref", "", "the entry of the risk register")
	c.RunE = func(c *cobra.Command, a []string) error {
		return s.actOnField(c.Context(), x, a[0], register.FieldDue, until, func(by register.Author, date string) register.Command {
			return register.Accept{By: by, Until: date, Reason: x.reason, Measures: measures, RiskRef: risk}
		})
	}
	return s.acting(c, &x, "why (needed)")
}
