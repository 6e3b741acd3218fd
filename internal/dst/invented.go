package dst

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/simkit"
)

// uninvented is S3: each text that conformd wrote into a field that people write was
// written by somebody.
func (p *picture) uninvented() {
	written := map[string]bool{"": true}
	for side, changes := range p.truth {
		for _, c := range changes {
			for _, t := range p.texts(side, c) {
				if !isBot(c.By) {
					written[t] = true
				}
			}
		}
	}
	for _, c := range p.typed {
		written[said(c.words)] = true
	}
	for side, changes := range p.truth {
		for _, c := range changes {
			for _, t := range p.texts(side, c) {
				if !written[t] {
					p.violated("S3", "nobody wrote %q, which is in %s of %s %s", t, c.Field, side, c.Issue)
				}
			}
		}
	}
}

// texts are what a change writes into the fields that people write, as words.
func (p *picture) texts(side string, c simkit.Change) []string {
	switch {
	case c.Field == "body":
		var out []string
		all := sights(c.To, known(p.LabelSets))
		for _, h := range headings() {
			if s := all[named(h)]; s.seen == clear {
				out = append(out, said(s.text))
			}
		}
		return out
	case side == github && c.Field == "created": // with that title
		return []string{said(c.To)}
	case c.Field == "title" || c.Field == "summary" || slices.Contains(names(), strings.TrimSuffix(c.Field, renamed)):
		return []string{said(c.To)}
	}
	return nil
}
