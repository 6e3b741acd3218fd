package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// An ExceptionRow is an exception that was approved.
type ExceptionRow struct {
	Record string          `json:"record"`
	Title  string          `json:"title"`
	Grade  string          `json:"grade"`
	Risk   string          `json:"risk"`
	Owner  string          `json:"owner"` // person id
	Status ExceptionStatus `json:"status"`
	// Until is the last day, and Left how many days are left until then; below 0, since then.
	Until    string     `json:"until,omitempty"`
	Left     *int       `json:"days_left,omitempty"`
	AskedBy  string     `json:"asked_by,omitempty"` // person id
	Approved []Approval `json:"approved"`
	Why      string     `json:"justification,omitempty"`
	Measures string     `json:"compensating_measures,omitempty"`
	RiskRef  string     `json:"risk_ref,omitempty"`
	// Renewal counts the exceptions of the record that were approved before this one.
	Renewal int    `json:"renewal"`
	Ended   string `json:"ended,omitempty"`
	EndedBy string `json:"ended_by,omitempty"` // person id, "" where the end followed from its date or the record
	Because string `json:"because,omitempty"`
}

// An Approval is one approval of an exception. The act says in which role it was given.
type Approval struct {
	By  string       `json:"by"` // person id
	Act register.Act `json:"act"`
	On  string       `json:"on"`
}

// An ExceptionStatus is how an exception stands.
type ExceptionStatus string

// The ways an exception stands, the most urgent first.
const (
	ExceptionPast    ExceptionStatus = "past its end"
	ExceptionSoon    ExceptionStatus = "ends within 30 days"
	ExceptionActive  ExceptionStatus = "active"
	ExceptionEnded   ExceptionStatus = "ended"
	ExceptionRevoked ExceptionStatus = "revoked"
)

func (s ExceptionStatus) stands() bool { return s != ExceptionEnded && s != ExceptionRevoked }

// exceptions lists the exceptions that stand and those that ended in the period.
func (m *maker) exceptions() {
	rows := []ExceptionRow{}
	earlier := 0
	var outside []string // past their end, of records that the report is not about
	for _, k := range m.past.Known {
		if !k.Asked {
			outside = append(outside, k.Record.Ref)
			continue
		}
		for _, x := range m.exceptionsOf(k) {
			if !x.Status.stands() && (x.Ended < day(m.From) || x.Ended >= day(m.To)) {
				earlier++
				continue
			}
			rows = append(rows, x)
		}
	}
	order := []ExceptionStatus{ExceptionPast, ExceptionSoon, ExceptionActive, ExceptionEnded, ExceptionRevoked}
	slices.SortStableFunc(rows, func(a, b ExceptionRow) int {
		return cmp.Or(slices.Index(order, a.Status)-slices.Index(order, b.Status), cmp.Compare(a.Until, b.Until), cmp.Compare(a.Record, b.Record))
	})
	m.leaveOut(m.Records-m.asked(), "that never had an exception")
	m.leaveOut(earlier, "exceptions that ended outside of the period")
	m.overdueExceptions(rows, outside)
	m.Rows = rows
	m.Table = Table{
		Title: "Exceptions that stand, and those that ended in the period", None: "No exception stands, and none ended in the period.",
		Columns: []Column{
			{"Record", Date},
			{"Status", Short},
			{"Until", Date},
			{"Days left", Count},
			{"Grade", Short},
			{"Risk", Short},
			{"Owner", Short},
			{"Asked by", Short},
			{"Renewal", Count},
			{"Ended", Date},
			{"Title", Name},
			{"Approved by", Long},
			{"Justification", Long},
			{"Compensating measures", Long},
			{"Risk register", Long},
			{"Why it ended", Long},
		},
	}
	for _, x := range rows {
		by := make([]string, len(x.Approved))
		for i, a := range x.Approved {
			by[i] = m.named(a.By) + inRole(a.Act) + " on " + a.On
		}
		because := x.Because
		if x.EndedBy != "" {
			because += " (" + m.named(x.EndedBy) + ")"
		}
		m.Table.add(x.Record, string(x.Status), x.Until, number(x.Left), x.Grade, x.Risk, m.named(x.Owner), m.named(x.AskedBy), number(&x.Renewal), x.Ended,
			x.Title, strings.Join(by, "; "), x.Why, x.Measures, x.RiskRef, because)
	}
}

// exceptionsOf returns the exceptions of a record, the oldest first.
func (m *maker) exceptionsOf(k Known) []ExceptionRow {
	f := k.Record.Fields
	row := ExceptionRow{
		Record: k.Record.Ref, Title: f[register.FieldTitle], Grade: f[register.FieldGrade], Risk: f[register.FieldRisk], Owner: f[register.FieldOwner], Approved: []Approval{},
	}
	var out []ExceptionRow
	stands := false
	for _, a := range k.Record.Acceptances {
		x := row
		switch {
		case a.State == register.AcceptanceApproved && k.Exception != nil:
			x.Status, x.Left, stands = standing(k.Exception.Ends), between(day(m.At), a.Until), true
		case a.State == register.AcceptanceRevoked:
			x.Status = ExceptionRevoked
		case a.State == register.AcceptanceEnded:
			x.Status = ExceptionEnded
		default:
			continue // nobody approved it
		}
		x.Until, x.AskedBy, x.Why, x.Measures, x.RiskRef = a.Until, a.By, a.Reason, a.Measures, a.RiskRef
		x.Renewal, x.Ended, x.EndedBy, x.Because = len(out), day(a.EndedAt), a.EndedBy, a.Because
		for _, by := range a.Approved {
			x.Approved = append(x.Approved, Approval{by.Person, by.Act, day(by.At)})
		}
		out = append(out, x)
	}
	if k.Exception != nil && !stands {
		row.Status, row.Renewal, row.Because = ExceptionActive, len(out), "accepted by a version of conformd that kept no exceptions: it has no end"
		out = append(out, row)
	}
	return out
}

func standing(e kpi.Ending) ExceptionStatus {
	switch e {
	case kpi.Past:
		return ExceptionPast
	case kpi.Soon:
		return ExceptionSoon
	default:
		return ExceptionActive
	}
}

// inRole says in which role an exception was approved.
func inRole(act register.Act) string {
	switch act {
	case register.ActAccept:
		return " as a risk owner"
	case register.ActAcceptMajor:
		return " for top management"
	default:
		return ""
	}
}

// overdueExceptions raises the alarm for records that are accepted after the last day of their
// exception. K19 says that there must be none. Filters do not silence it.
func (m *maker) overdueExceptions(rows []ExceptionRow, outside []string) {
	var refs []string
	for _, x := range rows {
		if x.Status == ExceptionPast {
			refs = append(refs, x.Record+" (until "+x.Until+")")
		}
	}
	for _, list := range []struct {
		refs  []string
		where string
	}{{refs, ""}, {outside, " of a record that this report is not about"}} {
		if len(list.refs) > 0 {
			m.Alerts = append(m.Alerts, past(len(list.refs), list.where)+strings.Join(list.refs, ", ")+
				". A running conformd reopens such records; if one runs, conformd register show says what holds them.")
		}
	}
}

func past(n int, where string) string {
	if n == 1 {
		return "1 exception" + where + " is past its end, and its record is not open again: "
	}
	where = strings.Replace(where, "a record", "records", 1)
	return fmt.Sprintf("%d exceptions%s are past their end, and their records are not open again: ", n, where)
}
