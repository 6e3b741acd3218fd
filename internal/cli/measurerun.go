package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/measuring"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) measureRunCommand() *cobra.Command {
	var dry bool
	c := s.jsonFlag(&cobra.Command{
		Use: "run", Short: "Ask the configured sources for the values that are due", Args: noArgs,
		Long: `Asks the sources of measurements in the configuration, as the daemon does every hour: for each period that
is over and has no value. A figure of the register is the one as of the end of the period; a count,
a file and an address tell what they have now. A source that does not answer is asked again with
the next run; if it has not answered by the day on which the value is due, the period is entered as
missed, and a person can still enter a value. Exit code 6: a value is missing.`,
		Example: `  conformd measure run --dry-run      what would be entered; asks the sources and enters nothing
  conformd measure run --json`,
		RunE: func(c *cobra.Command, _ []string) error { return s.measureRun(c.Context(), dry) },
	})
	c.Flags().BoolVar(&dry, "dry-run", false, "ask the sources, and enter nothing")
	return c
}

func (s *session) measureRun(ctx context.Context, dry bool) error {
	return s.beside(ctx, func(a *app.App) error {
		results, err := a.Measure(ctx, dry)
		if err != nil && len(results) == 0 {
			return err
		}
		if shown := s.showMeasured(results, dry); shown != nil {
			return shown
		}
		if err != nil {
			return err
		}
		var missing []string
		for _, x := range results {
			if x.Outcome == measuring.Waiting || x.Outcome == measuring.Missed || x.Outcome == measuring.Failed {
				missing = append(missing, strings.TrimSpace(oneLine(x.Measure)+" "+x.Period)+": "+oneLine(x.Why))
			}
		}
		if len(missing) == 0 {
			return nil
		}
		return &fault{
			Code: "CLI-100", Exit: ExitInPart, What: present.Count(len(missing), "value is", "values are") + " missing\n  " + strings.Join(missing, "\n  "),
			Remedy: "correct the source, which is asked again until the value is due; after that a person enters the value: conformd measure put",
		}
	})
}

// showMeasured prints what became of each value.
func (s *session) showMeasured(results []measuring.Result, dry bool) error {
	if s.json {
		return s.printJSON(map[string]any{"dry_run": dry, "results": results})
	}
	table := [][]string{{"RECORD", "PERIOD", "OUTCOME", "VALUE", "SOURCE"}}
	entered := 0
	for _, x := range results {
		outcome := string(x.Outcome)
		switch x.Outcome {
		case measuring.Entered:
			entered++
		case measuring.Waiting:
			outcome = "no answer; in time until " + x.Due
		case measuring.Idle:
			outcome = "nothing is due"
		case measuring.Resting:
			outcome = x.Why
		case measuring.Missed, measuring.Failed:
		}
		table = append(table, []string{x.Measure, x.Period, outcome, x.Value, x.Source})
	}
	if len(results) == 0 {
		s.say("the configuration has no measurements: no source is asked for values")
		return nil
	}
	if err := s.table(table); err != nil {
		return err
	}
	verb := "entered"
	if dry {
		verb = "would be entered; nothing was changed"
	}
	s.say("%s %s", present.Count(entered, "value", "values"), verb)
	return nil
}
