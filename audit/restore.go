package audit

import (
	"bytes"
	"fmt"
	"strconv"
	"time"
)

// A Restore says that a backup replaced the log. The log Origin continues the first Size entries
// of the log Former; any later entries of Former are not part of it.
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

// RestoreOf reads the entry of a restore.
func RestoreOf(seq int64, e *Entry) Restore {
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

// Words says a restore to somebody who reads no code.
func (r Restore) Words() string {
	s := fmt.Sprintf("entry %d of %s: the log was set back to a backup of %s, because: %s", r.Seq, r.At.UTC().Format("2006-01-02 15:04:05 UTC"), Plural(r.Size, "entry", "entries"), r.Reason)
	if r.Told != "" {
		s += "; " + r.Told
	}
	if r.Origin != "" {
		s += fmt.Sprintf("; before it the log was called %s, and since it %s", r.Former, r.Origin)
	}
	return s
}

// RestoreIn reads entry seq if it is that of a restore.
func RestoreIn(seq int64, leaf []byte) (r Restore, ok bool, err error) {
	if !bytes.HasSuffix(leaf, []byte(MarkVerb+string(LogRestored)+`"}`)) {
		return Restore{}, false, nil
	}
	e, err := ParseEntry(leaf)
	if err != nil {
		return Restore{}, false, fmt.Errorf("audit: entry %d: %w", seq, err)
	}
	return RestoreOf(seq, &e), true, nil
}
