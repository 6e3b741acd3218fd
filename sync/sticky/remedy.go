package sticky

import (
	"github.com/conformd/conformd/internal/present"
)

// several puts several remedies into one phrase: "under the headings **A** and **B** of the
// description".
func (p *page) several(rs []present.Remedy) string {
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
		s := g.r.Markdown(p.in)
		if len(g.names) > 1 {
			s = g.r.Several(p.in, p.in.Join(g.names))
		}
		out = append(out, s)
	}
	return p.some(out)
}

// together reports whether two remedies fit into one phrase: they differ only in the name of
// a heading or a field.
func together(a, b present.Remedy) bool {
	if a.Kind == present.Heading || a.Kind == present.Field {
		b.Name = a.Name
	}
	return a == b
}
