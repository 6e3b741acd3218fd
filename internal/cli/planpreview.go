package cli

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A preview is what a sync run would do, in the order of the register.
type preview struct {
	Records []*previewed `json:"records"`
	Counts  counts       `json:"counts"`
	// Stopped are the bindings to which nothing is written before a person has looked;
	// WouldStop those to which the writes of this plan would stop it.
	Stopped   []service.Stop `json:"writing_stopped,omitempty"`
	WouldStop []service.Stop `json:"writing_would_stop,omitempty"`

	mu     sync.Mutex
	at     map[string]int
	before map[string]bool // the records that the register had already, by id
}

type counts struct {
	Compared  int `json:"compared"`
	New       int `json:"new"`
	Change    int `json:"to_change"`
	Create    int `json:"issues_to_create"`
	Writes    int `json:"writes"`
	Conflicts int `json:"conflicts"`
	Held      int `json:"held"`
	Waiting   int `json:"waiting"` // behind a brake, since before
	Same      int `json:"same"`
}

func (c counts) differ() bool {
	return c.New+c.Change+c.Create+c.Writes+c.Conflicts+c.Waiting > 0
}

// A previewed is what would become of one record.
type previewed struct {
	id        string
	Ref       string          `json:"ref"`
	Title     string          `json:"title"`
	Issues    string          `json:"issues"`
	New       bool            `json:"new,omitempty"`
	Register  []difference    `json:"register,omitempty"`
	Writes    []write         `json:"writes,omitempty"`
	Creates   []create        `json:"creates,omitempty"`
	Conflicts []plan.Conflict `json:"conflicts,omitempty"`
	// View is where the record would stand.
	present.View

	entry service.Entry
	reg   *service.Register
}

type difference struct {
	Field  register.Field `json:"field"`
	Before string         `json:"before"`
	After  string         `json:"after"`
	From   string         `json:"from,omitempty"`
}

type write struct {
	Binding      string         `json:"binding"`
	Issue        connectors.Ref `json:"-"`
	Key          string         `json:"issue"`
	Reason       string         `json:"reason"`
	Fields       []difference   `json:"fields,omitempty"`
	AddLabels    []string       `json:"add_labels,omitempty"`
	RemoveLabels []string       `json:"remove_labels,omitempty"`
	Comment      string         `json:"comment,omitempty"`
	Reaction     string         `json:"reaction,omitempty"`
	Withheld     string         `json:"withheld,omitempty"`
}

type create struct {
	Binding  string `json:"binding"`
	Fields   int    `json:"fields"`
	Withheld string `json:"withheld,omitempty"`
}

// add takes in the plan of a record. A record that is planned again shows its
// changes together, and of what would be written the last.
func (p *preview) add(r register.Record, pl plan.Plan) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i, known := p.at[r.ID]
	if !known {
		i = len(p.Records)
		p.at[r.ID] = i
		p.Records = append(p.Records, &previewed{id: r.ID, New: !p.before[r.ID]})
	}
	d := p.Records[i]
	d.Ref, d.Title = r.Ref, r.Fields[register.FieldTitle]
	for _, c := range pl.Changes {
		if c.Field != register.FieldMissing && c.Before != c.After {
			d.Register = append(d.Register, difference{c.Field, c.Before, c.After, c.From})
		}
	}
	d.Writes, d.Creates = nil, nil
	for _, action := range pl.Actions {
		h := action.Header()
		x := write{Binding: h.Binding, Issue: h.Ref, Key: h.Ref.Key, Reason: string(h.Reason), Withheld: h.Withheld}
		switch a := action.(type) {
		case plan.Update:
			x.AddLabels, x.RemoveLabels = a.AddLabels, a.RemoveLabels
			for _, f := range register.FieldsAnd(slices.Collect(maps.Keys(a.Want))) {
				if want, ok := a.Want[f.Field]; ok {
					x.Fields = append(x.Fields, difference{Field: f.Field, Before: a.Saw[f.Field], After: want})
				}
			}
		case plan.Create:
			d.Creates = append(d.Creates, create{h.Binding, len(a.Want), h.Withheld})
			continue
		case plan.Comment:
			x.Comment = a.Says.Markdown(nil)
		case plan.React:
			x.Reaction = a.Reaction
		}
		d.Writes = append(d.Writes, x)
	}
	d.Conflicts = pl.Conflicts
}

// finish looks at the register as the sync run would leave it, counts, and leaves out what
// stays the same. On are the stops from before the sync run.
func (p *preview) finish(ctx context.Context, st *store.Store, reg *service.Register, on []service.Stop) error {
	rows, err := st.Records(ctx)
	if err != nil {
		return err
	}
	entries, err := reg.Entries(ctx, rows)
	if err != nil {
		return err
	}
	after, err := reg.Stops(ctx)
	if err != nil {
		return err
	}
	for _, x := range after {
		if slices.ContainsFunc(on, func(y service.Stop) bool { return y.Binding == x.Binding }) {
			p.Stopped = append(p.Stopped, x)
		} else {
			p.WouldStop = append(p.WouldStop, x)
		}
	}
	p.Counts.Compared = len(rows)
	for _, e := range entries {
		if e.View.Held {
			p.Counts.Held++
		}
		if i, planned := p.at[e.Record.ID]; planned {
			d := p.Records[i]
			d.entry, d.View, d.reg = e, e.View, reg
			if d.New {
				d.Register = filled(e.Record)
			}
		}
	}
	kept := []*previewed{}
	for _, d := range p.Records {
		if d.differs() {
			kept = append(kept, d)
			p.Counts.add(d)
		}
	}
	slices.SortFunc(kept, func(a, b *previewed) int { return cmp.Compare(a.Ref, b.Ref) })
	p.Records = kept
	p.Counts.Waiting = p.waiting()
	p.Counts.Same = len(rows) - len(kept) - p.Counts.Waiting
	return nil
}

// filled returns the values that people gave a new record.
func filled(r register.Record) []difference {
	var out []difference
	for _, info := range register.FieldsOf(r) {
		if v := r.Fields[info.Field]; v != "" && info.Field != register.FieldRef && info.Field != register.FieldMissing {
			out = append(out, difference{Field: info.Field, After: v})
		}
	}
	return out
}

// waiting counts the records whose only news is that they waited behind a brake before the
// plan was made.
func (p *preview) waiting() int {
	refs := map[string]bool{}
	for _, x := range p.Stopped {
		for _, w := range x.Writes {
			refs[w.Ref] = true
		}
	}
	for _, d := range p.Records {
		delete(refs, d.Ref)
	}
	return len(refs)
}

// differs reports whether there is anything to tell of the record.
func (d *previewed) differs() bool {
	keys := make([]string, len(d.entry.Links))
	for i, l := range d.entry.Links {
		keys[i] = l.Ref.Key
	}
	d.Issues = strings.Join(keys, ", ")
	return len(d.Register)+len(d.Writes)+len(d.Creates)+len(d.Conflicts)+len(d.Problems) > 0
}

func (c *counts) add(d *previewed) {
	switch {
	case d.New:
		c.New++
	case len(d.Register)+len(d.Writes) > 0:
		c.Change++
	}
	for _, x := range d.Creates {
		if x.Withheld == "" {
			c.Create++
		}
	}
	for _, w := range d.Writes {
		if w.Withheld == "" {
			c.Writes++
		}
	}
	c.Conflicts += len(d.Conflicts)
}
