// Package textbench measures what a text loses on its way from GitHub to Jira and back:
// it compares what GitHub would show before and after.
package textbench

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	ghtml "github.com/yuin/goldmark/renderer/html"
)

// Shown is what a reader sees of a text at GitHub.
type Shown struct {
	Words  string   // all words, in order
	Links  []string // the addresses of links, in order
	Lists  []string // the numbers that lists begin with; "" for 1
	Images []string // the addresses of pictures
	Tables []string // the cells of tables, by row
	Code   []string // code, with its language
}

// github renders as GitHub does, by goldmark with its extensions.
var github = goldmark.New(
	goldmark.WithExtensions(extension.GFM, extension.Footnote),
	goldmark.WithRendererOptions(ghtml.WithUnsafe()),
)

var (
	comment = regexp.MustCompile(`(?s)<!--.*?-->`)
	element = regexp.MustCompile(`<[^>]*>`)
	href    = regexp.MustCompile(`href="([^"]*)"`)
	src     = regexp.MustCompile(`src="([^"]*)"`)
	ordered = regexp.MustCompile(`<ol(?: start="(\d+)")?>`)
	table   = regexp.MustCompile(`(?s)<table>.*?</table>`)
	row     = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
	cell    = regexp.MustCompile(`(?s)<t[hd][^>]*>(.*?)</t[hd]>`)
	code    = regexp.MustCompile(`(?s)<code(?: class="language-([^"]*)")?>(.*?)</code>`)
)

// Show returns what a reader sees of a text in GitHub-flavoured Markdown.
func Show(gfm string) Shown {
	var b bytes.Buffer
	_ = github.Convert([]byte(gfm), &b) // a buffer takes everything
	h := comment.ReplaceAllString(b.String(), "")
	s := Shown{
		Words: words(h), Links: found(href, h), Lists: found(ordered, h), Images: found(src, h),
	}
	for _, t := range table.FindAllString(h, -1) {
		for _, r := range row.FindAllString(t, -1) {
			var cells []string
			for _, c := range cell.FindAllStringSubmatch(r, -1) {
				cells = append(cells, words(c[1]))
			}
			s.Tables = append(s.Tables, strings.Join(cells, " | "))
		}
	}
	for _, m := range code.FindAllStringSubmatch(h, -1) {
		s.Code = append(s.Code, strings.ToLower(m[1])+": "+trimLines(html.UnescapeString(m[2])))
	}
	return s
}

// Differ names what is not the same in both.
func (s Shown) Differ(t Shown) []string {
	var out []string
	for _, c := range []struct {
		name string
		same bool
	}{
		{"words", s.Words == t.Words},
		{"links", slices.Equal(s.Links, t.Links)},
		{"list numbers", slices.Equal(s.Lists, t.Lists)},
		{"images", slices.Equal(s.Images, t.Images)},
		{"tables", slices.Equal(s.Tables, t.Tables)},
		{"code", slices.Equal(s.Code, t.Code)},
	} {
		if !c.same {
			out = append(out, c.name)
		}
	}
	return out
}

func words(h string) string {
	t := html.UnescapeString(element.ReplaceAllString(h, " "))
	return strings.Join(strings.Fields(invisible.Replace(t)), " ")
}

// invisible are the marks by which a text is kept from setting something off.
var invisible = strings.NewReplacer("\u200b", "", "\u2060", "")

func found(re *regexp.Regexp, h string) []string {
	var out []string
	for _, m := range re.FindAllStringSubmatch(h, -1) {
		out = append(out, strings.ReplaceAll(m[1], "//redirect.github.com/", "//github.com/"))
	}
	return out
}

// trimLines drops the space at the ends of the lines of code, which no tracker keeps.
func trimLines(s string) string {
	lines := strings.Split(strings.Trim(s, "\n"), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\r")
	}
	return strings.Join(lines, "\n")
}
