package service

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Due is what somebody is to do by a date, with its record.
type Due struct {
	Record string         `json:"record"` // its number
	Name   string         `json:"record_title"`
	State  register.State `json:"state"`
	Owner  string         `json:"owner,omitempty"` // person id
	register.DueItem
	// Escalated are the roles whose holders are told, beside whoever is expected to act.
	Escalated []string `json:"escalated_to,omitempty"`

	id      string // of the record
	version int64
}

// A DueList is everything that is to do by a date, the earliest date first.
type DueList struct {
	At    string `json:"at"`              // the day that it is about
	Until string `json:"until,omitempty"` // last date that was asked for
	Items []Due  `json:"items"`
	// Undated are the open records without any date: no attempt has been made on them since there
	// is a time matrix, or no row of it is about them.
	Undated []string `json:"without_dates"`
}

// A DueQuery says which dates are asked for.
type DueQuery struct {
	At    time.Time // the day on which it is judged what was missed
	Until string    // last date, "" for all
	// Person limits it to what is expected of a person, or belongs to a record that the person
	// owns; "" is everybody.
	Person string
	// Escalation says who else is told of a missed date.
	Escalation []register.EscalationStep
}

// endOfTime is after every date of the register.
const endOfTime = "9999-12-31"

// Due lists what is to do by a date. It reads only the records that have such a date.
func (r *Register) Due(ctx context.Context, q DueQuery) (DueList, error) {
	q.Escalation = r.Escalation
	rows, err := r.Store.RecordsDue(ctx, cmp.Or(q.Until, endOfTime), q.Person)
	if err != nil {
		return DueList{}, err
	}
	return DueItems(rows, q), nil
}

// DueItems lists what is to do in some records.
func DueItems(rows []store.Row, q DueQuery) DueList {
	out := DueList{At: q.At.UTC().Format(time.DateOnly), Until: q.Until, Items: []Due{}, Undated: []string{}}
	for _, row := range rows {
		r := row.Record
		mine := r.Fields[register.FieldOwner]
		if !r.State.Ended() && len(r.Dates) == 0 && !r.Kind().Evaluates() && (q.Person == "" || q.Person == mine) {
			out.Undated = append(out.Undated, r.Ref)
		}
		for _, d := range register.Due(r, q.At) {
			if (q.Person == "" || q.Person == mine || q.Person == d.Who) && (q.Until == "" || d.Due <= q.Until) {
				out.Items = append(out.Items, Due{
					Record: r.Ref, Name: r.Fields[register.FieldTitle], State: r.State, Owner: mine, DueItem: d, id: r.ID, version: row.Version,
					Escalated: escalated(r, d, q),
				})
			}
		}
	}
	slices.Sort(out.Undated)
	slices.SortStableFunc(out.Items, func(a, b Due) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Record, b.Record)) })
	return out
}

// Expected names the roles that may decide what is due of nobody in particular: "an ISMS manager". It is "" for anything else.
func (r *Register) Expected(d register.DueItem) string {
	switch d.Milestone {
	case register.MilestoneTriage:
		return r.Policy.Who(register.ActTriage)
	case register.MilestoneDecision:
		return r.Policy.Who(register.ActAdopt)
	default:
		return ""
	}
}

// escalated returns the roles to which an item is escalated on the day of a query, in order.
func escalated(r register.Record, d register.DueItem, q DueQuery) []string {
	var out []string
	for _, e := range register.Escalations(r, d, q.Escalation) {
		if e.On <= q.At.UTC().Format(time.DateOnly) {
			out = append(out, e.Roles...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
