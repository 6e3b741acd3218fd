package audit

import (
	"cmp"
	"strconv"
	"time"
	"unicode/utf8"
)

// stamp is how a time is written: UTC, milliseconds, always 24 bytes.
const stamp = "2006-01-02T15:04:05.000Z"

// Canonical returns the bytes of e that are hashed and kept: one JSON object after
// RFC 8785 (members sorted, no white space, shortest escapes), with integers alone
// for numbers. An entry that the log would not take is an error.
func (e Entry) Canonical() ([]byte, error) {
	leaf, err := e.canonical()
	if err == nil && len(leaf) > MaxEntry {
		return nil, &EntryError{Verb: e.Verb, Err: ErrTooLong}
	}
	return leaf, err
}

// canonical is Canonical of an entry of any length.
func (e *Entry) canonical() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	w := writer{b: make([]byte, 0, 512)}
	w.entry(e)
	return w.b, nil
}

// entry writes e. The order of the members is that of their names; a test holds it.
func (w *writer) entry(e *Entry) {
	w.open()
	w.actor(e.Actor)
	w.time("at", e.At)
	w.ints("cause", e.Cause)
	if len(e.Changes) > 0 {
		w.list("changes", len(e.Changes), func(i int) { w.change(e.Changes[i]) })
	}
	w.str("config", e.Config)
	w.text("facts", e.Facts)
	w.text("full", e.Full)
	if e.Verb.Closes() {
		w.int("intent", e.Intent)
	}
	w.time("occurred", e.Occurred)
	w.origin(e.Origin)
	w.str("outcome", string(e.Outcome))
	w.str("reason", e.Reason)
	if e.Request != nil {
		w.request(e.Request)
	}
	if len(e.Rules) > 0 {
		w.list("rules", len(e.Rules), func(i int) { w.verdict(e.Rules[i]) })
	}
	w.str("run", e.Run)
	w.subject(e.Subject)
	w.int("v", int64(cmp.Or(e.Format, FormatVersion)))
	w.str("verb", string(e.Verb))
	w.close()
}

func (w *writer) actor(a Actor) {
	w.key("actor")
	w.open()
	w.str("account", a.Account)
	w.str("how", string(a.How))
	w.str("id", a.ID)
	w.str("kind", string(a.Kind))
	w.close()
}

func (w *writer) origin(o Origin) {
	if o == (Origin{}) {
		return
	}
	w.key("origin")
	w.open()
	w.str("binding", o.Binding)
	w.str("delivery", o.Delivery)
	w.str("event", o.Event)
	w.str("issue", o.Issue)
	w.str("key", o.Key)
	w.str("trigger", string(o.Trigger))
	w.close()
}

func (w *writer) subject(s Subject) {
	if s == (Subject{}) {
		return
	}
	w.key("subject")
	w.open()
	w.str("id", s.ID)
	w.str("ref", s.Ref)
	w.str("type", string(s.Type))
	w.count("version", s.Version)
	w.close()
}

func (w *writer) change(c FieldChange) {
	w.open()
	w.text("after", c.After)
	w.text("before", c.Before)
	w.str("field", c.Field)
	w.close()
}

func (w *writer) text(k string, t *Text) {
	if t == nil {
		return
	}
	w.key(k)
	w.open()
	switch {
	case t.Commitment != "":
		w.str("commitment", t.Commitment)
	case t.SHA256 != "":
		w.int("length", t.Length)
		w.str("sha256", t.SHA256)
	default:
		w.key("value") // an empty value is one, and differs from none
		w.quote(t.Value)
	}
	w.close()
}

func (w *writer) request(r *Request) {
	w.key("request")
	w.open()
	w.str("after", r.After)
	w.count("attempts", int64(r.Attempts))
	w.str("before", r.Before)
	w.str("key", r.Key)
	w.str("op", r.Op)
	w.str("read_back", string(r.ReadBack))
	w.str("request_id", r.RequestID)
	w.count("status", int64(r.Status))
	w.str("target", r.Target)
	w.close()
}

func (w *writer) verdict(v Verdict) {
	w.open()
	w.key("ok")
	w.b = strconv.AppendBool(w.b, v.OK)
	w.str("rule", v.Rule)
	w.str("why", v.Why)
	w.close()
}

// A writer appends canonical JSON.
type writer struct{ b []byte }

func (w *writer) open()  { w.b = append(w.b, '{') }
func (w *writer) close() { w.b = append(w.b, '}') }

// key writes a member's name, after a comma unless it is the first.
func (w *writer) key(k string) {
	if w.b[len(w.b)-1] != '{' {
		w.b = append(w.b, ',')
	}
	w.b = append(w.b, '"')
	w.b = append(w.b, k...)
	w.b = append(w.b, '"', ':')
}

func (w *writer) str(k, v string) {
	if v != "" {
		w.key(k)
		w.quote(v)
	}
}

func (w *writer) int(k string, v int64) {
	w.key(k)
	w.b = strconv.AppendInt(w.b, v, 10)
}

// count writes a number for which 0 is nothing to say.
func (w *writer) count(k string, v int64) {
	if v != 0 {
		w.int(k, v)
	}
}

func (w *writer) time(k string, t time.Time) {
	if t.IsZero() {
		return
	}
	w.key(k)
	w.b = append(w.b, '"')
	w.b = t.UTC().AppendFormat(w.b, stamp)
	w.b = append(w.b, '"')
}

func (w *writer) ints(k string, vs []int64) {
	if len(vs) > 0 {
		w.list(k, len(vs), func(i int) { w.b = strconv.AppendInt(w.b, vs[i], 10) })
	}
}

func (w *writer) list(k string, n int, item func(int)) {
	w.key(k)
	w.b = append(w.b, '[')
	for i := range n {
		if i > 0 {
			w.b = append(w.b, ',')
		}
		item(i)
	}
	w.b = append(w.b, ']')
}

// quote writes s as RFC 8785 section 3.2.2.2 has it. Bytes that are not UTF-8 become
// U+FFFD, as they do in any JSON that a tracker sends.
func (w *writer) quote(s string) {
	const hex = "0123456789abcdef"
	w.b = append(w.b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			switch {
			case c == '"' || c == '\\':
				w.b = append(w.b, '\\', c)
			case c >= 0x20:
				w.b = append(w.b, c)
			case c == '\b':
				w.b = append(w.b, '\\', 'b')
			case c == '\t':
				w.b = append(w.b, '\\', 't')
			case c == '\n':
				w.b = append(w.b, '\\', 'n')
			case c == '\f':
				w.b = append(w.b, '\\', 'f')
			case c == '\r':
				w.b = append(w.b, '\\', 'r')
			default:
				w.b = append(w.b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		w.b = utf8.AppendRune(w.b, r)
		i += n
	}
	w.b = append(w.b, '"')
}
