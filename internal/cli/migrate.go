package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) migrateCommand() *cobra.Command {
	var dry bool
	c := s.jsonFlag(&cobra.Command{
		Use: "migrate", Short: "Bring the register of an earlier version up to date", Args: noArgs,
		Long: `Brings the database of an earlier version up to date, as the start of the daemon does:
it makes a backup in the data directory, changes the tables, and carries each record into
the audit log as it stands, so that the log tells everything of it from there on. It needs
no tracker. An earlier version cannot open the register afterwards; the backup is the way
back.`,
		Example: "  conformd migrate --dry-run          what would change\n  conformd migrate",
		RunE:    func(c *cobra.Command, _ []string) error { return s.migrate(c.Context(), dry) },
	})
	c.Flags().BoolVar(&dry, "dry-run", false, "say what would change, and change nothing")
	return c
}

func (s *session) migrate(ctx context.Context, dry bool) error {
	c, err := config.LoadOffline(s.path(), s.lookup)
	if err != nil {
		return err
	}
	u, err := app.PendingUpgrade(ctx, c.DataDir, time.Now())
	if err == nil && !dry {
		var unlock func()
		if unlock, err = s.lock(c.DataDir); err != nil {
			return err
		}
		defer unlock()
		done := s.progress(ctx, "bringing the register up to date")
		u, err = app.Migrate(ctx, c, app.Options{Version: s.version().Version})
		done()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &fault{
			Code: "CLI-010", Exit: ExitFailed, What: "there is no register in " + c.DataDir, Err: err,
			Why: "the daemon has not run with this configuration yet, or data_dir is another", Remedy: "conformd run --once, or give --data-dir",
		}
	}
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(struct {
			app.Upgrade
			DryRun bool `json:"dry_run"`
		}{u, dry})
	}
	return s.print("%s", upgradeText(u, dry))
}

// upgradeText says an upgrade to people.
func upgradeText(u app.Upgrade, dry bool) string {
	if !u.Needed() {
		return fmt.Sprintf("The register is up to date (schema %d); there is nothing to do.\n", u.To)
	}
	would := func(now, later string) string {
		if dry {
			return later
		}
		return now
	}
	out := ""
	if u.Backup != "" {
		out += fmt.Sprintf("%s a backup in %s\n", would("Made", "Would make"), u.Backup)
	}
	if u.From != u.To {
		out += fmt.Sprintf("%s the tables from schema %d to %d; an earlier version cannot open them afterwards\n", would("Brought", "Would bring"), u.From, u.To)
	}
	if u.Records > 0 {
		out += fmt.Sprintf("%s %s into the audit log, as %s\n", would("Carried", "Would carry"), present.Count(int(u.Records), "record", "records"), would("they stood", "they stand"))
	}
	return out
}
