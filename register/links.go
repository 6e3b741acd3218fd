package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// A Claim is what a text says of a record: that it is another one, or a part of it. A claim
// that names a record of the register becomes a Link.
type Claim struct {
	Kind LinkKind
	To   string // number or issue key, as it was written; "" where none is named
}

var (
	// claims match the words with which people say that a record is another one.
	// A duplicate is one of something, or stands alone; what is wrong may be a duplicate invoice.
	claims = []struct { //nolint:gochecknoglobals // a constant
		kind LinkKind
		says *regexp.Regexp
	}{
		{DuplicateOf, regexp.MustCompile(`(?i)\b(dup|dupe)\b` +
			`|\b(duplicate|duplicated|duplikat|dublette|doppelt|doublon|duplicado|duplicato)(\s*[.!,;:)]|\s*$|\s+(of|from|to|with|in|entry|record|ticket|issue|report|finding|von|vom|zu|zum|mit|erfasst|gemeldet|angelegt|eintrag|de|di)\b)` +
			`|\bduplicates (another|an older|the other)\b|\b(duplicates|duplicate|duplikat)\s+(#|\w+/\w|[A-Z]+-)` +
			`|\balready (tracked|recorded|reported|filed|covered|registered) (elsewhere|in|by|under|as)\b` +
			`|\bbereits (erfasst|gemeldet|angelegt)\b|\bin (einem )?ander(em|en) (ticket|vorgang|eintrag|datensatz)\b|\bin another (ticket|issue|record|finding)\b`)},
		{SplitFrom, regexp.MustCompile(`(?i)\b(split (off )?(from|of)|abgespalten von|abgetrennt von)\b`)},
		{RecurrenceOf, regexp.MustCompile(`(?i)\b(recurrence of|recurs? of|repeats|wiederholung von)\b`)},
	}
	// reference matches what names a record: NC-2026-0007, ISMS-12, acme/isms#17, #17.
	reference = regexp.MustCompile(`\b[A-Z][A-Z0-9]{1,9}-\d{4}-\d{4,}\b|\b[A-Z][A-Z0-9_]{1,9}-\d+\b|(?:\b[\w.-]+/[\w.-]+)?#\d+\b`)
)

// References returns what a text names that may be a record, in order and once.
func References(text string) []string {
	var out []string
	for _, m := range reference.FindAllString(visible(text), -1) {
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out
}

// visible returns a text without what takes no room on a page. Texts that were copied from
// another tracker have it in "#17", so that it does not become a mention of another issue.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if markdown.Invisible(r) {
			return -1
		}
		return r
	}, text)
}

// LinkFields are the fields in which a record says that it is another one, or a part of it.
func LinkFields() []Field { return []Field{FieldRejectReason, FieldSourceRef} }

// LinkTexts returns the texts of r in which it may say so.
func LinkTexts(r Record) []string {
	var texts []string
	for _, f := range LinkFields() {
		texts = append(texts, r.Fields[f])
	}
	for _, a := range counting(r, SubjectRejection) {
		texts = append(texts, a.Reason)
	}
	return texts
}

// Claims returns what the texts of r claim: the reason of a rejection, and the reference of
// its source.
func Claims(r Record) []Claim {
	var out []Claim
	for _, text := range LinkTexts(r) {
		for _, c := range claimsIn(text) {
			if !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

// claimsIn returns what a text claims. A claim that names nothing has no To. It is found once
// for the same text.
func claimsIn(text string) []Claim {
	if text == "" {
		return nil
	}
	return claimed.get(text, func() []Claim { return findClaims(visible(text)) })
}

func findClaims(text string) []Claim {
	var out []Claim
	for _, x := range claims {
		at := x.says.FindStringIndex(text)
		if at == nil {
			continue
		}
		c := Claim{Kind: x.kind}
		// It is named behind the claim, be it in its last word, or before it.
		for _, part := range []string{text[at[0]:], text[:at[0]]} {
			if refs := References(part); len(refs) > 0 {
				c.To = refs[0]
				break
			}
		}
		out = append(out, c)
	}
	return out
}

var claimed memo[[]Claim] //nolint:gochecknoglobals // the same for the same texts

// duplicateFault says what is wrong with the reason of a rejection that claims a duplicate.
func duplicateFault(r Record, reason string, ctx Context) *Message {
	for _, c := range claimsIn(reason) {
		if c.Kind == DuplicateOf {
			return linkFault(r, c, ctx)
		}
	}
	return nil
}

// linkFault says what is wrong with a claim, nil for nothing.
func linkFault(r Record, c Claim, ctx Context) *Message {
	name := say("The record is a {{.Link}}", "Link", c.Kind)
	if c.Kind == SplitFrom {
		name = say("The record was split from")
	}
	to, exists := ctx.Records[c.To]
	now, linked := linkedTo(r, c.Kind, "")
	switch {
	case c.To == "" && linked:
		return nil // a link says which
	case c.To == "":
		return say("{{.Is}} another one, and does not say which; name it, as in NC-2026-0007", "Is", name)
	case c.To == r.Ref, exists && to.ID == r.ID:
		return say("{{.Is}} itself", "Is", name)
	case !exists:
		return say("{{.Is}} {{.Ref}}, and the register holds no other record of that name", "Is", name, "Ref", c.To)
	case slices.Contains(to.Leads[c.Kind], r.ID):
		return say("{{.Is}} {{.Ref}}, and the links of {{.Ref}} lead back to this record: one of them must be worked on", "Is", name, "Ref", to.Ref)
	case c.Kind == DuplicateOf && linked && now.To != to.ID:
		return say("{{.Is}} {{.Ref}}, and it is one of {{.Present}} already: end that link first", "Is", name, "Ref", to.Ref, "Present", now.Ref)
	default:
		return nil
	}
}

// related is G03.
func related(r Record, ctx Context) []Lack { return append(linkable(r, ctx), answered(r)...) }

// linkable is the part of G03 about what the texts name.
func linkable(r Record, ctx Context) []Lack {
	var l lacks
	for _, c := range claimsIn(r.Fields[FieldSourceRef]) {
		if what := linkFault(r, c, ctx); what != nil {
			l.note(FieldSourceRef, what, Remedy{})
		}
	}
	return l
}
