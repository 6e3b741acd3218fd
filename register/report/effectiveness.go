package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
)

// A ReviewRow is a review that counts.
type ReviewRow struct {
	Record   string           `json:"record"`
	Title    string           `json:"title"`
	Grade    string           `json:"grade"`
	On       string           `json:"on"`
	Outcome  register.Outcome `json:"outcome"`
	Reviewer string           `json:"reviewer"` // person id
	// Recurrence says that the record came up again, which counts as a review that was not planned.
	Recurrence bool `json:"recurrence,omitempty"`
	// Independent says whether the reviewer was not involved, and NotBecause why not.
	Independent Independence `json:"independent"`
	NotBecause  string       `json:"not_because,omitempty"`
	// Countersigned is who of top management confirmed a review that was not independent, in a small
	// organisation, and Countersignature their reason.
	Countersigned    string `json:"countersigned_by,omitempty"`
	Countersignature string `json:"countersignature,omitempty"`
	// Countersigns is whose review this one confirms in that way.
	Countersigns string `json:"countersigns,omitempty"`
	// Days are those from the end of the work to the review, nil where the log does not say.
	Days *int `json:"days_after_work,omitempty"`
	// RestsOn is what the reviewer says was checked, and Criteria what had been planned.
	RestsOn  string `json:"rests_on"`
	Criteria string `json:"criteria,omitempty"`
	// First says that it is the first review of the record (K11), and Last that it is the last one of
	// the period (K10).
	First bool `json:"first"`
	Last  bool `json:"last_of_period"`

	at time.Time
}

// FirstPass says whether the record passed its first review, "" for a later one.
func (x *ReviewRow) FirstPass() string {
	switch {
	case !x.First:
		return ""
	case x.Outcome == register.Effective:
		return "yes"
	default:
		return "no"
	}
}

// An Independence says whether a reviewer was not involved in the record.
type Independence string

// The answers.
const (
	Independent    Independence = "yes"
	NotIndependent Independence = "no"
	NotKnown       Independence = "not known" // the log does not say who it was, or how the record stood
)

// effectiveness lists the reviews of the period, the oldest first.
func (m *maker) effectiveness() {
	rows := []ReviewRow{}
	for _, k := range m.past.Known {
		rows = append(rows, m.reviewsOf(k)...)
	}
	slices.SortStableFunc(rows, func(a, b ReviewRow) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.Record, b.Record)) })
	m.leaveOut(m.Records-m.asked(), "without a review in the period")
	not := 0
	for _, x := range rows {
		if x.Independent == NotIndependent {
			not++
		}
	}
	m.note(not, "review was held by a person who was involved", "reviews were held by persons who were involved")
	m.Rows = rows
	m.Table = Table{
		Title: "Reviews of the period", None: "Nothing was reviewed in the period.",
		Columns: []Column{
			{"Reviewed", Date},
			{"Record", Date},
			{"Outcome", Short},
			{"First pass", Short},
			{"Reviewer", Short},
			{"Independent", Short},
			{"Days after the work", Count},
			{"Grade", Short},
			{"Title", Name},
			{"Rests on", Long},
			{"Planned criteria", Long},
			{"Not independent", Long},
		},
	}
	for _, x := range rows {
		not := x.NotBecause
		if x.Countersigns != "" {
			not = "countersigns the review of " + m.named(x.Countersigns) + ", who " + not
		}
		if x.Countersigned != "" {
			not += "; countersigned by " + m.named(x.Countersigned) + ": " + x.Countersignature
		}
		outcome := string(x.Outcome)
		if x.Recurrence {
			outcome += " (came up again)"
		}
		m.Table.add(x.On, x.Record, outcome, x.FirstPass(), m.named(x.Reviewer), string(x.Independent), number(x.Days), x.Grade, x.Title, x.RestsOn, x.Criteria, not)
	}
}

// reviewsOf returns the reviews of a record in the period.
func (m *maker) reviewsOf(k Known) []ReviewRow {
	r := k.Record
	var out []ReviewRow
	first := true
	for _, a := range r.Approvals {
		if a.Subject != register.SubjectEffectiveness || !a.Counts() {
			continue
		}
		if m.In(a.At) {
			out = append(out, reviewOf(k.Life, a, first))
		}
		first = false
	}
	if len(out) > 0 {
		out[len(out)-1].Last = true
	}
	return out
}

func reviewOf(l Life, a register.Approval, first bool) ReviewRow {
	then, known := l.reviews[a.Event]
	x := ReviewRow{
		Record: l.Record.Ref, Title: l.Record.Fields[register.FieldTitle], Grade: l.Record.Fields[register.FieldGrade], On: day(a.At), Outcome: a.Outcome, Reviewer: a.By,
		Recurrence: a.Trigger == register.TriggerRecurrence, Independent: Independent, Days: between(day(then.done), day(a.At)),
		RestsOn: a.Reason, Criteria: then.criteria, First: first, at: a.At,
	}
	use, used := useOf(l.Record, a)
	switch {
	case used && use.By == a.By:
		x.Independent, x.NotBecause, x.Countersigns = NotIndependent, use.Was, use.Reviewer
	case used:
		x.Independent, x.NotBecause, x.Countersigned, x.Countersignature = NotIndependent, use.Was, use.By, use.Reason
	case !known, a.By == "", strings.HasPrefix(a.By, "account:"):
		x.Independent = NotKnown
	case then.involved != "":
		x.Independent, x.NotBecause = NotIndependent, then.involved
	}
	return x
}

// useOf returns the use of the rules for a small organisation that a review led to: the first closing
// after it, if this person reviewed it or countersigned that.
func useOf(r register.Record, a register.Approval) (register.SmallOrgUse, bool) {
	for _, u := range r.SmallOrg {
		if !u.At.Before(a.At) {
			return u, (u.Reviewer == a.By || u.By == a.By) && a.Outcome == register.Effective
		}
	}
	return register.SmallOrgUse{}, false
}
