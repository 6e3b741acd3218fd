package store

import (
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// The links that count are kept in a table beside the records, so that they can be followed
// and asked for from the other side.

// putLinks brings the table in step with a record. A record that is linked to from now on, or
// no longer, is worked on: its issues show the references to it.
func (t *Tx) putLinks(ctx context.Context, r register.Record) error {
	if len(r.Links) == 0 {
		return nil
	}
	was, err := collect(ctx, t, column[string], "SELECT kind || ' ' || to_id FROM record_link WHERE record_id = $1", r.ID)
	if err != nil {
		return err
	}
	var now []string
	for _, l := range register.Linked(r) {
		now = append(now, string(l.Kind)+" "+l.To)
	}
	slices.Sort(was)
	slices.Sort(now)
	if slices.Equal(was, now) {
		return nil
	}
	for _, l := range append(was, now...) {
		if slices.Contains(was, l) && slices.Contains(now, l) {
			continue
		}
		_, to, _ := strings.Cut(l, " ")
		if err := t.MarkDirty(ctx, to); err != nil {
			return err
		}
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM record_link WHERE record_id = $1", r.ID); err != nil {
		return err
	}
	for _, l := range register.Linked(r) {
		if _, err := t.ExecContext(ctx, "INSERT INTO record_link (record_id, kind, to_id) VALUES ($1, $2, $3)", r.ID, string(l.Kind), l.To); err != nil {
			return err
		}
	}
	return nil
}

// leads returns the records that the links of each kind lead to from one, nearest first.
func leads(ctx context.Context, q querier, id string) (map[register.LinkKind][]string, error) {
	var out map[register.LinkKind][]string
	for _, kind := range register.LinkKinds() {
		var all []string
		for next := []string{id}; len(next) > 0; next = next[1:] {
			to, err := collect(ctx, q, column[string], "SELECT to_id FROM record_link WHERE record_id = $1 AND kind = $2 ORDER BY to_id", next[0], string(kind))
			if err != nil {
				return nil, err
			}
			for _, x := range to {
				if x != id && !slices.Contains(all, x) {
					all, next = append(all, x), append(next, x)
				}
			}
		}
		if len(all) > 0 {
			if out == nil {
				out = map[register.LinkKind][]string{}
			}
			out[kind] = all
		}
	}
	return out, nil
}

// A LinkFrom is a link of another record to one.
type LinkFrom struct {
	Kind register.LinkKind
	From register.Other
}

// LinksTo returns the links that count of other records to one, by their number.
func (s *Store) LinksTo(ctx context.Context, id string) ([]LinkFrom, error) {
	return linksTo(ctx, s.ro, id)
}

// LinksTo is that of Store.
func (t *Tx) LinksTo(ctx context.Context, id string) ([]LinkFrom, error) {
	return linksTo(ctx, t, id)
}

func linksTo(ctx context.Context, q querier, id string) ([]LinkFrom, error) {
	return collect(ctx, q, func(row scanner) (l LinkFrom, err error) {
		err = row.Scan(&l.Kind, &l.From.ID, &l.From.Ref, &l.From.State)
		return l, err
	}, "SELECT l.kind, r.id, r.ref, r.state FROM record_link l JOIN record r ON r.id = l.record_id WHERE l.to_id = $1 ORDER BY r.ref, l.kind", id)
}

// StateOf returns the number and state of a record by its id.
func (s *Store) StateOf(ctx context.Context, id string) (register.Other, error) {
	found, err := collect(ctx, s.ro, scanTarget, "SELECT id, ref, state FROM record WHERE id = $1", id)
	if err != nil || len(found) == 0 {
		return register.Other{}, err
	}
	return found[0], nil
}

// UnreadTexts returns the first records, by number, of which nobody has looked yet at what
// their texts name: those of an earlier version.
func (t *Tx) UnreadTexts(ctx context.Context, limit int) ([]string, error) {
	return t.texts(ctx, "SELECT u.id FROM unread_text u JOIN record r ON r.id = u.id ORDER BY r.ref LIMIT $1", limit)
}

// TextsRead says that the texts of a record were looked at.
func (t *Tx) TextsRead(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM unread_text WHERE id = $1", id)
	return err
}
