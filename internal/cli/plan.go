package cli

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

func (s *session) planCommand() *cobra.Command {
	var exitCode bool
	c := s.jsonFlag(&cobra.Command{
		Use: "plan", Short: "What the next pass would change; changes nothing", Args: cobra.NoArgs,
		Long: `Reads the trackers, plans on a copy of the register, and prints what the next pass
would change on each side. It writes to no tracker, and the register stays as it is.`,
		Example: "  conformd plan\n  conformd plan --json --exit-code",
		RunE:    func(c *cobra.Command, _ []string) error { return s.plan(c.Context(), exitCode) },
	})
	c.Flags().BoolVar(&exitCode, "exit-code", false, "exit with 3 if something would change")
	return c
}

func (s *session) plan(ctx context.Context, exitCode bool) (err error) {
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "conformd-plan-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := copyStore(ctx, c.DataDir, dir); err != nil {
		return err
	}
	log, err := s.logger(config.Log{Level: "error", Format: c.Log.Format})
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: log, Dir: dir})
	if err != nil {
		return err
	}
	p := &preview{at: map[string]int{}}
	a.Reconciler.DryRun = p.add
	on, err := stops(ctx, a.Store)
	if err != nil {
		return errors.Join(err, a.Close())
	}
	done := s.progress(ctx, "comparing trackers and register")
	passErr := a.Configured(ctx)
	if passErr == nil {
		_, passErr = a.Pass(ctx)
	}
	done()
	setup := a.Setup()
	for _, id := range slices.Sorted(maps.Keys(setup)) {
		for _, what := range setup[id] {
			s.say("%s %s: %s", s.style.yellow("!"), id, what)
		}
	}
	rows, rerr := a.Store.Records(ctx)
	keys, kerr := a.Store.Keys(ctx)
	all, serr := stops(ctx, a.Store)
	if err := errors.Join(rerr, kerr, serr, a.Close()); err != nil {
		return err
	}
	p.Stopped, p.WouldStop = on, slices.DeleteFunc(all, func(x stop) bool {
		return slices.ContainsFunc(on, func(y stop) bool { return y.Binding == x.Binding && y.why() == x.why() })
	})
	p.finish(len(rows), keys)
	if s.json {
		err = s.printJSON(p)
	} else {
		err = s.print("%s", s.planText(p))
	}
	switch {
	case err != nil || passErr != nil:
		return errors.Join(passErr, err)
	case exitCode && p.Counts.differ():
		return silent(ExitFindings)
	}
	s.next("conformd run --once")
	return nil
}

// copyStore copies the register and the key of its log; there may be none yet.
func copyStore(ctx context.Context, from, to string) error {
	st, err := store.OpenReader(ctx, from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := errors.Join(st.CopyTo(ctx, to), st.Close()); err != nil {
		return err
	}
	for _, name := range []string{"audit.key", "audit.pub"} {
		b, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the configuration names the key
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// A preview is what a pass would do, in the order in which it was found out.
type preview struct {
	Records []*previewed `json:"records"`
	Counts  counts       `json:"counts"`
	// Stopped are the bindings to which nothing is written before a person has looked;
	// WouldStop those to which the writes of this plan would stop it.
	Stopped   []stop `json:"writing_stopped,omitempty"`
	WouldStop []stop `json:"writing_would_stop,omitempty"`

	mu sync.Mutex
	at map[string]int
}

type counts struct {
	Compared  int `json:"compared"`
	New       int `json:"new"`
	Change    int `json:"to_change"`
	Create    int `json:"issues_to_create"`
	Writes    int `json:"writes"`
	Conflicts int `json:"conflicts"`
	Held      int `json:"held"`
	Same      int `json:"same"`
}

func (c counts) differ() bool { return c.New+c.Change+c.Create+c.Writes+c.Conflicts > 0 }

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
	Problems  []plan.Problem  `json:"problems,omitempty"` // values that cannot be read or shown
	Held      []string        `json:"held_by,omitempty"`
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
		p.Records = append(p.Records, &previewed{id: r.ID})
	}
	d := p.Records[i]
	d.Ref, d.Title = r.Ref, r.Fields[register.FieldTitle]
	for _, c := range pl.Changes {
		if c.Field == register.FieldTitle && c.Before == "" {
			d.New = true
		}
		if c.Field != register.FieldMissing && c.Before != c.After {
			d.Register = append(d.Register, difference{c.Field, c.Before, c.After, c.From})
		}
	}
	d.Writes, d.Creates, d.Held = nil, nil, nil
	for _, action := range pl.Actions {
		h := action.Header()
		x := write{Binding: h.Binding, Issue: h.Ref, Key: h.Ref.Key, Reason: string(h.Reason), Withheld: h.Withheld}
		switch a := action.(type) {
		case plan.Update:
			x.AddLabels, x.RemoveLabels = a.AddLabels, a.RemoveLabels
			for _, f := range register.Fields() {
				if want, ok := a.Want[f.Field]; ok {
					x.Fields = append(x.Fields, difference{Field: f.Field, Before: a.Saw[f.Field], After: want})
				}
			}
		case plan.Create:
			d.Creates = append(d.Creates, create{h.Binding, len(a.Want), h.Withheld})
			continue
		case plan.Comment:
			x.Comment = a.Says.Markdown()
		case plan.React:
			x.Reaction = a.Reaction
		}
		d.Writes = append(d.Writes, x)
	}
	d.Conflicts, d.Problems = pl.Conflicts, pl.Problems
	for _, v := range pl.Held {
		d.Held = append(d.Held, v.Rule.ID)
	}
}

// finish counts, and leaves out what stays the same.
func (p *preview) finish(records int, keys map[string]string) {
	p.Counts.Compared = records
	kept := []*previewed{}
	for _, d := range p.Records {
		d.Issues = keys[d.id]
		if len(d.Register)+len(d.Writes)+len(d.Creates)+len(d.Conflicts)+len(d.Problems) == 0 {
			continue
		}
		kept = append(kept, d)
		switch {
		case d.New:
			p.Counts.New++
		case len(d.Register)+len(d.Writes) > 0:
			p.Counts.Change++
		}
		for _, c := range d.Creates {
			if c.Withheld == "" {
				p.Counts.Create++
			}
		}
		for _, w := range d.Writes {
			if w.Withheld == "" {
				p.Counts.Writes++
			}
		}
		p.Counts.Conflicts += len(d.Conflicts)
		if len(d.Held) > 0 {
			p.Counts.Held++
		}
	}
	p.Records = kept
	p.Counts.Same = records - len(kept)
}
