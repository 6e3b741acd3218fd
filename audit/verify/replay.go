package verify

import (
	"bytes"
	"fmt"
	"iter"

	"github.com/conformd/conformd/audit"
)

// A Register makes a register of what the entries of a log tell of records and of how they are
// kept in step with trackers, read from the beginning, and compares it with the rows that are
// there. This package knows nothing of records; whoever verifies brings one (see [Options]).
type Register interface {
	// Read returns what an entry tells, nil for nothing. Value returns the whole
	// of a text in the entry; false says that it is erased or gone. Several goroutines call
	// Read at once. An error says that the entry is none of this format.
	Read(e *audit.Entry, value func(field string, t *audit.Text) (string, bool)) (told any, err error)
	// Apply takes in what entry seq tells. It is called in the order of the entries.
	Apply(seq int64, told any)
	// Compare holds what was told against rows: each is a line of JSON ([]byte, good until the
	// next one) as Export wrote it, or what Options.Rows yields. Where names what the rows
	// were read from. It is called once, after all entries.
	Compare(rows iter.Seq2[any, error], where string) (Compared, error)
}

// A Compared is how a register stands to its log.
type Compared struct {
	Records int64 // rows that were compared
	// Unknown are values and records that cannot be compared: what the log had of them was
	// erased.
	Unknown int64
	// Waiting are rows of an earlier version that the log is yet to be told of.
	Waiting  int64
	Findings []Finding
}

// A tale is what an entry tells of a record.
type tale struct {
	seq  int64
	told any
}

// A gone is a long text that an entry names, and that is not beside the log.
type gone struct {
	place
	sha256 string
}

// The marks of an entry that may tell something; see the marks in facts.go.
const (
	markRecord = `"type":"record"`
	markFacts  = `"facts":{`
	markFull   = `"full":{`
	markLength = `":{"length":`
	markSHA256 = `,"sha256":"`
	markFirst  = `,"v":1,"verb":"`

	markAccount = `"id":"account:` // of an actor: somebody whom the register does not know
	markRefused = `,"outcome":"refused"`
	markUnknown = `,"outcome":"unknown"`
)

// tells reports whether an entry may tell something of a record, or of how records are kept in step
// with trackers. An entry of the first version of the format tells nothing: what it led to is carried
// into the log. Most entries are told by their end, where the subject, the version and the verb stand.
func tells(leaf []byte) bool {
	const end = len(markRecord) + len(`,"version":9007199254740991}`) + len(markFirst) + audit.LongestVerb + len(`"}`)
	tail := leaf[max(0, len(leaf)-end):]
	_, verb, ok := bytes.Cut(tail, []byte(audit.MarkVerb))
	switch {
	case !ok, bytes.Contains(tail, []byte(markFirst)):
		return false
	case bytes.HasPrefix(verb, []byte("sync.")), bytes.HasPrefix(verb, []byte(audit.WriteResolved)):
		return true
	case bytes.HasPrefix(verb, []byte(audit.WriteOutcome)):
		return bytes.Contains(leaf, []byte(markRefused)) || bytes.Contains(leaf, []byte(markUnknown))
	case bytes.HasPrefix(verb, []byte(audit.WriteIntent)):
		return false
	case bytes.Contains(leaf, []byte(markAccount)):
		return true
	case !bytes.Contains(tail, []byte(markRecord)):
		return false
	case bytes.HasPrefix(verb, []byte(audit.RecordUpdated)):
		return true
	}
	return bytes.Contains(leaf, []byte(markFacts)) || bytes.Contains(leaf, []byte(markFull))
}

// longTexts returns the digests of the long texts that a replay of an entry needs. What a
// value was before is not among them.
func longTexts(leaf []byte) (out []string) {
	for rest := leaf; ; {
		i := bytes.Index(rest, []byte(markLength))
		if i < 0 {
			return out
		}
		before := bytes.HasSuffix(rest[:i], []byte(`"before`))
		rest = rest[i+len(markLength):]
		_, sum, ok := bytes.Cut(rest[:min(len(rest), len(markSHA256)+20)], []byte(markSHA256))
		at := len(rest[:min(len(rest), len(markSHA256)+20)]) - len(sum)
		if ok && !before && len(rest) >= at+64 {
			out = append(out, string(rest[at:at+64]))
		}
	}
}

// fullOf returns the digest of the whole entry that a leaf names, "" for none.
func fullOf(leaf []byte) string {
	i := bytes.Index(leaf, []byte(markFull))
	if i < 0 {
		return ""
	}
	if sums := longTexts(leaf[i:]); len(sums) > 0 {
		return sums[0]
	}
	return ""
}

// tale reads what entry seq tells of a record.
func (v *verification) tale(b *bundle, seq int64, e *audit.Entry, f *facts) {
	told, err := v.o.Register.Read(e, func(field string, t *audit.Text) (string, bool) {
		switch {
		case t.SHA256 == "" && t.Commitment == "":
			return t.Value, true
		case t.SHA256 == "":
			return "", false // what opens it may be erased, and it is personal data
		}
		value, ok := v.long(b, t.SHA256)
		if !ok || audit.Digested(value).SHA256 != t.SHA256 {
			f.gone = append(f.gone, gone{place{seq, field}, t.SHA256})
			return "", false
		}
		return value, true
	})
	if err != nil {
		f.malformed.add(Finding{Code: Malformed, Seq: seq, Where: "entry", Text: fmt.Sprintf("what entry %d tells of a record cannot be read: %v", seq, err)})
		return
	}
	if told != nil {
		f.tales = append(f.tales, tale{seq, told})
	}
}

// textsGone reports long texts that are missing although no entry says they were erased.
func (v *verification) textsGone(where string) {
	for _, g := range v.facts.gone {
		if !v.facts.erasedBy(g.place) {
			v.find(Finding{
				Code: TextGone, Seq: g.seq, Where: where, Want: g.sha256,
				Text: fmt.Sprintf("the long text that entry %d names (%s) is not beside the log, and no entry says that it was erased", g.seq, g.field),
			})
		}
	}
}

// compare holds the register against what the log told.
func (v *verification) compare(rows iter.Seq2[any, error], where, texts string) error {
	v.textsGone(texts)
	c, err := v.o.Register.Compare(rows, where)
	if err != nil {
		return err
	}
	v.find(c.Findings...)
	v.rep.Compared, v.rep.Records, v.rep.Unknown, v.rep.Waiting = true, c.Records, c.Unknown, c.Waiting
	return nil
}
