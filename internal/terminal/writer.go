package terminal

import (
	"crypto/rand"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Writer sends text to people: everything is made [Safe] on its way, except the
// colours of its own ink. Several goroutines may write; use one Writer for a stream.
type Writer struct {
	mu   sync.Mutex
	w    io.Writer
	ink  Ink
	rest []byte // the beginning of a character whose end is in the next write
}

// NewWriter returns a writer to w that knows the colours of ink; the zero Ink has none.
func NewWriter(w io.Writer, ink Ink) *Writer { return &Writer{w: w, ink: ink} }

// Write writes p. It reports that all of p was written, or the error of the stream.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := append(w.rest, p...)
	whole := complete(text)
	w.rest = append([]byte(nil), text[whole:]...)
	if whole == 0 {
		return len(p), nil
	}
	if _, err := io.WriteString(w.w, w.ink.render(string(text[:whole]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what is left of a character whose end never came.
func (w *Writer) Flush() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := string(w.rest)
	w.rest = nil
	if text == "" {
		return nil
	}
	_, err := io.WriteString(w.w, Safe(text))
	return err
}

// complete returns how much of b ends with a whole character.
func complete(b []byte) int {
	for back := 1; back < utf8.UTFMax && back <= len(b); back++ {
		if at := len(b) - back; utf8.RuneStart(b[at]) {
			if utf8.FullRune(b[at:]) {
				return len(b)
			}
			return at
		}
	}
	return len(b)
}

// An Ink colours words for a [Writer]. It marks a colour with a random number, and the Writer
// turns the mark into an escape sequence. Text from elsewhere cannot know the number, so only
// the program itself can colour a word.
type Ink struct{ mark string }

// NewInk returns ink with a mark of its own.
func NewInk() Ink { return Ink{"\x00" + rand.Text() + "\x00"} }

// Paint returns s in a colour or style: code is the parameter of SGR (ECMA-48 8.3.117),
// such as "31" for red. The zero Ink leaves s as it is.
func (i Ink) Paint(code, s string) string {
	if i.mark == "" {
		return s
	}
	return i.mark + code + "m" + s + i.mark + "0m"
}

// render makes text safe and turns the marks into escape sequences.
func (i Ink) render(text string) string {
	if i.mark == "" {
		return Safe(text)
	}
	var b strings.Builder
	before, rest, more := strings.Cut(text, i.mark)
	b.WriteString(Safe(before))
	for more {
		code, after, _ := strings.Cut(rest, "m")
		b.WriteString("\x1b[" + code + "m")
		before, rest, more = strings.Cut(after, i.mark)
		b.WriteString(Safe(before))
	}
	return b.String()
}

// A JSONWriter makes each text that is written to it [JSON], one whole text at a time,
// as encoding/json and the logger write them.
type JSONWriter struct{ W io.Writer }

// Write writes p. It reports that all of p was written, or the error of the stream.
func (w JSONWriter) Write(p []byte) (int, error) {
	if _, err := w.W.Write(JSON(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
