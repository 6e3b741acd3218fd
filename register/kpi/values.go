package kpi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// counted reports whether a field is among the values of a course.
func counted(f register.Field) bool {
	switch f {
	case register.FieldKind, register.FieldGrade, register.FieldRisk, register.FieldSource, register.FieldOwner, register.FieldCategory,
		register.FieldDriver, register.FieldScope, register.FieldRequirements, register.FieldIdentified, register.FieldRootCause,
		register.FieldSimilarity, register.FieldISMSChange, register.FieldActionPlan, register.FieldCorrection, register.FieldDeadline,
		register.FieldCadence, register.FieldDue, register.FieldControl, register.FieldSignal, register.FieldStandards:
		return true
	default:
		return false
	}
}

// valuesOf returns what a record says at a time, in milliseconds. It looks whether a text is
// there, and never judges what it says: a later version of conformd that knows more evasions gets
// the same course. Was are the values before.
func valuesOf(r register.Record, was *values, at int64) values {
	var v values
	if r.Round > 0 {
		v[keyRound] = strconv.Itoa(r.Round)
	}
	v[keyState], v[keyKind] = string(r.State), string(r.Kind())
	v[keyGrade], v[keyRisk] = string(r.Grade()), r.Risk()
	v[keySource], v[keyOwner] = r.Fields[register.FieldSource], r.Fields[register.FieldOwner]
	v[keyCategory], v[keyDriver] = r.Fields[register.FieldCategory], r.Fields[register.FieldDriver]
	v[keyScope], v[keyRequirements] = r.Fields[register.FieldScope], r.Fields[register.FieldRequirements]
	v[keyStandards] = r.Fields[register.FieldStandards]
	v[keyIdentified] = strings.TrimSpace(r.Fields[register.FieldIdentified])
	v[keyRecorded], v[keyConfirmed], v[keyContained], v[keyDone] = stamp(r.Recorded), stamp(r.Confirmed), stamp(r.Contained), stamp(r.Done)
	if r.State == register.Closed {
		v[keyClosed] = stamp(r.Closed)
	}
	v[keyPlan] = planOf(r)
	if written(r.Fields[register.FieldRootCause]) {
		v[keyCause] = yes
	}
	if text := r.Fields[register.FieldSimilarity]; written(text) {
		v[keySimilar] = "0"
		if strings.ContainsAny(text, "0123456789") { // which every reference has
			v[keySimilar] = strconv.Itoa(len(register.References(text)))
		}
	}
	v[keyChange] = changeOf(r.Fields[register.FieldISMSChange])
	if n := len(register.ConfirmedRecurrences(r)); n > 0 {
		v[keyAgain] = strconv.Itoa(n)
	}
	v[keyActions] = actionsOf(r, was, at)
	v[keyExtended], v[keyException] = extendedOf(r), exceptionOf(r)
	v[keyReviews], v[keyDecisions] = decidedOf(r, register.SubjectEffectiveness), decidedOf(r, register.SubjectAdoption)
	var waivers []string
	for _, u := range r.SmallOrg {
		waivers = append(waivers, stamp(u.At))
	}
	v[keyWaivers] = strings.Join(waivers, " ")
	for _, d := range register.Deadlines(r, time.Time{}) {
		v[dueKey(d.Milestone)] = dueOf(r, d)
	}
	if r.Kind().Evaluates() {
		evaluated(r, was, &v)
	}
	return v
}

const (
	yes = "yes"
	no  = "no"
)

// written reports whether a text has anything in it.
func written(text string) bool { return strings.TrimSpace(text) != "" }

// stamp writes a time, "" for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}

