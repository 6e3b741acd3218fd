package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
)

// mostWaiting is how many records a list of those that wait shows.
const mostWaiting = 200

func (s *session) queueCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "The records on which work waits, for what, and when each is tried again", Args: noArgs,
		Long: `Lists the records that wait: for a time, for a tracker that asked to be left alone or
does not answer, for a write whose outcome is not known yet, or for a person.`,
		Example: "  conformd queue list\n  conformd queue list --json",
	})
	list.RunE = func(c *cobra.Command, _ []string) error { return s.queued(c.Context()) }
	var all bool
	retry := &cobra.Command{
		Use: "retry [RECORD]", Short: "Work on a record now, whatever it waits for", Args: cobra.MaximumNArgs(1),
		Long: `Has a record worked on now. Rate limits, write budgets and brakes hold all the same.
The daemon may be running and takes it up within seconds; without one, conformd run
--once does.`,
		Example: "  conformd queue retry NC-2026-0007\n  conformd queue retry --all",
		RunE: func(c *cobra.Command, a []string) error {
			if all == (len(a) == 1) {
				return misuse("conformd queue retry needs the name of one record, or --all", "conformd queue list names those that wait")
			}
			return s.retry(c.Context(), a)
		},
	}
	retry.Flags().BoolVar(&all, "all", false, "every record that waits")
	var reason, as string
	drop := &cobra.Command{
		Use: "drop RECORD", Short: "Settle writes whose outcome cannot be found out, after a person has looked", Args: oneName,
		Long: `A write to a tracker whose answer was lost is looked for until its outcome is known.
Where that is not possible any more, because the binding was removed or the issue can
not be read, a person looks at the tracker and settles it. The log then says that the
outcome is undeterminable, who settled it, and why; the record goes on with what the
trackers show. Nothing is deleted.`,
		Example: `  conformd queue drop NC-2026-0007 --reason "looked at ISMS-12: the title was written"`,
		RunE:    func(c *cobra.Command, a []string) error { return s.drop(c.Context(), a[0], reason, as) },
	}
	drop.Flags().StringVar(&as, "as", "", "the id of the person who looked, for the audit log")
	drop.Flags().StringVar(&reason, "reason", "", "what you saw in the tracker (needed)")
	return group("queue", "The records on which work waits, and the ways out", "  conformd queue list", list, retry, drop)
}

// queued lists what waits.
func (s *session) queued(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	all, err := r.store.Waiting(ctx, mostWaiting)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(append([]store.Waiting{}, all...))
	}
	for _, w := range all {
		if err := s.print("%s", waitingText(w)); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		s.say("no record waits")
		return nil
	}
	s.say("%s", present.Count(len(all), "record waits", "records wait"))
	if len(all) == mostWaiting {
		s.say("these are the first; more may wait behind them")
	}
	return nil
}

func waitingText(w store.Waiting) string {
	var b strings.Builder
	next := "as soon as a worker is free"
	if !w.Next.IsZero() {
		next = "tried again " + present.Minute(w.Next)
	}
	what := w.Problem
	if what == "" {
		what = "its next step is due then"
	}
	fmt.Fprintf(&b, "%s  %s: %s\n", w.Ref, next, what)
	for _, o := range w.Writes {
		at := o.Issue
		if at == "" {
			at = "a new issue"
		}
		fmt.Fprintf(&b, "    open since %s: %s of %s in %s; settle it: conformd queue drop %s\n", present.Minute(o.At), o.Op, at, o.Binding, w.Ref)
	}
	return b.String()
}

// recordID returns the id of the record that a name means.
func (s *session) recordID(ctx context.Context, name string) (string, error) {
	r, row, err := s.readRecord(ctx, name)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.store.Close() }()
	return row.Record.ID, nil
}

func (s *session) retry(ctx context.Context, names []string) error {
	id := ""
	if len(names) > 0 {
		var err error
		if id, err = s.recordID(ctx, names[0]); err != nil {
			return err
		}
	}
	return s.beside(ctx, func(a *app.App) error {
		if id == "" {
			if err := a.RetryAll(ctx); err != nil {
				return err
			}
			s.say("every record that waits is worked on now")
			return nil
		}
		if err := a.Retry(ctx, id); err != nil {
			return err
		}
		s.say("%s is worked on now", names[0])
		return nil
	})
}

func (s *session) drop(ctx context.Context, name, reason, as string) error {
	id, err := s.recordID(ctx, name)
	if err != nil {
		return err
	}
	if strings.TrimSpace(reason) == "" {
		return misuse("conformd queue drop needs --reason: what you saw in the tracker", `conformd queue drop `+name+` --reason "the title was written"`)
	}
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, as); err != nil {
			return err
		}
		dropped, err := a.Drop(ctx, id, reason)
		if errors.Is(err, app.ErrNothingOpen) {
			return &fault{Code: "CLI-022", Exit: ExitFailed, Err: err, What: "no write of " + name + " is without an outcome", Remedy: "conformd queue list names those that have one"}
		}
		if err != nil {
			return err
		}
		s.say("%s settled as undeterminable; the record goes on", present.Count(len(dropped), "write", "writes"))
		return nil
	})
}
