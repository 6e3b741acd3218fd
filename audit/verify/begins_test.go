package verify_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// A log begins with each of its own earlier heads, and with no head of a log that went on
// from an older copy of it.
func TestBeginsWith(t *testing.T) {
	l, other := audittest.New(t), audittest.New(t)
	head := func(l *audittest.Log) tree.Checkpoint {
		t.Helper()
		c, err := tree.ReadCheckpoint(l.Checkpoint(t))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	var heads []tree.Checkpoint
	var copied *audittest.Log
	for i := range 20 {
		l.Append(t, audittest.Created(i))
		heads = append(heads, head(l))
		if i == 11 {
			copied = l.Copy(t)
		}
	}
	begins := func(l *audittest.Log, c tree.Checkpoint) error { return verify.BeginsWith(t.Context(), l.DB, c) }
	for _, c := range heads {
		if err := begins(l, c); err != nil {
			t.Errorf("BeginsWith(its own head of %d) = %v, want nil", c.Size, err)
		}
	}
	setBack := func(name string, err error, has, had int64) {
		t.Helper()
		e, ok := errors.AsType[*verify.SetBackError](err)
		if !ok || e.Has != has || e.Had != had {
			t.Errorf("%s: %v, want %d entries where there were %d", name, err, has, had)
		}
	}
	setBack("an older copy", begins(copied, heads[19]), 12, 20)
	setBack("an empty log", begins(other, heads[19]), 0, 20)
	for i := range 10 {
		copied.Append(t, audittest.Created(100+i))
	}
	setBack("an older copy that went on", begins(copied, heads[19]), 20, 20)
	if err := begins(copied, heads[11]); err != nil {
		t.Errorf("what both have in common: %v, want nil", err)
	}
}

// A log that says itself that a restore removed entries begins with the heads of the former
// log, and answers for those that were removed. It answers for no other.
func TestARestoredLogBeginsWithItsFormerHeads(t *testing.T) {
	s := newRestored(t)
	fork := s.backup.Copy(t)
	fork.Append(t, audittest.Plain(500))
	for _, c := range []struct {
		name string
		log  *audittest.Log
		held []byte
		want string
	}{
		{"a head before the backup", s.Log, s.at10, ""},
		{"a head that the restore removed", s.Log, s.at40, ""},
		{"its own head", s.Log, s.Checkpoint(t), ""},
		{"the former log, put back by hand", s.lost, s.Checkpoint(t), "it was " + s.restore.Origin},
		{"an older copy of the restored log", fork, s.at40, "had 40"},
	} {
		head, err := tree.ReadCheckpoint(c.held)
		if err != nil {
			t.Fatal(err)
		}
		err = verify.BeginsWith(t.Context(), c.log.DB, head)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: BeginsWith() = %v, want %q", c.name, err, c.want)
		}
	}
}
