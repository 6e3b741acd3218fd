package audit

import (
	"context"
	"io/fs"
)

// VerifyDB checks the log in a database.
func VerifyDB(ctx context.Context, db Tx, v Verifier, o Options) (*Report, error) {
	return nil, errNotBuilt
}

// VerifyDir checks an exported log.
func VerifyDir(ctx context.Context, fsys fs.FS, v Verifier, o Options) (*Report, error) {
	return nil, errNotBuilt
}
