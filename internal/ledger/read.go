package ledger

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Values returns the whole of a text in an entry; false says that it is erased or gone.
// Field is where it stands in the entry: "title/after", "facts", "full".
type Values func(field string, t *audit.Text) (string, bool)

// A Told is what an entry tells of a record.
type Told struct {
	ID, Ref string
	At      time.Time // when the log recorded it
	Begins  bool      // the record begins with this entry, or is carried into the log by it
	Facts   []register.Fact
	// Erased are the fields whose value is not known any more, and Lost says that more than
	// a value is not.
	Erased []register.Field
	Lost   bool
}

// Facts returns what an entry tells of a record, in order: the values in its changes, then
// its facts. It is nil for an entry that tells nothing. Entries of the first version of the
// format tell nothing: how the records stood when it ended is carried into the log.
func Facts(e *audit.Entry, value Values) (*Told, error) {
	if e.Subject.Type != audit.SubjectRecord || e.Format == 1 {
		return nil, nil //nolint:nilnil // most entries tell nothing
	}
	t := &Told{ID: e.Subject.ID, Ref: e.Subject.Ref, At: e.At}
	if e.Full != nil {
		doc, ok := value("full", e.Full)
		if !ok {
			t.Lost = true
			return t, nil
		}
		full, err := audit.ParseFull(doc)
		if err != nil {
			return nil, err
		}
		if full.Full != nil {
			return nil, fmt.Errorf("the whole entry of %s names another one", e.Subject.Ref)
		}
		e = &full
	}
	t.ID, t.Ref = e.Subject.ID, e.Subject.Ref
	if e.Verb == audit.RecordUpdated || e.Verb == audit.SyncPulled {
		for _, c := range e.Changes {
			t.value(e, c, value)
		}
	}
	if err := t.facts(e, value); err != nil {
		return nil, err
	}
	if len(t.Facts) == 0 && len(t.Erased) == 0 && !t.Lost {
		return nil, nil //nolint:nilnil // most entries tell nothing
	}
	return t, nil
}

func (t *Told) facts(e *audit.Entry, value Values) error {
	if e.Facts == nil {
		return nil
	}
	doc, ok := value("facts", e.Facts)
	if !ok {
		t.Lost = true
		return nil
	}
	var more []register.Fact
	if err := json.Unmarshal([]byte(doc), &more); err != nil {
		return fmt.Errorf("facts of an entry of %s: %w", e.Subject.Ref, err)
	}
	for _, f := range more {
		t.Begins = t.Begins || f.Kind == register.FactCarried
	}
	t.Facts = append(t.Facts, more...)
	return nil
}

// value takes in the value that a change tells. What is no field of the register, such as a
// part of an action, stands among the facts.
func (t *Told) value(e *audit.Entry, c audit.FieldChange, value Values) {
	field := register.Field(c.Field)
	if _, known := register.Info(field); !known || field == register.FieldState || c.After == nil {
		return
	}
	f := register.Fact{Kind: register.FactSet, At: e.Occurred, From: e.Origin.Binding, Field: field, Before: before(c)}
	if e.Actor.Kind != audit.Daemon && e.Actor.Kind != audit.Unattributed {
		f.By = e.Actor.ID
	}
	after, ok := value(c.Field+"/after", c.After)
	if !ok {
		t.Erased = append(t.Erased, field)
		return
	}
	f.After = after
	if c.Before != nil && c.Before.Equal(*c.After) {
		f.Before = after
	}
	t.Facts = append(t.Facts, f)
}

// before returns what tells a value from the one before it: where that is long, its digest.
func before(c audit.FieldChange) string {
	if c.Before == nil {
		return ""
	}
	return c.Before.Value + c.Before.SHA256 + c.Before.Commitment
}
