package tree

import (
	"strings"
	"time"
)

// A log must not sign two checkpoints of which neither continues the other (C2SP
// tlog-checkpoint): whoever sees both, a witness for instance, must take it for an attack.
// A log that was set back to a backup would do so with the first entry it writes. It
// therefore becomes another log, with a name of its own: the first name of the log and the
// time of the restore. The time makes the name unique, where a number would be given twice
// by two restores of one backup.

// successorForm is what follows the first name of a log in its name since a restore.
const successorForm = "/restored-20060102T150405.000Z"

// Successor returns the name that a log has since a restore.
func Successor(origin string, at time.Time) string {
	return FirstName(origin) + at.UTC().Format(successorForm)
}

// FirstName returns the name that the log origin had before it was ever restored: the name
// of its key, and audit.origin of the configuration.
func FirstName(origin string) string {
	i := strings.LastIndex(origin, "/restored-")
	if i <= 0 {
		return origin
	}
	at, err := time.Parse(successorForm, origin[i:])
	if err != nil || at.Format(successorForm) != origin[i:] {
		return origin
	}
	return origin[:i]
}
