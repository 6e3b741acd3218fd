package ledger

import (
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Carried returns a record of an earlier version of conformd as the log is to begin with it.
// Its owner and whoever was given one of its actions are involved in it, as they always
// were. Nothing else is made up: a record that went past analysis without a triage stays
// where it is, and has none.
func Carried(r register.Record) register.Record {
	r = r.Clone()
	involve := func(person string, as register.InvolvementAs) {
		known := slices.ContainsFunc(r.Involved, func(i register.Involvement) bool { return i.Person == person && i.As == as })
		if person != "" && !known {
			r.Involved = append(r.Involved, register.Involvement{Person: person, As: as})
		}
	}
	involve(r.Fields[register.FieldOwner], register.InvolvedOwner)
	for _, a := range r.AllActions() {
		involve(a.Assignee, register.InvolvedAssignee)
	}
	return r
}

// CarriedEntry returns the entry that carries a record of an earlier version into the log.
func CarriedEntry(r register.Record, version int64) audit.Entry {
	return audit.Entry{
		Verb: audit.RecordCarried, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerStart},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: r.ID, Ref: r.Ref, Version: version},
		Changes: []audit.FieldChange{{Field: string(register.FieldState), After: audit.NewText(string(r.State))}},
		Reason:  "the log begins to tell everything of the record here; an earlier version of conformd left it so",
		Facts:   Text([]register.Fact{{Kind: register.FactCarried, Record: &r}}),
	}
}
