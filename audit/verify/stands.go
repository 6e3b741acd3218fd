package verify

import (
	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
)

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
func stands(origin string, restores []audit.Restore, c tree.Checkpoint) (s standing, by *audit.Restore) {
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
