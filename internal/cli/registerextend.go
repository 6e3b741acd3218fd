package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/register"
)

func (s *session) extendCommand() *cobra.Command {
	var x act
	var milestone, to string
	c := &cobra.Command{
		Use: "extend NAME --milestone M --to DATE", Short: "Ask for a later date of a milestone, or approve one that another person asked for", Args: oneName,
		Long: `Asks for a later date. M is triage, containment, cause, implementation or verification.
Whoever works on the record, reported it or reviews it may ask; another person with the role
approves with the same command, with the same date or another one, or decides against it
with register keep NAME M. Whoever asked does not approve. The original date stays.

` + names,
		Example: `  conformd register extend NC-2026-0007 --milestone implementation --to 2026-12-31 --as erik --reason "the vendor delivers in December"`,
	}
	c.Flags().StringVar(&milestone, "milestone", "", "the milestone (needed)")
	c.Flags().StringVar(&to, "to", "", "the later date (needed)")
	c.RunE = func(c *cobra.Command, a []string) error {
		m, ok := register.MilestoneNamed(milestone)
		if !ok {
			var known []string
			for _, m := range register.MilestoneList() {
				if m != register.MilestoneDecision { // it is decided anew, and not extended
					known = append(known, string(m))
				}
			}
			return misuse("no milestone "+milestone, "the milestones are "+strings.Join(known, ", "))
		}
		return s.actOnField(c.Context(), x, a[0], register.FieldDue, to, func(by register.Author, date string) register.Command {
			return register.Extend{By: by, Milestone: m, To: date, Reason: x.reason}
		})
	}
	return s.acting(c, &x, "why (needed)")
}
