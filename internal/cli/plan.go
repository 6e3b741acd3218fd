package cli

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) planCommand() *cobra.Command {
	var exitCode bool
	c := s.jsonFlag(&cobra.Command{
		Use: "plan", Short: "What the next sync run would change; changes nothing", Args: noArgs,
		Long: `Reads the trackers, plans on a copy of the register, and prints what the next sync run
would change on each side. It writes to no tracker, and the register stays as it is.`,
		Example: "  conformd plan\n  conformd plan --json --exit-code",
		RunE:    func(c *cobra.Command, _ []string) error { return s.plan(c.Context(), exitCode) },
	})
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 3 if something would change")
	return c
}

func (s *session) plan(ctx context.Context, exitCode bool) (err error) {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "conformd-plan-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := copyStore(ctx, c.DataDir, dir); err != nil {
		return err
	}
	log, err := s.logger(config.Log{Level: "error", Format: c.Log.Format})
	if err != nil {
		return err
	}
	signer, err := app.PlayKey(c.Audit.Origin)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: log, Dir: dir, Signer: signer})
	if err != nil {
		return err
	}
	rows, err := a.Store.Records(ctx)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	p := &preview{at: map[string]int{}, before: map[string]bool{}}
	for _, r := range rows {
		p.before[r.Record.ID] = true
	}
	a.Reconciler.DryRun = p.add
	reg, err := app.Register(ctx, a.Config, a.Store)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	reg.Policy, reg.SmallOrg = a.Reconciler.Policy, a.Reconciler.SmallOrg // of the next start
	on, err := reg.Stops(ctx)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	s.sayUnlisted(a)
	done := s.progress(ctx, "comparing trackers and register")
	passErr := a.Configured(ctx)
	if passErr == nil {
		_, passErr = a.SyncRun(ctx)
	}
	done()
	s.warnOfPolicy(ctx, a)
	setup := a.Setup()
	for _, id := range slices.Sorted(maps.Keys(setup)) {
		for _, what := range setup[id] {
			s.say("%s %s: %s", s.style.yellow("!"), id, what)
		}
	}
	if err := errors.Join(p.finish(ctx, a.Store, reg, on), a.Close()); err != nil {
		return err
	}
	if s.json {
		err = s.printJSON(p)
	} else {
		err = s.print("%s", s.planText(p))
	}
	switch {
	case err != nil || passErr != nil:
		return errors.Join(passErr, err)
	case exitCode && p.Counts.differ():
		return silent(ExitFindings)
	}
	s.next("conformd run --once")
	return nil
}

// copyStore copies the register; there may be none yet. The key of its log stays where
// it is: a copy would outlive a plan that is killed.
func copyStore(ctx context.Context, from, to string) error {
	st, err := store.OpenReader(ctx, from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(st.CopyTo(ctx, to), st.Close())
}
