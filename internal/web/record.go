package web

import (
	"fmt"
	"slices"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
)

// May reports whether the person who looks may do something to the record.
func (p Record) May(name string) bool {
	return slices.ContainsFunc(p.Asks, func(k service.Ask) bool { return k.Name == name })
}

// actAt is the address of the form of an act.
func actAt(ref, name string) string { return recordAt(ref) + "/acts/" + name }

// since says since when the end of a record is requested.
func since(p Record) string {
	if p.Record.Requested == "" {
		return ""
	}
	return " since " + When(p.Record.RequestedAt)
}

func requested(p Record) string { return present.Words(string(p.Record.Requested)) }

// standing says whether a conflict is open, and how it was settled.
func (c Settled) standing() string {
	switch {
	case c.Winner != "":
		return "✓ the policy " + c.Policy + " took the value of " + c.Winner
	case c.Closed.IsZero():
		return "⇄ open. " + present.Decide
	default:
		return "✓ settled " + When(c.Closed)
	}
}

// proposer says who proposed a change, where and when.
func proposer(x present.Proposal) string {
	s := or(x.By, "the tracker does not say") + ", in " + x.Where
	if !x.Since.IsZero() {
		s += ", " + When(x.Since)
	}
	return s
}

// known says from where it is known who acted.
func known(e present.Event) string {
	if e.How == "" {
		return ""
	}
	return " (" + e.How + ")"
}

// broken says a rule that did not hold, or that held for a reason.
func broken(r present.Rule) string {
	s := "▲ " + r.ID
	if r.OK {
		s = "✓ " + r.ID
	}
	if r.Why != "" {
		s += ": " + r.Why
	}
	return s
}

// An entryLink leads to an entry of the log.
type entryLink struct {
	seq   int64
	after string // what follows it in the sentence
}

// to is the page of the log that begins with the entry.
func (l entryLink) to() string {
	return address("/audit", "before", number(l.seq+1)) + "#entry-" + number(l.seq)
}

// entryLinks returns links to the entries of an event, to the first and the last of many.
func entryLinks(seqs []int64) []entryLink {
	shown, left := present.Shown(seqs)
	out := make([]entryLink, len(shown))
	for i, seq := range shown {
		out[i] = entryLink{seq, ","}
	}
	out[len(out)-1].after = ""
	if left > 0 {
		out[len(out)-1].after = fmt.Sprintf(" and %d between the last two", left)
	}
	return out
}
