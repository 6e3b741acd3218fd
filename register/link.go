package register

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// A Link is a typed reference of a record to another one. It names a record that existed when
// the link was made. Links are appended to and never taken away; one that counts no longer
// says why (Void).
type Link struct {
	Kind   LinkKind   `json:"kind"`
	To     string     `json:"to"`     // id of the other record
	Ref    string     `json:"ref"`    // its number
	Source LinkSource `json:"source"` // what said so
	By     string     `json:"by,omitempty"`
	At     time.Time  `json:"at,omitzero"`
	Event  string     `json:"event,omitempty"` // of the decision or command
	Reason string     `json:"reason,omitempty"`
	Void   string     `json:"void,omitempty"` // "" while it counts
	// VoidBy is the person who ended it, "" where the end followed from the record.
	VoidBy string    `json:"void_by,omitempty"`
	VoidAt time.Time `json:"void_at,omitzero"`
}

// Counts reports whether the link still stands.
func (l Link) Counts() bool { return l.Void == "" }

// A LinkSource is what a link comes from.
type LinkSource string

// The sources of links.
const (
	LinkOfRejection   LinkSource = "rejection"        // the reason of a rejection names it; it counts while the record is rejected
	LinkOfSource      LinkSource = "source reference" // the text names it; until triage the link follows the text
	LinkOfCommand     LinkSource = "command"          // a person with the role made it
	LinkOfPromotion   LinkSource = "promotion"        // an observation or a signal was promoted
	LinkOfMeasurement LinkSource = "measurement"      // a value did not meet its target
)

// A LinkKind is a sort of link.
type LinkKind string

// The kinds of link.
const (
	DuplicateOf  LinkKind = "duplicate_of"
	SplitFrom    LinkKind = "split_from"
	RecurrenceOf LinkKind = "recurrence_of"
	// LinkPromoted leads from a record to the observation or the signal that it was filed for.
	LinkPromoted LinkKind = "promoted_from"
	// LinkRaised leads from a signal to the record whose value did not meet its target.
	LinkRaised LinkKind = "raised_by"
)

// LinkKinds returns the kinds of link that people make and end. A promotion makes its own.
func LinkKinds() []LinkKind { return []LinkKind{DuplicateOf, SplitFrom, RecurrenceOf} }

// LinkKindNamed returns the kind that people name: "duplicate-of", "Duplicate of".
func LinkKindNamed(name string) (LinkKind, bool) {
	k := LinkKind(strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(name))))
	return k, slices.Contains(LinkKinds(), k)
}

// LinkNamed reads what people type of a link: "split-from NC-2026-0007".
func LinkNamed(typed string) (kind LinkKind, name string, ok bool) {
	words := strings.Fields(typed)
	if len(words) != 2 {
		return "", "", false
	}
	kind, ok = LinkKindNamed(words[0])
	return kind, words[1], ok
}

// linkChange begins the name by which the log calls a change of a link: "link.duplicate_of".
const linkChange = "link."

// Change is the name by which the log calls a change of a link of the kind.
func (k LinkKind) Change() string { return linkChange + string(k) }

// LinkOfChange returns the kind of the link that the log calls so.
func LinkOfChange(name string) LinkKind { return LinkKind(strings.TrimPrefix(name, linkChange)) }

// Words is the kind as people write it: "duplicate of".
func (k LinkKind) Words() string { return strings.ReplaceAll(string(k), "_", " ") }

// An Other is another record that a text or a command names.
type Other struct {
	ID, Ref string
	State   State
	// Leads are the ids of the records that the links of a kind lead to from it, one after
	// the other.
	Leads map[LinkKind][]string
}

// AddLink asks for a link to a record that Context.Records knows by Name.
type AddLink struct {
	By     Author
	Kind   LinkKind
	Name   string // number of the other record, or the key of an issue of it
	Reason string
}

// RemoveLink asks for a link to count no longer.
type RemoveLink struct {
	By     Author
	Kind   LinkKind
	Name   string
	Reason string
}

