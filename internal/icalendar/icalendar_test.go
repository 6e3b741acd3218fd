package icalendar_test

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/icalendar"
)

func written(t rapid.TB, events ...icalendar.Event) string {
	t.Helper()
	var b bytes.Buffer
	c := icalendar.Calendar{Name: "conformd: Erik Engel", Made: time.Date(2026, 4, 2, 9, 30, 0, 0, time.UTC), Events: events}
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func event(summary, description string) icalendar.Event {
	return icalendar.Event{UID: "0b1c.implementation@conformd", Day: time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC), Sequence: 7, Summary: summary, Description: description}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	want := strings.Join([]string{
		"BEGIN:VCALENDAR",
		"VERSION:2.0",
		"PRODID:-//conformd//due dates//EN",
		"METHOD:PUBLISH",
		"X-WR-CALNAME:conformd: Erik Engel",
		"X-PUBLISHED-TTL:PT4H",
		"BEGIN:VEVENT",
		"UID:0b1c.implementation@conformd",
		"DTSTAMP:20260402T093000Z",
		"SEQUENCE:7",
		"DTSTART;VALUE=DATE:20260509",
		"TRANSP:TRANSPARENT",
		"SUMMARY:NC-2026-0007 implementation",
		`DESCRIPTION:Leavers keep accounts\; keys\, too\nFinish the actions.`,
		"END:VEVENT",
		"END:VCALENDAR",
		"",
	}, "\r\n")
	if diff := cmp.Diff(want, written(t, event("NC-2026-0007 implementation", "Leavers keep accounts; keys, too\nFinish the actions."))); diff != "" {
		t.Errorf("the calendar (-want +got):\n%s", diff)
	}
}

// A text from a tracker stays in its property. No character that ends a line begins another one.
func TestATextBeginsNoProperty(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029", "\v", "\f", "\x00", "\\n", "\\\n"} {
		text := "Keys" + end + "ATTENDEE:mailto:eve@acme.example" + end + "END:VEVENT"
		out := written(t, event(text, text), icalendar.Event{UID: text})
		for line := range strings.SplitSeq(strings.ReplaceAll(out, "\r\n ", ""), "\r\n") {
			name, _, _ := strings.Cut(line, ":")
			if name == "ATTENDEE" || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%q begins a line of its own: %q", text, line)
			}
		}
		if n := strings.Count(out, "\r\nEND:VEVENT\r\n"); n != 2 {
			t.Errorf("%q: %d events end, want 2", text, n)
		}
	}
}

// What a program reads, unfolded and unescaped, is the text; every line is short enough, and no
// character is cut in two.
func TestUnfoldingGivesBackTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune(" ,;:\\n<>\"é€😀\n")), rapid.Rune())).Draw(t, "text")
		out := written(t, event(strings.ReplaceAll(text, "\n", " "), text))
		for line := range strings.SplitSeq(strings.TrimSuffix(out, "\r\n"), "\r\n") {
			if len(line) > 75 || !utf8.ValidString(line) {
				t.Fatalf("the line %q has %d octets", line, len(line))
			}
		}
		read := map[string]string{}
		for line := range strings.SplitSeq(strings.ReplaceAll(out, "\r\n ", ""), "\r\n") {
			name, value, _ := strings.Cut(line, ":")
			read[name] = unescaped(value)
		}
		shown := strings.Map(func(r rune) rune {
			switch {
			case r == '\n':
				return r
			case unicode.IsSpace(r), unicode.IsControl(r):
				return ' '
			case unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
				return -1
			}
			return r
		}, text)
		if read["DESCRIPTION"] != shown || read["SUMMARY"] != strings.ReplaceAll(shown, "\n", " ") {
			t.Fatalf("read %q and %q, want %q", read["SUMMARY"], read["DESCRIPTION"], shown)
		}
	})
}

// unescaped reads a TEXT (RFC 5545, 3.3.11).
func unescaped(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i] == 'n' || s[i] == 'N' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
