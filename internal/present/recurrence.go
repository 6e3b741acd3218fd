package present

import (
	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Recurrence tells of a candidate in a sentence: why it is one, and what a person answered.
func Recurrence(x register.Recurrence, n Names) string {
	switch x.State {
	case register.RecurrenceConfirmed:
		return "a recurrence of " + x.Ref + ", confirmed by " + n.Person(x.By) + " on " + day(x.At) + ": " + line(x.Reason)
	case register.RecurrenceRefused:
		return "no recurrence of " + x.Ref + ", said " + n.Person(x.By) + " on " + day(x.At) + ": " + line(x.Reason)
	default:
		return "perhaps a recurrence of " + x.Ref + ": " + line(x.Why) + "; nobody has answered yet"
	}
}

// tellRecurrence tells that a closed record may have come up again, or what a person answered.
func tellRecurrence(v *Event, e *audit.Entry) {
	ref := "another record"
	for _, c := range e.Changes {
		if register.IsRecurrenceChange(c.Field) && c.After != nil {
			ref = line(c.After.Value)
		}
	}
	switch e.Verb {
	case audit.RecurrenceProposed:
		v.What, v.Attention = "found that this may be "+ref+" again; a person answers", true
	case audit.RecurrenceConfirmed:
		v.What, v.Attention = "confirmed that this is "+ref+" again", true
	default:
		v.What = "said that this is not " + ref + " again"
	}
	v.What += in(v)
	v.Changes = nil
}
