// Package icalendar writes calendars of days (RFC 5545), which calendar programs open and
// subscribe to.
package icalendar

import (
	"bytes"
	"io"
	"strings"
	"time"
	"unicode"

	ics "github.com/arran4/golang-ical"
)

// A Calendar is a list of days of one person.
type Calendar struct {
	Name   string
	Made   time.Time // when it was worked out
	Events []Event
}

// An Event is something on a day.
type Event struct {
	// UID is the name by which a program knows the event again when it reads the calendar anew.
	UID string
	Day time.Time
	// Sequence rises whenever the event changes. Of two versions a program keeps the higher one.
	Sequence int64
	Summary  string
	// Description may have several lines.
	Description string
}

// refresh is how often a program that has subscribed reads the calendar again.
const refresh = "PT4H"

// Write writes the calendar. Lines end with CRLF and have at most 75 octets.
func (c Calendar) Write(w io.Writer) error {
	cal := ics.NewCalendarFor("conformd")
	cal.SetProductId("-//conformd//due dates//EN")
	cal.SetMethod(ics.MethodPublish) // so that DTSTAMP is when the calendar was made
	cal.SetXWRCalName(oneLine(c.Name))
	cal.SetXPublishedTTL(refresh)
	for _, e := range c.Events {
		v := cal.AddEvent(oneLine(e.UID))
		v.SetDtStampTime(c.Made)
		v.SetSequence(int(e.Sequence))
		v.SetAllDayStartAt(e.Day)
		v.SetTimeTransparency(ics.TransparencyTransparent) // its day stays free for meetings
		v.SetSummary(oneLine(e.Summary))
		v.SetDescription(lines(e.Description))
	}
	var b bytes.Buffer
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return err
	}
	_, err := b.WriteTo(w)
	return err
}

// lines returns a text without the characters that a program might act upon instead of showing
// them. The texts come from strangers, and the library escapes a line feed but leaves a carriage
// return, with which a text would begin a property of its own.
func lines(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, "�"))
}

// oneLine is lines for a text that has one line.
func oneLine(s string) string { return strings.ReplaceAll(lines(s), "\n", " ") }