func (c AddLink) author() Author    { return c.By }
func (c RemoveLink) author() Author { return c.By }

// Linked returns the links of r that count.
func Linked(r Record) []Link {
	return slices.DeleteFunc(slices.Clone(r.Links), func(l Link) bool { return !l.Counts() })
}

// linkedTo returns the link of a kind that counts, to any record if id is "".
func linkedTo(r Record, kind LinkKind, id string) (Link, bool) {
	i := slices.IndexFunc(r.Links, func(l Link) bool { return l.Counts() && l.Kind == kind && (id == "" || l.To == id) })
	if i < 0 {
		return Link{}, false
	}
	return r.Links[i], true
}

// link takes a link in, once.
func (r *Record) link(l Link) {
	if _, stands := linkedTo(*r, l.Kind, l.To); !stands {
		r.Links = append(r.Links, l)
	}
}

// unlink marks a link as one that counts no longer.
func (r *Record) unlink(f Fact) {
	for i, l := range r.Links {
		if l.Counts() && l.Kind == f.Link.Kind && l.To == f.Link.To {
			r.Links[i].Void, r.Links[i].VoidBy, r.Links[i].VoidAt = cmp.Or(f.Why, "unlinked"), f.By, f.At
		}
	}
}

// addLink takes in that somebody links the record.
func (w *decision) addLink(c AddLink) Refusal {
	if x := w.refuseLink(c.By, c.Reason); x != (Refusal{}) {
		return x
	}
	if what := linkFault(w.r, Claim{c.Kind, c.Name}, w.ctx); what != nil {
		rule := "G03"
		if c.Kind == DuplicateOf {
			rule = "G04"
		}
		return Refusal{Rule: rule, What: what.String(), Told: what}
	}
	to := w.ctx.Records[c.Name]
	if _, stands := linkedTo(w.r, c.Kind, to.ID); stands {
		return Refusal{}
	}
	w.linked(c.By, Link{Kind: c.Kind, To: to.ID, Ref: to.Ref, Source: LinkOfCommand, Reason: c.Reason})
	return Refusal{}
}

// removeLink takes in that somebody ends a link.
func (w *decision) removeLink(c RemoveLink) Refusal {
	if x := w.refuseLink(c.By, c.Reason); x != (Refusal{}) {
		return x
	}
	to := w.ctx.Records[c.Name].ID
	i := slices.IndexFunc(w.r.Links, func(l Link) bool {
		return l.Counts() && l.Kind == c.Kind && (strings.EqualFold(l.Ref, c.Name) || to != "" && l.To == to)
	})
	if i < 0 {
		what := say("the record is no {{.Link}} {{.Ref}}", "Link", c.Kind, "Ref", c.Name)
		if c.Kind == SplitFrom {
			what = say("the record was not split from {{.Ref}}", "Ref", c.Name)
		}
		return Refusal{What: what.String(), Told: say("{{.What}}; `conformd register show {{.Ref}}` lists its links", "What", what, "Ref", w.r.Ref)}
	}
	w.unlinked(c.By, w.r.Links[i], c.Reason)
	return Refusal{}
}

// refuseDuplicate refuses a rejection as a duplicate of a record that it cannot be one of. One
// that names nothing is held by G04: it may be known in a moment.
func (w *decision) refuseDuplicate(reason string) Refusal {
	for _, c := range claimsIn(reason) {
		if _, known := w.ctx.Records[c.To]; c.Kind != DuplicateOf || !known {
			continue
		}
		if what := linkFault(w.r, c, w.ctx); what != nil {
			return Refusal{Rule: "G04", What: what.String(), Told: what}
		}
	}
	return Refusal{}
}

