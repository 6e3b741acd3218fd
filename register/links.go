package register

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// A Link is a reference from one record to another. It stands in a text that people write,
// and the record that it names must exist.
type Link struct {
	Kind LinkKind
	To   string // number or issue key, as it was written; "" where none is named
}

// A LinkKind is a sort of link.
type LinkKind string

// The kinds of link.
const (
	DuplicateOf  LinkKind = "duplicate_of"
	SplitFrom    LinkKind = "split_from"
	RecurrenceOf LinkKind = "recurrence_of"
)

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

// Links returns the links that the texts of r claim: in the reason of a rejection, and in
// the reference of its source.
func Links(r Record) []Link {
	var out []Link
	for _, text := range LinkTexts(r) {
		for _, l := range linksIn(text) {
			if !slices.Contains(out, l) {
				out = append(out, l)
			}
		}
	}
	return out
}

// linksIn returns the links that a text claims. A claim that names nothing has no To.
func linksIn(text string) []Link {
	text = visible(text)
	var out []Link
	for _, c := range claims {
		at := c.says.FindStringIndex(text)
		if at == nil {
			continue
		}
		l := Link{Kind: c.kind}
		// It is named behind the claim, be it in its last word, or before it.
		for _, part := range []string{text[at[0]:], text[:at[0]]} {
			if refs := References(part); len(refs) > 0 {
				l.To = refs[0]
				break
			}
		}
		out = append(out, l)
	}
	return out
}

// duplicateFault says what is wrong with the reason of a rejection that claims a duplicate.
func duplicateFault(r Record, reason string, ctx Context) string {
	for _, l := range linksIn(reason) {
		if l.Kind == DuplicateOf {
			return linkFault(r, l, ctx)
		}
	}
	return ""
}

// linkFault says what is wrong with a link, "" for nothing.
func linkFault(r Record, l Link, ctx Context) string {
	name := "The record is a " + strings.ReplaceAll(string(l.Kind), "_", " ")
	if l.Kind == SplitFrom {
		name = "The record was split from"
	}
	switch {
	case l.To == "":
		return name + " another one, and does not say which; name it, as in NC-2026-0007"
	case l.To == r.Ref:
		return name + " itself"
	case !ctx.Records[l.To]:
		return name + " " + l.To + ", and the register holds no other record of that name"
	default:
		return ""
	}
}

// linked is G03.
func linked(r Record, ctx Context) []Lack {
	var l lacks
	for _, link := range linksIn(r.Fields[FieldSourceRef]) {
		if what := linkFault(r, link, ctx); what != "" {
			l.add(FieldSourceRef, what)
		}
	}
	return l
}
