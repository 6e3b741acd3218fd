package audit

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

// successor returns the name that a log has since a restore.
func successor(origin string, at time.Time) string {
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

// A standing is how a checkpoint stands to a log with a certain name and certain restores.
type standing int

const (
	// foreign: the checkpoint is of another log.
	foreign standing = iota
	// continued: it is of the log, under its present name or a former one, and the log must
	// have its entries.
	continued
	// cutOff: it covers entries that a restore removed, as the log itself says.
	cutOff
)

// stands returns how a checkpoint stands to the log origin. By is the restore that gave the
// log another name than that of the checkpoint, nil if there is none. It compares names and
// sizes, and not the entries.
func stands(origin string, restores []Restore, c Checkpoint) (s standing, by *Restore) {
	if c.Origin == origin {
		return continued, nil
	}
	for i, x := range restores {
		if x.Origin != "" && x.Former == c.Origin {
			if c.Size <= x.Size {
				return continued, &restores[i]
			}
			return cutOff, &restores[i]
		}
	}
	for i, x := range restores {
		if x.Origin != "" && x.LostOrigin == c.Origin {
			return cutOff, &restores[i]
		}
	}
	return foreign, nil
}
