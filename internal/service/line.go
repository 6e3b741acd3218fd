package service

import (
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Line is what lists show of a record, in words. It is kept in the store until something changes that it is made from;
// so it holds nothing that depends on the time of the reader alone.
type Line struct {
	Ref       string         `json:"ref"`
	Version   int64          `json:"version"`
	Kind      register.Kind  `json:"kind"`
	State     register.State `json:"state"`
	Requested register.State `json:"requested,omitempty"`
	// Fields are the values that lists show, as people read them: those of the catalogue, and of each field of the
	// organisation.
	Fields map[register.Field]string `json:"fields"`
	// Owner is the owner for a narrow column, and OwnerID as the register has the owner: the id of a person, or an account of
	// nobody.
	Owner     string    `json:"owner,omitempty"`
	OwnerID   string    `json:"owner_id,omitempty"`
	Recorded  time.Time `json:"recorded,omitzero"`
	Confirmed time.Time `json:"confirmed,omitzero"`
	Done      time.Time `json:"done,omitzero"`
	Closed    time.Time `json:"closed,omitzero"`
	// Due is what is due first, the zero value if nothing is, and DueBy who is to do it: a person, or the roles
	// that may.
	Due      register.DueItem `json:"due,omitzero"`
	DueBy    string           `json:"due_by,omitempty"`
	Extended int              `json:"extended,omitempty"` // times
	// Keys are the keys of its issues, and Issues their addresses.
	Keys   string   `json:"keys,omitempty"`
	Issues []string `json:"issues,omitempty"`
	Needed string   `json:"needed,omitempty"` // what is needed next, in short
	// Noted is what a person should look at; Attention has what keeps conformd from the record, too.
	Noted []string       `json:"noted,omitempty"`
	Stuck bool           `json:"stuck,omitempty"` // the last attempt could not finish
	Stops []present.Stop `json:"-"`
}

// lineFields are the fields of the catalogue that lists show.
func lineFields() []register.Field {
	return []register.Field{
		register.FieldTitle, register.FieldGrade, register.FieldRisk, register.FieldOwner, register.FieldReporter, register.FieldSource, register.FieldSourceRef,
		register.FieldRequirements, register.FieldStandards, register.FieldScope, register.FieldIdentified, register.FieldDeadline, register.FieldPeriod,
	}
}

// newLine makes the line of a record.
func newLine(e Entry, around store.Surrounding, issues []string) Line {
	r := e.Record
	l := Line{
		Ref: r.Ref, Version: e.Version, Kind: r.Kind(), State: r.State, Requested: r.Requested, Fields: map[register.Field]string{},
		Owner: e.Names.Short(r.Fields[register.FieldOwner]), OwnerID: r.Fields[register.FieldOwner],
		Recorded: r.Recorded, Confirmed: r.Confirmed, Done: r.Done, Closed: r.Closed,
		Due:  NextDue(r, time.Time{}), // what is due first does not depend on the day; only whether it is missed does
		Keys: around.Keys(), Issues: issues, Needed: e.View.Brief(), Noted: e.View.Noted(), Stuck: e.View.Stuck != "",
	}
	l.DueBy = e.Names.Short(l.Due.Who)
	own := register.FieldsAnd(slices.Collect(maps.Keys(r.Fields)))[len(register.Fields()):]
	for _, f := range lineFields() {
		l.set(e, f)
	}
	for _, info := range own {
		l.set(e, info.Field)
	}
	for _, x := range r.Extensions {
		if x.State == register.ExtensionApproved {
			l.Extended++
		}
	}
	return l
}

func (l *Line) set(e Entry, f register.Field) {
	switch v := e.Record.Fields[f]; {
	case v == "":
	case f == register.FieldStandards:
		l.Fields[f] = v // by their ids, by which lists are narrowed
	default:
		l.Fields[f] = e.Names.Value(f, v)
	}
}

// Held says that people requested the end of the record and the register does not count it yet.
func (l Line) Held() bool { return l.Requested.Ended() }

// Attention names what a person should look at: "1 conflict", "stopped at jira-isms".
func (l Line) Attention() []string {
	return append(slices.Clone(l.Noted), present.Delays(l.Stops, l.Stuck)...)
}

// seenOn fills in what depends on the day.
func (l *Line) seenOn(at time.Time) {
	l.Due.Missed = l.Due.Due != "" && l.Due.Due < at.UTC().Format(time.DateOnly)
}
