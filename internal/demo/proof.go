package demo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
)

func (s *stage) proof(ctx context.Context) (err error) {
	if err := s.begin(ctx, "What happened can be proved"); err != nil {
		return err
	}
	v, err := tree.NewVerifier(s.app.Public)
	if err != nil {
		return err
	}
	tx, err := s.app.Store.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	rep, err := verify.DB(ctx, tx, v, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil {
		return err
	}
	if rep.Result == verify.Failed {
		return fmt.Errorf("audit log: %s", rep.Findings[0].Text)
	}
	out := filepath.Join(s.dir, "audit-export")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := export.Write(ctx, tx, out, export.Options{Keys: []string{s.app.Public}, Register: store.RegisterLines}); err != nil {
		return err
	}
	s.say("   The audit log has %d entries; every write was announced before it left (%d intents).\n   All hashes and the signature hold. It was exported for an auditor, who needs\n   neither conformd nor this machine:", rep.Size, rep.Intents)
	s.say("      conform-verify %s", out)
	s.say("      conformd audit verify -c %s", s.config)
	s.say("   More:  conformd rules explain G07      what a guard demands, and which clause asks for it")
	s.say("          conformd register list -c %s", s.config)
	s.say("\nThe story ends here, and each step was checked.")
	return nil
}
