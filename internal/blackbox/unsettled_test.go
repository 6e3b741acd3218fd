//go:build unix

package blackbox

import (
	"fmt"
	"slices"
	"strings"
)

// unsettled is L1 and L6: what is not equal on both sides, and not explained by what
// the commands show. It is empty when all is well. A create that was lost is an
// explanation to whoever does not want to wait.
func (p *picture) unsettled(wait bool) []string {
	var why []string
	say := func(format string, a ...any) { why = append(why, fmt.Sprintf(format, a...)) }
	owner := map[string]string{} // of an issue: its record
	for _, r := range p.records {
		if r.Attention != "" && (wait || !r.waits(lostCreate)) && !r.asks() {
			say("%s waits: %s", r.Ref, r.Attention)
		}
		var twins []*issue
		for _, i := range r.Issues {
			if owner[i.Key] != "" {
				say("%s belongs to %s and %s", i.Key, owner[i.Key], r.Ref)
			}
			owner[i.Key] = r.Ref
			is := p.issues[i.Key]
			if is == nil || i.State != "bound" {
				say("%s: %s is %s", r.Ref, i.Key, i.State)
				continue
			}
			twins = append(twins, is)
		}
		// What was closed before it was seen first gets no counterpart.
		if len(twins) < 2 && !r.ended() && r.Attention == "" {
			say("%s has %d issues", r.Ref, len(twins))
		}
		if r.asks() || r.waits(lostCreate) { // nothing of the record is taken in meanwhile
			continue
		}
		for _, is := range twins {
			for f, v := range is.texts {
				if want := strings.TrimSpace(r.Fields[f]); strings.TrimSpace(v) != want && !p.disputed(r.Ref, f) {
					say("%s %s: %s shows %q, the register %q", r.Ref, f, is.id, v, want)
				}
			}
		}
	}
	for key := range p.issues {
		if owner[key] == "" {
			say("%s belongs to no record", key)
		}
	}
	slices.Sort(why)
	return why
}

func (r record) ended() bool {
	return r.Requested != "" || slices.Contains([]string{"closed", "accepted", "rejected"}, r.State)
}

// disputed reports whether conflicts list shows that a field is left to a person.
func (p *picture) disputed(ref, field string) bool {
	return slices.ContainsFunc(p.conflicts, func(c conflict) bool {
		return c.Ref == ref && c.Conflict.Field == field && c.Closed.IsZero()
	})
}
