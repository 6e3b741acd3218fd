package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// A Facet is a value by which a list is narrowed, in lower case.
type Facet struct{ Name, Value string }

// The names of facets that are no field of a record. A facet of a field is named like the field.
const (
	FacetEnded    = ":ended"    // yes: closed, accepted or rejected
	FacetOpen     = ":open"     // yes: the opposite
	FacetHeld     = ":held"     // yes: people closed its issue, and it does not count as closed
	FacetKind     = ":kind"     // of the record, also where its issue names none
	FacetProblem  = ":problem"  // yes: an issue does not tell a value, or does not take one
	FacetStandard = ":standard" // a standard that it concerns, with and without an edition
	FacetState    = ":state"
	FacetWaits    = ":waits" // what a person must decide: one of Decisions
)

// A Decision is what a record waits for a person to decide.
type Decision string

// The decisions. Those that follow from the state of a record alone are found by it.
const (
	DecideTriage     Decision = "triage"     // what the record is
	DecideProposal   Decision = "proposal"   // a value, a date, an exception or a reopening that somebody asked for
	DecideRecurrence Decision = "recurrence" // whether a closed nonconformity came up again
)

// EveryDecision lists the decisions.
func EveryDecision() []Decision {
	return []Decision{DecideTriage, DecideProposal, DecideRecurrence}
}

// Decisions are those that a record waits for.
func Decisions(r register.Record) []Decision {
	var out []Decision
	if !r.State.Ended() && !register.Triaged(r) {
		out = append(out, DecideTriage)
	}
	_, excepts := register.AskedAcceptance(r)
	if excepts || len(r.Proposals) > 0 || slices.ContainsFunc(r.Extensions, func(e register.Extension) bool { return e.State == register.ExtensionAsked }) {
		out = append(out, DecideProposal)
	}
	if !r.State.Ended() && slices.ContainsFunc(r.Recurrences, func(x register.Recurrence) bool { return x.State == register.RecurrenceProposed }) {
		out = append(out, DecideRecurrence)
	}
	return out
}

// Yes is the value of a facet that says that something is so.
const Yes = "yes"

// tooLong is the value of the facet of a field that is too long to be one.
const tooLong = "…"

// longestFacet bounds a value by which a list can be narrowed, in bytes.
const longestFacet = 200

// Facets are those of a record.
func Facets(r register.Record) []Facet {
	out := []Facet{{FacetKind, string(r.Kind())}, {FacetState, string(r.State)}}
	if r.State.Ended() {
		out = append(out, Facet{FacetEnded, Yes})
	} else {
		out = append(out, Facet{FacetOpen, Yes})
	}
	if r.Requested.Ended() {
		out = append(out, Facet{FacetHeld, Yes})
	}
	for _, d := range Decisions(r) {
		out = append(out, Facet{FacetWaits, string(d)})
	}
	for _, info := range register.FieldsAnd(slices.Collect(maps.Keys(r.Fields))) {
		out = append(out, FacetsOf(info, r.Fields[info.Field])...)
	}
	for _, id := range register.StandardIDs() {
		if r.Concerns(id) {
			out = append(out, Facet{FacetStandard, id})
		}
	}
	slices.SortStableFunc(out, func(a, b Facet) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Value, b.Value)) })
	return slices.Compact(out)
}

// FacetsOf are the facets of a value: of a set one for each member, of a step of a scale its name
// and what it counts as, of a long text that there is one.
func FacetsOf(info register.FieldInfo, value string) []Facet {
	if value == "" {
		return nil
	}
	values := []string{value}
	switch info.Type {
	case register.TypeText:
		values = []string{tooLong}
	case register.TypeSet:
		values = strings.Split(value, "\n")
	case register.TypeEnum:
		values = []string{value, register.StepName(info.Field, value), register.CountsAs(info.Field, value)}
	default:
	}
	var out []Facet
	for _, v := range values {
		if len(v) > longestFacet {
			v = tooLong
		}
		out = append(out, Facet{string(info.Field), strings.ToLower(v)})
	}
	return out
}

// FacetNames returns the names of the facets that records have. It goes from name to name in the key.
func (s *Store) FacetNames(ctx context.Context) ([]string, error) {
	return s.ids(ctx, "WITH RECURSIVE x (name) AS (SELECT min(name) FROM facet_count UNION ALL SELECT (SELECT min(f.name) FROM facet_count f WHERE f.name > x.name) FROM x WHERE x.name IS NOT NULL) SELECT name FROM x WHERE name IS NOT NULL")
}
