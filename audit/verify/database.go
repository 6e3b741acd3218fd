package verify

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

const (
	selectBundle = `SELECT seq, leaf, leaf_hash FROM audit_entry WHERE seq >= $1 ORDER BY seq LIMIT $2`
	selectState  = `SELECT intent_seq, outcome_seq FROM audit_intent_state ORDER BY intent_seq`
	selectWhole  = `SELECT size, edge, checkpoint FROM audit_head WHERE id = 1`
)

// DB checks the log in a database: every entry against its hash and the tree,
// the tree against the signed checkpoint and the one of the reader, and what the
// entries say. All of it is read through db, which must show one state throughout.
//
// What is wrong with the log is in the report. An error means that it could not be read.
func DB(ctx context.Context, db auditdb.Tx, v tree.Verifier, o Options) (*Report, error) {
	ver := newVerification(v, o)
	if err := ver.database(ctx, db); err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	ver.say("the hash beside each entry, the head of the log, and the index of writes")
	return ver.finish(), nil
}

func (v *verification) database(ctx context.Context, db auditdb.Tx) error {
	var size int64
	var stored, msg []byte
	err := db.QueryRowContext(ctx, selectWhole).Scan(&size, &stored, &msg)
	if errors.Is(err, sql.ErrNoRows) {
		v.find(Finding{Code: BadSignature, Seq: -1, Where: "audit_head", Text: "there is no checkpoint: nothing was ever logged, or it was removed"})
		return nil
	}
	if err != nil {
		return err
	}
	if !v.checkpoint(msg, "audit_head") {
		return nil
	}
	if size != v.at.Size {
		v.find(Finding{Code: Tampered, Seq: -1, Where: "audit_head", Want: fmt.Sprint(v.at.Size), Got: fmt.Sprint(size), Text: "the size beside the checkpoint is not the one that was signed"})
	}
	v.against()
	if err := v.rows(ctx, db); err != nil {
		return err
	}
	sound := v.roots("audit_entry")
	v.rightEdge(stored)
	if !sound {
		return nil
	}
	there := map[place]auditdb.Disclosure{}
	if err := auditdb.Disclosures(ctx, db, func(d auditdb.Disclosure) error {
		there[place{d.Seq, d.Field}] = d
		return nil
	}); err != nil {
		return err
	}
	if err := auditdb.Texts(ctx, db, func(k auditdb.KeptText) error {
		v.keptText(k, "audit_text")
		return nil
	}); err != nil {
		return err
	}
	if err := v.intentStates(ctx, db, v.meaning(there)); err != nil || v.o.Register == nil || v.o.Rows == nil {
		return err
	}
	return v.compare(v.o.Rows(ctx, db), "record", "audit_text")
}

// rightEdge holds the edge beside the checkpoint against the entries. When some are
// missing it tells whether those that are left are the first ones: the roots of the
// subtrees that both have must be the same.
func (v *verification) rightEdge(stored []byte) {
	head, err := tree.ReadEdge(v.at.Size, stored)
	if err != nil || head.Root() != v.at.Root {
		v.find(Finding{Code: Tampered, Seq: -1, Where: "audit_head", Got: hexOf(stored), Text: "the right edge of the tree beside the checkpoint does not have the signed root"})
		return
	}
	if v.edge.N >= v.at.Size {
		return // the roots have told
	}
	for i, at := 0, int64(0); i < len(head.Nodes); i++ {
		width := int64(1) << (bits.Len64(uint64(v.at.Size-at)) - 1)
		if at+width > v.edge.N {
			return
		}
		if got := v.edge.Nodes[i]; got != head.Nodes[i] {
			v.find(Finding{
				Code: Tampered, Seq: at, Where: "audit_entry", Want: hexOf(head.Nodes[i][:]), Got: hexOf(got[:]),
				Text: fmt.Sprintf("the entries %d to %d are not those that were signed: not the end alone is missing", at, at+width-1),
			})
			return
		}
		at += width
	}
}

// rows hashes the entries in the order of their numbers. Nothing stays open on the database
// between two bundles, so that long texts can be read there.
func (v *verification) rows(ctx context.Context, db auditdb.Tx) error {
	v.long = func(b *bundle, sha256 string) (string, bool) {
		value, ok := b.texts[sha256]
		return value, ok
	}
	var want int64
	from := int64(math.MinInt64)
	seq := func(yield func(loader, error) bool) {
		for n := int64(0); ; n++ {
			b, err := v.nextRows(ctx, db, n, from, &want)
			if err == nil && len(b.spans) == 0 {
				return
			}
			last := want <= from // the greatest number there is: no entry comes after it
			from = want
			if !yield(func() *bundle { return b }, err) || last {
				return
			}
		}
	}
	if err := v.bundles(ctx, seq, compareStored); err != nil {
		return err
	}
	if want < v.at.Size {
		v.find(Finding{
			Code: Truncated, Seq: want, Where: "audit_entry", Want: fmt.Sprint(v.at.Size), Got: fmt.Sprint(want),
			Text: fmt.Sprintf("the signed checkpoint is of %d entries, and the last %d are gone", v.at.Size, v.at.Size-want),
		})
	}
	return nil
}

