package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) remindCommand() *cobra.Command {
	var as string
	c := &cobra.Command{
		Use: "remind NAME", Short: "Remind the people of a record to act on it now", Args: oneName,
		Long: `Sends a message to those of whom something is expected next in a record: its owner as a rule, or those who
triage it. The daemon sends it within a minute, at any hour. Each record is reminded of once a day.

` + names,
		Example: "  conformd notices remind NC-2026-0007 --as irene",
		RunE:    func(c *cobra.Command, args []string) error { return s.remind(c.Context(), args[0], as) },
	}
	c.Flags().StringVar(&as, "as", "", "the person at this terminal, whom the message names")
	return c
}

func (s *session) remind(ctx context.Context, name, as string) error {
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, as); err != nil {
			return err
		}
		r, err := app.Register(ctx, a.Config, a.Store)
		if err != nil {
			return err
		}
		row, err := s.find(ctx, &reading{register: r}, name)
		if err != nil {
			return err
		}
		told, err := a.RemindHere(ctx, row)
		if no, ok := errors.AsType[*notices.UnremindedError](err); ok {
			return &fault{Code: "CLI-106", Exit: ExitFailed, What: "nobody was reminded: " + no.What, Remedy: no.Remedy, Err: err}
		}
		if err != nil {
			return err
		}
		n, err := r.Names(ctx)
		if err != nil {
			return err
		}
		var people []string
		for _, x := range told {
			people = append(people, oneLine(n.Person(x.Person))+" by "+x.Channel)
		}
		s.say("%s: the daemon reminds %s", row.Record.Ref, present.Join(people))
		return nil
	})
}
