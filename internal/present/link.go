package present

import (
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// A Link is a reference between two records as people are told of it, from either side.
type Link struct {
	Kind register.LinkKind `json:"kind"`
	Ref  string            `json:"record"` // number of the other record
	// State is where the other record stands now.
	State register.State `json:"state"`
	// From says that the other record refers to this one.
	From   bool                `json:"refers_to_this,omitempty"`
	Source register.LinkSource `json:"source,omitempty"`
	By     string              `json:"by,omitempty"`
	At     time.Time           `json:"at,omitzero"`
	Reason string              `json:"reason,omitempty"` // of a person who linked it
	// Ended is why it counts no longer, "" while it does.
	Ended string `json:"ended,omitempty"`
}

// Links returns what a record refers to, oldest first, with where the others stand by their
// ids; then the references of others to it.
func Links(r register.Record, others map[string]register.Other, to []Link, n Names) []Link {
	var out []Link
	for _, l := range r.Links {
		x := Link{Kind: l.Kind, Ref: l.Ref, State: others[l.To].State, Source: l.Source, By: n.Person(l.By), At: l.At, Ended: line(l.Void)}
		if l.Source == register.LinkOfCommand || l.Source == register.LinkOfPromotion {
			x.Reason = line(l.Reason)
		}
		out = append(out, x)
	}
	return append(out, to...)
}

// Words is what stands before the number of the other record: "duplicate of", and from the
// other side "has as its duplicate".
func (l Link) Words() string {
	if !l.From {
		return l.Kind.Words()
	}
	switch l.Kind {
	case register.DuplicateOf:
		return "has a duplicate,"
	case register.SplitFrom:
		return "was split; a part of it is"
	case register.LinkPromoted:
		return "was promoted to"
	case register.LinkRaised:
		return "missed its target; the signal is"
	default:
		return "came up again as"
	}
}

// After is what stands behind the number: where the other record stands, who said so, and why
// the link counts no longer.
func (l Link) After() string {
	var out []string
	if l.State != "" {
		state := string(l.State)
		if l.State == register.StateRejected && !l.From && l.Ended == "" {
			state = "rejected: nobody works on it"
		}
		out = append(out, state)
	}
	if l.By != "" {
		out = append(out, "by "+l.By)
	}
	s := ""
	if len(out) > 0 {
		s = " (" + strings.Join(out, ", ") + ")"
	}
	if l.Ended != "" {
		s += "; counts no longer: " + l.Ended
	}
	return s
}

// String says all of it: "duplicate of NC-2026-0003 (analysis, by Irene)".
func (l Link) String() string { return l.Words() + " " + l.Ref + l.After() }

// tellLinked tells that a record was linked to another one, or is so no longer.
func tellLinked(v *Event, e *audit.Entry) {
	if v.What = "linked the record to another one"; e.Verb == audit.RecordUnlinked {
		v.What, v.Attention = "ended a link of the record to another one", true
	}
	for _, c := range e.Changes {
		words := register.LinkOfChange(c.Field).Words()
		if c.After != nil {
			v.What = "linked the record: " + words + " " + line(c.After.Value)
		} else if c.Before != nil {
			v.What = "ended the link of the record: " + words + " " + line(c.Before.Value)
		}
	}
	v.What += in(v)
	v.Changes = nil
}
