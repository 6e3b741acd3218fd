package reportpage

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/internal/kpipage"
	"github.com/conformd/conformd/internal/paper"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

//go:embed review.html
var reviewPage string

// A review is what the page of a management review shows.
type review struct {
	Title        string
	Facts        [][2]string
	Alerts       []string
	Blanks       []string
	Inputs       []input
	Judgements   []report.Statement
	Decisions    list
	WhyNone      string // why there are no decisions
	Signed       string
	ResultClause string
}

// An input is one of the inputs of the standard.
type input struct {
	report.Statement
	Letter, Clause string
	Lists          []list
	Figures        template.HTML
}

// ReviewHTML returns the report of a management review as one page that needs nothing else, to read and to
// print in black and white.
func ReviewHTML(p report.Pack, ed register.Edition) ([]byte, error) {
	t, err := paper.Page("review", reviewPage+listPart, template.FuncMap{"lines": lines})
	if err != nil {
		return nil, err
	}
	r := review{
		Title: title(p), Facts: reviewFacts(p), Alerts: p.Alerts, Blanks: p.Blanks, Judgements: p.Judgements, Decisions: listOf(p.Decisions), Signed: p.Signed,
		ResultClause: register.Clause("mr.result", ed),
	}
	if len(p.Decisions.Rows) == 0 {
		r.WhyNone = p.Review.Fields[register.FieldNoAction]
	}
	for _, x := range p.Inputs {
		in := input{Statement: x.Statement, Letter: x.Key, Clause: clause(x.Requirement, ed)}
		for _, l := range x.Lists {
			in.Lists = append(in.Lists, listOf(l))
		}
		if len(x.Figures) > 0 {
			part, err := kpipage.Figures(p.Report, ed, x.Figures)
			if err != nil {
				return nil, err
			}
			in.Figures = template.HTML(part) //nolint:gosec // of a template that escapes
		}
		r.Inputs = append(r.Inputs, in)
	}
	var b bytes.Buffer
	err = t.Execute(&b, r)
	return b.Bytes(), err
}

func title(p report.Pack) string { return p.Review.Ref + " " + p.Review.Fields[register.FieldTitle] }

// lines are the lines of a text that people wrote.
func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func cells(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = paper.Cell(s)
	}
	return out
}

// clause is the clause of a requirement in an edition; the one of 2013 has no input about needs.
func clause(requirement string, ed register.Edition) string {
	if c := register.Clause(requirement, ed); c != "" {
		return c
	}
	return "none in this edition"
}

// reviewFacts are what a reader must know before the inputs.
func reviewFacts(p report.Pack) [][2]string {
	out := [][2]string{
		{"Period", p.Period().String()},
		{"As of", p.AsOf()},
		{"From", "the first " + strconv.FormatInt(p.Entries, 10) + " entries of the audit log, root " + p.Root},
		{"About", p.About()},
		{"State", string(p.Review.State)},
	}
	if p.Held != "" {
		out = append(out, [2]string{"Held on", p.Held})
	}
	if p.Frozen != "" {
		out = append(out, [2]string{"Figures", p.Frozen})
	}
	for _, l := range p.LeftOut {
		out = append(out, [2]string{"Left out", strconv.Itoa(l.N) + " " + l.Why})
	}
	return out
}

// ReviewRows returns the report of a management review as a table for spreadsheets: a row for each text,
// each value of a figure and each row of a list.
func ReviewRows(p report.Pack, ed register.Edition) [][]string {
	out := [][]string{{"Part", "Clause", "Name", "Text", "By"}}
	for _, f := range reviewFacts(p) {
		out = append(out, []string{"About", "", f[0], f[1], ""})
	}
	lists := func(part string, ts ...report.Table) {
		for _, t := range ts {
			for _, row := range t.Rows {
				var cells []string
				for i, c := range t.Columns {
					if row[i] != "" {
						cells = append(cells, c.Name+": "+row[i])
					}
				}
				out = append(out, []string{part, "", t.Title, strings.Join(cells, "; "), ""})
			}
		}
	}
	for _, x := range p.Inputs {
		out = append(out, []string{"Input " + x.Key, clause(x.Requirement, ed), x.Label, x.Text, x.By})
		for i, f := range p.Figures {
			if slices.Contains(x.Figures, f.ID) {
				out = append(out, valueRows(&p.Report, i, "Input "+x.Key, ed)...)
			}
		}
		lists("Input "+x.Key, x.Lists...)
	}
	for _, j := range p.Judgements {
		out = append(out, []string{"Judgement", clause(j.Requirement, ed), j.Label, j.Text, j.By})
	}
	lists("Decision", p.Decisions)
	return append(out, []string{"Signature", register.Clause("mr.result", ed), "Signed", p.Signed, ""})
}

