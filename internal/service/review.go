package service

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

// An Opening is a management review that somebody opens.
type Opening struct {
	Period     string // as people write it
	PlannedFor string // date; "" is a month after the period
	Prepares   string // person id; "" is who opens it
	Title      string // "" names the period
	// More are further values that it begins with.
	More map[register.Field]string
}

// OpenReview files the management review of a period. Its first input lists the decisions of the reviews
// that were signed before. Who may triage takes it in by opening it.
func (a *Acts) OpenReview(ctx context.Context, by By, o Opening, rows []store.Row) (Acted, error) {
	p, err := register.ParsePeriod(o.Period)
	if err != nil {
		return Acted{}, &RefusedError{register.Refusal{What: err.Error()}}
	}
	for _, row := range rows {
		r := row.Record
		if r.Kind() == register.ManagementReview && r.Fields[register.FieldPeriod] == p.String() && r.State != register.StateRejected && (by.Key == "" || r.ID != keyed(by.Key)) {
			return Acted{}, &RefusedError{register.Refusal{What: r.Ref + " is the management review of " + p.String() + " already"}}
		}
	}
	values := maps.Clone(o.More)
	if values == nil {
		values = map[register.Field]string{}
	}
	maps.Copy(values, map[register.Field]string{
		register.FieldTitle: orElse(o.Title, "Management review "+p.String()), register.FieldPeriod: p.String(), register.FieldOwner: orElse(o.Prepares, by.Person),
		register.FieldPlannedFor: orElse(o.PlannedFor, p.To.AddDate(0, 1, 0).Format(time.DateOnly)), register.FieldIdentified: a.Now().UTC().Format(time.DateOnly),
	})
	if earlier := EarlierDecisions(rows); len(earlier) > 0 {
		values[register.FieldInputA] = strings.Join(earlier, "\n")
	}
	acted, err := a.File(ctx, by, Filing{Kind: register.ManagementReview, Values: values, Why: "the management review was opened"})
	if err != nil || len(acted.Facts) == 0 || !slices.Contains(a.Policy.Allowed(a.People, register.ActTriage), by.Person) {
		return acted, err
	}
	taken, err := a.Do(ctx, acted.Record.ID, By{Person: by.Person, Account: by.Account, How: by.How}, Judge(register.SubjectTriage, register.Approved, "", ""))
	taken.Facts = append(acted.Facts, taken.Facts...)
	return taken, err
}

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// EarlierDecisions lists the decisions of the management reviews that were signed, each with how far it is.
func EarlierDecisions(rows []store.Row) []string {
	var out []string
	for _, row := range rows {
		r := row.Record
		if r.Kind() != register.ManagementReview || r.State != register.Closed {
			continue
		}
		for _, d := range r.AllActions() {
			out = append(out, fmt.Sprintf("- %s %s: %s (%s, by %s)", r.Ref, d.Title, strings.ReplaceAll(string(d.State), "_", " "), d.Assignee, d.Due))
		}
	}
	return out
}

// A ReviewDecision is a decision of a management review.
type ReviewDecision struct {
	Text, Type, Who, Due string
	Record               bool // file an improvement for it
}

// DecideReview adds a decision to a management review.
func (a *Acts) DecideReview(ctx context.Context, r register.Record, by By, d ReviewDecision) (Acted, error) {
	return a.do(ctx, r.ID, by, act{author: a.author(by), trigger: trigger(by), plan: func(ctx context.Context, t *store.Tx, r register.Record) ([]command, error) {
		return a.decideInReview(ctx, t, r, by, d)
	}})
}