// refuseLink judges who links or unlinks, and why.
func (w *decision) refuseLink(by Author, reason string) Refusal {
	act := ActTriage
	if w.r.State == Closed {
		act = ActAmend
	}
	if !w.ctx.knows(by.Person) {
		return Refusal{What: w.ctx.called(by.Person) + " is not in the register's list of people", Told: say("your account is not in the register's list of people; ask the ISMS manager to add it")}
	}
	if x := w.without(by.Person, act, "", say("link records")); x != (Refusal{}) {
		return x
	}
	if unsaid(reason) != nil {
		return Refusal{What: "a link has a reason", Told: say("say why, as in `/capa link split-from NC-2026-0007 because the second site has an owner of its own`")}
	}
	return Refusal{}
}

func (w *decision) linked(by Author, l Link) {
	f := by.fact(Fact{Kind: FactLinked, Why: l.Reason})
	f.At = w.when(by)
	l.By, l.At, l.Event = f.By, f.At, f.Event
	f.Link = &l
	w.add(f)
}

func (w *decision) unlinked(by Author, l Link, why string) {
	f := by.fact(Fact{Kind: FactUnlinked, Link: &Link{Kind: l.Kind, To: l.To, Ref: l.Ref, Source: l.Source}, Why: why})
	f.At = w.when(by)
	w.add(f)
}

// settleLinks brings the links in step with the texts and decisions that they come from, after
// somebody has done something.
func (w *decision) settleLinks(by Author) {
	text := w.r.Fields[FieldSourceRef]
	// An end that follows from the record is nobody's decision: the link returns with its reason.
	ended := Author{At: by.At}
	for _, l := range Linked(w.r) {
		switch {
		case l.Source == LinkOfRejection && w.r.State != StateRejected:
			w.unlinked(ended, l, "the record was reopened")
		case l.Source == LinkOfSource && !Triaged(w.r) && !w.claims(text, l):
			w.unlinked(ended, l, "Source reference says so no longer")
		}
	}
	var writer Author
	if slices.ContainsFunc(w.facts, func(f Fact) bool { return f.Kind == FactSet && f.Field == FieldSourceRef }) {
		writer = by
	}
	w.linkText(text, writer, LinkOfSource, "Source reference names it")
	if w.r.State == StateRejected {
		for _, said := range rejectionTexts(w.r, w.ctx) {
			w.linkText(said.text, said.by, LinkOfRejection, "the reason of the rejection names it")
		}
	}
}

// claims reports whether a text still makes a link, or may: what it names is not known to be
// another record.
func (w *decision) claims(text string, l Link) bool {
	return slices.ContainsFunc(claimsIn(text), func(c Claim) bool {
		to, known := w.ctx.Records[c.To]
		return c.Kind == l.Kind && (!known || to.ID == l.To)
	})
}

// linkText makes the links that a text claims, unless a person has ended them.
func (w *decision) linkText(text string, by Author, from LinkSource, why string) {
	for _, c := range claimsIn(text) {
		to, known := w.ctx.Records[c.To]
		if !known || linkFault(w.r, c, w.ctx) != nil {
			continue
		}
		settled := slices.ContainsFunc(w.r.Links, func(l Link) bool {
			return l.Kind == c.Kind && l.To == to.ID && (l.Counts() || l.VoidBy != "")
		})
		if !settled {
			w.linked(by, Link{Kind: c.Kind, To: to.ID, Ref: to.Ref, Source: from, Reason: why})
		}
	}
}

// A rejectionText is a text that says why a record is rejected, and who says it.
type rejectionText struct {
	text string
	by   Author
}

// rejectionTexts are what says why r is rejected: the field, and the last word of those who
// rejected it, which takes the place of earlier ones.
func rejectionTexts(r Record, ctx Context) []rejectionText {
	by := rejections(r, ctx)
	if len(by) == 0 {
		return []rejectionText{{text: r.Fields[FieldRejectReason]}}
	}
	last := by[len(by)-1]
	return []rejectionText{{r.Fields[FieldRejectReason], last.author()}, {last.Reason, last.author()}}
}

// LinkTheTexts returns the facts that make links of what the texts of r name: those of a
// record of a version that kept no links.
func LinkTheTexts(r Record, ctx Context) []Fact {
	w := &decision{r: r.Clone(), ctx: ctx}
	w.settleLinks(Author{})
	return w.facts
}
