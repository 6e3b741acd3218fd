package sample

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// alive reports whether a record is in a period: it was recorded on its last day or before, and
// had not ended before its first day. An exception is no end.
func alive(r register.Record, from, to string) bool {
	if r.Kind().Evaluates() || to != "" && day(r.Recorded) > to {
		return false
	}
	end := ended(r)
	return from == "" || end.IsZero() || day(end) >= from
}

// ended returns when a record was closed or rejected, the zero time if it is neither or if that
// is not known.
func ended(r register.Record) time.Time {
	switch r.State {
	case register.Closed:
		return r.Closed
	case register.StateRejected:
		for _, a := range slices.Backward(r.Approvals) {
			if a.Subject == register.SubjectRejection && a.Counts() {
				return a.At
			}
		}
	}
	return time.Time{}
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// reasons returns why a record is of interest to an auditor, in the order of the reasons.
func reasons(r register.Record, audit external, at time.Time) []Reason {
	var out []Reason
	for _, x := range []struct {
		why Reason
		is  bool
	}{
		{Major, r.Grade() == register.Major},
		{LastAudit, audit.has(r)},
		{Late, slices.ContainsFunc(register.Due(r, at), func(d register.DueItem) bool { return d.Missed })},
		{Extended, slices.ContainsFunc(r.Extensions, func(e register.Extension) bool { return e.State == register.ExtensionApproved })},
		{Accepted, accepted(r)},
		{Recurred, recurred(r)},
		{Reopened, counts(r, func(a register.Approval) bool { return a.Subject == register.SubjectReopening })},
		{Rejected, r.State == register.StateRejected},
	} {
		if x.is {
			out = append(out, x.why)
		}
	}
	return out
}

func accepted(r register.Record) bool {
	_, ever := register.LastAcceptance(r)
	return ever
}

// recurred reports whether a record is one that was closed and came up again, or its repetition.
func recurred(r register.Record) bool {
	return len(register.ConfirmedRecurrences(r)) > 0 || counts(r, func(a register.Approval) bool { return a.Trigger == register.TriggerRecurrence })
}

// counts reports whether a decision of that kind counts, in whatever round it was taken.
func counts(r register.Record, is func(register.Approval) bool) bool {
	return slices.ContainsFunc(r.Approvals, func(a register.Approval) bool { return a.Counts() && is(a) })
}

// An external is an external audit. Findings whose source reference names none are taken as
// those of one audit, so that none of them is left out.
type external struct {
	name  string // as the first of its findings has it, "" where none is named
	known bool
}

// externalAudit is the source of the findings of a certification body.
const externalAudit = "external_audit"

func (a external) has(r register.Record) bool {
	return a.known && r.Fields[register.FieldSource] == externalAudit && strings.EqualFold(auditOf(r), a.name)
}

// auditOf returns what a source reference has before its last slash: "SA-2026" of "SA-2026/F-01".
func auditOf(r register.Record) string {
	ref := r.Fields[register.FieldSourceRef]
	return strings.TrimSpace(ref[:max(0, strings.LastIndex(ref, "/"))])
}

// lastAudit returns the external audit with the newest finding, by the day on which it was
// identified or else recorded.
func lastAudit(records []register.Record) external {
	found := slices.DeleteFunc(slices.Clone(records), func(r register.Record) bool { return r.Fields[register.FieldSource] != externalAudit })
	if len(found) == 0 {
		return external{}
	}
	newest := slices.MaxFunc(found, func(a, b register.Record) int {
		return cmp.Or(cmp.Compare(identified(a), identified(b)), cmp.Compare(a.Ref, b.Ref))
	})
	return external{auditOf(newest), true}
}

func identified(r register.Record) string {
	return cmp.Or(r.Fields[register.FieldIdentified], day(r.Recorded))
}