// valueRows are the values of figure i, a row for each: "50.0 % (n 2, too few)".
func valueRows(r *kpi.Report, i int, part string, ed register.Edition) (out [][]string) {
	f := &r.Figures[i]
	for _, x := range r.Of(i) {
		text := x.Words
		if x.Unit != kpi.Count {
			n := "n " + strconv.Itoa(x.N)
			if x.Caution() != "" {
				n += ", " + x.Caution()
			}
			text += " (" + n + ")"
		}
		out = append(out, []string{part, strings.Join(f.Clauses(ed), ", "), f.ID + " " + f.Name + ": " + x.Name, text, ""})
	}
	return out
}

// ReviewMarkdown returns the report of a management review as Markdown.
func ReviewMarkdown(p report.Pack, ed register.Edition) []byte {
	var b strings.Builder
	b.WriteString("# " + paper.Cell(title(p)) + "\n\n")
	for _, f := range reviewFacts(p) {
		fmt.Fprintf(&b, "- %s: %s\n", f[0], paper.Cell(f[1]))
	}
	for _, a := range p.Alerts {
		b.WriteString("\n**" + paper.Cell(a) + "**\n")
	}
	if len(p.Blanks) > 0 {
		b.WriteString("\n## Needed before it can be signed\n\n")
		for _, x := range p.Blanks {
			b.WriteString("- " + paper.Cell(x) + "\n")
		}
	}
	said := func(s report.Statement, blank string) {
		text := blank
		if s.Text != "" {
			text = "> " + strings.Join(cells(lines(s.Text)), "  \n> ")
		}
		b.WriteString(text + "\n")
		if s.By != "" {
			b.WriteString("\nSupplied by " + paper.Cell(s.By) + ".\n")
		}
	}
	for _, x := range p.Inputs {
		fmt.Fprintf(&b, "\n## %s %s (%s)\n\n", x.Key, x.Label, clause(x.Requirement, ed))
		said(x.Statement, "_Blank: nobody has supplied this input yet._")
		for _, l := range x.Lists {
			b.WriteString("\n### " + l.Title + "\n\n")
			table(&b, ListRows(l), l.None)
		}
		for i := range p.Figures {
			if f := &p.Figures[i]; slices.Contains(x.Figures, f.ID) {
				fmt.Fprintf(&b, "\n### %s %s\n\n", f.ID, f.Name)
				table(&b, figureRows(p, i), "none")
			}
		}
	}
	b.WriteString("\n## Judgements\n")
	for _, j := range p.Judgements {
		b.WriteString("\n### " + j.Label + "\n\n")
		said(j, "_Blank._")
	}
	b.WriteString("\n## Decisions\n\n")
	table(&b, ListRows(p.Decisions), p.Decisions.None)
	b.WriteString("\n## Signature\n\n")
	if p.Signed == "" {
		b.WriteString("_Not signed._\n")
	} else {
		b.WriteString("> " + paper.Cell(p.Signed) + "\n")
	}
	return []byte(b.String())
}

// ListRows returns a list with its head as the first row.
func ListRows(t report.Table) [][]string {
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Name
	}
	return append([][]string{head}, t.Rows...)
}

// figureRows returns figure i with its trend.
func figureRows(p report.Pack, i int) [][]string {
	head := []string{"value"}
	for _, t := range p.Trend {
		head = append(head, t.Period().String())
	}
	rows := [][]string{append(head, p.Period().String(), "change", "n", "note")}
	for _, x := range p.Of(i) {
		rows = append(rows, append(append([]string{x.Name}, x.Earlier...), x.Words, x.Change, strconv.Itoa(x.N), x.Caution()))
	}
	return rows
}
