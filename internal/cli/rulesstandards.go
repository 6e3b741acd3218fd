package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/register"
)

// A standard is a standard as it is printed, with its clause for each requirement key.
type standard struct {
	register.Standard
	Clauses []standardClause `json:"clauses"`
}

type standardClause struct {
	Requirement string `json:"requirement"`
	register.ClauseLabel
}

func (s *session) standardsCommand() *cobra.Command {
	return s.jsonFlag(&cobra.Command{
		Use: "standards", Short: "The clauses of each standard that the rules serve", Args: noArgs,
		Long: "Prints the clause of each standard that comes nearest to each requirement key: key by standard,\n" +
			"with the sources in which the numbers were looked up. A number with (?) was not found in any source:\n" +
			"look it up before you cite it. Where it says none, the standard has no counterpart.\n" +
			"Nothing is read beside the program itself.",
		Example: "  conformd rules standards\n  conformd rules standards --json",
		RunE: func(*cobra.Command, []string) error {
			if s.json {
				return s.printJSON(standards())
			}
			if err := s.table(standardsTable()); err != nil {
				return err
			}
			return s.print("%s", standardsSources())
		},
	})
}

func standards() []standard {
	var out []standard
	for _, x := range register.Standards() {
		st := standard{Standard: x}
		for _, r := range register.Requirements() {
			st.Clauses = append(st.Clauses, standardClause{Requirement: r.Key, ClauseLabel: x.Clause(r.Key)})
		}
		out = append(out, st)
	}
	return out
}

// standardsTable is a row for each requirement key and a column for each standard.
func standardsTable() [][]string {
	head := []string{"REQUIREMENT"}
	for _, x := range register.Standards() {
		head = append(head, strings.ToUpper(x.ID))
	}
	rows := [][]string{head}
	for _, r := range register.Requirements() {
		row := []string{r.Key}
		for _, x := range register.Standards() {
			row = append(row, cmp.Or(x.Clause(r.Key).Marked(), "none"))
		}
		rows = append(rows, row)
	}
	return rows
}

func standardsSources() string {
	var b strings.Builder
	b.WriteString("\n" + strings.TrimSpace(register.Unchecked) + " not checked: the number was not found in a source. Which clause comes nearest to a key is conformd's reading.\n\nSources\n")
	for _, x := range register.Standards() {
		fmt.Fprintf(&b, "  %s  %s: %s\n", x.ID, x.Name, x.Title)
		for _, src := range x.Sources {
			fmt.Fprintf(&b, "    %s (%s)\n      %s\n", src.What, src.LookedUp, src.Address)
		}
	}
	return b.String()
}
