package store_test

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/store"
)

// judge looks whether the store that was just opened has all that was acknowledged,
// nothing by halves, and a log that tells the same story.
func (l *life) judge() {
	l.Helper()
	got, err := readBook(l.Context(), l.store)
	if err != nil {
		l.torn++
		l.Errorf("the register cannot be read: %v", err)
		return
	}
	found := state{got, nil} // what is outside may be ahead of a store that forgets
	is := func(s state) bool { return cmp.Equal(got, s.book) }
	may := append([]state{l.acked}, l.others...)
	l.others = nil
	if i := slices.IndexFunc(may, is); i >= 0 {
		found = may[i]
		if l.killed {
			// It may be in no more than the memory of the machine, until the next commit.
			l.others = slices.DeleteFunc(may, is)
		}
	} else if slices.ContainsFunc(l.past, func(b *book) bool { return cmp.Equal(got, b) }) {
		l.lost++
		l.complain("acknowledged and lost; (-acknowledged +found):\n%s", cmp.Diff(l.acked.book, got))
	} else {
		l.torn++
		l.complain("neither what was acknowledged nor that and one commit more; (-acknowledged +found):\n%s", cmp.Diff(l.acked.book, got))
	}
	l.acked = found
	l.sound()
	l.verified(found)
	l.paired(got)
	l.indexed()
	l.caughtUp(got)
}

// complain reports a loss, unless it is what this life is for.
func (l *life) complain(format string, args ...any) {
	l.Helper()
	if l.synchronous == "" {
		l.Errorf(format, args...)
	}
}

// sound asks the database about itself.
func (l *life) sound() {
	l.Helper()
	var said string
	if err := l.store.Reader().QueryRowContext(l.Context(), "PRAGMA integrity_check").Scan(&said); err != nil || said != "ok" {
		l.torn++
		l.Errorf("integrity_check = %q, %v, want ok", said, err)
	}
	err := each(l.Context(), l.store.Reader(), "PRAGMA foreign_key_check", func(func(...any) error) error { return errors.New("a row refers to nothing") })
	if err != nil {
		l.torn++
		l.Errorf("foreign_key_check: %v", err)
	}
}

// verified holds the whole log against its signed head, and against the head that
// somebody outside was given.
func (l *life) verified(got state) {
	l.Helper()
	if got.Log == 0 {
		return
	}
	rep, err := verify.DB(l.Context(), l.store.Reader(), l.verifier, verify.Options{Against: got.anchor, Grace: 1000 * time.Hour})
	if err != nil {
		l.Errorf("the audit log cannot be verified: %v", err)
		return
	}
	if len(rep.Findings) > 0 || rep.Size != got.Log {
		l.torn++
		l.Errorf("the audit log has %d entries, want %d; findings %+v", rep.Size, got.Log, rep.Findings)
	}
}

// paired checks that each intent has its entry, each closed one its outcome, and
// that no write was sent whose intent is not there.
func (l *life) paired(got *book) {
	l.Helper()
	entries := map[int64]bool{} // intents in the log, whether they are open
	for e, err := range auditdb.Read(l.Context(), l.store.Reader(), 0, -1) {
		if err != nil {
			l.Errorf("the audit log cannot be read: %v", err)
			return
		}
		switch {
		case e.Entry.Verb == audit.WriteIntent:
			entries[e.Seq] = true
		case e.Entry.Verb == audit.WriteOutcome && e.Entry.Outcome != audit.Unknown, e.Entry.Verb == audit.WriteResolved:
			entries[e.Entry.Intent] = false
		}
	}
	if diff := cmp.Diff(got.Intents, entries); diff != "" {
		l.unpaired++
		l.Errorf("the intents of the store and of the log differ; (-store +log):\n%s", diff)
	}
	for seq := range l.sent {
		if _, ok := entries[seq]; !ok {
			l.unpaired++
			l.complain("a write was sent and its intent %d is gone", seq)
			delete(l.sent, seq)
		}
	}
}

// indexed checks that the index of the history has the entries of the log, no more and
// no less. In this log all of them are about records.
func (l *life) indexed() {
	l.Helper()
	var want []string
	for e, err := range auditdb.Read(l.Context(), l.store.Reader(), 0, -1) {
		if err != nil {
			l.Errorf("the audit log cannot be read: %v", err)
			return
		}
		want = append(want, fmt.Sprint(e.Entry.Subject.ID, " ", e.Seq))
	}
	got, err := store.IndexRows(l.Context(), l.store.Reader())
	if err != nil {
		l.Errorf("the index of the history cannot be read: %v", err)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		l.torn++
		l.Errorf("the index of the history does not fit the log; (-log +index):\n%s", diff)
	}
}

// caughtUp checks that no cursor is past an issue that is not stored.
func (l *life) caughtUp(got *book) {
	l.Helper()
	for binding, cursor := range got.Cursors {
		for n := int64(1); n <= cursor; n++ {
			id := fmt.Sprintf("%s/%d", binding, n)
			_, bound := got.Links[id]
			_, aside := got.Asides[id]
			if !bound && !aside {
				l.torn++
				l.Errorf("the cursor of %s is at issue %d, and issue %d is not stored", binding, cursor, n)
			}
		}
	}
}
