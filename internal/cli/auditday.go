package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/audit/verifycmd"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/sample"
)

// A dayCall is what a command about an audit day is asked for.
type dayCall struct {
	audit, period, seed, out, binding, person string
	size                                      int
}

func (s *session) auditDayCommand() *cobra.Command {
	return group("day", "A day on which an auditor is there: period, sample, requests, and a receipt of them", `  conformd audit day open --audit AUD-2026-0001 --period 2026-Q3 --sample 10 --seed surveillance-2026 --as irene
  conformd audit day status --audit AUD-2026-0001
  conformd audit day close --audit AUD-2026-0001 -o receipt.zip --as irene`,
		s.dayOpenCommand(), s.dayStatusCommand(), s.dayCloseCommand(), s.dayReceiptCommand())
}

func (s *session) dayOpenCommand() *cobra.Command {
	var x dayCall
	c := s.jsonFlag(&cobra.Command{
		Use: "open --audit NAME --period PERIOD", Short: "Open an audit day: fix the period and the population, and draw the sample", Args: noArgs,
		Long: `Notes in the audit log that the day begins: the period, the records that were open in it,
and the sample that the auditor's word draws from them, each record with its version. The
checkpoint of the log that ends there goes to --out, for the auditor to keep: the receipt
of the day is held against it.

From now on people file what the auditor asks for as issues with the label
` + auditor.RequestLabel + `, in the project or repository of any binding, by hand. conformd writes nothing
there: it lists these issues, with the first comment by another person as the answer. Such
an issue must not be one that the binding selects as a record.

It takes an audit that is triaged, and a person with the role isms_manager.`,
		Example: "  conformd audit day open --audit AUD-2026-0001 --period 2026-Q3 --sample 10 --seed surveillance-2026 --out checkpoint-open --as irene",
		RunE:    func(c *cobra.Command, _ []string) error { return s.dayOpen(c.Context(), x) },
	})
	f := c.Flags()
	f.StringVar(&x.audit, "audit", "", "the record of the audit, by its number or the name of its issue (needed)")
	f.StringVar(&x.period, "period", "", "the period that is audited: 2026-Q3, 2026-H2, 2026, or 2025-12-01..2026-11-30 (needed)")
	f.IntVar(&x.size, "sample", 0, "how many records to draw; needs --seed")
	f.StringVar(&x.seed, "seed", "", "the word of the draw, best given by the auditor")
	f.StringVarP(&x.out, "out", "o", "", "file to write the checkpoint to, in place of one that is there")
	f.StringVar(&x.person, "as", "", "your id in people (needed)")
	return c
}

func (s *session) dayOpen(ctx context.Context, x dayCall) error {
	if x.audit == "" || x.period == "" {
		return misuse("audit day open needs the audit and the period", "conformd audit day open --audit AUD-2026-0001 --period 2026-Q3 --as irene")
	}
	if (x.size != 0) != (x.seed != "") || x.size < 0 {
		return misuse("a sample needs its size and a word", "give --sample 10 and --seed surveillance-2026, or none of them")
	}
	p, err := register.ParsePeriod(x.period)
	if err != nil {
		return misuse("--period: "+err.Error(), "give a period such as 2026-Q3, 2026 or 2025-12-01..2026-11-30")
	}
	q := sample.Question{Size: x.size, Seed: x.seed, From: p.From.Format(time.DateOnly), To: p.To.AddDate(0, 0, -1).Format(time.DateOnly)}
	return s.onDay(ctx, x, true, func(a *app.App, row store.Row) error {
		day, checkpoint, err := a.Auditor().OpenDay(ctx, row.Record.Ref, p.String(), q)
		if err != nil {
			return sampleFault(err)
		}
		if x.out != "" {
			if err := regular.Replace(x.out, checkpoint); err != nil {
				return err
			}
		}
		if s.json {
			return s.printJSON(struct {
				auditor.Day
				Checkpoint string `json:"checkpoint"`
			}{day, string(checkpoint)})
		}
		if err := s.dayText(day); err != nil {
			return err
		}
		if x.out == "" {
			s.say("give the auditor a checkpoint to keep: conformd audit checkpoint prints the present one")
		} else {
			s.say("%s is the checkpoint of the opening: give it to the auditor, who keeps it to check the receipt", oneLine(x.out))
		}
		s.next("conformd audit day status --audit %s", day.Audit)
		return nil
	})
}

// onDay finds the audit and runs a command about its day. A command that acts takes a person with
// the role for it.
func (s *session) onDay(ctx context.Context, x dayCall, acts bool, do func(*app.App, store.Row) error) error {
	if x.audit == "" {
		return misuse("it is not said which audit is meant", "name its record: --audit AUD-2026-0001")
	}
	if acts && x.person == "" {
		return misuse("it is not said who acts", "give your id in people: --as irene")
	}
	r, row, err := s.readRecord(ctx, x.audit)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, x.person); err != nil {
			return err
		}
		if acts && !slices.Contains(r.register.People[x.person].Roles, register.RoleISMSManager) {
			return &fault{Code: "CLI-061", Exit: ExitFailed, What: oneLine(x.person) + " may not open or close an audit day: it takes the role isms_manager", Remedy: "ask an ISMS manager to do it"}
		}
		err := do(a, row)
		if no, ok := errors.AsType[*auditor.DayError](err); ok {
			return &fault{Code: "CLI-095", Exit: ExitFailed, What: oneLine(no.What), Remedy: no.Remedy, Err: err}
		}
		if no, ok := errors.AsType[*auditor.SourceError](err); ok {
			return &fault{
				Code: "CLI-096", Exit: ExitInPart, What: "the requests of " + oneLine(no.Error()), Err: err,
				Remedy: "conformd config validate --online says what is wrong there; then ask again, or name the binding of the requests with --binding",
			}
		}
		return err
	})
}

// dayText prints what is fixed for a day.
func (s *session) dayText(d auditor.Day) error {
	drawn := "none"
	if d.Seed != "" {
		refs := make([]string, len(d.Sample))
		for i, x := range d.Sample {
			refs[i] = x.Record
		}
		drawn = present.Count(len(refs), "record", "records") + " by the word " + d.Seed + ": " + strings.Join(refs, ", ")
	}
	return s.print("%s: audit day for %s\n  opened      %s, with entry %d of the log\n  population  %s\n  sample      %s\n",
		d.Audit, d.Period, present.Minute(d.OpenedAt), d.Opened, present.Count(len(d.Population), "record", "records"), drawn)
}

// keysOf returns the public keys of the log, none where they cannot be read.
func keysOf(a *app.App) []string {
	b, err := verifycmd.ReadKey(filepath.Join(a.Config.DataDir, "audit.pub"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(b))
}
