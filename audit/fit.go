package audit

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// An entry has at most MaxEntry bytes, and what people write has no end. So an entry is
// made to fit before it is written: long texts are replaced by their digests, and the
// texts themselves are kept beside the log. No entry is refused for its length, because
// a refused entry would stop the record that it is about.

// reasonKept is how much of a long reason stays in the entry, in bytes.
const reasonKept = 1024

// shorter are the lengths in bytes above which texts are replaced by their digests, one
// step after another, until the entry fits.
func shorter() []int { return []int{LongText, 512, 128} }

// Fitted returns e as it fits the log, and the texts that it names only by their
// digests.
func (e Entry) Fitted() (Entry, []string, error) {
	var kept []string
	keep := func(s string) { kept = append(kept, s) }
	e.Changes, e.Rules = slices.Clone(e.Changes), slices.Clone(e.Rules)
	for _, t := range e.texts() {
		if t.long != "" {
			keep(t.long)
		}
	}
	for _, most := range shorter() {
		e.shorten(most, keep)
		leaf, err := e.canonical()
		if err != nil || len(leaf) <= MaxEntry {
			return e, kept, err
		}
	}
	whole, err := e.canonical()
	if err != nil {
		return e, nil, err
	}
	keep(string(whole))
	return e.outline(string(whole)), kept, nil
}

// texts returns all texts of the entry that are there.
func (e *Entry) texts() []*Text {
	all := []*Text{e.Facts, e.Full}
	for _, c := range e.Changes {
		all = append(all, c.Before, c.After)
	}
	return slices.DeleteFunc(all, func(t *Text) bool { return t == nil })
}

// shorten replaces what is longer than most bytes.
func (e *Entry) shorten(most int, keep func(string)) {
	cut := func(s string) string {
		if len(s) <= most {
			return s
		}
		keep(s)
		return shortened(s, min(most, reasonKept))
	}
	e.Reason = cut(e.Reason)
	for i := range e.Rules {
		e.Rules[i].Why = cut(e.Rules[i].Why)
	}
	digest := func(t *Text) *Text {
		if t == nil || len(t.Value) <= most {
			return t
		}
		keep(t.Value)
		return Digested(t.Value)
	}
	e.Facts = digest(e.Facts)
	for i, c := range e.Changes {
		e.Changes[i].Before, e.Changes[i].After = digest(c.Before), digest(c.After)
	}
}

// outline returns e without its lists, which are too long for any entry. Whole is the
// entry with them.
func (e Entry) outline(whole string) Entry {
	const most = 256
	for _, s := range []*string{
		&e.Actor.ID, &e.Actor.Account, &e.Origin.Binding, &e.Origin.Issue, &e.Origin.Key, &e.Origin.Delivery, &e.Origin.Event,
		&e.Subject.ID, &e.Subject.Ref, &e.Run, &e.Config,
	} {
		*s = prefix(*s, most)
	}
	if e.Request != nil {
		r := *e.Request
		for _, s := range []*string{&r.Op, &r.Target, &r.Key, &r.Before, &r.After, &r.RequestID} {
			*s = prefix(*s, most)
		}
		e.Request = &r
	}
	e.Changes, e.Rules, e.Cause, e.Facts = nil, nil, nil, nil
	e.Full = Digested(whole)
	e.Reason = "too much for one entry; the whole is kept beside the log " + shortened(whole, 0)
	return e
}

// shortened returns the beginning of a text and how to find the whole.
func shortened(s string, most int) string {
	d := Digested(s)
	return fmt.Sprintf("%s… [%d bytes, sha256 %s]", prefix(s, most), d.Length, d.SHA256)
}

// prefix returns the first bytes of s, at most so many, without half a character.
func prefix(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}
