package cli

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) runCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use: "run", Short: "The daemon, or one pass with --once", Args: cobra.NoArgs,
		Long: `Runs the daemon: it polls the trackers, takes webhooks, keeps issues and register in
step, and serves health and the status page. It ends in good order on SIGINT and
SIGTERM. One daemon works in a data directory at a time.`,
		Example: `  conformd run -c conformd.yaml
  conformd run --once                 one pass, for cron; exit code 6 if something is left over`,
		RunE: func(c *cobra.Command, _ []string) error { return s.run(c.Context(), once) },
	}
	c.Flags().BoolVar(&once, "once", false, "look at everything once and end")
	return c
}

func (s *session) run(ctx context.Context, once bool) error {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	unlock, err := lock(c.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	log, err := s.logger(c.Log)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: log})
	if err != nil {
		return err
	}
	s.credentials(ctx, a)
	if once {
		err = s.once(ctx, a)
	} else {
		err = a.Run(ctx, func(addr net.Addr) {
			s.say("conformd %s listens on http://%s (status page; webhooks below /hooks/)", s.version().Version, addr)
			s.say("register and audit log in %s, %s", c.DataDir, plural(len(c.Bindings), "binding", "bindings"))
		})
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // asked to stop
		}
	}
	return errors.Join(err, a.Close())
}

// credentials asks each tracker who we are and says what is wrong with the set-up.
// A tracker that refuses us, or is out of reach, is no reason not to start: the
// others go on, and this one is tried again, seldom.
func (s *session) credentials(ctx context.Context, a *app.App) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for _, b := range a.Bindings {
		r, err := a.Check(ctx, b)
		switch {
		case errors.Is(err, connectors.Unauthenticated), errors.Is(err, connectors.Denied):
			s.say("%s binding %s refuses the credential: %v; give it one that is valid, the other bindings go on", s.style.yellow("!"), b.ID, err)
			continue
		case err != nil:
			s.say("%s binding %s is out of reach and will be tried again: %v", s.style.yellow("!"), b.ID, err)
			continue
		}
		for _, p := range r.Problems {
			s.say("%s %s %s: %s; %s", s.style.yellow("!"), b.ID, p.Code, p.What, p.Cure)
		}
	}
}

func (s *session) once(ctx context.Context, a *app.App) error {
	if err := a.Started(ctx); err != nil {
		return err
	}
	done := s.progress(ctx, "comparing trackers and register")
	p, err := a.Pass(ctx)
	done()
	if stop := a.Stopped(context.WithoutCancel(ctx)); stop != nil {
		return errors.Join(err, stop)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	rows, rerr := a.Store.Records(ctx)
	if rerr != nil {
		return errors.Join(err, rerr)
	}
	left := leftOver(rows)
	s.say("%s listed, %s worked on, %s in the register", plural(p.Listed, "issue", "issues"), plural(p.Worked, "record", "records"), plural(len(rows), "record", "records"))
	if err == nil && len(left) == 0 {
		s.next("conformd register list")
		return nil
	}
	f := &fault{Code: "CLI-012", Exit: ExitInPart, Err: err, What: "finished in part", Cure: "run it again later; conformd register list shows the records that need attention"}
	for _, r := range left {
		f.What += "\n  " + r.Record.Ref + ": " + attention(r)
	}
	if err != nil {
		if u := unexpected(err); u.Exit == ExitDenied {
			return u
		}
		f.What += "\n  " + err.Error()
	}
	return f
}

// leftOver returns the records with a problem, and those that still want work.
func leftOver(rows []store.Row) []store.Row {
	var out []store.Row
	for _, r := range rows {
		if r.Problem != "" || r.Wanted > r.Done {
			out = append(out, r)
		}
	}
	return out
}

func attention(r store.Row) string {
	if r.Problem != "" {
		return r.Problem
	}
	return "postponed"
}

// progress says every ten seconds that work goes on, until the returned function
// is called.
func (s *session) progress(ctx context.Context, what string) func() {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		began := time.Now()
		t := time.NewTicker(10 * time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				s.say("%s … %s", what, time.Since(began).Round(time.Second))
			}
		}
	}()
	return func() { cancel(); <-ended }
}
