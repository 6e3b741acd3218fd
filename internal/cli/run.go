package cli

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) runCommand() *cobra.Command {
	var once bool
	c := &cobra.Command{
		Use: "run", Short: "The daemon, or one sync run with --once", Args: noArgs,
		Long: `Runs the daemon: it polls the trackers, takes webhooks, keeps issues and register in
step, and serves health and the status page. It ends in good order on SIGINT and
SIGTERM. One daemon works in a data directory at a time.`,
		Example: `  conformd run -c conformd.yaml
  conformd run --once                 one sync run, for cron; exit code 6 if something is left over`,
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
	unlock, err := s.lock(c.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	log, err := s.logger(c.Log)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: log, Version: s.version().Version})
	if err != nil {
		return err
	}
	s.sayUnlisted(a)
	if err = s.credentials(ctx, a); err != nil {
		return errors.Join(err, a.Close())
	}
	if once {
		err = s.once(ctx, a)
	} else {
		err = a.Run(ctx, func(at app.Addrs) {
			s.say("conformd %s listens on http://%s (pages)", s.version().Version, at.Pages)
			s.listeners(c, at)
			s.say("register and audit log in %s, %s", c.DataDir, present.Count(len(a.Config.Bindings), "binding", "bindings"))
			s.warnOfPolicy(ctx, a)
			s.sayFirstLink(ctx, a)
		})
		if ctx.Err() != nil && errors.Is(err, context.Canceled) {
			err = nil // asked to stop
		}
	}
	return errors.Join(err, a.Close())
}

// sayUnlisted names the patterns whose repositories could not be listed.
func (s *session) sayUnlisted(a *app.App) {
	for _, what := range a.Unlisted {
		s.say("%s %s", s.style.yellow("!"), what)
	}
}

// listeners says where webhooks are taken, and what is unusual about it.
func (s *session) listeners(c *config.Config, at app.Addrs) {
	if at.Hooks != nil {
		s.say("webhooks are taken on http://%s/hooks/", at.Hooks)
	}
	for _, w := range listenWarnings(c) {
		s.say("%s %s", s.style.yellow("!"), w)
	}
}

// listenWarnings are what an operator must know of the listeners.
func listenWarnings(c *config.Config) (out []string) {
	if c.OpenPages() {
		out = append(out, "the pages are open (pages_without_login): whoever reaches "+c.Listen+" reads the whole register")
	}
	if c.WebhooksMoved() {
		out = append(out, "webhooks are taken on "+c.Webhooks.Listen+", no longer on "+c.Listen+": point the proxy there, and set webhooks.listen to say so")
	}
	return out
}

// The start waits so long for the trackers, and asks for so many bindings at once.
const (
	checkWithin   = 20 * time.Second
	checkedAtOnce = 8
)

// credentials asks each tracker who we are and says what is wrong with the set-up.
// A tracker that refuses us, or is out of reach, is no reason not to start: the
// others go on, and this one is tried again, seldom. The credential of a person of the
// register is one: what that person decides would be taken for conformd's own doing.
func (s *session) credentials(ctx context.Context, a *app.App) error {
	ctx, cancel := context.WithTimeout(ctx, checkWithin)
	defer cancel()
	// Forty repositories take their time one after the other. The limits of each tracker
	// hold beside this one.
	reports, errs := make([]connectors.Report, len(a.Bindings)), make([]error, len(a.Bindings))
	var g errgroup.Group
	g.SetLimit(checkedAtOnce)
	for i, b := range a.Bindings {
		g.Go(func() error {
			reports[i], errs[i] = a.Check(ctx, b)
			return nil
		})
	}
	_ = g.Wait() // each error is told of its binding
	for i, b := range a.Bindings {
		r, err := reports[i], errs[i]
		own, isOwn := errors.AsType[*app.OwnAccountError](err)
		switch {
		case isOwn:
			return &fault{Code: "CLI-055", Exit: ExitUsage, What: own.Error(), Why: "conformd was tried out with a personal token", Remedy: app.OwnAccountRemedy, Err: own}
		case errors.Is(err, connectors.Unauthenticated), errors.Is(err, connectors.Denied):
			s.say("%s binding %s refuses the credential: %v; give it one that is valid, the other bindings go on", s.style.yellow("!"), b.ID, err)
			continue
		case err != nil:
			s.say("%s binding %s is out of reach and will be tried again: %v", s.style.yellow("!"), b.ID, err)
			continue
		}
		for _, p := range r.Problems {
			s.say("%s %s %s: %s; %s", s.style.yellow("!"), b.ID, p.Code, p.What, p.Remedy)
		}
	}
	return nil
}

func (s *session) once(ctx context.Context, a *app.App) error {
	if err := a.Started(ctx); err != nil {
		return err
	}
	s.warnOfPolicy(ctx, a)
	done := s.progress(ctx, "comparing trackers and register")
	p, err := a.SyncRun(ctx)
	if _, merr := a.Measure(ctx, false); merr != nil {
		err = errors.Join(err, merr)
	}
	if err == nil {
		err = a.Tell(ctx)
	}
	done()
	if stop := a.Stopped(context.WithoutCancel(ctx)); stop != nil {
		return errors.Join(err, stop)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	left, lerr := s.leftOver(ctx, a)
	if lerr != nil {
		return errors.Join(err, lerr)
	}
	s.say("%s listed, %s worked on", present.Count(p.Listed, "issue", "issues"), present.Count(p.Worked, "record", "records"))
	s.say("%s", left.counts)
	if err == nil && len(left.lines) == 0 {
		s.next("conformd register list")
		return nil
	}
	if err != nil {
		if u := unexpected(err); u.Exit == ExitDenied {
			return u
		}
		left.lines = append(left.lines, err.Error())
	}
	return &fault{Code: "CLI-012", Exit: ExitInPart, Err: err, What: strings.Join(append([]string{"finished in part"}, left.lines...), "\n  "), Remedy: left.remedy}
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