// nextRows reads up to a bundle of rows, from number from on; want is the number that the
// next one should have.
func (v *verification) nextRows(ctx context.Context, db auditdb.Tx, n, from int64, want *int64) (*bundle, error) {
	b := &bundle{n: n}
	if err := v.readRows(ctx, db, b, from, want); err != nil || v.o.Register == nil {
		return b, err
	}
	b.texts = map[string]string{}
	for i := range b.spans {
		leaf := b.leaf(i)
		if !bytes.Contains(leaf, []byte(markLength)) || !tells(leaf) {
			continue
		}
		if err := loadTexts(ctx, db, leaf, b.texts); err != nil {
			return nil, err
		}
		if t := fullOf(leaf); t != "" {
			// The whole entry, which is such a text, names texts of its own.
			if err := loadTexts(ctx, db, []byte(b.texts[t]), b.texts); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

// loadTexts adds the long texts that a replay of an entry needs, as far as they are there.
func loadTexts(ctx context.Context, db auditdb.Tx, leaf []byte, into map[string]string) error {
	for _, sum := range longTexts(leaf) {
		value, err := auditdb.TextOf(ctx, db, sum)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return err
		}
		into[sum] = value
	}
	return nil
}

func (v *verification) readRows(ctx context.Context, db auditdb.Tx, b *bundle, from int64, want *int64) (err error) {
	rows, err := db.QueryContext(ctx, selectBundle, from, tree.TileWidth)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	hashes := make([]byte, 0, tree.TileWidth*tlog.HashSize)
	b.spans, b.seqs, b.stored = make([]span, 0, tree.TileWidth), make([]int64, 0, tree.TileWidth), make([][]byte, 0, tree.TileWidth)
	b.buf = make([]byte, 0, tree.TileWidth*usualEntry)
	var seq int64
	var leaf, hash sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&seq, &leaf, &hash); err != nil {
			return err
		}
		if seq != *want {
			v.gap(*want, seq)
		}
		*want = seq + 1
		b.add(leaf)
		hashes = append(hashes, hash...)
		b.seqs = append(b.seqs, seq)
		b.stored = append(b.stored, hashes[len(hashes)-len(hash):])
	}
	return rows.Err()
}

// usualEntry is about how long an entry is, in bytes.
const usualEntry = 1024

// gap tells of numbers that are not there.
func (v *verification) gap(want, got int64) {
	v.find(Finding{
		Code: Tampered, Seq: want, Where: "audit_entry", Want: fmt.Sprint(want), Got: fmt.Sprint(got),
		Text: fmt.Sprintf("entry %d is missing: after it comes entry %d", want, got),
	})
}

// compareStored holds the hashes of a bundle against those beside the entries.
func compareStored(b *bundle, hashes []tlog.Hash) []Finding {
	var out []Finding
	for i, h := range hashes {
		if !bytes.Equal(b.stored[i], h[:]) {
			seq := b.seq(i)
			out = append(out, Finding{
				Code: Tampered, Seq: seq, Where: "audit_entry", Want: hexOf(b.stored[i]), Got: hexOf(h[:]),
				Text: fmt.Sprintf("entry %d is not what was written: it does not have the hash beside it", seq),
			})
		}
	}
	return out
}

// intentStates holds the working index of intents against the log.
func (v *verification) intentStates(ctx context.Context, db auditdb.Tx, state map[int64]intentState) (err error) {
	rows, err := db.QueryContext(ctx, selectState)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	wrong := func(seq int64) {
		v.find(Finding{
			Code: Tampered, Seq: seq, Where: "audit_intent_state",
			Text: fmt.Sprintf("the index of intents does not say of entry %d what the log says", seq),
		})
	}
	for rows.Next() {
		var seq int64
		var outcome sql.NullInt64
		if err := rows.Scan(&seq, &outcome); err != nil {
			return err
		}
		st, ok := state[seq]
		if !ok || outcome.Valid != (st.final >= 0) || outcome.Valid && outcome.Int64 != st.final {
			wrong(seq)
		}
		delete(state, seq)
	}
	for seq := range state {
		wrong(seq)
	}
	return rows.Err()
}
