package audit

import (
	"errors"
	"fmt"
)

// ErrNotCanonical is what a leaf with the right members in another spelling is.
var ErrNotCanonical = errors.New("not in canonical form")

// ParseEntry reads an entry from its canonical bytes, and holds that they are canonical.
func ParseEntry(leaf []byte) (Entry, error) {
	if len(leaf) > MaxEntry {
		return Entry{}, fmt.Errorf("audit: entry: %w", ErrTooLong)
	}
	return parseEntry(string(leaf))
}

// ParseFull reads an entry that was too long for the log from the text that is kept beside
// it, see [Entry.Full].
func ParseFull(text string) (Entry, error) { return parseEntry(text) }

// parseEntry reads an entry of any length. The texts of the entry share the memory of leaf.
func parseEntry(leaf string) (Entry, error) {
	r := newScanner(leaf)
	e := r.entry()
	if err := r.done(); err != nil {
		return Entry{}, fmt.Errorf("audit: entry: %w", err)
	}
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	return e, nil
}

// entry reads an entry. The order of the members is that in which writer.entry has them.
func (r *scanner) entry() Entry {
	e := Entry{Intent: -1}
	m := r.object()
	if m.has("actor") {
		e.Actor = r.actor()
	}
	e.At = m.time("at")
	m.list("cause", func() { e.Cause = append(e.Cause, r.integer()) })
	m.list("changes", func() { e.Changes = append(e.Changes, r.change()) })
	e.Config = m.str("config")
	e.Facts = m.text("facts")
	e.Full = m.text("full")
	intent := m.has("intent")
	if intent {
		e.Intent = r.integer()
	}
	e.Occurred = m.time("occurred")
	if m.has("origin") {
		e.Origin = r.origin()
	}
	e.Outcome = Outcome(m.str("outcome"))
	e.Reason = m.str("reason")
	if m.has("request") {
		e.Request = r.request()
	}
	m.list("rules", func() { e.Rules = append(e.Rules, r.verdict()) })
	e.Run = m.str("run")
	if m.has("subject") {
		e.Subject = r.subject()
	}
	if v := m.count("v"); v != FormatVersion {
		e.Format = int(v)
	}
	e.Verb = Verb(m.str("verb"))
	m.end(false)
	if intent != e.Verb.Closes() {
		r.fail(fmt.Sprintf("entry %q with an intent: %t", string(e.Verb), intent))
	}
	return e
}

func (r *scanner) actor() Actor {
	m := r.object()
	a := Actor{Account: m.str("account"), How: How(m.str("how")), ID: m.str("id"), Kind: ActorKind(m.str("kind"))}
	m.end(false)
	return a
}

func (r *scanner) origin() Origin {
	m := r.object()
	o := Origin{
		Binding: m.str("binding"), Delivery: m.str("delivery"), Event: m.str("event"),
		Issue: m.str("issue"), Key: m.str("key"), Trigger: Trigger(m.str("trigger")),
	}
	m.end(false)
	return o
}

func (r *scanner) subject() Subject {
	m := r.object()
	s := Subject{ID: m.str("id"), Ref: m.str("ref"), Type: SubjectType(m.str("type")), Version: m.count("version")}
	m.end(false)
	return s
}

func (r *scanner) change() FieldChange {
	m := r.object()
	c := FieldChange{After: m.text("after"), Before: m.text("before"), Field: m.str("field")}
	m.end(false)
	return c
}

// text reads the member k in one of the three forms of a text, nil where it is not there.
func (m *members) text(k string) *Text {
	if !m.has(k) {
		return nil
	}
	t := &Text{}
	o := m.object()
	switch {
	case o.has("commitment"):
		if t.Commitment = m.quoted(); t.Commitment == "" {
			m.fail("an empty commitment")
		}
	case o.has("length"):
		t.Length = m.integer()
		if t.SHA256 = o.str("sha256"); t.SHA256 == "" {
			m.fail("a length without a digest")
		}
	case o.has("value"):
		t.Value = m.quoted() // an empty value is one
	}
	o.end(false)
	return t
}

func (r *scanner) request() *Request {
	m := r.object()
	q := &Request{
		After: m.str("after"), Attempts: int(m.count("attempts")), Before: m.str("before"), Key: m.str("key"), Op: m.str("op"),
		ReadBack: ReadBack(m.str("read_back")), RequestID: m.str("request_id"), Status: int(m.count("status")), Target: m.str("target"),
	}
	m.end(true)
	return q
}

func (r *scanner) verdict() (v Verdict) {
	m := r.object()
	if !m.has("ok") {
		r.fail("a rule that says neither yes nor no")
	}
	if v.OK = r.took("true"); !v.OK {
		r.need("false")
	}
	v.Rule, v.Why = m.str("rule"), m.str("why")
	m.end(false)
	return v
}
