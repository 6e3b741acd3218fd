package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/oscal"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// formatPOAM is the format of register export that other tools of governance read.
const formatPOAM = "oscal-poam"

func (s *session) registerExportCommand() *cobra.Command {
	var format, version, out string
	var include []string
	c := &cobra.Command{
		Use: "export --format oscal-poam", Short: "The register for other tools: an OSCAL plan of action and milestones", Args: noArgs,
		Long: `Writes the nonconformities of the register as a plan of action and milestones of OSCAL
(NIST), version 1.1.3 or later, as JSON: an item, an observation and a risk for each, with
causes, corrections, actions, dates and decisions. Rejected records are counted and left out;
--include adds records of other kinds. The ids follow from those of the records, so that the
same register gives the same file. It names people: read it before you give it away.

conformd register list has JSON, CSV and workbooks of all records.`,
		Example: "  conformd register export --format oscal-poam -o poam.json\n  conformd register export --format oscal-poam --oscal-version 1.2.2 --include improvement",
		RunE: func(c *cobra.Command, _ []string) error {
			return s.registerExport(c.Context(), format, version, out, include)
		},
	}
	f := c.Flags()
	f.StringVar(&format, "format", "", formatPOAM)
	f.StringVar(&version, "oscal-version", oscal.Versions()[0], strings.Join(oscal.Versions(), ", "))
	f.StringSliceVar(&include, "include", nil, "further kinds of record: potential_nonconformity, improvement, observation")
	f.StringVarP(&out, "output", "o", "", "file to write, in place of one that is there; standard output if it is not given")
	return c
}

func (s *session) registerExport(ctx context.Context, format, version, out string, include []string) error {
	if format != formatPOAM {
		return misuse(fmt.Sprintf("--format is %q, and must be %s", format, formatPOAM), "conformd register export --format "+formatPOAM)
	}
	if !slices.Contains(oscal.Versions(), version) {
		return misuse(fmt.Sprintf("--oscal-version is %q, and must be one of %s", version, strings.Join(oscal.Versions(), ", ")), "leave it out for "+oscal.Versions()[0])
	}
	src := oscal.Source{Version: version}
	for _, k := range include {
		known, ok := register.Info(register.FieldKind)
		kinds := slices.DeleteFunc(slices.Clone(known.Enum), func(k string) bool { return register.Kind(k).Evaluates() })
		if !ok || !slices.Contains(kinds, k) {
			return misuse(fmt.Sprintf("--include %q is not a kind of record that a plan of action has", k), "give one of "+strings.Join(kinds, ", "))
		}
		src.Kinds = append(src.Kinds, register.Kind(k))
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if err := poamSource(ctx, r, &src); err != nil {
		return err
	}
	d, err := oscal.New(src)
	if errors.Is(err, oscal.ErrEmpty) {
		return &fault{Code: "CLI-084", Exit: ExitFailed, What: err.Error(), Remedy: "conformd register list shows what there is; --include improvement adds records of another kind", Err: err}
	}
	if err != nil {
		return err
	}
	b, err := d.JSON()
	if err != nil {
		return err
	}
	if out == "" {
		return s.printJSON(d)
	}
	if err := s.deliver(out, "the plan", b); err != nil {
		return err
	}
	s.say("%s in %s (OSCAL %s), as of entry %d of the log", present.Count(len(d.POAM.Items), "record", "records"), oneLine(out), version, src.Entries)
	return nil
}

// poamSource reads what goes into the document.
func poamSource(ctx context.Context, r *reading, src *oscal.Source) error {
	stand, err := auditor.Read(ctx, r.store.Reader())
	if err != nil {
		return err
	}
	src.Origin, src.At, src.Entries = stand.Origin, stand.At, stand.Entries
	ids := make([]string, len(stand.Records))
	for i, rec := range stand.Records {
		ids[i] = rec.ID
	}
	names, err := r.register.Names(ctx, ids...)
	if err != nil {
		return err
	}
	for _, rec := range stand.Records {
		x := oscal.Record{Record: rec, Names: names}
		links, err := r.store.BoundIssues(ctx, rec.ID)
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Issue != nil {
				x.Issues = append(x.Issues, l.Issue.URL)
			}
		}
		src.Records = append(src.Records, x)
	}
	return nil
}
