package audit

import (
	"fmt"
	"strconv"
	"time"
)

// A Restore says that the log was set back to a backup: it goes on after Size
// entries, whatever had been written after them.
type Restore struct {
	Seq  int64     `json:"seq"` // of the entry that says so
	At   time.Time `json:"at"`
	Size int64     `json:"size"` // entries that the backup had, which come before
	Root string    `json:"root"`
	// Lost is the head that was replaced, as far as it could be read; its size is 0
	// where that is not known.
	LostSize int64  `json:"lost_size,omitempty"`
	LostRoot string `json:"lost_root,omitempty"`
	// Told is how the replaced log stood to the backup, in words.
	Told   string `json:"told,omitempty"`
	Reason string `json:"reason"` // of the operator
}

// The fields of an entry of a restore.
const (
	restoredSize = "log.size"
	restoredRoot = "log.root"
	restoredTold = "log.lost"
)

// Entry returns the entry that says so, without its subject.
func (r Restore) Entry() Entry {
	size := FieldChange{Field: restoredSize, After: NewText(strconv.FormatInt(r.Size, 10))}
	root := FieldChange{Field: restoredRoot, After: NewText(r.Root)}
	if r.LostSize > 0 {
		size.Before, root.Before = NewText(strconv.FormatInt(r.LostSize, 10)), NewText(r.LostRoot)
	}
	return Entry{
		Verb: LogRestored, At: r.At, Actor: Actor{Kind: Operator, How: ByLocal}, Origin: Origin{Trigger: TriggerManual},
		Changes: []FieldChange{size, root, {Field: restoredTold, After: NewText(r.Told)}}, Reason: r.Reason,
	}
}

// restoreOf reads the entry of a restore.
func restoreOf(seq int64, e *Entry) Restore {
	r := Restore{Seq: seq, At: e.At, Reason: e.Reason}
	for _, c := range e.Changes {
		switch c.Field {
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

// Words says a restore to somebody who reads no code.
func (r Restore) Words() string {
	s := fmt.Sprintf("entry %d of %s: the log was set back to a backup of %s, because: %s", r.Seq, r.At.UTC().Format("2006-01-02 15:04:05 UTC"), plural(r.Size, "entry", "entries"), r.Reason)
	if r.Told != "" {
		s += "; " + r.Told
	}
	return s
}
