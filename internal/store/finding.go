package store

import (
	"context"
	"strings"

	"github.com/conformd/conformd/register"
)

// Findings returns the records that name an audit as their source, in the order of the finding;
// none for a record that is no audit.
func (t *Tx) Findings(ctx context.Context, audit register.Record) ([]register.Finding, error) {
	return findings(ctx, t, audit)
}

// Findings is that of Tx.
func (s *Store) Findings(ctx context.Context, audit register.Record) ([]register.Finding, error) {
	return findings(ctx, s.ro, audit)
}

func findings(ctx context.Context, q querier, audit register.Record) ([]register.Finding, error) {
	if audit.Kind() != register.Audit || strings.TrimSpace(audit.Fields[register.FieldSourceRef]) == "" {
		return nil, nil
	}
	from := strings.ToLower(register.FindingRef(audit, ""))
	return collect(ctx, q, func(row scanner) (f register.Finding, err error) {
		err = row.Scan(&f.Ref, &f.SourceRef)
		return f, err
	}, "SELECT doc ->> '$.ref', doc ->> '$.fields.source_ref' FROM record_doc WHERE lower(doc ->> '$.fields.source_ref') >= $1 AND lower(doc ->> '$.fields.source_ref') < $2 AND id <> $3 ORDER BY lower(doc ->> '$.fields.source_ref')",
		from, from+"\U0010FFFF", audit.ID)
}
