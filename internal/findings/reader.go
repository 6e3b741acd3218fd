package findings

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conformd/conformd/register"
)

// A reader makes findings of a table, and notes every mistake.
type reader struct {
	Options
	*table
	findings []Finding
	mistakes []Mistake
	spare    int // cells behind the last column name that every row has
}

func (r *reader) wrong(l line, c Column, what, remedy string) {
	r.mistakes = append(r.mistakes, Mistake{Row: l.row, Column: r.called(c), What: what, Remedy: remedy})
}

// rows reads all rows.
func (r *reader) rows() {
	if len(r.lines) == 0 {
		r.mistakes = append(r.mistakes, Mistake{Row: r.header.row, What: "no finding stands below the column names", Remedy: "give a row for each finding"})
	}
	if n := len(r.lines); n > maxFindings {
		r.mistakes = append(r.mistakes, Mistake{What: fmt.Sprintf("the list has %d findings, and cannot have more than %d", n, maxFindings), Remedy: "import it in parts"})
		return
	}
	for i, l := range r.lines {
		if n := max(0, len(l.cells)-len(r.header.cells)); i == 0 || n < r.spare {
			r.spare = n
		}
	}
	words, first := grades(r.Grades), map[string]int{}
	for _, l := range r.lines {
		if !r.whole(l) {
			continue
		}
		f := Finding{Row: l.row, Values: map[register.Field]string{register.FieldSource: cmp.Or(r.Source, "external_audit")}}
		r.number(l, &f, first)
		r.grade(l, &f, words)
		r.texts(l, &f)
		r.findings = append(r.findings, f)
	}
}

// whole reports whether the cells of a row can be read at all.
func (r *reader) whole(l line) bool {
	before := len(r.mistakes)
	if n := len(r.header.cells); r.shifted(l) {
		r.mistakes = append(r.mistakes, Mistake{
			Row: l.row, What: fmt.Sprintf("the row has %d cells, and the column names are %d", len(l.cells), n),
			Remedy: "put a text with the separator into quotes, or delete the cells without a column name",
		})
	}
	for _, c := range Columns() {
		text := r.cell(l, c)
		if n := utf8.RuneCountInString(text); n > maxCell {
			r.wrong(l, c, fmt.Sprintf("the cell has %d characters, and cannot have more than %d", n, maxCell), "shorten it; the whole text may stand in a document that the cell names")
		} else if i := strings.IndexFunc(text, unseen); i >= 0 {
			bad, _ := utf8.DecodeRuneInString(text[i:])
			r.wrong(l, c, fmt.Sprintf("the cell has the character U+%04X, which nobody sees", bad), "delete the character")
		}
	}
	return len(r.mistakes) == before
}

// shifted reports whether a row has cells under no column name. Blank ones count where other
// rows do not have them: they are what a separator in a text without quotes leaves.
func (r *reader) shifted(l line) bool {
	n := len(r.header.cells)
	if len(l.cells) <= n {
		return false
	}
	return len(l.cells) > n+r.spare || !blank(line{cells: l.cells[n:]})
}

// unseen reports whether a character controls how a text is shown and has no place in a list:
// controls but line feeds and tabs, and those that turn the direction of a text around. A soft
// hyphen or a joiner of letters is part of many languages.
func unseen(r rune) bool {
	return r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) || 0xE0000 <= r && r <= 0xE007F
}

// number reads the body's number. It is needed, and stands once in the list.
func (r *reader) number(l line, f *Finding, first map[string]int) {
	n := strings.Join(strings.Fields(r.cell(l, Number)), " ")
	if n == "" {
		r.wrong(l, Number, "the finding has no number", "give it the number of the certification body, or delete the row")
		return
	}
	f.Ref = n
	if !strings.HasPrefix(Key(n), Key(r.Audit)) {
		f.Ref = r.Audit + "/" + n
	}
	if row, twice := first[Key(f.Ref)]; twice {
		r.wrong(l, Number, fmt.Sprintf("%q stands in row %d already", n, row), "a number belongs to one finding; delete the row or correct the number")
		return
	}
	first[Key(f.Ref)] = l.row
	if utf8.RuneCountInString(f.Ref) > maxTitle {
		r.wrong(l, Number, fmt.Sprintf("the number has more than %d characters", maxTitle), `check that the column is the one of the numbers: --column number="Header"`)
	}
	f.Values[register.FieldSourceRef] = f.Ref
}

// Key is what a number is compared by: upper and lower case and spaces make no difference.
func Key(ref string) string { return strings.ToLower(strings.Join(strings.Fields(ref), " ")) }

// grade reads the body's grade.
func (r *reader) grade(l line, f *Finding, words map[string]Grade) {
	text := r.cell(l, GradeOf)
	g, ok := look(words, text)
	if !ok {
		what := fmt.Sprintf("%s is not a grade that is known", quoted([]string{text}))
		if text == "" {
			what = "the finding has no grade"
		}
		r.wrong(l, GradeOf, what, gradeRemedy(r.Grades))
		return
	}
	f.Kind = kindOf(g)
	f.Values[register.FieldKind], f.Values[register.FieldGrade] = string(f.Kind), string(g)
	if v, wrong := r.Typed(register.FieldGrade, string(g)); wrong.Code == "" {
		f.Values[register.FieldGrade] = v // the step of the scale
	}
}

// texts reads what the other columns tell.
func (r *reader) texts(l line, f *Finding) {
	for _, c := range Columns() {
		field := c.field()
		if field == "" {
			continue
		}
		text := r.cell(l, c)
		if info, _ := register.Info(field); info.Type == register.TypeDate {
			text = r.date(l, c)
		}
		if none(text) {
			continue
		}
		if c == Requirement {
			text = strings.ReplaceAll(text, ";", "\n")
		}
		v, wrong := r.Typed(field, text)
		if wrong.Code != "" {
			r.wrong(l, c, wrong.What.String(), wrong.Remedy.String())
			continue
		}
		f.Values[field] = v
	}
	if f.Values[register.FieldProblem] == "" {
		r.wrong(l, Text, "the finding has no text", "give what the certification body found, or delete the row")
	}
	title := f.Values[register.FieldTitle]
	if n := utf8.RuneCountInString(title); n > maxTitle {
		r.wrong(l, Title, fmt.Sprintf("the title has %d characters, and cannot have more than %d", n, maxTitle), "shorten it")
	}
	if f.Titled = title != ""; !f.Titled {
		f.Values[register.FieldTitle] = beginning(f.Values[register.FieldProblem])
	}
}

// none reports whether a cell says that there is nothing.
func none(text string) bool { return known(text) == "" || known(text) == "na" }

// beginning makes a title of a text: its first line, cut between words.
func beginning(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	title := ""
	for w := range strings.FieldsSeq(first) {
		if r := []rune(w); len(r) > maxShort {
			w = string(r[:maxShort])
		}
		longer := strings.TrimSpace(title + " " + w)
		if utf8.RuneCountInString(longer) > maxShort {
			return title + " …"
		}
		title = longer
	}
	return title
}

// With returns the values of the finding and further ones; what the row tells counts more.
func (f Finding) With(more map[register.Field]string) map[register.Field]string {
	out := map[register.Field]string{}
	maps.Copy(out, more)
	maps.Copy(out, f.Values)
	return out
}
