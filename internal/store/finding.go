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

// markAudits marks the audits dirty that a record named as its source, or names now: whether each of their
// findings has a record may be another answer.
func (t *Tx) markAudits(ctx context.Context, f register.Fact) error {
	for _, ref := range []string{f.Before, f.After} {
		named, _, names := cutLast(strings.ToLower(ref), "/")
		if !names {
			continue
		}
		if _, err := t.ExecContext(ctx, "UPDATE record SET wanted = wanted + 1, wake = 0 WHERE id IN (SELECT id FROM record_doc WHERE lower(doc ->> '$.fields.source_ref') = $1 AND doc ->> '$.fields.kind' = $2)",
			strings.TrimSpace(named), string(register.Audit)); err != nil {
			return err
		}
	}
	return nil
}

// cutLast cuts a text around the last sep.
func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
