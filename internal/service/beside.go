package service

import (
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A Side is what one issue of a record shows of its fields.
type Side struct {
	Key, Binding string
	URL          string // "" if it cannot be read

	record  register.Record
	reading mapping.Reading
	entry   Entry
}

// A Sight is what an issue shows of one field.
type Sight struct {
	Text string
	// Same says that it is what the register has; None that the issue has no place for the field; Unknown that its place
	// cannot be read, and Text says why.
	Same, None, Unknown bool
}

// Sides returns the issues that hold the fields of a record, in the order of the configuration. Issues that are gone or out of reach show
// nothing.
func (r *Register) Sides(e Entry) []Side {
	var out []Side
	for _, p := range r.Profiles {
		for _, l := range e.Links {
			if l.Binding == p.Binding && l.Role == string(mapping.RoleRecord) && l.State != store.IssueOrphaned && l.Issue != nil {
				out = append(out, Side{Key: l.Ref.Key, Binding: l.Binding, URL: l.Issue.URL, record: e.Record, reading: p.Read(l.Issue), entry: e})
			}
		}
	}
	return out
}

// Of returns what the issue shows of a field.
func (s Side) Of(f register.Field) Sight {
	if x, unknown := s.reading.Unknown[f]; unknown {
		return Sight{Text: x.What.String(), Unknown: true}
	}
	shown, ok := s.reading.View[f]
	switch {
	case !ok:
		return Sight{None: true}
	case shown.Value == s.record.Fields[f]:
		return Sight{Text: s.entry.Names.Value(f, shown.Value), Same: true}
	default:
		return Sight{Text: s.entry.Names.Value(f, shown.Value)}
	}
}

// Said returns what conformd's comment on an issue says, in Markdown and in the language of the issue, "" if there is none. Known is false
// if the last write of it had no answer, so that it may say something else.
func (r *Register) Said(l store.BoundIssue) (text string, known bool) {
	c := l.Comment
	if c.Says == nil {
		return "", true
	}
	var in *catalogue.Language
	if r.Speaks != nil {
		in = r.Speaks(c.Says.Language)
	}
	return c.Says.Markdown(in), !c.Uncertain
}
