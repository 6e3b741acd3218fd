package ledger

import (
	"encoding/json"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Values returns the text that an entry holds, given how to find the long ones by their
// digest.
type Values func(t *audit.Text) (string, error)

// Facts returns the facts that an entry of a record tells, in order: the values in its
// changes, then its facts.
func Facts(e *audit.Entry, value Values) ([]register.Fact, error) {
	if e.Subject.Type != audit.SubjectRecord {
		return nil, nil
	}
	var out []register.Fact
	if e.Verb == audit.RecordUpdated || e.Verb == audit.SyncPulled {
		for _, c := range e.Changes {
			f, ok, err := valueOf(e, c, value)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, f)
			}
		}
	}
	if e.Facts == nil {
		return out, nil
	}
	doc, err := value(e.Facts)
	if err != nil {
		return nil, err
	}
	var more []register.Fact
	if err := json.Unmarshal([]byte(doc), &more); err != nil {
		return nil, fmt.Errorf("facts of an entry of %s: %w", e.Subject.Ref, err)
	}
	return append(out, more...), nil
}

// valueOf returns the value that a change tells; ok is false for what is no field of the
// register, such as a part of an action, which stands among the facts.
func valueOf(e *audit.Entry, c audit.FieldChange, value Values) (f register.Fact, ok bool, err error) {
	field := register.Field(c.Field)
	if _, known := register.Info(field); !known || field == register.FieldState || c.After == nil {
		return f, false, nil
	}
	f = register.Fact{Kind: register.FactSet, At: e.Occurred, From: e.Origin.Binding, Field: field}
	if e.Actor.Kind != audit.Daemon && e.Actor.Kind != audit.Unattributed {
		f.By = e.Actor.ID
	}
	if f.After, err = value(c.After); err != nil {
		return f, false, err
	}
	if c.Before != nil {
		f.Before, err = value(c.Before)
	}
	return f, err == nil, err
}
