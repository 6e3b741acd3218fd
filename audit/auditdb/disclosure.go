package auditdb

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/conformd/conformd/audit"
)

const (
	selectDisclosures = `SELECT field, value FROM audit_disclosure WHERE seq = $1 ORDER BY field`
)

// Disclosed returns the personal data of entry seq that has not been erased, keyed
// by the field and which value it is ("owner/before", "owner/after").
func Disclosed(ctx context.Context, tx Tx, seq int64) (out map[string]string, err error) {
	rows, err := tx.QueryContext(ctx, selectDisclosures, seq)
	if err != nil {
		return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]string{}
	for rows.Next() {
		var place, value string
		if err := rows.Scan(&place, &value); err != nil {
			return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
		}
		out[place] = value
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
	}
	return out, nil
}

// A Disclosure is a line of disclosures.jsonl: what opens a commitment of entry Seq.
type Disclosure struct {
	Seq   int64  `json:"seq"`
	Field string `json:"field"` // and which value, "owner/after"
	Salt  string `json:"salt"`  // hex
	Value string `json:"value"`
}

// Commitment returns what d opens, "" when its salt is not hex.
func (d Disclosure) Commitment() string {
	salt, err := hex.DecodeString(d.Salt)
	if err != nil {
		return ""
	}
	return audit.Commit(salt, d.Value)
}

const selectAllDisclosures = `SELECT seq, field, salt, value FROM audit_disclosure ORDER BY seq, field`

// Disclosures calls f with everything that opens a commitment, in order.
func Disclosures(ctx context.Context, tx Tx, f func(Disclosure) error) (err error) {
	rows, err := tx.QueryContext(ctx, selectAllDisclosures)
	if err != nil {
		return fmt.Errorf("audit: read disclosures: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d Disclosure
		var salt []byte
		if err := rows.Scan(&d.Seq, &d.Field, &salt, &d.Value); err != nil {
			return fmt.Errorf("audit: read disclosures: %w", err)
		}
		d.Salt = hex.EncodeToString(salt)
		if err := f(d); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("audit: read disclosures: %w", err)
	}
	return nil
}
