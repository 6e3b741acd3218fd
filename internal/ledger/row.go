package ledger

import (
	"fmt"

	"github.com/conformd/conformd/register"
)

// A Row is a record as the register keeps it, for comparing with the log.
type Row struct {
	Record register.Record `json:"record"`
	// Things are those of the record, for readers: its causes, corrections, actions and
	// evidence with their ids. Line fills them in; they follow from the record.
	Things *register.Things `json:"things,omitempty"`
	// Listed is what lists and searches of the register go by, where that is not what the
	// record says.
	Listed *Listed `json:"listed,omitempty"`
	// Waiting says that an earlier version left the record, and that the log is yet to be
	// told of it.
	Waiting bool `json:"waiting,omitempty"`
	// Course is what figures are made of, as the register keeps it (kpi.Course); nil in an export,
	// where it follows from the entries.
	Course *string `json:"-"`
}

// A Listed is a record as lists show it.
type Listed struct {
	Ref       string         `json:"ref"`
	State     register.State `json:"state"`
	Requested register.State `json:"requested,omitempty"`
}

// Line returns the row as a line of register.jsonl. The same row gives the same bytes.
func (r Row) Line() []byte {
	things := r.Record.Things()
	r.Things = &things
	return line(r)
}

func (l Listed) text() string {
	return fmt.Sprintf("%s in %s, requested %q", l.Ref, l.State, l.Requested)
}

func listed(r register.Record) string { return Listed{r.Ref, r.State, r.Requested}.text() }
