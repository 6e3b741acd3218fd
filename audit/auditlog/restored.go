package auditlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// ErrEmptyBackup is the error of a restore from a backup whose log has no entry: there is nothing
// that a restored log could continue.
var ErrEmptyBackup = errors.New("audit: restore: the log of the backup is empty")

// Restored returns the entry that says that the log in the database is that of a backup. It
// must be the next entry: it names the log and its head as they are, and gives the log its
// new name. Of r it takes the time, the head that was replaced, and the reason. The
// error of a log without entries is ErrEmptyBackup.
func (l *Log) Restored(ctx context.Context, tx auditdb.Tx, r audit.Restore) (audit.Entry, error) {
	head, origin, err := l.head(ctx, tx)
	if err != nil {
		return audit.Entry{}, err
	}
	if head.N == 0 {
		return audit.Entry{}, ErrEmptyBackup
	}
	r.Former, r.Size, r.Root = origin, head.N, head.Root().String()
	for at := r.At; ; at = at.Add(time.Millisecond) { // one log, one name
		if r.Origin = tree.Successor(origin, at); r.Origin != r.Former && r.Origin != r.LostOrigin {
			break
		}
	}
	e := r.Entry()
	e.Subject = audit.Subject{Type: audit.SubjectDaemon, ID: tree.FirstName(origin), Ref: tree.FirstName(origin)}
	return e, nil
}

// renamed returns the name that entry seq, a restore, gives to the log origin. Root is the hash
// of all entries before it. It is an error if the restore contradicts them.
func renamed(seq int64, e *audit.Entry, origin string, root tlog.Hash) (string, error) {
	r := audit.RestoreOf(seq, e)
	switch {
	case r.Origin == "": // as earlier versions wrote it
		return origin, nil
	case r.Former != origin || r.Size != seq || r.Root != root.String():
		return "", &audit.EntryError{Verb: e.Verb, Err: fmt.Errorf("restore of %d entries of %s with the root %s: the log is %s, and has %d with the root %s", r.Size, r.Former, r.Root, origin, seq, root)}
	case tree.FirstName(r.Origin) != tree.FirstName(origin) || r.Origin == origin:
		return "", &audit.EntryError{Verb: e.Verb, Err: fmt.Errorf("restore under the name %s, which is no name of a log that continues %s", r.Origin, origin)}
	}
	return r.Origin, nil
}
