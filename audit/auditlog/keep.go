package auditlog

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

const insertText = `INSERT INTO audit_text (sha256, value) VALUES ($1, $2) ON CONFLICT (sha256) DO NOTHING`

// keep stores texts beside the log.
func (l *Log) keep(ctx context.Context, tx auditdb.Tx, texts []string) error {
	for _, s := range texts {
		t := audit.Digested(s)
		if _, err := l.exec(ctx, tx, insertText, t.SHA256, t.Kept()); err != nil {
			return fmt.Errorf("audit: keep a long text: %w", err)
		}
	}
	return nil
}
