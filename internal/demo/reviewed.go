package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/reportpage"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// topManagement is who signs the management review of the story. Nobody else in it may.
const topManagement = `  - id: tom
    name: Tom Top
    roles: [top_management]
trackers:
`

// A reviewing is the scene of the management review.
type reviewing struct {
	*stage
	ctx  context.Context
	acts *service.Acts
}

// by is a person who acts at a terminal.
func by(person string) service.By { return service.By{Person: person, Account: "os:" + person} }

// do lets a person do something to a record, and returns the record.
func (w reviewing) do(id, person string, command func(register.Author) register.Command) (register.Record, error) {
	acted, err := w.acts.Do(w.ctx, id, by(person), command)
	return acted.Record, err
}

// say gives a field of a record a value.
func (w reviewing) give(id, person string, f register.Field, v string) error {
	_, err := w.do(id, person, func(a register.Author) register.Command {
		return register.Propose{By: a, Field: f, Value: v, Why: "given in the meeting"}
	})
	return err
}

func judge(a register.Author, s register.Subject, o register.Outcome, reason string) register.Command {
	return register.Judge{Approval: register.Approval{Event: a.Event, Subject: s, Outcome: o, By: a.Person, Account: a.Account, At: a.At, How: a.How, Reason: reason}}
}

// reviewed plays a management review from a value that is measured to the decisions that are signed.
func (s *stage) reviewed(ctx context.Context) error {
	if err := s.begin(ctx, "What is measured leads to a management review, and the review to decisions"); err != nil {
		return err
	}
	w := reviewing{s, ctx, s.app.Acts()}
	improvement, err := w.measured()
	if err != nil {
		return err
	}
	review, err := w.prepared(improvement)
	if err != nil {
		return err
	}
	questions, err := app.Register(ctx, s.app.Config, s.app.Store)
	if err != nil {
		return err
	}
	frozen, err := questions.Freezing(ctx, review)
	if err != nil {
		return err
	}
	if _, err := w.do(review.ID, "irene", func(a register.Author) register.Command {
		frozen.By = a
		return frozen
	}); err != nil {
		return err
	}
	// Top management signs, and cannot before the last input is there.
	sign := func(a register.Author) register.Command {
		return judge(a, register.SubjectSigning, register.Approved, "Inputs, figures and decisions were discussed in the meeting.")
	}
	if _, err := w.do(review.ID, "tom", sign); err == nil || !strings.Contains(err.Error(), "Opportunities for improvement is blank") {
		return fmt.Errorf("a review with a blank was signed, or refused for something else: %w", err)
	}
	s.say("   Tom signs, and is refused: input g, opportunities for improvement, is blank (G58).")
	if err := w.give(review.ID, "irene", register.FieldInputG, "A second tape robot, see "+improvement+"."); err != nil {
		return err
	}
	signed, err := w.do(review.ID, "tom", sign)
	if err != nil {
		return err
	}
	if signed.State != register.Closed {
		return fmt.Errorf("%s is signed and %s", signed.Ref, signed.State)
	}
	row, err := s.app.Store.Record(ctx, signed.ID)
	if err != nil {
		return err
	}
	pack, err := questions.ManagementReview(ctx, row)
	if err != nil {
		return err
	}
	if len(pack.Alerts) > 0 || !strings.HasPrefix(pack.Frozen, "the figures are those") {
		return fmt.Errorf("the figures of %s: %s %v", signed.Ref, pack.Frozen, pack.Alerts)
	}
	page, err := reportpage.ReviewHTML(pack, s.app.Reconciler.Policy.Edition)
	if err != nil {
		return err
	}
	out := filepath.Join(s.dir, "management-review.html")
	if err := os.WriteFile(out, page, 0o600); err != nil {
		return err
	}
	s.say("   Irene supplies it, Tom signs, and %s is closed; the figures before it are frozen.", signed.Ref)
	s.say("   Print: %s", out)
	s.say("          conformd report management-review %s -c %s", signed.Ref, s.config)
	return nil
}