// moment reads a time that stamp wrote, the zero time for everything else.
func moment(s string) time.Time {
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// planOf returns when the plan of the present round was approved, "" while no approval counts.
func planOf(r register.Record) string {
	for _, a := range slices.Backward(r.Approvals) {
		if a.Subject == register.SubjectPlan && a.Round == r.Round && a.Counts() {
			if a.Outcome != register.Approved {
				return ""
			}
			return stamp(a.At)
		}
	}
	return ""
}

// decidedOf lists the decisions of one subject that count: "1782900000000:effective", with
// ":recurrence" where that set a review off.
func decidedOf(r register.Record, about register.Subject) string {
	var out []string
	for _, a := range r.Approvals {
		if a.Subject != about || !a.Counts() {
			continue
		}
		x := strconv.FormatInt(a.At.UnixMilli(), 10) + ":" + string(a.Outcome)
		if a.Trigger != "" {
			x += ":" + string(a.Trigger)
		}
		out = append(out, x)
	}
	return strings.Join(out, " ")
}

// changeOf says whether a text tells of a change to the ISMS. The field asks for what was
// changed, or for "no" and why.
func changeOf(text string) string {
	const between = " \t\r\n.,;:!-–—"
	first := strings.TrimLeft(text, between)
	if end := strings.IndexAny(first, between); end >= 0 {
		first = first[:end]
	}
	switch strings.ToLower(first) {
	case "":
		return ""
	case "no", "none", "not", "nothing", "nein", "nicht", "nichts", "kein", "keine":
		return no
	default:
		return yes
	}
}

// actionsOf lists the actions of a record with the kind of each and when the log told of it
// first: "A1/corrective/1782900000000". An action that takes the place of another one is not
// raised anew: a line of the plan becomes an issue, and its id another one.
func actionsOf(r register.Record, was *values, at int64) string {
	all := r.AllActions()
	if len(all) == 0 {
		return ""
	}
	known := actionsIn(was[keyActions])
	free := slices.DeleteFunc(slices.Clone(known), func(k action) bool {
		return slices.ContainsFunc(all, func(a register.Action) bool { return actionID(a) == k.id })
	})
	raised := strconv.FormatInt(at, 10)
	if was[keyKind] == "" && !r.Recorded.IsZero() {
		raised = stamp(r.Recorded) // the log begins with it
	}
	var out []string
	for _, a := range all {
		x := action{actionID(a), actionKind(a), raised}
		if i := slices.IndexFunc(known, func(k action) bool { return k.id == x.id }); i >= 0 {
			x.raised = known[i].raised
		} else if len(free) > 0 {
			x.raised, free = free[0].raised, free[1:]
		}
		out = append(out, x.id+"/"+x.kind+"/"+x.raised)
	}
	return strings.Join(out, " ")
}

// An action is an action of a course.
type action struct{ id, kind, raised string }

func actionsIn(list string) []action {
	var out []action
	for x := range strings.FieldsSeq(list) {
		id, rest, _ := strings.Cut(x, "/")
		kind, raised, _ := strings.Cut(rest, "/")
		out = append(out, action{id, kind, raised})
	}
	return out
}

// actionID is the id of an action without what a list of actions has between its parts.
func actionID(a register.Action) string {
	return strings.Map(func(c rune) rune {
		if c == '/' || c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			return '_'
		}
		return c
	}, a.ID)
}

// actionKind is the kind of an action; one that is not known counts as corrective.
func actionKind(a register.Action) string {
	switch a.Kind {
	case register.Preventive, register.ImprovementAction:
		return string(a.Kind)
	default:
		return string(register.Corrective)
	}
}

// extendedOf counts the approved extensions of a record and the days that they add.
func extendedOf(r register.Record) string {
	n, days := 0, 0
	for _, e := range r.Extensions {
		if e.State != register.ExtensionApproved {
			continue
		}
		n++
		if from, to := day(e.Before), day(e.Date); !from.IsZero() && !to.IsZero() {
			days += int(to.Sub(from) / (24 * time.Hour))
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n, " ", days)
}

// exceptionOf is the last day of the exception by which a record is accepted, and when the last
// approval of it was given.
func exceptionOf(r register.Record) string {
	a, stands := register.StandingAcceptance(r)
	if !stands || len(a.Approved) == 0 {
		return ""
	}
	return a.Until + " " + stamp(a.Approved[len(a.Approved)-1].At)
}

// day reads a date, the zero time for what is none.
func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return t
}

// dueKey is the key of a milestone.
func dueKey(m register.Milestone) key {
	switch m {
	case register.MilestoneTriage:
		return keyDueTriage
	case register.MilestoneContainment:
		return keyDueContainment
	case register.MilestoneDecision:
		return keyDueDecision
	case register.MilestoneCause:
		return keyDueCause
	case register.MilestoneImplementation:
		return keyDueImplementation
	default:
		return keyDueVerification
	}
}

const (
	open    = "-" // the milestone is not met
	unknown = "?" // it is met, and not known when
)

// dueOf is the original and the present date of a milestone, and when it was met.
func dueOf(r register.Record, d register.Deadline) string {
	at := open
	switch {
	case d.Milestone == register.MilestoneContainment && !r.Contained.IsZero():
		at = stamp(r.Contained) // kept, so that no later version judges the text anew
	case d.Met && d.MetAt.IsZero():
		at = unknown
	case d.Met:
		at = stamp(d.MetAt)
	}
	return d.Original + " " + d.Present + " " + at
}
