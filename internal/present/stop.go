package present

import (
	"strings"
	"time"
)

// A Stop is a binding where a brake stops writing until a person releases it.
type Stop struct {
	Binding string    `json:"binding"`
	Why     string    `json:"why"`
	Since   time.Time `json:"since,omitzero"`
	Records int       `json:"records"` // with a change that waits there
	Load    Load      `json:"load"`    // how much waits there
	// List is the digest of the changes that wait there, "" for none.
	List string `json:"list,omitempty"`
}

// A Load is how much would be written to a binding.
type Load struct {
	Records  int `json:"records"`  // existing issues in which a value is replaced or emptied
	Emptied  int `json:"emptied"`  // values
	Replaced int `json:"replaced"` // values, the status among them
	Creates  int `json:"creates"`  // new issues
	Comments int `json:"comments"` // posted or edited, and reactions
}

// Add returns the sum of two loads.
func (l Load) Add(o Load) Load {
	return Load{l.Records + o.Records, l.Emptied + o.Emptied, l.Replaced + o.Replaced, l.Creates + o.Creates, l.Comments + o.Comments}
}

// Look is the command that shows the changes that wait behind a brake.
const Look = "conformd brake list"

// String says that writing is stopped, since when and why.
func (s Stop) String() string {
	since := ""
	if !s.Since.IsZero() {
		since = " since " + Minute(s.Since)
	}
	return "writing to " + s.Binding + " is stopped" + since + ": " + s.Why
}

// Waiting says how much waits there: "8 records wait there: 8 values to replace".
func (s Stop) Waiting() string {
	return s.waiting(Count(s.Records, "record waits there", "records wait there"))
}

// WouldWait says how much would wait there: "8 records would wait there".
func (s Stop) WouldWait() string {
	return s.waiting(Count(s.Records, "record", "records") + " would wait there")
}

func (s Stop) waiting(records string) string {
	if s.Records == 0 {
		return "nothing waits there"
	}
	if l := s.Load.String(); l != "" {
		return records + ": " + l
	}
	return records
}

// Release is the command that writes the changes that wait there, and no others.
func (s Stop) Release() string {
	c := "conformd brake release " + s.Binding
	if s.List != "" {
		c += " --list " + s.List
	}
	return c + ` --reason "…"`
}

// String says how much a load is: "8 values to replace, 1 comment to write". It is "" if
// nothing is replaced, emptied, created or commented on.
func (l Load) String() string {
	var out []string
	for _, x := range []struct {
		n         int
		one, many string
	}{
		{l.Replaced, "value to replace", "values to replace"},
		{l.Emptied, "value to empty", "values to empty"},
		{l.Creates, "issue to create", "issues to create"},
		{l.Comments, "comment or reaction to write", "comments and reactions to write"},
	} {
		if x.n > 0 {
			out = append(out, Count(x.n, x.one, x.many))
		}
	}
	return strings.Join(out, ", ")
}

// Minute writes a moment for people, to the minute.
func Minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
