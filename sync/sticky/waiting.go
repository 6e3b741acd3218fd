package sticky

import (
	"fmt"
	"strings"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// waiting lists the values of the issue that the register did not take, and the commands
// that decide about them.
func (c Comment) waiting(b *strings.Builder) {
	if len(c.Waiting) == 0 {
		return
	}
	if c.State == register.Closed {
		b.WriteString("**Changed after closing.** The register keeps what the record was closed with, until somebody decides.\n\n")
	} else {
		b.WriteString("**Proposed.** Triage decided these values, and the register keeps them until somebody decides again.\n\n")
	}
	b.WriteString("| Field | In the register | Proposed | By | Who decides, and how |\n|---|---|---|---|---|\n")
	for i, x := range c.Waiting {
		if i == mostRows {
			fmt.Fprintf(b, "\n… and %d more; the register has all of them.\n", len(c.Waiting)-i)
			break
		}
		by := x.By
		if by == "" {
			by = "the tracker does not say"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", text.Plain(x.Label), shown(x.Now), shown(x.Value), text.Plain(by), cell(x.Decide()))
	}
	b.WriteString("\n")
}

// shown returns a value for a cell of a table.
func shown(v string) string {
	if v == "" {
		return "(empty)"
	}
	return text.Plain(short(v))
}

// barred says who may not give the review that is needed.
func (c Comment) barred(b *strings.Builder) {
	if len(c.Barred) == 0 {
		return
	}
	names := make([]string, len(c.Barred))
	for i, n := range c.Barred {
		names[i] = text.Plain(n)
	}
	if n := len(names); n > mostWords {
		names = append(names[:mostWords], fmt.Sprintf("%d more", n-mostWords))
	}
	fmt.Fprintf(b, "\nInvolved, and so not the reviewer: %s.\n", present.Join(names))
}
