package service

import (
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Document is a record as programs read it: the record, what it needs, its issues and its people.
type Document struct {
	register.Record
	Version int64 `json:"version"`
	// Things are the causes, corrections, actions and evidence with their ids.
	Things register.Things `json:"things"`
	present.View
	Issues    []DocumentIssue   `json:"issues"`
	Conflicts []plan.Conflict   `json:"conflicts"` // that a person must decide
	People    map[string]string `json:"people"`    // names of the people and accounts that it mentions, by id
	Unmapped  []Unmapped        `json:"unmapped,omitempty"`
}

// A DocumentIssue is an issue that is bound to a record.
type DocumentIssue struct {
	Binding string `json:"binding"`
	Key     string `json:"key"`
	URL     string `json:"url,omitempty"`
	State   string `json:"state"`
}

// An Unmapped is an account that belongs to nobody in the register, with what to do.
type Unmapped struct {
	present.Stranger
	Hint string `json:"hint"`
}

// Document returns the record as programs read it.
func (e Entry) Document() Document {
	r := e.Record
	out := Document{Record: r, Version: e.Version, Things: r.Things(), View: e.View, Issues: []DocumentIssue{}, Conflicts: []plan.Conflict{}, People: map[string]string{}}
	for _, l := range e.Links {
		i := DocumentIssue{Binding: l.Binding, Key: l.Ref.Key, State: string(l.State)}
		if l.Issue != nil {
			i.URL = l.Issue.URL
		}
		out.Issues = append(out.Issues, i)
	}
	for _, c := range e.Open() {
		out.Conflicts = append(out.Conflicts, c.Conflict)
	}
	for _, id := range present.Mentioned(r) {
		out.People[id] = e.Names.Person(id)
	}
	for _, x := range e.Strangers {
		out.Unmapped = append(out.Unmapped, Unmapped{x, x.Hint()})
	}
	return out
}
