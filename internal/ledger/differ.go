package ledger

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A difference is one thing that two records say differently.
type difference struct {
	what      string // "Grade", "approval 7 (effectiveness)"
	want, got string
}

// differences returns how a record differs from what the log told of it. A value that is
// unknown and one that is known to be empty are the same to a log. What the register works
// out about itself, and values that were erased, are left out. Times count to the
// millisecond, as the log writes them.
func differences(told, row register.Record, erased map[register.Field]bool) []difference {
	var out []difference
	differ := func(what, want, got string) {
		if want != got {
			out = append(out, difference{what, want, got})
		}
	}
	differ("the number", told.Ref, row.Ref)
	differ("State", string(told.State), string(row.State))
	differ("the state that is asked for", string(told.Requested), string(row.Requested))
	for _, f := range keysOf(told.Fields, row.Fields) {
		if f != register.FieldMissing && !erased[f] {
			differ(label(f), told.Fields[f], row.Fields[f])
		}
	}
	lists(&out, "action", told.Actions, row.Actions, func(a register.Action) string { return a.ID })
	lists(&out, "decision", told.Approvals, row.Approvals, func(a register.Approval) string { return string(a.Subject) + " by " + a.By + " (" + a.Event + ")" })
	lists(&out, "attempt", told.Attempts, row.Attempts, func(a register.Attempt) string { return a.Review })
	lists(&out, "proposal", told.Proposals, row.Proposals, func(p register.Proposal) string { return string(p.Field) + " from " + p.From })
	lists(&out, "involvement", told.Involved, row.Involved, func(i register.Involvement) string {
		return strings.TrimSpace(string(i.As) + " " + i.Person + " " + string(i.Field))
	})
	for _, source := range keysOf(told.Numbers, row.Numbers) {
		if !reflect.DeepEqual(told.Numbers[source], row.Numbers[source]) {
			differ("numbering of "+label(register.Field(source)), text(told.Numbers[source]), text(row.Numbers[source]))
		}
	}
	lists(&out, "link", told.Links, row.Links, func(l register.Link) string { return l.Kind.Words() + " " + l.Ref })
	lists(&out, "closing in a small organisation", told.SmallOrg, row.SmallOrg, func(u register.SmallOrgUse) string { return u.Reviewer + " countersigned by " + u.By })
	lists(&out, "date", told.Dates, row.Dates, func(d register.MilestoneDate) string {
		return d.Milestone.Words() + " in round " + strconv.Itoa(d.Round)
	})
	lists(&out, "extension", told.Extensions, row.Extensions, func(e register.Extension) string { return e.Milestone.Words() + " by " + e.By + " (" + e.Event + ")" })
	lists(&out, "exception", told.Acceptances, row.Acceptances, func(a register.Acceptance) string { return "until " + a.Until + " by " + a.By + " (" + a.Event + ")" })
	lists(&out, "document sent", told.Sent, row.Sent, func(s register.Sending) string { return "to " + s.To + " on " + s.On + " (" + s.Event + ")" })
	lists(&out, "value", told.Measurements, row.Measurements, func(m register.Measurement) string { return "of " + m.Period + " (" + m.Event + ")" })
	lists(&out, "figures", told.Figures, row.Figures, func(x register.Figures) string { return "of " + x.Period + " (" + x.Event + ")" })
	lists(&out, "recurrence", told.Recurrences, row.Recurrences, func(x register.Recurrence) string { return "of " + x.Ref })
	lists(&out, "lost evidence", losses(told), losses(row), func(l register.Loss) string { return string(l.From) + " to " + string(l.To) })
	differ("the actions taken out of the plan", strings.Join(told.Removed, ", "), strings.Join(row.Removed, ", "))
	differ("the round", strconv.Itoa(told.Round), strconv.Itoa(row.Round))
	for _, t := range []struct {
		what      string
		want, got time.Time
	}{
		{"the time of the request", told.RequestedAt, row.RequestedAt},
		{"the time of recording", told.Recorded, row.Recorded},
		{"the time of confirmation", told.Confirmed, row.Confirmed},
		{"the time of containment", told.Contained, row.Contained},
		{"the time at which the work was done", told.Done, row.Done},
		{"the time of closing", told.Closed, row.Closed},
	} {
		if !milli(t.want).Equal(milli(t.got)) {
			differ(t.what, moment(t.want), moment(t.got))
		}
	}
	return out
}

// losses returns the loss of a record, if it has one.
func losses(r register.Record) []register.Loss {
	if r.Lost == nil {
		return nil
	}
	return []register.Loss{*r.Lost}
}

func label(f register.Field) string {
	if info, ok := register.Info(f); ok {
		return info.Label
	}
	return string(f)
}

// keysOf returns the keys of two maps, sorted.
func keysOf[K cmp.Ordered, V any](a, b map[K]V) []K {
	var out []K
	for k := range a {
		out = append(out, k)
	}
	for k := range b {
		if _, ok := a[k]; !ok {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// lists compares two lists by the names of their items. Their order says nothing beyond the
// times in them.
func lists[T any](out *[]difference, what string, told, row []T, name func(T) string) {
	if len(told) == len(row) {
		i := 0
		for i < len(told) && reflect.DeepEqual(told[i], row[i]) {
			i++
		}
		if i == len(told) {
			return // as nearly always
		}
	}
	rest := map[string][]string{}
	for _, x := range row {
		rest[name(x)] = append(rest[name(x)], text(x))
	}
	for _, x := range told {
		n, want := name(x), text(x)
		got := ""
		if len(rest[n]) > 0 {
			got, rest[n] = rest[n][0], rest[n][1:]
		}
		if got != want {
			*out = append(*out, difference{what + " " + n, want, got})
		}
	}
	for _, x := range row {
		n := name(x)
		for _, got := range rest[n] {
			*out = append(*out, difference{what + " " + n, "", got})
		}
		delete(rest, n)
	}
}

// text returns a value as JSON with its times as the log has them.
func text(v any) string {
	switch x := v.(type) {
	case register.Action:
		x.Done = milli(x.Done)
		v = x
	case register.Approval:
		x.At = milli(x.At)
		v = x
	case register.Proposal:
		x.At = milli(x.At)
		v = x
	case register.SmallOrgUse:
		x.At = milli(x.At)
		v = x
	case register.Extension:
		x.At, x.DecidedAt = milli(x.At), milli(x.DecidedAt)
		v = x
	case register.Acceptance:
		x.At, x.EndedAt, x.Approved = milli(x.At), milli(x.EndedAt), slices.Clone(x.Approved)
		for i := range x.Approved {
			x.Approved[i].At = milli(x.Approved[i].At)
		}
		v = x
	case register.Sending:
		x.At = milli(x.At)
		v = x
	case register.Recurrence:
		x.Put, x.At = milli(x.Put), milli(x.At)
		v = x
	case register.Loss:
		x.At = milli(x.At)
		v = x
	case register.MilestoneDate:
		x.Start = milli(x.Start)
		v = x
	case register.Link:
		x.At, x.VoidAt = milli(x.At), milli(x.VoidAt)
		v = x
	case register.Involvement:
		x.Since = milli(x.Since)
		v = x
	}
	doc, err := json.Marshal(v)
	if err != nil {
		return err.Error() // a time that JSON cannot say: the row is none of ours
	}
	return string(doc)
}

func milli(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Millisecond)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return milli(t).Format(time.RFC3339Nano)
}
