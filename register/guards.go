package register

import (
	"slices"
	"strings"
)

// The tables of guards. A guard has its number from the design of the lifecycle,
// so that a number keeps its meaning; numbers without a row are not checked.

// guards returns all guards, in the order of their numbers.
func guards() []Rule {
	var all []Rule
	for _, group := range [][]Rule{
		nature(), cause(), plan(), review(), texts(), recurrences(), rigour(), improvements(), potentials(),
		measured(), signals(), audits(), managementReviews(),
	} {
		all = append(all, group...)
	}
	slices.SortStableFunc(all, func(a, b Rule) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// lacks collects what is missing.
type lacks []Lack

// add notes something that is taken away by giving or correcting the field. The name of the
// field stands in the sentence as {{.Field}}.
func (l *lacks) add(f Field, what string, args ...any) { l.note(f, about(f, what, args...), Remedy{}) }

// note adds a lack with its remedy.
func (l *lacks) note(f Field, what *Message, r Remedy) {
	*l = append(*l, Lack{Field: f, What: what, Remedy: r})
}

// missing notes an empty field.
func (l *lacks) missing(f Field) {
	*l = append(*l, Lack{Field: f, What: about(f, "{{.Field}} is missing"), Missing: true})
}

// need notes the field as missing if r says nothing in it.
func (l *lacks) need(r Record, f Field) {
	if !stated(r.Fields[f]) {
		l.missing(f)
	}
}

// needDate notes the field unless it holds a date.
func (l *lacks) needDate(r Record, f Field) {
	v := r.Fields[f]
	if empty(v) {
		l.missing(f)
	} else if _, ok := date(v); !ok {
		l.add(f, "{{.Field}} {{.Value}} is not a date like 2026-09-30", "Value", quoted(v))
	}
}

// needPerson notes the field unless it names a known person. A stranger can be held to
// nothing, and might be anybody, the reviewer too.
func (l *lacks) needPerson(r Record, f Field, ctx Context) {
	v := r.Fields[f]
	if empty(v) {
		l.missing(f)
	} else if !ctx.knows(v) {
		l.note(f, about(f, "{{.Field}} {{.Person}} is not in the register's list of people", "Person", ctx.called(v)), Remedy{Kind: RemedyPerson})
	}
}

// Name is what people call somebody: the name of a person or of an account, "account 2002
// of gh-isms" for an account without a known name, else the id.
func (c Context) Name(id string) string {
	if p, ok := c.People[id]; ok && p.Name != "" {
		return p.Name
	}
	if n := c.Accounts[id]; n != "" {
		return n
	}
	if account, ok := strings.CutPrefix(id, "account:"); ok {
		if binding, of, ok := strings.Cut(account, ":"); ok {
			return "account " + of + " of " + binding
		}
	}
	return id
}

// knows reports whether id is that of a known person.
func (c Context) knows(id string) bool {
	_, ok := c.People[id]
	return ok
}

// label returns the name of a field that people know.
func label(f Field) string {
	info, ok := Info(f)
	if !ok {
		return string(f)
	}
	return info.Label
}

// called is Name, in quotation marks where only the id is known.
func (c Context) called(id string) string {
	if n := c.Name(id); n != id {
		return n
	}
	return quote(id)
}
