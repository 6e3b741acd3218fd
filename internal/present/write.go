package present

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// A Write is one write of conformd to a tracker, done or tried: an intent with its outcome
// and any later finding about it.
type Write struct {
	Entries  []int64   `json:"entries"`
	Recorded time.Time `json:"recorded_at"`         // of the intent
	Settled  time.Time `json:"settled_at,omitzero"` // of the last entry about its outcome
	What     string    `json:"what"`                // "Title written to ISMS-3, confirmed"
	Where    string    `json:"where,omitempty"`     // key of the issue
	Binding  string    `json:"binding,omitempty"`
	Result   Result    `json:"result"`
	// Times is how many equal writes or tries in a row this stands for, 1 for one.
	Times int `json:"times"`

	op      string
	fields  []string
	changes []Change
	reason  string
	status  int
}

// A Result is how a write ended.
type Result string

// The results.
const (
	Confirmed    Result = "confirmed"     // read back, or shown in the answer
	Accepted     Result = "accepted"      // and not read back
	Differs      Result = "differs"       // accepted, and the issue shows something else
	Refused      Result = "refused"       // by the tracker
	NotWritten   Result = "not written"   // never sent, or not taken
	FoundLater   Result = "found later"   // the answer was lost, and it had been written
	AbsentLater  Result = "absent later"  // the answer was lost, and it had not been written
	Undetermined Result = "undetermined"  // it cannot be known any more
	Pending      Result = "not known yet" // under way, or the answer was lost
)

// attention reports whether a write did not end as it should.
func (r Result) attention() bool {
	return r == Differs || r == Refused || r == Undetermined || r == Pending
}

// write makes a Write of an intent and the entries about its outcome, oldest first.
func (n Names) write(intent audit.Stored, ends []audit.Stored) Write {
	e := &intent.Entry
	w := Write{
		Entries: []int64{intent.Seq}, Recorded: e.At, Where: line(e.Origin.Key), Binding: e.Origin.Binding,
		Result: Pending, Times: 1, changes: n.changes(e),
	}
	if e.Request != nil {
		w.op = strings.TrimPrefix(e.Request.Op, "issue.")
	}
	for _, c := range w.changes {
		w.fields = append(w.fields, c.Field)
	}
	lost := false
	for _, s := range ends {
		o := &s.Entry
		w.Entries, w.Settled = append(w.Entries, s.Seq), o.At
		w.Result, w.reason = result(o, w.op, lost), reason(o.Reason)
		if o.Request != nil {
			w.status = o.Request.Status
		}
		if o.Origin.Key != "" {
			w.Where = line(o.Origin.Key)
		}
		lost = lost || o.Outcome == audit.Unknown
	}
	return w
}

// result reads an outcome. Lost says that an earlier outcome of the intent was unknown.
func result(e *audit.Entry, op string, lost bool) Result {
	lost = lost || e.Verb == audit.WriteResolved
	switch e.Outcome {
	case audit.Done, audit.Adopted:
		switch {
		case e.Request != nil && e.Request.ReadBack == audit.ReadDiffers:
			return Differs
		case op == "update" && (e.Request == nil || e.Request.ReadBack != audit.ReadEqual):
			return Accepted
		default:
			return Confirmed
		}
	case audit.Refused:
		return Refused
	case audit.NotApplied:
		if lost {
			return AbsentLater
		}
		return NotWritten
	case audit.Found:
		return FoundLater
	case audit.Undeterminable:
		return Undetermined
	default:
		return Pending
	}
}

// say sets What. Beside holds the fields of the event that the write follows from; say does
// not name them again.
func (w *Write) say(beside []string) {
	did, to := w.phrases(beside)
	because := ""
	if w.reason != "" {
		because = ": " + w.reason
	}
	switch w.Result {
	case Confirmed:
		w.What = did + ", confirmed"
	case Accepted:
		w.What = did
	case Differs:
		w.What = did + "; the issue shows another value"
	case Refused:
		w.What = "could not " + to + ": the tracker refused it"
		if w.status != 0 {
			w.What += fmt.Sprintf(" (HTTP %d)", w.status)
		}
		w.What += because
	case NotWritten:
		w.What = "did not " + to + because
	case FoundLater:
		w.What = did + "; outcome unknown, found later"
	case AbsentLater:
		w.What = "tried to " + to + "; outcome unknown, found later that it was not done"
	case Undetermined:
		w.What = "tried to " + to + "; outcome unknown, and it cannot be found out" + because
	case Pending:
		w.What = "tried to " + to + "; outcome not known yet" + because
	}
	if w.Times > 1 && w.op != opMove {
		w.What += fmt.Sprintf(" (%d times)", w.Times)
	}
}

