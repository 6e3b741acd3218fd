package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
)

// A restoring is one call of backup restore.
type restoring struct {
	dir, key, reason string
	acceptLoss       bool
}

// A restored is what came of it.
type restored struct {
	From     time.Time      `json:"backup_made"`
	Log      backup.Head    `json:"log"`
	Replaced backup.Present `json:"replaced"`
	Kept     string         `json:"kept,omitempty"`
	Stopped  []string       `json:"writing_stopped"`
	// Origin is the name of the log from now on, and Key its public key under that name.
	Origin string `json:"origin"`
	Key    string `json:"key"`
}

func (s *session) restoreCommand() *cobra.Command {
	var o restoring
	c := s.jsonFlag(&cobra.Command{
		Use: "restore DIR", Short: "Go back to a backup; writing stays stopped until a person releases it", Args: oneArg("the directory of one backup", `conformd backup restore backup-2026-11-26 --reason "…"`),
		Long: `Puts the register of a backup in the place of the present one, which is kept beside it.
The daemon must be stopped. The audit log goes on under a new name, and its first entry
says that it was set back, why, and what was lost; whoever holds a checkpoint of what was
lost sees it anyway. Where the present log is newer than the backup, or cannot be read,
--accept-loss is needed.

Afterwards nothing is written to any tracker until the register has looked at all of
them and a person releases it: run --once, plan, brake list, brake release.`,
		Example: `  conformd backup restore backup-2026-11-26 --reason "the disk broke" --accept-loss`,
		RunE: func(c *cobra.Command, a []string) error {
			o.dir = a[0]
			return s.restore(c.Context(), o)
		},
	})
	c.Flags().StringVar(&o.reason, "reason", "", "why, for the audit log (needed)")
	c.Flags().StringVar(&o.key, "key", "", "public key of the log, or a file with it (the backup's audit.pub)")
	c.Flags().BoolVar(&o.acceptLoss, "accept-loss", false, "go back although entries of the present log are not in the backup")
	return c
}

func (s *session) restore(ctx context.Context, o restoring) (err error) {
	if strings.TrimSpace(o.reason) == "" {
		return &fault{Code: "CLI-002", Exit: ExitUsage, What: "a restore needs a reason, which the audit log keeps", Remedy: `add --reason "…"`}
	}
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	unlock, err := s.lock(c.DataDir)
	if err != nil {
		return err
	}
	defer unlock()
	b, err := s.check(ctx, o.dir, o.key, "")
	if err != nil {
		return err
	}
	if err := b.fault(o.dir); err != nil {
		return err
	}
	signer, err := signs(c, o.dir, b)
	if err != nil {
		return err
	}
	m := b.Manifest
	p, err := backup.Look(ctx, c.DataDir, o.dir, m, b.keys)
	if err != nil {
		return err
	}
	if p.Loss && !o.acceptLoss {
		return &fault{
			Code: "CLI-037", Exit: ExitFailed, What: fmt.Sprintf("the backup of %s ends with entry %d of the log; %s", m.Created.Format(time.RFC3339), m.Log.Size-1, p.Told),
			Why:    "the present register is newer than the backup, and going back looks like tampering to whoever holds its checkpoint",
			Remedy: "conformd audit export -o lost-entries first, so that the entries are not lost; then add --accept-loss",
		}
	}
	done := restored{From: m.Created, Log: m.Log, Replaced: p}
	if err = done.putBack(ctx, c, signer, m, o); err != nil {
		if errors.Is(err, store.ErrInUse) {
			return &fault{Code: "CLI-038", Exit: ExitFailed, Err: err, What: "another conformd command reads the present register", Remedy: "end the other conformd commands and try again; nothing was changed"}
		}
		return err
	}
	if s.json {
		return s.printJSON(done)
	}
	return s.tellRestored(done)
}

// putBack makes the register of the backup safe to run and swaps it in.
func (d *restored) putBack(ctx context.Context, c *config.Config, signer tree.Signer, m *backup.Manifest, o restoring) error {
	at, err := backup.Stage(c.DataDir, o.dir, m)
	if err != nil {
		return errors.Join(err, backup.Unstage(c.DataDir))
	}
	p := d.Replaced
	done, err := app.Restore(ctx, c, app.Restoring{
		Dir: at, Signer: signer, Made: m.Created, Known: p.Known,
		Restore: audit.Restore{LostOrigin: p.Head.Origin, LostSize: p.Head.Size, LostRoot: p.Head.Root, Told: p.Told, Reason: o.reason},
	})
	if err == nil {
		d.Stopped = done.Bindings
		err = d.swap(ctx, c.DataDir, signer, m, o, done.Head)
	}
	return errors.Join(err, backup.Unstage(c.DataDir))
}

// swap puts the staged register in the place of the present one. The remembered head is
// replaced last: until then the start compares the log with the former head, and takes the
// restore that the log tells of for an answer.
func (d *restored) swap(ctx context.Context, data string, signer tree.Signer, m *backup.Manifest, o restoring, head []byte) error {
	c, err := tree.ReadCheckpoint(head)
	if err != nil {
		return err
	}
	d.Origin, d.Key = c.Origin, signer.Under(c.Origin).Public()
	if err := backup.PutKeys(data, o.dir, m, c.Origin); err != nil {
		return err
	}
	if d.Kept, err = backup.Swap(ctx, data, time.Now()); err != nil {
		return err
	}
	return backup.Remember(data, head)
}

func (s *session) tellRestored(d restored) error {
	if err := s.print("%s restored from a backup of %s; %s\n", s.style.green("✓"), d.From.Format(time.RFC3339), d.Replaced.Told); err != nil {
		return err
	}
	if d.Kept != "" {
		s.say("the register that was replaced is kept in %s", filepath.ToSlash(d.Kept))
	}
	s.say("the log goes on with entry %d, which says that it was set back and why, under a new name: %s", d.Log.Size, d.Origin)
	s.say("give auditors and witnesses this line; it is the same key under that name, and audit.pub has it:\n  %s", d.Key)
	s.say("a checkpoint of the former name stays of use; one of entries that were lost is answered with cut-off: give its holder the export of them")
	s.say("%s writing is stopped for %s until a person has looked: %s", s.style.yellow("!"), present.Count(len(d.Stopped), "binding", "bindings"), strings.Join(d.Stopped, ", "))
	s.say("  conformd run --once      takes in what the trackers show now, and writes nothing")
	s.say("  conformd plan            what would be written")
	s.say("  conformd brake release   lets writing go on, binding by binding")
	return nil
}
