package findings

import (
	"fmt"
	"strings"
)

// A Mistake is what is wrong in a list, and what to do about it.
type Mistake struct {
	Row    int    // in the file, 0 for the file as a whole
	Column string // header, "" for the row as a whole
	What   string
	Remedy string
}

// String is the mistake without its remedy: `row 3, column "Grade": …`.
func (m Mistake) String() string {
	switch {
	case m.Row == 0:
		return m.What
	case m.Column == "":
		return fmt.Sprintf("row %d: %s", m.Row, m.What)
	default:
		return fmt.Sprintf("row %d, column %q: %s", m.Row, m.Column, m.What)
	}
}

// Mistakes are all that is wrong in a list. Nothing of it is taken.
type Mistakes struct {
	File string
	All  []Mistake
}

// Error names each mistake on a line of its own. A remedy that several mistakes have stands
// behind the first of them.
func (ms Mistakes) Error() string {
	var b strings.Builder
	b.WriteString(ms.File)
	said := map[string]bool{}
	for i, m := range ms.All {
		if i == 0 && len(ms.All) == 1 {
			b.WriteString(": ")
		} else {
			b.WriteString("\n  ")
		}
		b.WriteString(m.String())
		if m.Remedy != "" && !said[m.Remedy] {
			b.WriteString("; " + m.Remedy)
			said[m.Remedy] = true
		}
	}
	return b.String()
}
