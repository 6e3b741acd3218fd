package audit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// A long text is in the log by its digest alone; the text itself lies beside the log.
// Whoever changes one of them there is found by the digest.

const (
	insertText     = `INSERT INTO audit_text (sha256, value) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING`
	selectText     = `SELECT value FROM audit_text WHERE sha256 = $1`
	selectAllTexts = `SELECT sha256, value FROM audit_text ORDER BY sha256`
)

// TextOf returns the text with a digest (hex) that an entry names. It is sql.ErrNoRows
// where none is kept: what was logged by earlier versions has none.
func TextOf(ctx context.Context, tx Tx, sha256 string) (value string, err error) {
	err = tx.QueryRowContext(ctx, selectText, sha256).Scan(&value)
	return value, err
}

// keep stores texts beside the log.
func (l *Log) keep(ctx context.Context, tx Tx, texts []string) error {
	for _, s := range texts {
		t := digested(s)
		if _, err := l.exec(ctx, tx, insertText, t.SHA256, t.long); err != nil {
			return fmt.Errorf("audit: keep a long text: %w", err)
		}
	}
	return nil
}

// A keptText is a line of texts.jsonl.
type keptText struct {
	SHA256 string `json:"sha256"` // hex
	Value  string `json:"value"`
}

// sound reports whether the text is the one that its digest names.
func (k keptText) sound() bool { return digested(k.Value).SHA256 == k.SHA256 }

// texts calls f with every text that lies beside the log, in order.
func texts(ctx context.Context, tx Tx, f func(keptText) error) (err error) {
	rows, err := tx.QueryContext(ctx, selectAllTexts)
	if err != nil {
		return fmt.Errorf("audit: read texts: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var k keptText
		if err := rows.Scan(&k.SHA256, &k.Value); err != nil {
			return fmt.Errorf("audit: read texts: %w", err)
		}
		if err := f(k); err != nil {
			return err
		}
	}
	return rows.Err()
}

// digested returns the digest and the length of a text. What is not UTF-8 in it is
// replaced first, as in an entry: a line of JSON could not hold it.
func digested(s string) *Text {
	s = strings.ToValidUTF8(s, "\uFFFD")
	sum := sha256.Sum256([]byte(s))
	return &Text{SHA256: hex.EncodeToString(sum[:]), Length: int64(len(s)), long: s}
}

// keptText holds a text beside the log against its digest.
func (v *verification) keptText(k keptText, where string) {
	if !k.sound() {
		v.find(Finding{Code: Tampered, Seq: -1, Where: where, Want: k.SHA256, Got: digested(k.Value).SHA256, Text: "a long text beside the log is not the one that its digest names"})
	}
}
