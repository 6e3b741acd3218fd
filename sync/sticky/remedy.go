package sticky

import (
	"strings"

	"github.com/conformd/conformd/internal/present"
)

// several puts several remedies into one phrase: "under the headings **A** and **B** of the
// description".
func several(rs []present.Remedy) string {
	type group struct {
		r     present.Remedy
		names []string
	}
	var groups []group
	for _, r := range rs {
		i := 0
		for i < len(groups) && !together(groups[i].r, r) {
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

// together reports whether two remedies fit into one phrase: they differ only in the name of
// a heading or a field.
func together(a, b present.Remedy) bool {
	if a.Kind == present.Heading || a.Kind == present.Field {
		b.Name = a.Name
	}
	return a == b
}
