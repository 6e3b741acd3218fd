package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"hash/crc32"
	"maps"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A book is what a register must hold, by the test's own account.
type book struct {
	Records    map[string]recordFacts
	Links      map[string]linkFacts // by binding and id of the issue
	Events     map[string]bool      // by id, whether it was taken in
	Conflicts  map[string]string    // the open ones: their value, by record
	Intents    map[int64]bool       // by number, whether it is pending
	Cursors    map[string]int64     // by binding: the newest issue that was listed
	Deliveries map[string]bool
	Asides     map[string]string
	Reverts    int
	Log        int64 // entries of the audit log
}

type recordFacts struct {
	Version, Generation, Observed, Fence int64
	Title                                string
}

type linkFacts struct {
	Record        string
	Version       string
	Hints, Heeded int64
}

func newBook() *book {
	return &book{
		Records: map[string]recordFacts{}, Links: map[string]linkFacts{}, Events: map[string]bool{}, Conflicts: map[string]string{},
		Intents: map[int64]bool{}, Cursors: map[string]int64{}, Deliveries: map[string]bool{}, Asides: map[string]string{},
	}
}

func (b *book) clone() *book {
	c := *b
	c.Records, c.Links, c.Events, c.Conflicts = maps.Clone(b.Records), maps.Clone(b.Links), maps.Clone(b.Events), maps.Clone(b.Conflicts)
	c.Intents, c.Cursors, c.Deliveries, c.Asides = maps.Clone(b.Intents), maps.Clone(b.Cursors), maps.Clone(b.Deliveries), maps.Clone(b.Asides)
	return &c
}

// record changes what the book says of a record.
func (b *book) record(id string, change func(*recordFacts)) {
	r := b.Records[id]
	change(&r)
	b.Records[id] = r
}

func (b *book) link(id string, change func(*linkFacts)) {
	l := b.Links[id]
	change(&l)
	b.Links[id] = l
}

// told is a text, short enough for people to compare.
func told(s string) string {
	return fmt.Sprintf("%.10s… %d bytes %08x", s, len(s), crc32.ChecksumIEEE([]byte(s)))
}

// readBook reads the register as it is.
func readBook(ctx context.Context, s *store.Store) (*book, error) {
	b := newBook()
	rows, err := s.Records(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		b.Records[r.Record.ID] = recordFacts{r.Version, r.Generation, r.ObservedGeneration, r.Fence, told(r.Record.Fields[register.FieldTitle])}
	}
	db := s.Reader()
	for _, q := range []struct {
		query string
		take  func(scan func(...any) error) error
	}{
		{"SELECT binding || '/' || issue_id, record_id, version, hints, heeded FROM link", func(scan func(...any) error) error {
			var id string
			var l linkFacts
			err := scan(&id, &l.Record, &l.Version, &l.Hints, &l.Heeded)
			b.Links[id] = l
			return err
		}},
		{"SELECT id, taken FROM event", pairs(b.Events)},
		{"SELECT record_id, doc ->> '$.values[0].value' FROM conflict WHERE closed = 0", func(scan func(...any) error) error {
			var id, value string
			err := scan(&id, &value)
			b.Conflicts[id] = told(value)
			return err
		}},
		{"SELECT seq, pending FROM intent", pairs(b.Intents)},
		{"SELECT id, since / 1000 FROM binding", pairs(b.Cursors)},
		{"SELECT binding || '/' || id, 1 FROM delivery", pairs(b.Deliveries)},
		{"SELECT binding || '/' || issue_id, why FROM aside", pairs(b.Asides)},
		{"SELECT count(*), 0 FROM revert", func(scan func(...any) error) error { return scan(&b.Reverts, new(int)) }},
		{"SELECT size, 0 FROM audit_head", func(scan func(...any) error) error { return scan(&b.Log, new(int)) }},
	} {
		if err := each(ctx, db, q.query, q.take); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func pairs[K comparable, V any](into map[K]V) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var k K
		var v V
		err := scan(&k, &v)
		into[k] = v
		return err
	}
}

func each(ctx context.Context, db *sql.DB, query string, take func(func(...any) error) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
