package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) brakeCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Where writing is stopped, why, and the changes that wait there, record by record", Args: noArgs,
		Example: "  conformd brake list",
	})
	list.RunE = func(c *cobra.Command, _ []string) error { return s.brakes(c.Context()) }
	var reason, digest, as string
	release := &cobra.Command{
		Use: "release BINDING", Short: "Write the changes that wait there, after a person has looked", Args: oneArg("the id of one binding", "conformd brake list names it"),
		Long: `Writing to a binding stops when too much would be written to it at once, when too many
of its issues are missing, when a backup was restored, when the register is new and the
trackers hold issues that conformd made, and when another conformd has written to these
trackers: each is more often an accident than work. Read conformd brake list and look at
the tracker first. Release writes the changes that wait there and no others; later
changes are judged anew. Where another conformd wrote, a release also takes over what it
made, for good: its mark stops nothing any more. The reason that you give is written into
the audit log. The daemon may be running.`,
		Example: `  conformd brake release jira-isms --reason "labels were renamed on purpose"
  conformd brake release jira-isms --list 3f2a90c41b77 --reason "read the list"`,
		RunE: func(c *cobra.Command, a []string) error { return s.release(c.Context(), a[0], reason, digest, as) },
	}
	release.Flags().StringVar(&reason, "reason", "", "why writing may go on (needed)")
	release.Flags().StringVar(&as, "as", "", "the id of the person who releases it, for the audit log")
	release.Flags().StringVar(&digest, "list", "", "release only if the list is still the one with this digest")
	return group("brake", "What stops writing when too much would be written at once", "  conformd brake list", list, release)
}

// brakes lists what is stopped.
func (s *session) brakes(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	stops, err := r.register.Stops(ctx)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(append([]service.Stop{}, stops...))
	}
	for _, x := range stops {
		text, err := s.stopText(ctx, r, x)
		if err != nil {
			return err
		}
		if err := s.print("%s", text); err != nil {
			return err
		}
	}
	if len(stops) == 0 {
		s.say("writing is stopped nowhere")
		return nil
	}
	s.say("writing is stopped for %s; after you have looked at the tracker:", present.Count(len(stops), "binding", "bindings"))
	for _, x := range stops {
		s.say("  %s", x.Release())
	}
	return nil
}

func (s *session) stopText(ctx context.Context, r *reading, x service.Stop) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s\n", s.style.red("!"), x.Stop)
	for _, w := range x.Writes {
		target := w.Issue
		if target == "" {
			target = "new issue"
		}
		fmt.Fprintf(&b, "  %s  %s  → %s\n", w.Ref, short(oneLine(w.Title), 60), oneLine(target))
		say, err := s.writer(ctx, r, x.Binding, w.Ref)
		if err != nil {
			return "", err
		}
		for _, c := range w.Writes {
			b.WriteString("      " + say(c) + "\n")
		}
	}
	fmt.Fprintf(&b, "  %s", x.Waiting())
	if x.List != "" {
		fmt.Fprintf(&b, "; list %s", x.List)
	}
	b.WriteString("\n")
	return b.String(), nil
}

// writer returns what puts the writes of a record to a binding into words, with the names
// of people in the place of their accounts.
func (s *session) writer(ctx context.Context, r *reading, binding, ref string) (func(plan.Write) string, error) {
	row, err := r.store.Record(ctx, ref)
	if err != nil {
		return nil, err
	}
	n, err := r.register.Names(ctx, row.Record.ID)
	if err != nil {
		return nil, err
	}
	return func(w plan.Write) string {
		if w.Field != "" {
			w.What = label(w.Field)
			w.Before, w.After = r.register.Shown(n, binding, w.Field, w.Before), r.register.Shown(n, binding, w.Field, w.After)
		}
		return s.writeText(w)
	}, nil
}

// writeText says one thing that would be written.
func (s *session) writeText(w plan.Write) string {
	before, after := s.style.red("- "+short(plain(w.Before), 80)), s.style.green("+ "+short(plain(w.After), 80))
	switch {
	case w.Before == "":
		return w.What + ": " + after
	case w.After == "" && w.Field != "":
		return w.What + ": " + before + " (emptied)"
	case w.After == "":
		return w.What + ": " + before
	default:
		return w.What + ": " + before + "  " + after
	}
}

func (s *session) release(ctx context.Context, binding, reason, list, as string) error {
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, as); err != nil {
			return err
		}
		return s.releaseIn(ctx, a, binding, reason, list)
	})
}

func (s *session) releaseIn(ctx context.Context, a *app.App, binding, reason, list string) error {
	load, err := a.ReleaseBrake(ctx, binding, reason, list)
	if err != nil {
		f := &fault{
			Code: "CLI-015", Exit: ExitFailed, What: err.Error(),
			Remedy: "read conformd brake list, and give --list and --reason as its last line says", Err: err,
		}
		if !slices.ContainsFunc(a.Config.Bindings, func(b config.Binding) bool { return b.ID == binding }) {
			f.What, f.Remedy = "no binding "+binding+" is configured, and "+f.What, "conformd brake list names the bindings to which writing is stopped"
		}
		return f
	}
	released := load.String()
	if released == "" {
		released = "no value to replace or empty, and no issue to create"
	}
	s.say("writing to %s goes on; released: %s", binding, released)
	return nil
}

// sayStops says where writing is stopped, in a line each.
func (s *session) sayStops(stops []service.Stop) {
	for _, x := range stops {
		s.say("%s %s; %s; look: %s", s.style.yellow("!"), x.Stop, x.Waiting(), present.Look)
	}
}
