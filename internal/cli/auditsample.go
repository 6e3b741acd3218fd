package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register/sample"
)

// A sampling is what audit sample is asked for.
type sampling struct {
	size                   int
	seed, from, to, person string
}

func (s *session) auditSampleCommand() *cobra.Command {
	var x sampling
	c := s.jsonFlag(&cobra.Command{
		Use: "sample --n N --seed WORD", Short: "The records that an auditor reads, in a draw that anybody can repeat", Args: noArgs,
		Long: `Chooses records of the register. All majors and all records of the last external audit are
in the sample, and one record each that is late, extended, accepted, recurred, reopened and
rejected, where there is one. The others are drawn: each number has a digest, the smallest
ones are taken, and one of a case is the one with the smallest digest.

  printf '%s %s' WORD NC-2026-0007 | sha256sum

prints the digest of a record, so that nobody has to trust conformd with the draw. Let the
auditor name the WORD. Each draw stands in the audit log, with its word and its sample.

--from and --to limit the population to records that were open in a period: recorded on its
last day or before, and not closed or rejected before its first day.`,
		Example: "  conformd audit sample --n 25 --seed surveillance-2026\n  conformd audit sample --n 25 --seed surveillance-2026 --from 2025-12-01 --to 2026-11-30 --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.auditSample(c.Context(), x) },
	})
	f := c.Flags()
	f.IntVar(&x.size, "n", 0, "how many records; more are in the sample where more must be")
	f.StringVar(&x.seed, "seed", "", "a word of letters, digits, points and dashes, best given by the auditor")
	f.StringVar(&x.from, "from", "", "first day of the period, without limit if it is not given")
	f.StringVar(&x.to, "to", "", "last day of the period")
	f.StringVar(&x.person, "as", "", "your id in people, for the log")
	return c
}

func (s *session) auditSample(ctx context.Context, x sampling) error {
	if x.size < 1 || x.seed == "" {
		return misuse("audit sample needs the size of the sample and a word", "conformd audit sample --n 25 --seed surveillance-2026")
	}
	from, err := givenDay("--from", x.from)
	if err != nil {
		return err
	}
	to, err := givenDay("--to", x.to)
	if err != nil {
		return err
	}
	if from != "" && to != "" && from > to {
		return misuse(fmt.Sprintf("the period ends on %s and begins on %s", to, from), "give the first day with --from and the last one with --to")
	}
	return s.beside(ctx, func(a *app.App) error {
		if err := s.person(a, x.person); err != nil {
			return err
		}
		d, err := a.Auditor().Sample(ctx, sample.Question{Size: x.size, Seed: x.seed, From: from, To: to, At: time.Now()})
		if err != nil {
			return sampleFault(err)
		}
		if s.json {
			return s.printJSON(d)
		}
		return s.sampleText(d, x.size)
	})
}

// givenDay reads the day that a flag gives, "" if it gives none.
func givenDay(flag, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return "", misuse(fmt.Sprintf("%s %q is not a date", flag, text), "write it like 2026-12-31")
	}
	return text, nil
}

// sampleFault explains why there is no sample.
func sampleFault(err error) error {
	if big, ok := errors.AsType[*sample.SizeError](err); ok {
		f := misuse(big.Error(), fmt.Sprintf("give --n a number from 1 to %d, or a longer period", big.Population))
		if big.Population == 0 {
			f.Remedy = "give a longer period: no record was open in this one; conformd register list shows all records"
		}
		return f
	}
	if bad, ok := errors.AsType[*sample.SeedError](err); ok {
		return misuse(bad.Error(), "give a word such as --seed surveillance-2026")
	}
	return err
}

func (s *session) sampleText(d auditor.Drawn, size int) error {
	table := [][]string{{"NUMBER", "WHY", "DIGEST", "TITLE"}}
	for _, c := range d.Chosen {
		table = append(table, []string{c.Ref, joined(append([]sample.Reason{c.Why}, c.Also...)), c.Digest[:16], short(oneLine(c.Title), 60)})
	}
	if err := s.table(table); err != nil {
		return err
	}
	s.say("%s of a population of %d, as of %s and entry %d of the log, which notes the draw", present.Count(len(d.Chosen), "record", "records"), len(d.Population), present.Minute(d.AsOf), d.Entry)
	if len(d.Chosen) > size {
		s.say("the sample is larger than %d, because these records are in each sample", size)
	}
	if d.Audit != "" {
		s.say("the last external audit is %s", oneLine(d.Audit))
	}
	if len(d.Absent) > 0 {
		s.say("the population has no record that is %s", strings.ReplaceAll(joined(d.Absent), ", ", " or "))
	}
	s.say("to repeat the draw: printf '%%s %%s' %s NUMBER | sha256sum, for each number of the population (--json lists them)", d.Seed)
	if len(d.Chosen) > 0 {
		s.next("conformd audit dossier %s --out %s.zip", d.Chosen[0].Ref, d.Chosen[0].Ref)
	}
	return nil
}

func joined(rs []sample.Reason) string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = string(r)
	}
	return strings.Join(out, ", ")
}
