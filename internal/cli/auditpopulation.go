package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) auditPopulationCommand() *cobra.Command {
	var all, exitCode bool
	var only string
	c := s.jsonFlag(&cobra.Command{
		Use: "population", Short: "The register beside its sources: what is there, what it has, and each difference by name", Args: noArgs,
		Long: `Lists every issue that each project and repository shows to conformd's account, and compares
them with the register. For each binding it prints the search that selects its issues, in the
tracker's own words, how many issues there are and are selected, how many the register has,
and each issue that differs:

  not in the register  selected, and not taken in
  not selected         bound, filed by conformd, or filled in like a record, and without the
                       label or type that selects it (--all names every issue without it)
  quarantined          of no known record, and why
  deleted, hidden, deleted or hidden, moved
                       in the register, and not at the source; trackers often answer the
                       same for an issue that was deleted and for one that is hidden

It reads and changes nothing, at the trackers and in the register. A listing of Jira may lag
behind the truth by minutes.`,
		Example: "  conformd audit population\n  conformd audit population --binding gh-isms --json\n  conformd audit population --exit-code",
		RunE:    func(c *cobra.Command, _ []string) error { return s.auditPopulation(c.Context(), only, all, exitCode) },
	})
	c.Flags().StringVar(&only, "binding", "", "only this binding")
	c.Flags().BoolVar(&all, "all", false, "name every issue that is not selected")
	c.Flags().BoolVar(&exitCode, "exit-code", false, "end with exit code 3 if something differs")
	return c
}

func (s *session) auditPopulation(ctx context.Context, only string, all, exitCode bool) error {
	var p auditor.Population
	err := s.beside(ctx, func(a *app.App) error {
		sources := a.Sources()
		if only != "" {
			ids := make([]string, len(sources))
			for i, x := range sources {
				ids[i] = x.Binding
			}
			if !slices.Contains(ids, only) {
				return misuse(fmt.Sprintf("there is no binding %q", only), "the bindings are "+strings.Join(ids, ", "))
			}
			sources = slices.DeleteFunc(sources, func(x auditor.Source) bool { return x.Binding != only })
		}
		done := s.progress(ctx, "counting")
		defer done()
		var err error
		p, err = a.Auditor().Count(ctx, sources, all)
		return err
	})
	if err != nil {
		return err
	}
	if only != "" {
		p.Without = []string{} // another binding may have their issues
	}
	if s.json {
		err = s.printJSON(p)
	} else {
		err = s.populationText(p)
	}
	if err != nil {
		return err
	}
	differ := 0
	for _, c := range p.Counts {
		if c.Problem != "" {
			return &fault{Code: "CLI-085", Exit: ExitInPart, What: oneLine(c.Binding) + " could not be counted: " + c.Problem, Remedy: "conformd config validate --online says what is wrong there; then count again"}
		}
		differ += len(c.Differences)
	}
	if exitCode && differ > 0 {
		return silent(ExitFindings)
	}
	return nil
}

func (s *session) populationText(p auditor.Population) error {
	table := [][]string{{"BINDING", "ISSUE", "RECORD", "DIFFERENCE", "WHY", "TITLE"}}
	for _, c := range p.Counts {
		if c.Problem != "" {
			continue
		}
		if err := s.print("%s: %s\n  at the source    %d selected, of %s that conformd's account sees\n  in the register  %d bound, %d quarantined\n  differences      %d\n",
			oneLine(c.Binding), oneLine(c.Query), c.Selected, present.Count(c.Seen, "issue", "issues"), c.Bound, c.Quarantined, len(c.Differences)); err != nil {
			return err
		}
		if c.Unselected > 0 {
			s.say("%s: %s not selected, and show nothing of a record (--all names them)", oneLine(c.Binding), present.Count(c.Unselected, "issue is", "issues are"))
		}
		for _, d := range c.Differences {
			table = append(table, []string{c.Binding, d.Key, dash(d.Record), string(d.What), d.Why, dash(short(oneLine(d.Title), 60))})
		}
	}
	if len(table) > 1 {
		if err := s.print("\n"); err != nil {
			return err
		}
		if err := s.table(table); err != nil {
			return err
		}
	}
	if n := len(p.Without); n > 0 {
		s.say("%s without an issue in any binding: %s", present.Count(n, "record", "records"), strings.Join(p.Without[:min(n, 20)], ", "))
	}
	s.say("%s in the register, as of %s and %d entries of the log", present.Count(p.Records, "record", "records"), present.Minute(p.AsOf), p.Entries)
	return nil
}