// measured takes a measure in, and enters a value that misses its target. The signal that this proposes
// becomes an improvement, whose number it returns.
func (w reviewing) measured() (string, error) {
	today := w.acts.Now().UTC().Format(time.DateOnly)
	acted, err := w.acts.File(w.ctx, by("irene"), service.Filing{Kind: register.Measure, Why: "agreed in the meeting before", Values: map[register.Field]string{
		register.FieldTitle: "Restore tests that pass", register.FieldMeasured: "The share of restore tests that pass.", register.FieldMethod: "Passed tests by all tests in the log of the backup system.",
		register.FieldCadence: string(register.Monthly), register.FieldTarget: "≥ 95 %", register.FieldAnalyst: "irene", register.FieldOwner: "erik", register.FieldIdentified: today,
	}})
	if err != nil {
		return "", err
	}
	measure := acted.Record
	triage := func(a register.Author) register.Command {
		return judge(a, register.SubjectTriage, register.Approved, "")
	}
	if _, err := w.do(measure.ID, "irene", triage); err != nil {
		return "", err
	}
	entered, err := w.do(measure.ID, "erik", func(a register.Author) register.Command {
		return register.Enter{By: a, Value: "90", Note: "The tape robot stood still for a week."}
	})
	if err != nil {
		return "", err
	}
	signal, err := w.only(register.Signal)
	if err != nil {
		return "", err
	}
	w.say("   %s: 90 %% of the restore tests of %s passed, and the target is 95 %%. That proposes %s.", measure.Ref, entered.Measurements[0].Period, signal.Ref)
	if _, err := w.do(signal.ID, "irene", triage); err != nil {
		return "", err
	}
	if _, err := w.do(signal.ID, "irene", func(a register.Author) register.Command {
		return judge(a, register.SubjectPromotion, register.Outcome(register.Improvement), "A second robot costs less than the delay.")
	}); err != nil {
		return "", err
	}
	improvement, err := w.only(register.Improvement)
	if err != nil {
		return "", err
	}
	w.say("   Irene decides what becomes of it: %s, with a link back.", improvement.Ref)
	return improvement.Ref, nil
}

// only returns the only record of a kind that came after the story began.
func (w reviewing) only(k register.Kind) (register.Record, error) {
	rows, err := w.app.Store.Records(w.ctx)
	if err != nil {
		return register.Record{}, err
	}
	for _, row := range slices.Backward(rows) {
		if row.Record.Kind() == k {
			return row.Record, nil
		}
	}
	return register.Record{}, fmt.Errorf("the register has no %s", k)
}

// prepared opens a management review and gives it what it needs but for input g and a signature.
func (w reviewing) prepared(improvement string) (register.Record, error) {
	rows, err := w.app.Store.Records(w.ctx)
	if err != nil {
		return register.Record{}, err
	}
	acted, err := w.acts.OpenReview(w.ctx, by("irene"), service.Opening{Period: register.Quarter(w.acts.Now()).String()}, rows)
	if err != nil {
		return register.Record{}, err
	}
	review := acted.Record
	for _, f := range []register.Field{register.FieldInputA, register.FieldInputC, register.FieldInputD3, register.FieldInputD4, register.FieldInputE, register.FieldInputF} {
		if err := w.give(review.ID, "irene", f, register.NothingToReport); err != nil {
			return review, err
		}
	}
	for f, v := range map[register.Field]string{
		register.FieldInputB: "The company bought Example GmbH; its mail moves to us this year.", register.FieldInputD1: "Most records wait for their triage; four have no owner yet.",
		register.FieldInputD2: "Restore tests missed their target by five points.", register.FieldSuitability: "The scope fits the company after the purchase.",
		register.FieldAdequacy: "Two people look after the ISMS, and that is enough this year.", register.FieldEffective: "Leavers lose access in time; restores do not work in time yet.",
		register.FieldHeldOn: w.acts.Now().UTC().Format(time.DateOnly), register.FieldAttendees: "Irene Ismail\nTom Top",
	} {
		person := "irene"
		if f == register.FieldSuitability || f == register.FieldAdequacy || f == register.FieldEffective {
			person = "tom"
		}
		if err := w.give(review.ID, person, f, v); err != nil {
			return review, err
		}
	}
	row, err := w.app.Store.Record(w.ctx, review.ID)
	if err != nil {
		return review, err
	}
	decided, err := w.acts.DecideReview(w.ctx, row.Record, by("irene"), service.ReviewDecision{
		Text: "Buy a second tape robot, see " + improvement, Type: string(register.ResourceAction), Who: "erik", Due: w.acts.Now().UTC().AddDate(0, 2, 0).Format(time.DateOnly),
	})
	if err != nil {
		return review, err
	}
	w.say("   %s has the inputs of clause 9.3.2, three judgements, and a decision: buy a second robot.", review.Ref)
	return decided.Record, nil
}
