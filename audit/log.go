package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// A Tx is where the log reads and writes: a *sql.Tx. For reading a *sql.DB or a
// *sql.Conn will do, on which nobody writes meanwhile.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// The errors of Append that a caller may want to tell apart.
var (
	ErrTooLong  = errors.New("entry longer than 65535 bytes")
	ErrNoIntent = errors.New("outcome without an intent")
	ErrClosed   = errors.New("intent has a final outcome already")
)

// A Log appends entries. It holds keys and no state: what it needs to know of the
// log it reads in the caller's transaction, so that a rollback leaves nothing behind.
type Log struct {
	origin  string
	signers []Signer
}

// Open returns the log named origin, signed with signer. During a rotation of
// keys it is signed with more than one.
func Open(signer Signer, origin string, more ...Signer) *Log {
	return &Log{origin: origin, signers: append([]Signer{signer}, more...)}
}

var errNotBuilt = errors.New("audit: not built yet")

// Append writes the entries in the transaction tx, and returns the number of the first.
func (l *Log) Append(ctx context.Context, tx Tx, es ...Entry) (first int64, err error) {
	return 0, errNotBuilt
}

// Erase removes the personal data of entry seq that lies beside the log, and
// appends e (its verb, cause and changes are set here) to say so.
func (l *Log) Erase(ctx context.Context, tx Tx, e Entry, seq int64) (int64, error) {
	return 0, errNotBuilt
}

// A Stored is an entry as the log holds it.
type Stored struct {
	Seq   int64
	Leaf  []byte // the canonical bytes
	Hash  [32]byte
	Entry Entry
}

// Read yields the entries from number from up to, not including, number to; a
// negative to reads to the end.
func Read(ctx context.Context, tx Tx, from, to int64) iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) { yield(Stored{}, errNotBuilt) }
}

// PendingIntents returns the intents without a final outcome, oldest first.
func PendingIntents(ctx context.Context, tx Tx) ([]Stored, error) { return nil, errNotBuilt }

// CurrentCheckpoint returns the signed checkpoint of the log, nil while it is empty.
func CurrentCheckpoint(ctx context.Context, tx Tx) ([]byte, error) { return nil, errNotBuilt }

// Export writes the log into the new directory dir.
func Export(ctx context.Context, tx Tx, dir string, keys ...string) error {
	return fmt.Errorf("export %s: %w", dir, errNotBuilt)
}
