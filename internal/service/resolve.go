package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/plan"
)

// A Choice is a person's decision about a conflict.
type Choice struct {
	Field  register.Field
	Take   string // the place whose value is taken: an issue, a binding, or "register"; "" for Value
	Value  string // a new value
	Reason string
}

// Resolve decides a conflict of a record by its id: the register takes the value, and
// conformd writes it to every issue that shows another one. As everywhere, changing a value
// that triage or a closing has decided takes a person with the role.
func (a *Acts) Resolve(ctx context.Context, id string, by By, c Choice, profiles []*mapping.Profile) (Acted, error) {
	var out Acted
	var refused error
	author := a.author(by)
	err := a.Store.Write(ctx, func(t *store.Tx) error {
		var again bool
		var err error
		if out, again, err = repeated(ctx, t, by); again || err != nil {
			return err
		}
		row, err := t.Acquire(ctx, id)
		if err != nil {
			return fmt.Errorf("record %s: %w", id, err)
		}
		if by.Saw != 0 && by.Saw != row.Version {
			return &StaleError{row.Record.Ref, by.Saw, row.Version}
		}
		open, err := t.OpenConflicts(ctx, id)
		if err != nil {
			return err
		}
		links, err := t.BoundIssues(ctx, id)
		if err != nil {
			return err
		}
		c := c
		if i := slices.IndexFunc(links, func(l store.BoundIssue) bool { return strings.EqualFold(l.Ref.Key, c.Take) }); i >= 0 {
			c.Take = links[i].Binding // people know the issue, not the binding
		}
		out, refused = Acted{Record: row.Record}, nil
		value, no := c.value(open, a.People, by)
		if no != (register.Refusal{}) {
			refused = &RefusedError{no}
			return nil
		}
		out, err = a.decide(row.Record, author, c, value)
		if no, ok := errors.AsType[register.Refusal](err); ok {
			refused = &RefusedError{no}
			return a.save(ctx, t, row.Fence, out, trigger(by))
		}
		if err := agree(ctx, t, links, c.Field, profiles); err != nil {
			return err
		}
		if err := a.save(ctx, t, row.Fence, out, trigger(by)); err != nil {
			return err
		}
		if err := t.MarkDirty(ctx, id); err != nil {
			return err
		}
		return noteDone(ctx, t, by, id, nil)
	})
	if err != nil {
		return Acted{}, err
	}
	return out, refused
}

// decide asks the register for the value.
func (a *Acts) decide(r register.Record, by register.Author, c Choice, value string) (Acted, error) {
	facts, err := register.Decide(r, register.Propose{By: by, Field: c.Field, Value: value, Why: c.Reason}, a.Context(), a.Policy)
	if slices.ContainsFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactProposed }) {
		facts, err = register.Decide(r, register.Determine{By: by, Field: c.Field, Value: value, Reason: c.Reason}, a.Context(), a.Policy)
	}
	return Acted{Record: register.Replay(r, facts), Facts: facts}, err
}

// value returns the chosen value, or why the choice does not count.
func (c Choice) value(open map[register.Field]store.ConflictRow, people map[string]register.Person, by By) (string, register.Refusal) {
	row, conflict := open[c.Field]
	info, _ := register.Info(c.Field)
	switch {
	case !conflict:
		return "", register.Refusal{What: "there is no open conflict about " + info.Label, Told: message.New("conformd conflicts list names the conflicts that are open")}
	case c.Field == register.FieldState:
		return "", register.Refusal{What: "where a record stands is decided by its rules", Told: message.New("move the issues to the same state in the trackers")}
	case register.Derived(c.Field) && c.Take != plan.Register:
		return "", register.Refusal{What: "the register writes " + info.Label + " itself", Told: message.New("enter a value that is missing with conformd measure put; then --take register writes the register's text")}
	case strings.TrimSpace(c.Reason) == "":
		return "", register.Refusal{What: "a conflict is decided with a reason", Told: message.New(`say why: --reason "the interview of Monday shows it"`)}
	}
	if _, known := people[by.Person]; !known {
		return "", register.Refusal{What: by.Person + " is not in the register's list of people"}
	}
	if c.Take == "" {
		return c.Value, register.Refusal{}
	}
	var places []string
	for _, v := range row.Conflict.Values {
		if v.Place == c.Take {
			return v.Value, register.Refusal{}
		}
		places = append(places, v.Place)
	}
	return "", register.Refusal{What: c.Take + " is no place of this conflict", Told: message.New("the places are " + strings.Join(places, ", "))}
}

// agree makes the value that each issue shows now the base of the field, so that the next plan
// writes the register's value over it. If an issue changes before that, there is a new
// conflict, as always.
func agree(ctx context.Context, t *store.Tx, links []store.BoundIssue, f register.Field, profiles []*mapping.Profile) error {
	for _, l := range links {
		i := slices.IndexFunc(profiles, func(p *mapping.Profile) bool { return p.Binding == l.Binding })
		if i < 0 || l.Issue == nil || l.Role != string(mapping.RoleRecord) {
			continue
		}
		shown, ok := profiles[i].Read(l.Issue).View[f]
		if !ok {
			continue
		}
		base := maps.Clone(l.Base)
		base[f] = plan.Agreed{Side: shown.Raw, Register: shown.Value}
		l.Base = base
		if err := t.Agree(ctx, l); err != nil {
			return err
		}
	}
	return nil
}
