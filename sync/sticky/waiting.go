package sticky

import (
	"fmt"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// waiting lists the values of the issue that the register did not take, and the commands
// that decide about them.
func (c Comment) waiting(b *strings.Builder) {
	var values []present.Proposal
	for _, x := range c.Waiting {
		if x.Reopens() {
			c.reopening(b, x)
		} else if x.Extends() {
			fmt.Fprintf(b, "**More time requested.** %s asks for a later %s: %s. %s.\n\n", text.Plain(x.By), text.Plain(x.Changes()), text.Plain(strings.TrimRight(short(x.Why), ".")), cell(capital(x.Decide())))
		} else {
			values = append(values, x)
		}
	}
	if len(values) == 0 {
		return
	}
	if c.State == register.Closed {
		b.WriteString("**Changed after closing.** The register keeps what the record was closed with, until somebody decides.\n\n")
	} else {
		b.WriteString("**Proposed.** Triage decided these values, and the register keeps them until somebody decides again.\n\n")
	}
	b.WriteString("| Field | In the register | Proposed | By | Who decides, and how |\n|---|---|---|---|---|\n")
	for i, x := range values {
		if i == mostRows {
			fmt.Fprintf(b, "\n… and %d more; the register has all of them.\n", len(values)-i)
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

// reopening says that somebody moved the issue back who may not reopen the record, and who
// decides about it.
func (c Comment) reopening(b *strings.Builder, x present.Proposal) {
	by := "Somebody whom the tracker does not name"
	if x.By != "" {
		by = text.Plain(x.By)
	}
	day := ""
	if !x.Since.IsZero() {
		day = " on " + x.Since.UTC().Format(time.DateOnly)
	}
	fmt.Fprintf(b, "**Reopening requested.** %s moved this issue back%s. The register counts the record as %s until %s decides: comment `%s` to reopen it, or `%s`. "+
		"If it has come back, please say below what was seen.\n\n", by, day, c.State, x.Who, x.Take, x.Keep)
}

// capital returns a sentence with a capital at its beginning.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

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
