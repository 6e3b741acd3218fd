package tree

import (
	"strings"
	"time"
)

// Of two checkpoints of a log, one must continue the other (C2SP tlog-checkpoint); a witness that
// sees two that do not must report an attack. A log that a backup replaced would break this with
// its first new entry. So it becomes another log with a name of its own: the first name of the
// log and the time of the restore. A number instead of the time would not be unique, because two
// restores of one backup would get the same one.

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