// opMove is an update of the state alone.
const opMove = "move"

// phrases returns the write as something done, and as something to do.
func (w *Write) phrases(beside []string) (did, to string) {
	where := w.Where
	if where == "" {
		where = w.Binding
	}
	switch {
	case w.op == "create" && w.Where != "":
		return "filed as " + where, "file an issue in " + w.Binding
	case w.op == "create":
		return "filed in " + where, "file an issue in " + where
	case w.op == "comment":
		return "comment posted on " + where, "post the comment on " + where
	case w.op == "edit-comment":
		return "comment edited on " + where, "edit the comment on " + where
	case w.op == opMove:
		return "moved " + where + w.steps(), "move " + where + fromTo(w.changes)
	}
	fields, labels := w.parts()
	if len(fields) == 0 && len(labels) > 0 {
		var did, to []string
		for _, l := range labels {
			d, t := l.phrases()
			did, to = append(did, d), append(to, t)
		}
		return Join(did) + " on " + where, Join(to) + " on " + where
	}
	named := ""
	if !slices.Equal(fields, beside) {
		named = Join(fields)
		if len(fields) > 3 {
			named = fmt.Sprintf("%d fields", len(fields))
		}
	}
	if named == "" {
		return "written to " + where, "write to " + where
	}
	return named + " written to " + where, "write " + named + " to " + where
}

// A labelled is a label that a write adds or removes.
type labelled struct {
	added bool
	name  string
}

func (l labelled) phrases() (did, to string) {
	if l.added {
		return "label " + l.name + " added", "add label " + l.name
	}
	return "label " + l.name + " removed", "remove label " + l.name
}

// parts returns the fields of a write, and its labels: "+conformd:held".
func (w *Write) parts() (fields []string, labels []labelled) {
	for _, c := range w.changes {
		if c.Field != label("label") {
			if !slices.Contains(fields, c.Field) {
				fields = append(fields, c.Field)
			}
			continue
		}
		name, removed := strings.CutPrefix(c.After, "-")
		labels = append(labels, labelled{!removed, strings.TrimPrefix(name, "+")})
	}
	return fields, labels
}

// steps returns the states that an issue was moved through.
func (w *Write) steps() string {
	var out []string
	for _, c := range w.changes {
		if len(out) == 0 && c.Before != "" {
			out = append(out, c.Before)
		}
		out = append(out, c.After)
	}
	if len(out) == 1 {
		return " to " + out[0]
	}
	return " from " + strings.Join(out, " to ")
}

// settle prepares a write for say: an update of the state alone becomes a move.
func (w *Write) settle() {
	state := label(string(register.FieldState))
	if w.op == "update" && len(w.changes) == 1 && w.changes[0].Field == state {
		w.op = opMove
	}
}

// follows reports whether a write repeats the one before it: a further step of the same
// issue, or another try with the same result.
func (w *Write) follows(before *Write) bool {
	if w.op != before.op || w.Where != before.Where || w.Binding != before.Binding || w.Result != before.Result || w.reason != before.reason {
		return false
	}
	if w.op == opMove && (w.Result == Confirmed || w.Result == Accepted) {
		return w.changes[0].Before == before.changes[len(before.changes)-1].After
	}
	return slices.Equal(w.changes, before.changes)
}

// add joins a write that follows into w.
func (w *Write) add(next Write) {
	w.Entries, w.Settled, w.Times = append(w.Entries, next.Entries...), next.Settled, w.Times+1
	if w.op == opMove && w.Result != Refused {
		w.changes = append(w.changes, next.changes...)
	}
}
