package audit

import (
	"bytes"
	"time"
)

// Marks of a leaf, for reading what is needed of it without parsing all of it. In canonical
// JSON a quote within a string is escaped, so they match members alone.
const (
	markAt = `"at":"`
	// MarkVerb is near the end: no other member comes after.
	MarkVerb = `,"verb":"`
)

// StampOf returns the time of an entry as it is written, "" when it has none.
func StampOf(leaf []byte) string {
	i := bytes.Index(leaf, []byte(markAt))
	if i < 0 || len(leaf) < i+len(markAt)+len(stamp) {
		return ""
	}
	return string(leaf[i+len(markAt):][:len(stamp)])
}

// StampTime reads a time as an entry has it, the zero time for what is none.
func StampTime(s string) time.Time {
	t, err := time.Parse(stamp, s)
	if err != nil {
		return time.Time{} // no entry has a time: the entries are malformed, which is found as such
	}
	return t
}

// LongestVerb is the length of the longest verb in bytes.
const LongestVerb = len(SyncConflictResolved)
