package register

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// An approval covers what its author saw. When that changes, the approval counts no
// longer (FactVoided).

// planned are the fields that the approval of a plan covers, beside the actions.
func planned() []Field {
	return []Field{FieldCauseMethod, FieldRootCause, FieldCategory, FieldNoAction, FieldCriteria, FieldReviewer, FieldReviewDue}
}

// uncovered are the fields that no review covers: they sum it up, or say nothing of the
// matter.
func uncovered(f Field) bool {
	switch f {
	case FieldState, FieldRef, FieldMissing, FieldValues, FieldValue, FieldLabels, FieldDue, FieldDeadline, FieldISMSChange, FieldCloseSummary, FieldRejectReason, FieldActionPlan, FieldReporter:
		return true
	default:
		return false
	}
}

// PlanDigest returns the digest of what the approval of the plan of r covers: the cause,
// the actions without how far they are, the criteria and the reviewer. Hex of SHA-256.
func PlanDigest(r Record) string {
	parts := valuesOf(r, planned())
	for _, a := range r.AllActions() {
		parts = append(parts, normal(a.Title), string(a.Kind), a.Assignee, a.Due, strconv.FormatBool(a.State == ActionCancelled))
		for _, c := range a.Addresses {
			parts = append(parts, strings.TrimPrefix(c, causeLetter)) // as digests had it before causes had ids
		}
		parts = append(parts, "")
	}
	return digest(parts)
}

// EvidenceDigest returns the digest of what a review covers: the record as it is, and the
// actions with their evidence. Hex of SHA-256.
func EvidenceDigest(r Record) string {
	parts := append(reviewed(r), PlanDigest(r))
	for _, a := range r.AllActions() {
		parts = append(parts, string(a.State), normal(a.Evidence), normal(a.Reason))
	}
	return digest(parts)
}

// AcceptanceDigest returns the digest of what the approval of an exception covers: the record
// as it is, and the plan without how far it is. Hex of SHA-256.
func AcceptanceDigest(r Record) string { return digest(append(reviewed(r), PlanDigest(r))) }

// reviewed are the values that a review covers, beside the plan.
func reviewed(r Record) []string {
	var fs []Field
	for _, info := range FieldsOf(r) {
		if !uncovered(info.Field) {
			fs = append(fs, info.Field)
		}
	}
	return valuesOf(r, fs)
}

// workDigest covers what the waiting time is about: the plan and its evidence.
func workDigest(r Record) string {
	parts := []string{PlanDigest(r)}
	for _, a := range r.AllActions() {
		parts = append(parts, string(a.State), normal(a.Evidence))
	}
	return digest(parts)
}

// Covers returns the digest of what a decision about r covers, "" if it covers nothing.
func Covers(r Record, s Subject) string {
	switch s {
	case SubjectPlan:
		return PlanDigest(r)
	case SubjectEffectiveness:
		return EvidenceDigest(r)
	case SubjectAcceptance:
		return AcceptanceDigest(r)
	case SubjectAdoption:
		return digest(valuesOf(r, adoptedFields()))
	case SubjectSigning:
		return SigningDigest(r)
	default:
		return ""
	}
}

// later reports whether records did not have a field from the beginning.
func later(f Field) bool {
	switch f {
	case FieldScope, FieldDriver, FieldBenefit, FieldLikelihood, FieldEffect, FieldExtent, FieldDirectCause, FieldEscapeCause, FieldStandards:
		return true
	}
	_, evaluates := evaluationFields()[f]
	return evaluates || Custom(f)
}

func valuesOf(r Record, fs []Field) []string {
	out := make([]string, 0, len(fs))
	for _, f := range fs {
		if r.Fields[f] == "" && later(f) {
			continue // digests from before records had the field know nothing of it
		}
		out = append(out, string(f), normal(r.Fields[f]))
	}
	return out
}

func digest(parts []string) string {
	doc, _ := json.Marshal(parts) // a list of texts always marshals
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:])
}

// decidedFields are what triage decides. Afterwards a change in a tracker is a proposal.
func decidedFields() []Field {
	return []Field{
		FieldKind, FieldGrade, FieldRisk, FieldSource, FieldRequirements, FieldOwner, FieldDeadline,
		FieldTarget, FieldCadence, FieldControl, FieldPeriod,
	}
}

// TriageDecides reports whether a field is one that triage decides.
func TriageDecides(f Field) bool { return slices.Contains(decidedFields(), f) }

// Proposes reports whether a change of a field of r in a tracker is a proposal, because a
// decision stands against it.
func Proposes(r Record, f Field) bool {
	switch f {
	case FieldState, FieldRef, FieldMissing, FieldValues, FieldValue, FieldLabels:
		return false
	}
	if f == FieldReporter {
		return true // filing decides it
	}
	if r.State == Closed {
		return f != FieldDue
	}
	return r.Fields[f] != "" && Triaged(r) && TriageDecides(f)
}

// Triaged reports whether somebody who may has triaged r.
func Triaged(r Record) bool {
	return slices.ContainsFunc(r.Approvals, func(a Approval) bool { return a.Subject == SubjectTriage && a.Counts() })
}

// Counts reports whether the decision was accepted and still stands. It may be of an
// earlier round.
func (a Approval) Counts() bool { return a.Refused == "" && a.Void == "" }

// changed ends the reason of a decision that counts no longer because of what it covered.
const changed = " changed after it"

// Voided says why the decision counts no longer. The log has the reason in English, and one
// sentence for each thing that a decision covers.
func (a Approval) Voided() *Message {
	what, ok := strings.CutSuffix(a.Void, changed)
	switch {
	case !ok:
		return say(a.Void)
	case what == anAction:
		return say("an action changed after it")
	default:
		return say("{{.Field}} changed after it", "Field", term(what))
	}
}
