package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/terminal"
)

// A style colours words on standard output and error. Colour only helps: words and
// symbols carry the meaning.
type style struct {
	on  bool
	ink terminal.Ink
}

func (c style) sgr(code, s string) string {
	if !c.on {
		return s
	}
	return c.ink.Paint(code, s)
}

func (c style) red(s string) string    { return c.sgr("31", s) }
func (c style) green(s string) string  { return c.sgr("32", s) }
func (c style) yellow(s string) string { return c.sgr("33", s) }
func (c style) bold(s string) string   { return c.sgr("1", s) }

// setColor decides about colour: the flag, then NO_COLOR and CLICOLOR_FORCE, then
// whether both streams are a terminal that can.
func (s *session) setColor() error {
	env := func(k string) string { v, _ := s.Env(k); return v }
	switch s.color {
	case "always":
		s.style.on = true
	case "never":
		s.style.on = false
	case "auto":
		force := env("CLICOLOR_FORCE")
		switch {
		case env("NO_COLOR") != "":
		case force != "" && force != "0":
			s.style.on = true
		case env("TERM") == "dumb", env("CLICOLOR") == "0":
		default:
			s.style.on = tty(s.streams.Stdout) && tty(s.streams.Stderr)
		}
	default:
		return fmt.Errorf("--color is %q, and must be auto, always or never", s.color)
	}
	return nil
}

func tty(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// say writes a message to people.
func (s *session) say(format string, a ...any) {
	if !s.quiet {
		fmt.Fprintf(s.Stderr, format+"\n", a...)
	}
}

// next names the next useful command, to a person at a terminal.
func (s *session) next(format string, a ...any) {
	if tty(s.streams.Stderr) {
		s.say("Next: "+format, a...)
	}
}

// print writes data.
func (s *session) print(format string, a ...any) error {
	_, err := fmt.Fprintf(s.Stdout, format, a...)
	return err
}

// jsonFlag lets a command print JSON.
func (s *session) jsonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&s.json, "json", false, "print JSON")
	return c
}

func (s *session) printJSON(v any) error {
	e := json.NewEncoder(terminal.JSONWriter{W: s.streams.Stdout})
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// table prints rows with aligned columns. A cell has one line, whatever is in it.
func (s *session) table(rows [][]string) error {
	w := tabwriter.NewWriter(s.Stdout, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = terminal.Line(c)
		}
		fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	return w.Flush()
}

// short cuts a text to n characters of its first line.
func short(text string, n int) string {
	line, rest, _ := strings.Cut(text, "\n")
	r := []rune(line)
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	if strings.TrimSpace(rest) != "" {
		return line + " …"
	}
	return line
}
