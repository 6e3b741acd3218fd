package verify

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
)

// sampled: in a log of more than sampleAll entries one in sampleEvery is read as an
// entry, apart from those that the checks need anyway. Reading one costs many times
// its hash, and the hash is what proves.
const (
	sampleAll   = 1 << 16
	sampleEvery = 64
)

// facts are what a verification has to know of a bundle beyond its hashes.
type facts struct {
	first, last string // least and greatest stamp
	events      []event
	committed   []commitment
	erased      []erasure
	read        int64 // entries read as such
	findings    findings
	malformed   findings
	restores    []audit.Restore
	tales       []tale // of records, of one bundle: they are taken in and forgotten
	gone        []gone // long texts that a replay needs
}

// An event is an intent or what was said of one.
type event struct {
	seq, intent int64
	verb        audit.Verb
	final       bool
	at          time.Time
}

type commitment struct {
	place
	want string
}

// A place is where what opens a commitment lies: entry, field, and which value.
type place struct {
	seq   int64
	field string
}

type erasure struct {
	seq int64
	of  []int64
	// fields are those that were erased, without which value.
	fields []string
}

// The marks that make an entry worth reading. In canonical JSON a quote within a
// string is escaped, so they match members alone.
const (
	markCommitment = `"commitment":"`
)

// plain says whether an entry, if it is one, is neither about a write, nor about an
// erasure, nor about a restore, nor has a commitment in it.
func plain(leaf []byte) bool {
	const longest = len(audit.MarkVerb) + audit.LongestVerb + len(`"}`)
	tail := leaf[max(0, len(leaf)-longest):]
	_, after, ok := bytes.Cut(tail, []byte(audit.MarkVerb))
	if !ok {
		return false
	}
	verb := after
	return !bytes.HasPrefix(verb, []byte("write.")) && !bytes.HasPrefix(verb, []byte("disclosure.")) &&
		!bytes.HasPrefix(verb, []byte(audit.LogRestored)) &&
		!bytes.Contains(leaf, []byte(markCommitment))
}

// add takes the facts of entry seq, and returns it if it was read. With all it reads
// entries of every kind.
func (f *facts) add(seq int64, leaf []byte, all bool) *audit.Entry {
	if at := audit.StampOf(leaf); at != "" {
		if f.first == "" || at < f.first {
			f.first = at
		}
		f.last = max(f.last, at)
	}
	if !all && seq%sampleEvery != 0 && plain(leaf) {
		return nil
	}
	e, err := audit.ParseEntry(leaf)
	if err != nil {
		f.malformed.add(Finding{
			Code: Malformed, Seq: seq, Where: "entry",
			Text: fmt.Sprintf("entry %d cannot be read: %v", seq, err),
		})
		return nil
	}
	f.read++
	f.entry(seq, &e)
	return &e
}

func (f *facts) entry(seq int64, e *audit.Entry) {
	switch {
	case e.Verb == audit.WriteIntent:
		f.events = append(f.events, event{seq: seq, intent: seq, verb: e.Verb, at: e.At})
	case e.Verb.Closes():
		f.events = append(f.events, event{seq, e.Intent, e.Verb, e.Outcome != audit.Unknown, e.At})
	case e.Verb == audit.DisclosureErased:
		er := erasure{seq: seq, of: e.Cause}
		for _, c := range e.Changes {
			er.fields = append(er.fields, c.Field)
		}
		f.erased = append(f.erased, er)
	case e.Verb == audit.LogRestored:
		f.restores = append(f.restores, audit.RestoreOf(seq, e))
	}
	for _, c := range e.Changes {
		for field, want := range c.Commitments() {
			f.committed = append(f.committed, commitment{place{seq, field}, want})
		}
	}
}

// merge adds the facts of the bundle that follows.
func (f *facts) merge(next *facts) {
	if next.first != "" && (f.first == "" || next.first < f.first) {
		f.first = next.first
	}
	f.last = max(f.last, next.last)
	f.events = append(f.events, next.events...)
	f.committed = append(f.committed, next.committed...)
	f.erased = append(f.erased, next.erased...)
	f.read += next.read
	f.findings.merge(&next.findings)
	f.malformed.merge(&next.malformed)
	f.restores = append(f.restores, next.restores...)
	f.gone = append(f.gone, next.gone...)
}

// erasedBy says whether an entry tells of the erasure of what opened p.
func (f *facts) erasedBy(p place) bool {
	return slices.ContainsFunc(f.erased, func(er erasure) bool {
		return er.seq > p.seq && slices.Contains(er.of, p.seq) &&
			slices.ContainsFunc(er.fields, func(field string) bool {
				return p.field == field || p.field == field+"/before" || p.field == field+"/after"
			})
	})
}
