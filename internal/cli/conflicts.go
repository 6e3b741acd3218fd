package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/store"
)

func (s *session) conflictsCommand() *cobra.Command {
	var all bool
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Fields that were changed to different values in several places", Args: cobra.NoArgs,
		Long: `Lists the conflicts. conformd has overwritten neither value; it goes on as soon as
a person has made the values equal in the trackers.`,
		Example: "  conformd conflicts list",
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
		for _, row := range shown {
			state := "open"
			if !row.Closed.IsZero() {
				state = "over since " + row.Closed.UTC().Format("2006-01-02 15:04 UTC")
			}
			if err := s.print("! %s  %s  %s, opened %s\n", row.Ref, row.Conflict.Field, state, row.Opened.UTC().Format("2006-01-02 15:04 UTC")); err != nil {
				return err
			}
			for _, v := range row.Conflict.Values {
				if err := s.print("    %-12s %q  (agreed before: %q)\n", v.Place, strings.TrimSpace(plain(v.Value)), strings.TrimSpace(plain(v.Base))); err != nil {
					return err
				}
			}
		}
		s.say("%s", plural(len(shown), "conflict", "conflicts"))
		if len(shown) > 0 {
			s.say("To decide: put the value that is right into both trackers.")
		}
		return nil
	}
	list.Flags().BoolVar(&all, "all", false, "also those that are over")
	return group("conflicts", "Disagreements between trackers, both values kept", "  conformd conflicts list", list)
}
