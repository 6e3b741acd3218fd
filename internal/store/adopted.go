package store

import (
	"context"
	"time"

	"github.com/conformd/conformd/audit"
)

// An Adopted is a version of the rules, or of the people, that was put in force. What was
// adopted takes effect with the next start of the daemon: so the log says of each run under
// which version all of its entries were made.
type Adopted struct {
	Number   int64     `json:"number"` // from 1; 0 for none
	Document string    `json:"-"`
	Digest   string    `json:"digest"`
	Author   string    `json:"author,omitempty"` // person id; "" for conformd itself
	Reason   string    `json:"reason"`
	At       time.Time `json:"adopted_at"`
	Began    time.Time `json:"began_at,omitzero"` // the first start under it; zero for none yet
	Entry    int64     `json:"entry"`             // number of the entry of the audit log that says so
}

// What is adopted.
const (
	aboutPolicy = "policy"
	aboutPeople = "people"
)

const selectAdopted = "SELECT number, document, digest, author, reason, at, began, entry FROM adopted WHERE about = $1 ORDER BY number DESC"

func scanAdopted(row scanner) (a Adopted, err error) {
	var at, began int64
	err = row.Scan(&a.Number, &a.Document, &a.Digest, &a.Author, &a.Reason, &at, &began, &a.Entry)
	a.At, a.Began = fromMillis(at), fromMillis(began)
	return a, err
}

// Policies returns every policy that was adopted, the newest first; none before the first
// start.
func (s *Store) Policies(ctx context.Context) ([]Adopted, error) {
	return collect(ctx, s.ro, scanAdopted, selectAdopted, aboutPolicy)
}

// LastPolicy returns the policy that was adopted last; its number is 0 if none was.
func (t *Tx) LastPolicy(ctx context.Context) (Adopted, error) { return t.last(ctx, aboutPolicy) }

// LastPeople returns the people of the last start or adoption; the number is 0 if there
// was none.
func (t *Tx) LastPeople(ctx context.Context) (Adopted, error) { return t.last(ctx, aboutPeople) }

func (t *Tx) last(ctx context.Context, about string) (Adopted, error) {
	as, err := collect(ctx, t, scanAdopted, selectAdopted+" LIMIT 1", about)
	return append(as, Adopted{})[0], err
}

// AdoptPolicy keeps a policy as the next version, with the entry of the audit log that says
// so, and returns it with its numbers and its time. The versions before it stay.
func (t *Tx) AdoptPolicy(ctx context.Context, a Adopted, say func(Adopted) audit.Entry) (Adopted, error) {
	return t.adopt(ctx, aboutPolicy, a, say)
}

// AdoptPeople keeps the people in the place of those before, with the entry of the audit log
// that says so: an account of somebody who left is not kept for ever.
func (t *Tx) AdoptPeople(ctx context.Context, a Adopted, say func(Adopted) audit.Entry) (Adopted, error) {
	a, err := t.adopt(ctx, aboutPeople, a, say)
	if err != nil {
		return a, err
	}
	_, err = t.ExecContext(ctx, "DELETE FROM adopted WHERE about = $1 AND number < $2", aboutPeople, a.Number)
	return a, err
}

func (t *Tx) adopt(ctx context.Context, about string, a Adopted, say func(Adopted) audit.Entry) (Adopted, error) {
	last, err := t.last(ctx, about)
	if err != nil {
		return a, err
	}
	a.Number, a.At, a.Began = last.Number+1, t.now, time.Time{}
	if _, err := t.Flush(ctx); err != nil { // what came before it
		return a, err
	}
	t.Audit(say(a))
	if a.Entry, err = t.Flush(ctx); err != nil {
		return a, err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO adopted (about, number, document, digest, author, reason, at, began, entry) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
		about, a.Number, a.Document, a.Digest, a.Author, a.Reason, millis(a.At), a.Entry)
	return a, err
}

// BeginPolicy notes that the daemon starts under a version of the policy.
func (t *Tx) BeginPolicy(ctx context.Context, number int64) error {
	_, err := t.ExecContext(ctx, "UPDATE adopted SET began = $1 WHERE about = $2 AND number = $3 AND began = 0", millis(t.now), aboutPolicy, number)
	return err
}
