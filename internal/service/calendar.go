package service

import (
	"cmp"
	"context"
	"time"

	"github.com/conformd/conformd/internal/icalendar"
	"github.com/conformd/conformd/internal/present"
)

// Calendar returns what a person is to do, and what their records need, as the days of a
// calendar.
func (r *Register) Calendar(ctx context.Context, person string) (icalendar.Calendar, error) {
	now := r.now()
	due, err := r.Due(ctx, DueQuery{At: now, Person: person})
	if err != nil {
		return icalendar.Calendar{}, err
	}
	names := r.people()
	c := icalendar.Calendar{Name: "conformd: " + names.Person(person), Made: now}
	for _, d := range due.Items {
		day, err := time.Parse(time.DateOnly, d.Due)
		if err != nil {
			return c, err
		}
		item := cmp.Or(string(d.Milestone), "action."+d.Action)
		switch {
		case d.Exception:
			item = "exception"
		case d.Reading != "":
			item = "reading." + d.Reading
		}
		c.Events = append(c.Events, icalendar.Event{
			UID: d.id + "." + item + "@conformd",
			// A date moves by a change of its record, and each change of a record counts its version up.
			Day: day, Sequence: d.version,
			Summary: present.CalendarTitle(d.Record, d.DueItem), Description: present.CalendarText(d.Name, d.DueItem, names),
		})
	}
	return c, nil
}
