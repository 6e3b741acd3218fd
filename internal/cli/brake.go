package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) brakeCommand() *cobra.Command {
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Where writing is stopped, why, and what stands there, record by record", Args: cobra.NoArgs,
		Example: "  conformd brake list",
	})
	list.RunE = func(c *cobra.Command, _ []string) error { return s.brakes(c.Context()) }
	var reason, digest string
	release := &cobra.Command{
		Use: "release <binding>", Short: "Lets exactly what stands there leave, after a person has looked", Args: cobra.ExactArgs(1),
		Long: `Writing to a binding stops when too much would be written to it at once, when too many
of its issues are missing, and when a backup was restored: each is more often an
accident than work. Read conformd brake list and look at the tracker first. Release
lets exactly what stands there leave; what is planned later is judged anew. The reason
that you give is written into the audit log. The daemon may be running.`,
		Example: `  conformd brake release jira-isms --reason "labels were renamed on purpose"
  conformd brake release jira-isms --list 3f2a90c41b77 --reason "read the list"`,
		RunE: func(c *cobra.Command, a []string) error { return s.release(c.Context(), a[0], reason, digest) },
	}
	release.Flags().StringVar(&reason, "reason", "", "why writing may go on (needed)")
	release.Flags().StringVar(&digest, "list", "", "release only if the list is still the one with this digest")
	return group("brake", "What stops writing when too much would be written at once", "  conformd brake list", list, release)
}

// A stop is a binding to which writing is stopped, as the command prints it.
type stop struct {
	Binding string           `json:"binding"`
	Brakes  []store.Brake    `json:"brakes"`
	List    string           `json:"list,omitempty"` // digest of Writes
	Writes  []store.Standing `json:"writes"`
}

// stops returns where writing is stopped and what stands there.
func stops(ctx context.Context, st *store.Store) ([]stop, error) {
	rows, err := st.Bindings(ctx)
	if err != nil {
		return nil, err
	}
	var out []stop
	for _, b := range rows {
		if len(b.Brakes) == 0 {
			continue
		}
		writes, err := st.Standing(ctx, b.ID)
		if err != nil {
			return nil, err
		}
		x := stop{Binding: b.ID, Brakes: b.Brakes, Writes: writes}
		if len(writes) > 0 {
			x.List = store.ListDigest(writes)
		} else {
			x.Writes = []store.Standing{}
		}
		out = append(out, x)
	}
	return out, nil
}

func (x stop) why() string { return store.Reasons(x.Brakes) }

// brakes lists what is stopped.
func (s *session) brakes(ctx context.Context) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	stopped, err := stops(ctx, r.store)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(append([]stop{}, stopped...))
	}
	for _, x := range stopped {
		if err := s.print("%s", s.stopText(x)); err != nil {
			return err
		}
	}
	s.say("writing is stopped for %s", plural(len(stopped), "binding", "bindings"))
	if i := slices.IndexFunc(stopped, func(x stop) bool { return x.List != "" }); i >= 0 {
		s.next("conformd brake release %s --list %s --reason …", stopped[i].Binding, stopped[i].List)
	}
	return nil
}

func (s *session) stopText(x stop) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s  %s\n", s.style.red("!"), x.Binding, x.why())
	for _, w := range x.Writes {
		target := w.Issue
		if target == "" {
			target = "new issue"
		}
		fmt.Fprintf(&b, "  %s  %s  → %s\n", w.Ref, short(plain(w.Title), 60), target)
		for _, c := range w.Writes {
			b.WriteString("      " + s.writeText(c) + "\n")
		}
	}
	if x.List != "" {
		fmt.Fprintf(&b, "  %s would be written; list %s\n", plural(len(x.Writes), "record", "records"), x.List)
	}
	return b.String()
}

// writeText says one thing that would be written.
func (s *session) writeText(w plan.Write) string {
	name := w.What
	if w.Field != "" {
		name = label(w.Field)
	}
	switch {
	case w.Before == "":
		return name + ": " + s.style.green("+ "+short(plain(w.After), 80))
	case w.After == "":
		return name + ": " + s.style.red("- "+short(plain(w.Before), 80)) + " (emptied)"
	default:
		return name + ": " + s.style.red("- "+short(plain(w.Before), 60)) + "  " + s.style.green("+ "+short(plain(w.After), 60))
	}
}

func (s *session) release(ctx context.Context, binding, reason, list string) error {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{})
	if err != nil {
		return err
	}
	load, err := a.ReleaseBrake(ctx, binding, reason, list)
	if err != nil {
		return errors.Join(&fault{
			Code: "CLI-015", Exit: ExitFailed, What: err.Error(),
			Cure: "see conformd brake list, and give --reason",
		}, a.Close())
	}
	s.say("writing to %s goes on: %s", binding, loadText(load))
	return a.Close()
}

// loadText says how much leaves.
func loadText(l plan.Load) string {
	if l.Zero() {
		return "nothing stood there"
	}
	return fmt.Sprintf("%s changed (%s replaced, %s emptied), %s created, %s",
		plural(l.Records, "record", "records"), plural(l.Replaced, "value", "values"), plural(l.Emptied, "value", "values"),
		plural(l.Creates, "issue", "issues"), plural(l.Comments, "comment", "comments"))
}
