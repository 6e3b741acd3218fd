// Package figures keeps the measurements that the documentation quotes, as a list
// in one file. Each tool that measures puts its own rows there.
package figures

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
)

// A Row is one figure.
type Row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Goal  string  `json:"goal"`
}

// Put writes rows into the file at path: in place of those of the same name, and
// behind the others.
func Put(path string, rows ...Row) error {
	all, err := read(path)
	if err != nil {
		return err
	}
	for _, r := range rows {
		i := slices.IndexFunc(all, func(old Row) bool { return old.Name == r.Name })
		if i < 0 {
			all = append(all, r)
			continue
		}
		all[i] = r
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(b, '\n'), 0o644) //nolint:gosec // figures for everybody
}

func read(path string) ([]Row, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []Row
	return rows, json.Unmarshal(b, &rows)
}
