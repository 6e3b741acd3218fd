package store

import (
	"context"
	"time"
)

// A SavedView is a list of the register that a person keeps under a name.
type SavedView struct {
	ID      string // names it in addresses
	Person  string // whose it is
	Name    string
	Query   string // of the address of the list
	Shared  bool   // everybody sees it
	Changed time.Time
}

const selectView = "SELECT id, person, name, query, shared, changed FROM saved_view"

func scanView(row scanner) (v SavedView, err error) {
	var shared, changed int64
	err = row.Scan(&v.ID, &v.Person, &v.Name, &v.Query, &shared, &changed)
	v.Shared, v.Changed = shared == 1, fromMillis(changed)
	return v, err
}

// SavedViews returns the views that a person sees: their own, by name, and after them those that others share.
func (s *Store) SavedViews(ctx context.Context, person string) ([]SavedView, error) {
	return savedViews(ctx, s.ro, person)
}

// SavedViews is [Store.SavedViews] within a transaction.
func (t *Tx) SavedViews(ctx context.Context, person string) ([]SavedView, error) {
	return savedViews(ctx, t, person)
}

func savedViews(ctx context.Context, q querier, person string) ([]SavedView, error) {
	own, err := collect(ctx, q, scanView, selectView+" WHERE person = $1 ORDER BY name", person)
	if err != nil {
		return nil, err
	}
	others, err := collect(ctx, q, scanView, selectView+" WHERE shared = 1 AND person <> $1 ORDER BY name, person", person)
	return append(own, others...), err
}

// PutSavedView keeps a view in the place of one with the same id.
func (t *Tx) PutSavedView(ctx context.Context, v SavedView) error {
	shared := 0
	if v.Shared {
		shared = 1
	}
	_, err := t.ExecContext(ctx, `INSERT INTO saved_view (id, person, name, query, shared, changed) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, query = excluded.query, shared = excluded.shared, changed = excluded.changed`,
		v.ID, v.Person, v.Name, v.Query, shared, millis(t.now))
	return err
}

// DeleteSavedView deletes a view.
func (t *Tx) DeleteSavedView(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM saved_view WHERE id = $1", id)
	return err
}
