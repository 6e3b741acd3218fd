package service

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// review reports whether a record is a management review that is not over.
func review(x asking) bool { return x.r.Kind() == register.ManagementReview && open(x) }

// askedOfReviews are the steps of a management review before it is signed.
func askedOfReviews() []ask {
	return []ask{{
		Ask:  Ask{Name: "hold", Label: "Say when it was held", Says: "The review has the day of the meeting, and the names of those who attended."},
		fits: review,
		inputs: func(x asking) []Input {
			on, attendees := x.field(register.FieldHeldOn), x.field(register.FieldAttendees)
			on.Needed, attendees.Needed, attendees.Hint = true, true, "Names, one a line"
			return []Input{on, attendees}
		},
		commands: func(_ asking, in map[string]string) []command {
			return []command{propose(register.FieldHeldOn, in[string(register.FieldHeldOn)]), propose(register.FieldAttendees, in[string(register.FieldAttendees)])}
		},
	}, {
		Ask:  Ask{Name: "decide", Label: "Add a decision", Says: "The review gets a decision: an opportunity for improvement, a change to the ISMS, or resources (9.3.3). It becomes an action of the review."},
		fits: review,
		inputs: func(x asking) []Input {
			return []Input{
				{Name: "text", Label: "Decision", Type: register.TypeLine, Needed: true, Hint: "As in: name a deputy for backups"},
				choose("type", "It is about", options(register.ImprovementAction, register.ChangeAction, register.ResourceAction)...),
				{Name: "who", Label: "Who carries it out", As: register.FieldOwner, Type: register.TypePerson, Options: x.people(), Needed: true},
				date("due", "By", "As in 2026-12-31"),
				{
					Name: "record", Label: "An improvement", Type: register.TypeEnum, Value: "no",
					Options: []Option{{"no", "The decision stands in the review alone"}, {"yes", "Also file an improvement, which goes its own way through triage and adoption"}},
				},
			}
		},
		filing: func(ctx context.Context, t *store.Tx, x asking, by By, in map[string]string) ([]command, error) {
			return x.a.decideInReview(ctx, t, x.r, by, ReviewDecision{Text: strings.Join(strings.Fields(in["text"]), " "), Type: in["type"], Who: in["who"], Due: in["due"], Record: in["record"] == "yes"})
		},
	}, {
		Ask: Ask{
			Name: "freeze", Label: "Freeze the figures",
			Says: "The log notes which figures of the period the review has before it, as of now. It gives the same ones at any later time, and the report compares them.",
		},
		fits:     func(x asking) bool { return review(x) && x.a.Register != nil },
		inputs:   fixed(),
		commands: func(asking, map[string]string) []command { return nil },
		before:   freezing,
	}}
}

// freezing computes the figures of a management review. They are counted in the whole register, which takes too long for a
// transaction.
func freezing(ctx context.Context, a *Acts, id string) (command, int64, error) {
	if a.Register == nil {
		return nil, 0, ErrNoAsk
	}
	var row store.Row
	err := a.Store.Write(ctx, func(t *store.Tx) (err error) {
		row, err = t.Row(ctx, id)
		return err
	})
	if err != nil {
		return nil, 0, fmt.Errorf("record %s: %w", id, err)
	}
	var frozen register.Freeze // for any other record, which the register refuses
	if row.Record.Kind() == register.ManagementReview {
		reg, err := a.Register(ctx)
		if err == nil {
			frozen, err = reg.Freezing(ctx, row.Record)
		}
		if wrong, ok := errors.AsType[*AskError](err); ok {
			return nil, 0, &RefusedError{register.Refusal{What: wrong.Error()}}
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return func(by register.Author) register.Command {
		frozen.By = by
		return frozen
	}, row.Version, nil
}
