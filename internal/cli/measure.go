package cli

import (
	"github.com/spf13/cobra"

	"github.com/conformd/conformd/register"
)

func (s *session) measureCommand() *cobra.Command {
	return group("measure", "Values of measures, control checks and objectives", `  conformd measure put MEA-2026-0001 97 --period 2026-Q3 --as ana`, s.measurePutCommand(), s.measureRunCommand())
}

func (s *session) measurePutCommand() *cobra.Command {
	var x act
	var period, server, tokenFile string
	c := &cobra.Command{
		Use: "put NAME VALUE", Short: "Enter a value of a measure, a control check or an objective for a period", Args: cobra.ExactArgs(2),
		Long: `Enters a value with its period and the true time of entry. VALUE is a number (97, 97.5, 97 %), or
yes, no, passed or failed where the target is. Without --period it is the last period that is over and
has no value, and else the one under way.

A value is never replaced: another value for a period needs --reason, and both stay in the register.
A value that does not meet the target proposes a signal, which somebody triages.

With --server a program, such as the job of a CI, sends the value to the daemon of another machine. It needs no
configuration and no --as: its token (CONFORMD_MEASURE_TOKEN or --token-file) stands in measurement_tokens
there, with the person in whose name it enters values and the records that it may. NAME is then a number.

` + names,
		Example: `  conformd measure put MEA-2026-0001 97 --period 2026-Q3 --as ana
  conformd measure put CHK-2026-0002 failed --as ana --reason "the file server restored nothing"
  conformd measure put MEA-2026-0001 98 --period 2026-Q3 --as ana --reason "two tests were counted twice"
  conformd measure put CHK-2026-0002 passed --server https://register.acme.example --token-file token`,
	}
	c.Flags().StringVar(&period, "period", "", "the period that the value is about: 2026-Q3, 2026-H2, 2026, 2026-09, 2026-W37 or 2026-09-30")
	c.Flags().StringVar(&server, "server", "", "the address of the pages of a daemon that takes the value")
	c.Flags().StringVar(&tokenFile, "token-file", "", "file with the token, for --server; without it the token is in CONFORMD_MEASURE_TOKEN")
	c.RunE = func(c *cobra.Command, a []string) error {
		if server != "" {
			return s.send(c.Context(), sending{server: server, tokenFile: tokenFile, as: x.as, measure: a[0], value: a[1], period: period, note: x.reason, key: x.key})
		}
		if tokenFile != "" {
			return misuse("--token-file is for --server", "add --server, or leave it out")
		}
		return s.actOn(c.Context(), x, a[0], func(by register.Author) register.Command {
			return register.Enter{By: by, Period: period, Value: a[1], Note: x.reason}
		})
	}
	return s.acting(c, &x, "what is to be said of the value; needed for a period that has one")
}
