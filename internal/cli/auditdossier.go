package cli

import (
	"context"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/regular"
)

func (s *session) auditDossierCommand() *cobra.Command {
	var out, person string
	c := s.jsonFlag(&cobra.Command{
		Use: "dossier NAME --out FILE.zip", Short: "One record for an auditor: a page, its entries and their proofs, as a ZIP", Args: oneName,
		Long: `Writes the record as an auditor reads it (record.html, in the order of the clauses, with all
that happened), the same as data, the entries of the audit log about it, and for each the
proof that it is in the signed tree. conform-verify checks the ZIP on another machine.
The log notes each dossier, with the digests of page and record.

Personal data that the log only commits to is a commitment in the entries. The page names
people: read it before you give it away.

` + names,
		Example: "  conformd audit dossier NC-2026-0007 --out NC-2026-0007.zip\n  conform-verify --key acme.pub NC-2026-0007.zip",
		RunE:    func(c *cobra.Command, a []string) error { return s.auditDossier(c.Context(), a[0], out, person) },
	})
	c.Flags().StringVarP(&out, "out", "o", "", "file to write, in place of one that is there (needed)")
	c.Flags().StringVar(&person, "as", "", "your id in people, for the log")
	return c
}

func (s *session) auditDossier(ctx context.Context, name, out, person string) error {
	if !strings.EqualFold(filepath.Ext(out), ".zip") {
		return misuse("audit dossier needs a file to write, with the ending .zip", "conformd audit dossier "+oneLine(name)+" --out dossier.zip")
	}
	r, row, err := s.readRecord(ctx, name)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, person); err != nil {
			return err
		}
		d, err := a.Auditor().Dossier(ctx, r.register, row.Record.Ref, s.version().Version, keysOf(a))
		if err != nil {
			return err
		}
		if err := regular.Replace(out, d.ZIP); err != nil {
			return err
		}
		if s.json {
			return s.printJSON(d.Manifest)
		}
		s.say("%s: %s with %s about it, as of entry %d of the log, which notes the dossier", oneLine(out), d.Manifest.Record, present.Count(len(d.Manifest.Entries), "entry", "entries"), d.Manifest.Made)
		s.next("conform-verify %s", oneLine(out))
		return s.print("%s\n", out)
	})
}
