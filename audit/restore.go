package audit

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// A Restore says that the log was set back to a backup: it continues the first Size entries
// of the log Former as the log Origin, whatever that log had after them.
type Restore struct {
	Seq int64     `json:"seq"` // of the entry that says so
	At  time.Time `json:"at"`
	// Origin is the name of the log since the restore, and Former the name of the log that
	// the backup was made of. Both are empty in an entry of an earlier version, which left
	// the log its name.
	Origin string `json:"origin,omitempty"`
	Former string `json:"former_origin,omitempty"`
	Size   int64  `json:"size"` // entries that the backup had, which come before
	Root   string `json:"root"`
	// Lost is the head that was replaced, as far as it could be read; its size is 0
	// where that is not known.
	LostOrigin string `json:"lost_origin,omitempty"`
	LostSize   int64  `json:"lost_size,omitempty"`
	LostRoot   string `json:"lost_root,omitempty"`
	// Told is how the replaced log stood to the backup, in words.
	Told   string `json:"told,omitempty"`
	Reason string `json:"reason"` // of the operator
}

// The fields of an entry of a restore.
const (
	restoredOrigin = "log.origin"
	restoredFormer = "log.former_origin"
	restoredSize   = "log.size"
	restoredRoot   = "log.root"
	restoredTold   = "log.lost"
)

// Restored returns the entry that says that the log in the database is that of a backup. It
// must be the next entry: it names the log and its head as they are, and gives the log its
// new name. Of r it takes the time, the head that was replaced, and the reason.
func (l *Log) Restored(ctx context.Context, tx Tx, r Restore) (Entry, error) {
	head, origin, err := l.head(ctx, tx)
	if err != nil {
		return Entry{}, err
	}
	if head.n == 0 {
		return Entry{}, errors.New("audit: restore: the log of the backup is empty")
	}
	r.Former, r.Size, r.Root = origin, head.n, head.root().String()
	for at := r.At; ; at = at.Add(time.Millisecond) { // one log, one name
		if r.Origin = successor(origin, at); r.Origin != r.Former && r.Origin != r.LostOrigin {
			break
		}
	}
	e := r.Entry()
	e.Subject = Subject{Type: SubjectDaemon, ID: FirstName(origin), Ref: FirstName(origin)}
	return e, nil
}

// Entry returns the entry that says so, without its subject.
func (r Restore) Entry() Entry {
	change := func(field, after string) FieldChange {
		return FieldChange{Field: field, After: NewText(after)}
	}
	former, size, root := change(restoredFormer, r.Former), change(restoredSize, strconv.FormatInt(r.Size, 10)), change(restoredRoot, r.Root)
	if r.LostSize > 0 {
		former.Before, size.Before, root.Before = NewText(r.LostOrigin), NewText(strconv.FormatInt(r.LostSize, 10)), NewText(r.LostRoot)
	}
	e := Entry{
		Verb: LogRestored, At: r.At, Actor: Actor{Kind: Operator, How: ByLocal}, Origin: Origin{Trigger: TriggerManual},
		Changes: []FieldChange{size, root, change(restoredTold, r.Told)}, Reason: r.Reason,
	}
	if r.Origin != "" {
		e.Changes = append([]FieldChange{change(restoredOrigin, r.Origin), former}, e.Changes...)
	}
	return e
}

// restoreOf reads the entry of a restore.
func restoreOf(seq int64, e *Entry) Restore {
	r := Restore{Seq: seq, At: e.At, Reason: e.Reason}
	for _, c := range e.Changes {
		switch c.Field {
		case restoredOrigin:
			r.Origin = valueOf(c.After)
		case restoredFormer:
			r.Former, r.LostOrigin = valueOf(c.After), valueOf(c.Before)
		case restoredSize:
			r.Size, r.LostSize = numberOf(c.After), numberOf(c.Before)
		case restoredRoot:
			r.Root, r.LostRoot = valueOf(c.After), valueOf(c.Before)
		case restoredTold:
			r.Told = valueOf(c.After)
		}
	}
	return r
}

func valueOf(t *Text) string {
	if t == nil {
		return ""
	}
	return t.Value
}

func numberOf(t *Text) int64 {
	n, err := strconv.ParseInt(valueOf(t), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// renamed returns the name that the log origin has since entry seq, a restore. A restore
// that contradicts the entries before it, of which root is the hash, is an error.
func renamed(seq int64, e *Entry, origin string, root tlog.Hash) (string, error) {
	r := restoreOf(seq, e)
	switch {
	case r.Origin == "": // as earlier versions wrote it
		return origin, nil
	case r.Former != origin || r.Size != seq || r.Root != root.String():
		return "", &EntryError{e.Verb, fmt.Errorf("restore of %d entries of %s with the root %s: the log is %s, and has %d with the root %s", r.Size, r.Former, r.Root, origin, seq, root)}
	case FirstName(r.Origin) != FirstName(origin) || r.Origin == origin:
		return "", &EntryError{e.Verb, fmt.Errorf("restore under the name %s, which is no name of a log that continues %s", r.Origin, origin)}
	}
	return r.Origin, nil
}

// Words says a restore to somebody who reads no code.
func (r Restore) Words() string {
	s := fmt.Sprintf("entry %d of %s: the log was set back to a backup of %s, because: %s", r.Seq, r.At.UTC().Format("2006-01-02 15:04:05 UTC"), plural(r.Size, "entry", "entries"), r.Reason)
	if r.Told != "" {
		s += "; " + r.Told
	}
	if r.Origin != "" {
		s += fmt.Sprintf("; before it the log was called %s, and since it %s", r.Former, r.Origin)
	}
	return s
}