// decideInReview returns the command that adds a decision to a management review. With Record it files an improvement first, so that
// the decision can name it; the same transaction keeps both or neither.
func (a *Acts) decideInReview(ctx context.Context, t *store.Tx, r register.Record, by By, d ReviewDecision) ([]command, error) {
	if r.Kind() != register.ManagementReview {
		return nil, &RefusedError{register.Refusal{What: r.Ref + " is no management review"}}
	}
	see := ""
	if d.Record {
		if r.State.Ended() {
			return nil, &RefusedError{register.Refusal{What: r.Ref + " is signed, and takes no further decisions"}}
		}
		if err := a.mayFile(by); err != nil {
			return nil, err
		}
		own := By{Person: by.Person, Account: by.Account, How: by.How}
		if by.Key != "" {
			own.Key = by.Key + " improvement"
		}
		filed, err := a.file(ctx, t, own, Filing{Kind: register.Improvement, Why: "decided in " + r.Ref, Values: map[register.Field]string{
			register.FieldTitle: d.Text, register.FieldProblem: "Decided in the management review " + r.Ref + ": " + d.Text, register.FieldOwner: d.Who, register.FieldDue: d.Due,
			register.FieldSource: "management_review", register.FieldSourceRef: r.Ref, register.FieldIdentified: a.Now().UTC().Format(time.DateOnly),
		}})
		if err != nil {
			return nil, err
		}
		see = filed.Record.Ref
	}
	plan, added := withDecision(r, d.line(see))
	if !added {
		return nil, nil
	}
	return []command{func(by register.Author) register.Command {
		return register.Propose{By: by, Field: register.FieldActionPlan, Value: plan, Why: "decided in the management review"}
	}}, nil
}

// line is the decision as a line of the plan. See is the record that was filed for it, "" for none.
func (d ReviewDecision) line(see string) string {
	out := "- [ ] " + d.Text
	if see != "" {
		out += ", see " + see
	}
	return out + " @" + d.Who + " due:" + d.Due + " kind:" + d.Type
}

// withDecision returns the decisions of a review with a further line, and whether it is a new one.
func withDecision(r register.Record, line string) (plan string, added bool) {
	plan = strings.TrimRight(r.Fields[register.FieldActionPlan], "\n")
	switch {
	case plan == "":
		return line, true
	case slices.Contains(strings.Split(plan, "\n"), line):
		return plan, false
	default:
		return plan + "\n" + line, true
	}
}

// Freezing computes the figures that a management review has before it, as of now.
func (r *Register) Freezing(ctx context.Context, review register.Record) (register.Freeze, error) {
	report, err := r.Figures(ctx, kpi.Ask{Period: review.Fields[register.FieldPeriod], At: r.now().UTC().Format(time.RFC3339Nano)}, false)
	if err != nil {
		return register.Freeze{}, err
	}
	digest, err := report.Digest()
	return register.Freeze{Period: report.Period().String(), AsOf: report.At, Digest: digest, IDs: report.IDs()}, err
}

// ManagementReview makes the report of a management review: as of the moment of the figures that were frozen
// last, or of now. The texts of the review are those that it has now.
func (r *Register) ManagementReview(ctx context.Context, row store.Row) (report.Pack, error) {
	review := row.Record
	if review.Kind() != register.ManagementReview {
		return report.Pack{}, &AskError{fmt.Errorf("%s is no management review", review.Ref)}
	}
	a := kpi.Ask{Period: review.Fields[register.FieldPeriod], At: r.now().UTC().Format(time.RFC3339Nano)}
	n := len(review.Figures)
	if n > 0 {
		a.At = review.Figures[n-1].AsOf.UTC().Format(time.RFC3339Nano)
	}
	q, err := a.Question(r.now())
	if err != nil {
		return report.Pack{}, &AskError{err}
	}
	figures, err := r.Figures(ctx, a, true)
	if err != nil {
		return report.Pack{}, err
	}
	p, err := r.Store.Past(ctx, report.ManagementReview, q)
	if err != nil {
		return report.Pack{}, err
	}
	names, err := r.Names(ctx, append(r.withStrangers(p), review.ID)...)
	if err != nil {
		return report.Pack{}, err
	}
	pack := report.MakePack(review, figures, p, names.Person)
	if n > 0 {
		x := review.Figures[n-1]
		digest, err := figures.Digest(x.IDs...)
		switch {
		case err != nil:
			return pack, err
		case digest == x.Digest:
			pack.Frozen = "the figures are those that were frozen on " + present.Minute(x.At) + " (SHA-256 " + x.Digest + ")"
		default:
			pack.Frozen = "the figures differ from those that were frozen"
			pack.Alerts = append(pack.Alerts, "The figures as of "+present.Minute(x.AsOf)+" differ from those that were frozen: their SHA-256 is "+digest+", and was "+x.Digest+". The log or the register was changed; conformd audit verify shows where.")
		}
	}
	e, err := r.Entry(ctx, row)
	if err != nil {
		return pack, err
	}
	for _, need := range e.View.Needs {
		if need.Rule != register.SigningRule() {
			pack.Blanks = append(pack.Blanks, need.What)
		}
	}
	return pack, nil
}
