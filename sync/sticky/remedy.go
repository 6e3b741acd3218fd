package sticky

import (
	"strings"

	"github.com/conformd/conformd/internal/present"
)

// several says the remedies of several lacks as one: "under the headings **A** and
// **B** of the description".
func several(rs []present.Remedy) string {
	type group struct {
		r     present.Remedy
		names []string
	}
	var groups []group
	for _, r := range rs {
		i := 0
		for i < len(groups) && !(groups[i].r.Kind == r.Kind && groups[i].r.On == r.On && (r.Kind == present.Heading || r.Kind == present.Field || groups[i].r == r)) {
			i++
		}
		if i == len(groups) {
			groups = append(groups, group{r: r})
		}
		groups[i].names = with(groups[i].names, "**"+r.Name+"**")
	}
	var out []string
	for _, g := range groups {
		s := g.r.Markdown()
		if n := len(g.names); n > 1 {
			s = strings.Replace(s, "**"+g.r.Name+"**", present.Join(g.names), 1)
			s = strings.Replace(strings.Replace(s, "the heading ", "the headings ", 1), "the field ", "the fields ", 1)
		}
		out = append(out, s)
	}
	return some(out, "; ")
}
