package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/demo"
)

func (s *session) demoCommand() *cobra.Command {
	var o demo.Options
	c := &cobra.Command{
		Use: "demo", Short: "See it at work: a simulated Jira and GitHub, sixty records, a story", Args: noArgs,
		Long: `Starts a simulated Jira and GitHub with sixty records and a conformd between them, and
plays a story: a closure that is held, the cause that arrives from the other tracker, a
review by the wrong and then the right person, a conflict, a lost webhook, a rate limit.
Each step is checked. Then it goes on serving the register until Ctrl-C. It needs no
account and no network.`,
		Example: "  conformd demo\n  conformd demo --fast --no-serve --keep ./demo",
		RunE: func(c *cobra.Command, _ []string) error {
			o.Out, o.Bold = s.Stdout, s.style.bold
			err := demo.Run(c.Context(), o)
			if errors.Is(err, demo.ErrNotEmpty) {
				return &fault{Code: "CLI-052", Exit: ExitUsage, What: o.Keep + " is not empty", Why: "a demo begins with a register of its own, and an earlier one is kept there", Remedy: "give --keep a new folder, or remove this one", Err: err}
			}
			if unmet, ok := errors.AsType[*demo.UnmetError](err); ok {
				return &fault{Code: "CLI-020", Exit: ExitFailed, What: unmet.Error(), Why: "the machine is too slow, or this is a defect of conformd", Remedy: "run it again; report it with the log that --keep leaves", Err: err}
			}
			return err
		},
	}
	f := c.Flags()
	f.BoolVar(&o.Fast, "fast", false, "without pauses to read")
	f.StringVar(&o.Keep, "keep", "", "new or empty folder to keep register, log and configuration in (a temporary one)")
	f.IntVar(&o.Port, "port", 8484, "port of the status page on 127.0.0.1; 0 for any")
	f.BoolVar(&o.NoServe, "no-serve", false, "end after the story")
	return c
}
