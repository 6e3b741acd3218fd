package service

import (
	"cmp"
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
}

// A DueList is everything that is to do by a date, the earliest date first.
type DueList struct {
	At    string `json:"at"` // the day that it is about
	Items []Due  `json:"items"`
	// Undated are the open records without any date: no attempt has been made on them since there
	// is a time matrix, or no row of it is about them.
	Undated []string `json:"without_dates"`
}

// DueItems lists what is to do in some records, as of a moment. Owner limits it to what is
// expected of a person, or belongs to a record that the person owns; "" is everybody.
func DueItems(rows []store.Row, at time.Time, owner string) DueList {
	out := DueList{At: at.UTC().Format(time.DateOnly), Items: []Due{}, Undated: []string{}}
	for _, row := range rows {
		r := row.Record
		mine := r.Fields[register.FieldOwner]
		if !r.State.Ended() && len(r.Dates) == 0 && (owner == "" || owner == mine) {
			out.Undated = append(out.Undated, r.Ref)
		}
		for _, d := range register.Due(r, at) {
			if owner == "" || owner == mine || owner == d.Who {
				out.Items = append(out.Items, Due{Record: r.Ref, Name: r.Fields[register.FieldTitle], State: r.State, Owner: mine, DueItem: d})
			}
		}
	}
	slices.SortStableFunc(out.Items, func(a, b Due) int { return cmp.Or(cmp.Compare(a.Due, b.Due), cmp.Compare(a.Record, b.Record)) })
	return out
}
