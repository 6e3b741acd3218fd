package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/store"
)

// Every policy stays, with the entry of the log that says so; of the people the last stay
// alone. What was begun keeps its first start.
func TestAdopted(t *testing.T) {
	b := newBench(t)
	say := func(v audit.Verb) func(store.Adopted) audit.Entry {
		return func(a store.Adopted) audit.Entry {
			return audit.Entry{Verb: v, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Subject: audit.Subject{Type: audit.SubjectDaemon, ID: "x", Version: a.Number}}
		}
	}
	began := b.now
	b.write(func(tx *store.Tx) error {
		if last, err := tx.LastPolicy(t.Context()); err != nil || last.Number != 0 {
			t.Errorf("LastPolicy() = %+v, %v before the first, want number 0", last, err)
		}
		tx.Audit(audit.Entry{Verb: audit.DaemonStarted, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}})
		for _, digest := range []string{"sha256:a", "sha256:b"} {
			a := store.Adopted{Document: "{}", Digest: digest, Author: "olga", Reason: "because"}
			if _, err := tx.AdoptPeople(t.Context(), a, say(audit.PeopleAdopted)); err != nil {
				return err
			}
			got, err := tx.AdoptPolicy(t.Context(), a, say(audit.PolicyAdopted))
			if err != nil {
				return err
			}
			if err := tx.BeginPolicy(t.Context(), got.Number); err != nil {
				return err
			}
		}
		return nil
	})
	b.now = b.now.Add(time.Hour)
	b.write(func(tx *store.Tx) error {
		people, err := tx.LastPeople(t.Context())
		if err != nil || people.Number != 2 || people.Digest != "sha256:b" {
			t.Errorf("LastPeople() = %+v, %v, want the second", people, err)
		}
		return tx.BeginPolicy(t.Context(), 2)
	})
	got, err := b.Policies(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	policy := func(number, entry int64, digest string) store.Adopted {
		return store.Adopted{Number: number, Document: "{}", Digest: digest, Author: "olga", Reason: "because", At: began, Began: began, Entry: entry}
	}
	if diff := cmp.Diff([]store.Adopted{policy(2, 4, "sha256:b"), policy(1, 2, "sha256:a")}, got); diff != "" {
		t.Errorf("Policies (-want +got):\n%s", diff)
	}
	for _, a := range got {
		leaves, err := auditdb.Leaves(t.Context(), b.Reader(), a.Entry, 1)
		if err != nil || len(leaves) != 1 {
			t.Fatalf("Leaves = %v, %v", leaves, err)
		}
		if e, err := audit.ParseEntry(leaves[0].Bytes); err != nil || e.Verb != audit.PolicyAdopted || e.Subject.Version != a.Number {
			t.Errorf("entry %d is %+v, %v, want that of version %d", a.Entry, e, err, a.Number)
		}
	}
	var rows int
	if err := b.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM adopted WHERE about = 'people'").Scan(&rows); err != nil || rows != 1 {
		t.Errorf("%d rows of people, %v, want one", rows, err)
	}
}
