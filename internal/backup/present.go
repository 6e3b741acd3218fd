package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/store"
)

// A Present is the register that a restore would replace.
type Present struct {
	There bool `json:"there"`
	Head  Head `json:"head"` // zero where it could not be read
	// Loss: entries of its log would be lost, or nobody can say that none would.
	Loss bool `json:"loss"`
	// Told says in words how its log stands to that of the backup.
	Told string `json:"told"`
	// Known maps the numbers of its records to their ids.
	Known map[string]string `json:"-"`
}

// Look compares the register of a data directory with the backup in dir, and what the
// directory remembers of the log besides.
func Look(ctx context.Context, data, dir string, m *Manifest, keys []tree.Verifier) (Present, error) {
	p, err := look(ctx, data, dir, m, keys)
	c, text, rerr := Remembered(data)
	within := func(h Head) bool { return c.Origin == h.Origin && c.Size <= h.Size }
	if err != nil || rerr != nil || within(p.Head) || within(m.Log) {
		return p, err
	}
	p.Loss = true
	p.Head = Head{Origin: c.Origin, Size: c.Size, Root: c.RootText(), Checkpoint: string(text)}
	if c.Origin == m.Log.Origin {
		p.Told += fmt.Sprintf("; entries up to %d had been written, as %s remembers, and those from %d on are not in it", c.Size-1, HeadFile, m.Log.Size)
	} else {
		p.Told += fmt.Sprintf("; the log %s had been written up to entry %d, as %s remembers, and it is not the log of the backup", c.Origin, c.Size-1, HeadFile)
	}
	return p, nil
}

func look(ctx context.Context, data, dir string, m *Manifest, keys []tree.Verifier) (Present, error) {
	if _, err := os.Stat(filepath.Join(data, Database)); errors.Is(err, os.ErrNotExist) {
		return Present{Told: "what was written after it is not known, there was no register to compare with"}, nil
	}
	p := Present{There: true}
	if err := p.read(ctx, data, dir, m, keys); err != nil {
		if ctx.Err() != nil {
			return p, ctx.Err()
		}
		return Present{There: true, Loss: true, Told: fmt.Sprintf("what was written after it is not known, the replaced database could not be read (%v)", err)}, nil
	}
	return p, nil
}

func (p *Present) read(ctx context.Context, data, dir string, m *Manifest, keys []tree.Verifier) (err error) {
	st, err := store.OpenReader(ctx, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if p.Head, err = HeadOf(ctx, st.Reader()); errors.Is(err, sql.ErrNoRows) {
		p.Told = "the replaced register was empty"
		return nil
	} else if err != nil {
		return err
	}
	if p.Known, err = st.Numbers(ctx); err != nil {
		return err
	}
	switch now, then := p.Head.Size, m.Log.Size; {
	case now >= then:
		continues, err := follows(ctx, st.Reader(), keys, m.Log)
		if err != nil {
			return err
		}
		p.tell(continues, now, then)
	default:
		continues, err := backupFollows(ctx, dir, keys, p.Head)
		if err != nil {
			return err
		}
		if p.Loss = !continues; p.Loss {
			p.Told = fmt.Sprintf("the replaced log of %d entries is not the beginning of it, so that its entries are not in it", now)
		} else {
			p.Told = "the replaced register was older, and nothing of its log is lost"
		}
	}
	return nil
}

// tell says how a log that is not shorter than that of the backup stands to it.
func (p *Present) tell(continues bool, now, then int64) {
	switch p.Loss = !continues || now > then; {
	case !continues:
		p.Told = fmt.Sprintf("the replaced log of %d entries does not verify as a continuation of it, so that its entries are not in it", now)
	case now == then:
		p.Told = "nothing of the log is lost"
	case now == then+1:
		p.Told = fmt.Sprintf("entry %d of the log, which was a consistent continuation, is not in it", then)
	default:
		p.Told = fmt.Sprintf("entries %d to %d of the log, which were a consistent continuation, are not in it", then, now-1)
	}
}

// follows reports whether the log in a database verifies and carries on from a head.
func follows(ctx context.Context, db *sql.DB, keys []tree.Verifier, from Head) (bool, error) {
	tx, err := db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	r, err := verify.DB(ctx, tx, keys[0], verify.Options{Keys: keys[1:], Against: []byte(from.Checkpoint)})
	if err != nil {
		return false, err
	}
	return r.Result == verify.Verified, nil
}

func backupFollows(ctx context.Context, dir string, keys []tree.Verifier, from Head) (ok bool, err error) {
	db, err := store.OpenFile(dir)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return follows(ctx, db, keys, from)
}
