package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/conformd/conformd/connectors"
)

// Comments lie apart from their issue, one row each, so that a sighting costs work for
// what is new on the issue and not for all that was ever said there.

// PutComments stores comments of an issue, new ones and those that differ from what is
// stored, as unheard. What it is not given stays as it is. It returns how many it stored.
func (t *Tx) PutComments(ctx context.Context, binding, issueID string, cs []connectors.Comment) (stored int, err error) {
	return t.putComments(ctx, binding, issueID, cs, 1)
}

// PutHeard stores comments as PutComments does, in which there is nothing to look for.
func (t *Tx) PutHeard(ctx context.Context, binding, issueID string, cs []connectors.Comment) (stored int, err error) {
	return t.putComments(ctx, binding, issueID, cs, 0)
}

func (t *Tx) putComments(ctx context.Context, binding, issueID string, cs []connectors.Comment, unheard int) (stored int, err error) {
	// Of a long list most is known: one query tells which.
	const long = 20
	var known map[string]string
	if len(cs) > long {
		if known, err = t.digests(ctx, binding, connectors.Ref{ID: issueID}, cs, true); err != nil {
			return 0, err
		}
	}
	for _, c := range cs {
		doc, digest, err := digested(c)
		if err != nil {
			return stored, err
		}
		if known[c.ID] == digest {
			continue
		}
		res, err := t.ExecContext(ctx, `INSERT INTO comment (binding, issue_id, comment_id, created, updated, digest, unheard, doc) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (binding, issue_id, comment_id) DO UPDATE SET created = excluded.created, updated = excluded.updated, digest = excluded.digest, unheard = excluded.unheard, doc = excluded.doc
WHERE comment.digest <> excluded.digest`, binding, issueID, c.ID, millis(c.Created), millis(c.Updated), digest, unheard, doc)
		if err != nil {
			return stored, err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return stored, err
		}
		stored += int(n)
	}
	return stored, nil
}

// CommentBefore returns a comment as it is stored, by the id of its issue or, where that is
// not known, by its key. Bound is false for a comment on an issue that is bound to nothing;
// a comment that is new has no ID.
func (s *Store) CommentBefore(ctx context.Context, binding string, issue connectors.Ref, id string) (c connectors.Comment, bound bool, err error) {
	col, val := "issue_id", issue.ID
	if val == "" {
		col, val = "issue_key", issue.Key
	}
	var doc sql.NullString
	err = s.ro.QueryRowContext(ctx, `SELECT c.doc FROM link l LEFT JOIN comment c ON c.binding = l.binding AND c.issue_id = l.issue_id AND c.comment_id = $1
WHERE l.binding = $2 AND l.`+col+" = $3", id, binding, val).Scan(&doc)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return c, false, nil
	case err != nil || !doc.Valid:
		return c, true, err
	}
	c, err = decodeComment(doc.String)
	return c, true, err
}

// AllHeard reports whether comments of a bound issue are stored as they are given and were
// all looked through. Ref is as in BoundIssueOf.
func (t *Tx) AllHeard(ctx context.Context, binding string, ref connectors.Ref, cs []connectors.Comment) (bool, error) {
	if len(cs) == 0 {
		return true, nil
	}
	known, err := t.digests(ctx, binding, ref, cs, false)
	if err != nil || len(known) == 0 {
		return false, err
	}
	for _, c := range cs {
		if _, digest, err := digested(c); err != nil || known[c.ID] != digest {
			return false, err
		}
	}
	return true, nil
}

// digested returns the stored form of a comment and its digest.
func digested(c connectors.Comment) (doc, digest string, err error) {
	if doc, err = encodeComment(c); err != nil {
		return "", "", err
	}
	sum := sha256.Sum256([]byte(doc))
	return doc, hex.EncodeToString(sum[:8]), nil
}

// digests returns the digests of stored comments whose ids lie between those of cs, of all
// or only of those that were looked through.
func (t *Tx) digests(ctx context.Context, binding string, ref connectors.Ref, cs []connectors.Comment, all bool) (map[string]string, error) {
	first, last := cs[0].ID, cs[0].ID
	for _, c := range cs {
		first, last = min(first, c.ID), max(last, c.ID)
	}
	out := map[string]string{}
	query, issue := "SELECT comment_id, digest FROM comment WHERE binding = $1 AND issue_id = $2 AND comment_id BETWEEN $3 AND $4", ref.ID
	if issue == "" {
		query, issue = "SELECT comment_id, digest FROM comment WHERE binding = $1 AND issue_id = (SELECT issue_id FROM link WHERE binding = $1 AND issue_key = $2) AND comment_id BETWEEN $3 AND $4", ref.Key
	}
	if !all {
		query += " AND unheard = 0"
	}
	_, err := collect(ctx, t, func(row scanner) (struct{}, error) {
		var id, digest string
		err := row.Scan(&id, &digest)
		out[id] = digest
		return struct{}{}, err
	}, query, binding, issue, first, last)
	return out, err
}

const newestComments = "SELECT doc FROM comment WHERE binding = $1 AND issue_id = $2 ORDER BY updated DESC, comment_id DESC LIMIT $3"

// Unheard returns the comments of an issue that nobody has looked for commands in, with
// the newest of the others, at most so many of these; all of them oldest first.
func (t *Tx) Unheard(ctx context.Context, binding, issueID string, others int) ([]connectors.Comment, error) {
	out, err := collect(ctx, t, scanComment, "SELECT doc FROM comment WHERE binding = $1 AND issue_id = $2 AND unheard = 1", binding, issueID)
	if err != nil {
		return nil, err
	}
	more, err := collect(ctx, t, scanComment, newestComments, binding, issueID, others)
	if err != nil {
		return nil, err
	}
	fresh := map[string]bool{}
	for _, c := range out {
		fresh[c.ID] = true
	}
	for _, c := range more {
		if !fresh[c.ID] {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b connectors.Comment) int {
		return cmp.Or(a.Created.Compare(b.Created), a.Updated.Compare(b.Updated), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// Heard notes that the comments of an issue were looked through.
func (t *Tx) Heard(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "UPDATE comment SET unheard = 0 WHERE binding = $1 AND issue_id = $2 AND unheard = 1", binding, issueID)
	return err
}

// ForgetComments drops the comments of an issue that is not bound.
func (t *Tx) ForgetComments(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM comment WHERE binding = $1 AND issue_id = $2", binding, issueID)
	return err
}

// Comments returns the newest comments of an issue, at most limit, newest first.
func (s *Store) Comments(ctx context.Context, binding, issueID string, limit int) ([]connectors.Comment, error) {
	return collect(ctx, s.ro, scanComment, newestComments, binding, issueID, limit)
}

func scanComment(row scanner) (c connectors.Comment, err error) {
	var doc string
	if err = row.Scan(&doc); err != nil {
		return c, err
	}
	return decodeComment(doc)
}
