// Package present turns the register into words for people: what happened to a record,
// who did it and from where that is known, and what the record needs. Page, command line and
// JSON call the same functions, so that they say the same.
//
// The package is pure: it takes entries of the audit log and values of the register and
// returns text and lists. Its text is plain, without control characters and not escaped for
// any medium.
package present

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Names maps the ids in the log to the names that people know. An id without a name is shown
// as it is.
type Names struct {
	People   map[string]string // name of a person, by person id
	Accounts map[string]string // "@login" or display name, by "account:<binding>:<id>"
	Records  map[string]string // number of a record, by its id
	Issues   map[string]string // key of the record's own issue, by binding
	Sites    map[string]string // id of the tracker in the configuration, by binding
}

// record returns the number of a record.
func (n Names) record(id string) string { return cmp.Or(n.Records[id], "another record") }

// Count says how many there are: "1 record", "2 records".
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Words writes an identifier of the register as people do: "potential nonconformity" for
// potential_nonconformity.
func Words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// mostEntries is how many entry numbers are shown for an event.
const mostEntries = 12

// Shown returns the entry numbers to show, the first ones and the last, and how many are left
// out between them.
func Shown(seqs []int64) (shown []int64, left int) {
	if len(seqs) <= mostEntries {
		return seqs, 0
	}
	return append(slices.Clone(seqs[:mostEntries-1]), seqs[len(seqs)-1]), len(seqs) - mostEntries
}

// Entries names entries of the log: "entry 7", "entries 7, 9".
func Entries(seqs []int64) string {
	if len(seqs) == 1 {
		return fmt.Sprintf("entry %d", seqs[0])
	}
	shown, left := Shown(seqs)
	words := make([]string, len(shown))
	for i, seq := range shown {
		words[i] = fmt.Sprint(seq)
	}
	s := "entries " + strings.Join(words, ", ")
	if left > 0 {
		s += fmt.Sprintf(" and %d between the last two", left)
	}
	return s
}

// Join lists names for a sentence: "Title, Grade and Risk".
func Join(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}
