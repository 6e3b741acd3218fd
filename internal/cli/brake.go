package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) brakeCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Bindings to which writing is stopped, and why", Args: cobra.NoArgs,
		Example: "  conformd brake list",
	})
	list.RunE = func(c *cobra.Command, _ []string) error { return s.brakes(c.Context()) }
	var reason string
	release := &cobra.Command{
		Use: "release <binding>", Short: "Lets writing go on after somebody has looked", Args: cobra.ExactArgs(1),
		Long: `Writing to a binding stops when too many of its issues change or vanish at once, which
is more often an accident than work, and when a backup was restored. Look at the
tracker and at conformd plan first; the reason that you give is written into the audit
log. The daemon may be running.`,
		Example: `  conformd brake release gh-isms --reason "labels were renamed on purpose"`,
		RunE:    func(c *cobra.Command, a []string) error { return s.release(c.Context(), a[0], reason) },
	}
	release.Flags().StringVar(&reason, "reason", "", "why writing may go on (needed)")
	return group("brake", "What stops writing when too much changes at once", "  conformd brake list", list, release)
}

// brakes lists what is stopped.
func (s *session) brakes(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	stopped, err := braked(ctx, r.store)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(stopped)
	}
	for _, b := range stopped {
		if err := s.print("! %s  %s\n", b.ID, b.Brake); err != nil {
			return err
		}
	}
	s.say("writing is stopped for %s", plural(len(stopped), "binding", "bindings"))
	return nil
}

// braked returns the bindings to which writing is stopped.
func braked(ctx context.Context, st *store.Store) ([]store.Binding, error) {
	rows, err := st.Bindings(ctx)
	return slices.DeleteFunc(rows, func(b store.Binding) bool { return b.Brake == "" }), err
}

func (s *session) release(ctx context.Context, binding, reason string) error {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{})
	if err != nil {
		return err
	}
	if err := a.ReleaseBrake(ctx, binding, reason); err != nil {
		return errors.Join(&fault{
			Code: "CLI-015", Exit: ExitFailed, What: err.Error(),
			Cure: "see conformd brake list, and give --reason",
		}, a.Close())
	}
	s.say("writing to %s goes on", binding)
	return a.Close()
}
