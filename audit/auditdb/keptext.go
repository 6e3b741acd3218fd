package auditdb

import (
	"context"
	"errors"
	"fmt"

	"github.com/conformd/conformd/audit"
)

// A long text is in the log by its digest alone; the text itself lies beside the log.
// Whoever changes one of them there is found by the digest.

const (
	selectText     = `SELECT value FROM audit_text WHERE sha256 = $1`
	selectAllTexts = `SELECT sha256, value FROM audit_text ORDER BY sha256`
)

// TextOf returns the text with a digest (hex) that an entry names. It is sql.ErrNoRows
// where none is kept: what was logged by earlier versions has none.
func TextOf(ctx context.Context, tx Tx, sha256 string) (value string, err error) {
	err = tx.QueryRowContext(ctx, selectText, sha256).Scan(&value)
	return value, err
}

// A KeptText is a line of texts.jsonl.
type KeptText struct {
	SHA256 string `json:"sha256"` // hex
	Value  string `json:"value"`
}

// Sound reports whether the text is the one that its digest names.
func (k KeptText) Sound() bool { return audit.Digested(k.Value).SHA256 == k.SHA256 }

// Texts calls f with every text that lies beside the log, in order.
func Texts(ctx context.Context, tx Tx, f func(KeptText) error) (err error) {
	rows, err := tx.QueryContext(ctx, selectAllTexts)
	if err != nil {
		return fmt.Errorf("audit: read texts: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k KeptText
		if err := rows.Scan(&k.SHA256, &k.Value); err != nil {
			return fmt.Errorf("audit: read texts: %w", err)
		}
		if err := f(k); err != nil {
			return err
		}
	}
	return rows.Err()
}
