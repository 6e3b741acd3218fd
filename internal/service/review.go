package service

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// An Opening is a management review that somebody opens.
type Opening struct {
	Period     string // as people write it
	PlannedFor string // date; "" is a month after the period
	Prepares   string // person id; "" is who opens it
	Title      string // "" names the period
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
	values := map[register.Field]string{
		register.FieldTitle: orElse(o.Title, "Management review "+p.String()), register.FieldPeriod: p.String(), register.FieldOwner: orElse(o.Prepares, by.Person),
		register.FieldPlannedFor: orElse(o.PlannedFor, p.To.AddDate(0, 1, 0).Format(time.DateOnly)), register.FieldIdentified: a.Now().UTC().Format(time.DateOnly),
	}
	if earlier := EarlierDecisions(rows); len(earlier) > 0 {
		values[register.FieldInputA] = strings.Join(earlier, "\n")
	}
	acted, err := a.File(ctx, by, Filing{Kind: register.ManagementReview, Values: values, Why: "the management review was opened"})
	if err != nil || len(acted.Facts) == 0 || !slices.Contains(a.Policy.Allowed(a.People, register.ActTriage), by.Person) {
		return acted, err
	}
	taken, err := a.Do(ctx, acted.Record.ID, By{Person: by.Person, Account: by.Account}, func(by register.Author) register.Command {
		return register.Judge{Approval: register.Approval{Event: by.Event, Subject: register.SubjectTriage, Outcome: register.Approved, By: by.Person, Account: by.Account, At: by.At, How: by.How}}
	})
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

// DecideReview adds a decision to a management review. With Record it files an improvement first, so that
// the decision can name it.
func (a *Acts) DecideReview(ctx context.Context, r register.Record, by By, d ReviewDecision) (Acted, error) {
	if r.Kind() != register.ManagementReview {
		return Acted{}, &RefusedError{register.Refusal{What: r.Ref + " is no management review"}}
	}
	line := "- [ ] " + d.Text
	if d.Record {
		key := by.Key
		if key != "" {
			key += " improvement"
		}
		filed, err := a.File(ctx, By{Person: by.Person, Account: by.Account, Key: key}, Filing{Kind: register.Improvement, Why: "decided in " + r.Ref, Values: map[register.Field]string{
			register.FieldTitle: d.Text, register.FieldProblem: "Decided in the management review " + r.Ref + ": " + d.Text, register.FieldOwner: d.Who, register.FieldDue: d.Due,
			register.FieldSource: "management_review", register.FieldSourceRef: r.Ref, register.FieldIdentified: a.Now().UTC().Format(time.DateOnly),
		}})
		if err != nil {
			return Acted{}, err
		}
		line += ", see " + filed.Record.Ref
	}
	line += " @" + d.Who + " due:" + d.Due + " kind:" + d.Type
	plan := strings.TrimRight(r.Fields[register.FieldActionPlan], "\n")
	if plan != "" {
		plan += "\n"
	}
	if strings.Contains(plan, line) {
		return Acted{Record: r}, nil
	}
	return a.Do(ctx, r.ID, by, func(by register.Author) register.Command {
		return register.Propose{By: by, Field: register.FieldActionPlan, Value: plan + line, Why: "decided in the management review"}
	})
}

// Freezing computes the figures that a management review has before it, as of now.
func (r *Register) Freezing(ctx context.Context, review register.Record) (register.Freeze, error) {
	report, err := r.Figures(ctx, kpi.Ask{Period: review.Fields[register.FieldPeriod], At: r.now().UTC().Format(time.RFC3339Nano)}, false)
	if err != nil {
		return register.Freeze{}, err
	}
	digest, err := FiguresDigest(report.Sheet, nil)
	return register.Freeze{Period: report.Period().String(), AsOf: report.At, Digest: digest, IDs: ids(report.Sheet)}, err
}

func ids(s kpi.Sheet) []string {
	out := make([]string, len(s.Figures))
	for i, f := range s.Figures {
		out[i] = f.ID
	}
	return out
}

// FiguresDigest is the SHA-256 of a sheet as JSON, in hexadecimal. With ids it is that of these figures
// alone: a later version of conformd may have further ones.
func FiguresDigest(s kpi.Sheet, ids []string) (string, error) {
	if ids != nil {
		s.Figures = slices.DeleteFunc(slices.Clone(s.Figures), func(f kpi.Figure) bool { return !slices.Contains(ids, f.ID) })
	}
	doc, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), nil
}
