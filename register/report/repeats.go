package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// A RepeatRow is a nonconformity that was closed and came up again in another record.
type RepeatRow struct {
	Record    string `json:"record"` // the new one
	Title     string `json:"title"`
	Found     string `json:"found"`
	Again     string `json:"again"` // the closed one
	AgainName string `json:"again_title,omitempty"`
	Closed    string `json:"closed,omitempty"` // when it was closed last before that
	// Days are those from that closing until it was found again.
	Days      *int   `json:"days_between,omitempty"`
	Same      string `json:"in_common"`
	Confirmed string `json:"confirmed"`
	By        string `json:"confirmed_by"` // person id
	// Why is the reason of the confirmation, Earlier the cause of the closed record, Tried its
	// actions, and Cause that of the new record, which says why those did not last (G31).
	Why     string   `json:"reason"`
	Earlier string   `json:"earlier_cause,omitempty"`
	Tried   []string `json:"earlier_actions,omitempty"`
	Cause   string   `json:"cause,omitempty"`
	// Counts names the figures that count it: K13 the closed record, K14 the new one.
	Counts []string `json:"counts_in"`
}

// repeatCauses lists the recurrences that were confirmed in the period, and those that a figure
// counts.
func (m *maker) repeatCauses() {
	rows := []RepeatRow{}
	other := 0
	repeats := 0
	for _, k := range m.past.Known {
		if k.Asked {
			repeats++
		}
		for _, x := range register.ConfirmedRecurrences(k.Record) {
			old := m.past.Others[x.To]
			row := repeatOf(k, old, x)
			if k.Asked && m.In(k.Found) {
				row.Counts = append(row.Counts, "K14")
			}
			if old.CameAgain {
				row.Counts = append(row.Counts, "K13")
			}
			switch {
			case len(row.Counts) > 0 || k.Asked && m.In(x.At):
				rows = append(rows, row)
			case k.Asked:
				other++
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b RepeatRow) int {
		return cmp.Or(cmp.Compare(a.Confirmed, b.Confirmed), cmp.Compare(a.Record, b.Record))
	})
	m.leaveOut(m.Records-repeats, "that are no recurrence of a closed one")
	m.leaveOut(other, "recurrences that were found and confirmed outside of the period, and are not in the cohort of K13")
	m.Rows = rows
	m.Table = Table{
		Title: "Confirmed recurrences", None: "No recurrence was found or confirmed in the period.",
		Columns: []Column{
			{"Record", Date},
			{"Is again", Date},
			{"Closed", Date},
			{"Found again", Date},
			{"Days between", Count},
			{"Confirmed", Date},
			{"Confirmed by", Short},
			{"Counts in", Short},
			{"Title", Name},
			{"Closed record", Filed},
			{"In common", Long},
			{"Earlier cause", Long},
			{"Earlier actions", Long},
			{"Why it is the same", Long},
			{"Cause now, and why the actions did not last", Long},
		},
	}
	for _, x := range rows {
		m.Table.add(x.Record, x.Again, x.Closed, x.Found, number(x.Days), x.Confirmed, m.named(x.By), strings.Join(x.Counts, ", "),
			x.Title, x.AgainName, x.Same, x.Earlier, strings.Join(x.Tried, "; "), x.Why, x.Cause)
	}
}

// repeatOf is the row of a recurrence: k is old again.
func repeatOf(k, old Known, x register.Recurrence) RepeatRow {
	f := k.Record.Fields
	row := RepeatRow{
		Record: k.Record.Ref, Title: f[register.FieldTitle], Found: day(k.Found), Again: x.Ref, AgainName: old.Record.Fields[register.FieldTitle],
		Same: x.Why, Confirmed: day(x.At), By: x.By, Why: x.Reason, Cause: f[register.FieldRootCause], Counts: []string{},
	}
	for _, t := range old.Closings {
		if !t.After(x.At) {
			row.Closed = day(t)
		}
	}
	row.Days = between(row.Closed, row.Found)
	row.Earlier, row.Tried = old.Record.Fields[register.FieldRootCause], titles(old.Record)
	for _, t := range old.Record.Attempts {
		if strings.HasSuffix(t.Review, ":"+register.RecurrenceChange()+":"+k.Record.ID) {
			row.Earlier, row.Tried = t.RootCause, t.Actions
		}
	}
	return row
}

// titles are those of the actions of a record that were not cancelled.
func titles(r register.Record) []string {
	var out []string
	for _, a := range r.AllActions() {
		if a.State != register.ActionCancelled {
			out = append(out, a.Title)
		}
	}
	return out
}
