package terminal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/conformd/conformd/internal/terminal"
)

func TestSafe(t *testing.T) {
	for _, c := range []struct{ name, in, safe, line string }{
		{"plain text", "Leavers keep their accounts, ü 測試 ✓", "", ""},
		{"escape sequence", "\x1b[2J\x1b[1;1HVERIFIED", `\u{1b}[2J\u{1b}[1;1HVERIFIED`, ""},
		{"carriage return", "FAILED\rVERIFIED", `FAILED\u{d}VERIFIED`, ""},
		{"bell, backspace, delete", "a\a\b\x7f", `a\u{7}\u{8}\u{7f}`, ""},
		{"C1 as a character", "a\u009b31m", `a\u{9b}31m`, ""},
		{"C1 as a byte", "a\x9b31m", `a\u{9b}31m`, ""},
		{"bidirectional controls", "a\u202eb\u2066c\u200fd", `a\u{202e}b\u{2066}c\u{200f}d`, ""},
		{"zero width", "a\u200b\ufeff\u00ad", `a\u{200b}\u{feff}\u{ad}`, ""},
		{"tags", "a\U000e0041", `a\u{e0041}`, ""},
		{"separators", "a\u2028b\u2029c", `a\u{2028}b\u{2029}c`, ""},
		{"not UTF-8", "a\xff\xc3(", `a\u{ff}\u{c3}(`, ""},
		{"the replacement character itself", "a\ufffd", "", ""},
		{"layout", "a\tb\nc", "a\tb\nc", `a\u{9}b\u{a}c`},
		{"empty", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			safe, line := c.safe, c.line
			if safe == "" {
				safe = c.in
			}
			if line == "" {
				line = safe
			}
			if got := terminal.Safe(c.in); got != safe {
				t.Errorf("Safe(%q) = %q, want %q", c.in, got, safe)
			}
			if got := terminal.Line(c.in); got != line {
				t.Errorf("Line(%q) = %q, want %q", c.in, got, line)
			}
		})
	}
}

// visible reports whether a terminal shows all of s and acts upon none of it.
func visible(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"a", "\x1b[2J", "\xe2\x80", "\u202e", "\U000e0041\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		safe, line := terminal.Safe(s), terminal.Line(s)
		if !visible(safe) || !visible(line) || strings.ContainsAny(line, "\n\t") {
			t.Errorf("Safe(%q) = %q, Line() = %q", s, safe, line)
		}
		if terminal.Safe(safe) != safe {
			t.Errorf("Safe(%q) is not Safe of itself", safe)
		}
		var b bytes.Buffer
		w := terminal.NewWriter(&b, terminal.NewInk())
		for i := range len(s) {
			if n, err := w.Write([]byte(s[i : i+1])); n != 1 || err != nil {
				t.Fatalf("Write() = %d, %v", n, err)
			}
		}
		if err := w.Flush(); err != nil || !visible(b.String()) {
			t.Errorf("byte by byte %q became %q, %v", s, b.String(), err)
		}
		doc, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back, want string
		if err := json.Unmarshal(terminal.JSON(doc), &back); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(doc, &want); err != nil || back != want || !visible(string(terminal.JSON(doc))) {
			t.Errorf("JSON(%s) = %s, %v", doc, terminal.JSON(doc), err)
		}
	})
}

// The program's own colours arrive; those in a title do not, not even one that copies
// the form of a mark.
func TestOnlyTheProgramColours(t *testing.T) {
	ink := terminal.NewInk()
	var b bytes.Buffer
	w := terminal.NewWriter(&b, ink)
	for _, s := range []string{ink.Paint("31", "FAILED"), " \x1b[32mVERIFIED\x1b[0m ", terminal.NewInk().Paint("32", "ok"), "ü"} {
		if _, err := io.WriteString(w, s); err != nil {
			t.Fatal(err)
		}
	}
	got := b.String()
	if want := "\x1b[31mFAILED\x1b[0m " + `\u{1b}[32mVERIFIED\u{1b}[0m \u{0}`; !strings.HasPrefix(got, want) || strings.Count(got, "\x1b") != 2 || !strings.HasSuffix(got, "ü") {
		t.Errorf("got %q, want it to begin with %q and to have two escapes", got, want)
	}
	if got := (terminal.Ink{}).Paint("31", "x"); got != "x" {
		t.Errorf("without ink: %q", got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestErrorsOfTheStreamArrive(t *testing.T) {
	w := terminal.NewWriter(broken{}, terminal.Ink{})
	if _, err := w.Write([]byte("a")); err == nil {
		t.Error("Writer: no error")
	}
	if n, err := w.Write([]byte("\xe2")); n != 1 || err != nil {
		t.Errorf("half a character: %d, %v; want it kept", n, err)
	}
	if err := w.Flush(); err == nil {
		t.Error("Flush: no error")
	}
	if _, err := (terminal.JSONWriter{W: broken{}}).Write([]byte("{}")); err == nil {
		t.Error("JSONWriter: no error")
	}
}
