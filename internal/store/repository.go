package store

import (
	"context"
	"strings"
)

// A Repository is one that a pattern of the configuration stood for, once or now.
type Repository struct {
	Binding string // id of its binding, which stays when the repository is renamed
	Name    string // owner/name, as it was called when it was listed last
	ID      int64  // the tracker's own number, which stays as well
}

// repositoryCounter begins the name of the counter that holds the number of a repository.
// The names of the binding and of the repository follow; neither holds a space.
const repositoryCounter = "repository "

// Repositories returns all that were ever bound by a pattern, in the order of their
// bindings.
func (s *Store) Repositories(ctx context.Context) ([]Repository, error) {
	return collect(ctx, s.ro, func(row scanner) (Repository, error) {
		var r Repository
		var name string
		err := row.Scan(&name, &r.ID)
		r.Binding, r.Name, _ = strings.Cut(strings.TrimPrefix(name, repositoryCounter), " ")
		return r, err
	}, "SELECT name, n FROM counter WHERE name > $1 AND name < $2 ORDER BY name", repositoryCounter, after(repositoryCounter))
}

// RememberRepositories notes what repositories are called now. It never forgets one: the id
// of a binding is not given twice.
func (t *Tx) RememberRepositories(ctx context.Context, rs []Repository) error {
	for _, r := range rs {
		of := repositoryCounter + r.Binding + " "
		if _, err := t.ExecContext(ctx, "DELETE FROM counter WHERE name > $1 AND name < $2", of, after(of)); err != nil {
			return err
		}
		if _, err := t.ExecContext(ctx, "INSERT INTO counter (name, n) VALUES ($1, $2)", of+r.Name, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// after returns a text behind all that begin with a prefix that ends in a space.
func after(prefix string) string { return strings.TrimSuffix(prefix, " ") + "!" }
