package verify

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync/atomic"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
)

// keptTexts are texts.jsonl: where each text lies, so that a replay of the log reads those
// that it needs.
type keptTexts struct {
	f    fs.File
	r    io.ReaderAt
	at   map[[32]byte]span64
	read atomic.Int64 // bytes read for a replay
}

type span64 struct{ from, to int64 }

func (k *keptTexts) close() {
	if k.f != nil {
		_ = k.f.Close() // read only
	}
}

// texts reads texts.jsonl, if it is there, and holds every text against its digest.
func (d *directory) texts() error {
	d.long = func(*bundle, string) (string, bool) { return "", false }
	size, ok := d.sizes[export.FileTexts]
	if !ok {
		return nil
	}
	if limit := d.limit(export.FileTexts); size > limit {
		return newFlaw(export.FileTexts, "has %d bytes, and cannot have more than %d", size, limit)
	}
	r, f, err := d.open(export.FileTexts)
	if err != nil {
		return err
	}
	d.kept.f, d.kept.at = f, map[[32]byte]span64{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxText)
	lines.Split(wholeLines)
	bad, at := 0, int64(0)
	for n := 1; lines.Scan() && bad < maxBroken; n++ {
		from := at
		at += int64(len(lines.Bytes()))
		var k auditdb.KeptText
		if json.Unmarshal(lines.Bytes(), &k) != nil {
			bad++
			d.find(Finding{Code: Tampered, Seq: -1, Where: export.FileTexts, Text: fmt.Sprintf("line %d of %s cannot be read", n, export.FileTexts)})
			continue
		}
		d.keptText(k, export.FileTexts)
		if len(d.kept.at) == maxTextCount {
			return newFlaw(export.FileTexts, "has more than %d texts", maxTextCount)
		}
		var sum [32]byte
		if _, err := hex.Decode(sum[:], []byte(k.SHA256[:min(len(k.SHA256), 64)])); err == nil {
			d.kept.at[sum] = span64{from, at}
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return newFlaw(export.FileTexts, "has a line of more than %d bytes", maxText)
	}
	if d.kept.r, ok = f.(io.ReaderAt); !ok {
		return fmt.Errorf("%s: the file system has no random access", export.FileTexts)
	}
	d.long = d.textAt
	return lines.Err()
}

// textAt returns a long text for a replay. It is called by several workers at once.
func (d *directory) textAt(_ *bundle, sha256 string) (string, bool) {
	var sum [32]byte
	if len(sha256) != 64 {
		return "", false
	}
	if _, err := hex.Decode(sum[:], []byte(sha256)); err != nil {
		return "", false
	}
	at, ok := d.kept.at[sum]
	if !ok {
		return "", false
	}
	if d.kept.read.Add(at.to-at.from) > maxReplayed {
		d.fail(newFlaw(export.FileTexts, "is asked for more than %d bytes: no log needs as many", int64(maxReplayed)))
		return "", false
	}
	line := make([]byte, at.to-at.from)
	if _, err := d.kept.r.ReadAt(line, at.from); err != nil && !errors.Is(err, io.EOF) {
		d.fail(err)
		return "", false
	}
	var k auditdb.KeptText
	if json.Unmarshal(line, &k) != nil {
		return "", false
	}
	return k.Value, true
}

// register holds register.jsonl against what the entries tell of records.
func (d *directory) register() error {
	if d.o.Register == nil {
		return nil
	}
	size, ok := d.sizes[export.FileRegister]
	if !ok {
		d.textsGone(export.FileTexts)
		return nil // exports of earlier versions have none; MANIFEST.json tells whether it was there
	}
	if limit := d.limit(export.FileRegister); size > limit {
		return newFlaw(export.FileRegister, "has %d bytes, and cannot have more than %d", size, limit)
	}
	r, f, err := d.open(export.FileRegister)
	if err != nil {
		return err
	}
	return errors.Join(d.compare(registerLines(r), export.FileRegister, export.FileTexts), f.Close())
}

// registerLines yields the lines of register.jsonl with their ends. The slice is good until
// the next.
func registerLines(r io.Reader) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, maxRecord)
		lines.Split(wholeLines)
		for lines.Scan() {
			if !yield(lines.Bytes(), nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(nil, newFlaw(export.FileRegister, "has a line of more than %d bytes", maxRecord))
		} else if err != nil {
			yield(nil, err)
		}
	}
}

// keptText holds a text beside the log against its digest.
func (v *verification) keptText(k auditdb.KeptText, where string) {
	if !k.Sound() {
		v.find(Finding{Code: Tampered, Seq: -1, Where: where, Want: k.SHA256, Got: audit.Digested(k.Value).SHA256, Text: "a long text beside the log is not the one that its digest names"})
	}
}
