package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
)

func (s *session) conflictsCommand() *cobra.Command {
	var all bool
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Fields that were changed to different values in several places", Args: noArgs,
		Long: `Lists the conflicts. conformd has overwritten neither value; it goes on as soon as a
person has made the values equal in the trackers, or has decided with conflicts resolve.`,
		Example: "  conformd conflicts list\n  conformd conflicts list --all",
	})
	list.RunE = func(c *cobra.Command, _ []string) error {
		r, err := s.read(c.Context())
		if err != nil {
			return err
		}
		defer func() { _ = r.store.Close() }()
		rows, err := r.store.Conflicts(c.Context())
		if err != nil {
			return err
		}
		shown := []store.ConflictRow{} // JSON shows an empty list, not null
		for _, row := range rows {
			if all || row.Closed.IsZero() {
				shown = append(shown, row)
			}
		}
		if s.json {
			return s.printJSON(shown)
		}
		told, err := r.register.ConflictWords(c.Context(), shown)
		if err != nil {
			return err
		}
		for i, row := range shown {
			if err := s.print("%s", conflictText(row, told[i])); err != nil {
				return err
			}
		}
		s.say("%s", present.Count(len(shown), "conflict", "conflicts"))
		if slices.ContainsFunc(shown, func(c store.ConflictRow) bool { return c.Closed.IsZero() }) {
			s.say("%s", present.Decide)
			s.say("or decide here: conformd conflicts resolve RECORD FIELD --take PLACE --as PERSON --reason TEXT")
		}
		return nil
	}
	list.Flags().BoolVar(&all, "all", false, "also those that are settled")
	return group("conflicts", "Fields with different values in several places, all of them kept", "  conformd conflicts list", list, s.resolveCommand())
}

func conflictText(row store.ConflictRow, c present.Conflict) string {
	var b strings.Builder
	sign, state := "!", "open"
	switch {
	case row.Conflict.Winner != "":
		sign, state = "✓", "settled by the policy "+row.Conflict.Policy
	case !row.Closed.IsZero():
		sign, state = "✓", "settled "+present.Minute(row.Closed)
	}
	b.WriteString(sign + " " + row.Ref + "  " + c.Label + "  " + state + ", opened " + present.Minute(row.Opened) + "\n")
	for i, v := range c.Values {
		text := strings.TrimSpace(plain(v.Text))
		if text == "" {
			text = "(empty)"
		}
		b.WriteString("    " + v.Place + ": " + strings.ReplaceAll(text, "\n", "\n      "))
		if base := strings.TrimSpace(plain(row.Conflict.Values[i].Base)); base != "" {
			b.WriteString("  (agreed before: " + short(base, 60) + ")")
		}
		b.WriteString("\n")
	}
	return b.String()
}
