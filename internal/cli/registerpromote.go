package cli

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

func (s *session) promoteCommand() *cobra.Command {
	var x act
	c := &cobra.Command{
		Use: "promote NAME KIND", Short: "File an observation again as a nonconformity, potential nonconformity or improvement", Args: cobra.ExactArgs(2),
		Long: `Says that an observation is more. The observation is closed with the reason, and a record of KIND
is filed with what the observation says and a link to it: nonconformity, potential_nonconformity or
improvement. A binding with create_twin gets an issue for it. It is triaged like every other record.

` + names,
		Example: `  conformd register promote OBS-2026-0004 improvement --as irene --reason "three teams see the same"`,
	}
	c.RunE = func(c *cobra.Command, a []string) error {
		kinds := []register.Kind{register.Nonconformity, register.PotentialNonconformity, register.Improvement}
		if !slices.Contains(kinds, register.Kind(a[1])) {
			return misuse("an observation is not promoted to "+a[1], "the kinds are nonconformity, potential_nonconformity and improvement")
		}
		return s.actOn(c.Context(), x, a[0], service.Judge(register.SubjectPromotion, register.Outcome(a[1]), x.reason, ""))
	}
	return s.acting(c, &x, "why (needed)")
}
