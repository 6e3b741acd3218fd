// Package paper has what the pages for printing share: one style, in black and white and without
// anything from elsewhere, and the cleaning of what people wrote.
package paper

import (
	_ "embed"
	"html/template"
	"strings"
	"unicode"
)

//go:embed style.html
var style string

// Page parses a page. It may use the template "style" within its style element, and the function
// clean.
func Page(name, text string, funcs template.FuncMap) (*template.Template, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"clean": Clean}).Funcs(funcs).Parse(style)
	if err != nil {
		return nil, err
	}
	return t.Parse(text)
}

// Clean is a text without characters that nobody sees and a terminal or a browser acts upon.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// Cell is a text that people wrote, as a cell of a table in Markdown shows it.
func Cell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "`", "'", "*", `\*`, "_", `\_`, "[", `\[`).Replace(Clean(s))
}

// Line is a row of a table in Markdown.
func Line(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }
