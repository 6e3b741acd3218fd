package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// FuzzVerifyDir puts arbitrary bytes in the place of a part of a file of an export,
// and signs a checkpoint of an arbitrary size. The verification must end without a panic, must
// never call changed files verified, and must call unchanged ones so.
func FuzzVerifyDir(f *testing.F) {
	l := audittest.New(f)
	const whole = math.MaxUint16
	f.Add(uint8(0), uint16(0), uint16(whole), []byte("x"), int64(11))
	f.Add(uint8(3), uint16(0), uint16(whole), []byte{0xff, 0xff, 0}, int64(-1))
	f.Add(uint8(6), uint16(0), uint16(whole), []byte{0, 1}, int64(1)<<60)
	for i := range uint8(10) {
		f.Add(i, uint16(0), uint16(whole), []byte(`{"format":1,"files":null}`), int64(math.MaxInt64))
		f.Add(i, uint16(0), uint16(0), []byte{}, int64(audittest.StorySize))         // as it was
		f.Add(i, uint16(whole), uint16(0), []byte("\n"), int64(audittest.StorySize)) // a line more
		f.Add(i, uint16(40), uint16(1), []byte{}, int64(audittest.StorySize))        // a byte less
		f.Add(i, uint16(7), uint16(2), []byte(" {"), int64(audittest.StorySize))
	}
	signer, err := tree.NewSigner(l.Private)
	if err != nil {
		f.Fatal(err)
	}
	var files map[string][]byte
	f.Fuzz(func(t *testing.T, which uint8, at, cut uint16, data []byte, size int64) {
		if files == nil {
			l.Story(t)
			files = audittest.ReadAll(t, l.Export(t))
		}
		fsys := fstest.MapFS{}
		for p, b := range files {
			fsys[p] = &fstest.MapFile{Data: b}
		}
		paths := slices.Sorted(maps.Keys(files))
		path := paths[int(which)%len(paths)]
		was := files[path]
		from := min(int(at), len(was))
		data = slices.Concat(was[:from], data, was[min(from+int(cut), len(was)):])
		changed := !bytes.Equal(was, data)
		fsys[path] = &fstest.MapFile{Data: data}
		if size != audittest.StorySize {
			text := fmt.Sprintf("%s\n%d\n%s\n", audittest.Origin, size, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
			signed, err := note.Sign(&note.Note{Text: text}, signer)
			if err != nil {
				t.Fatal(err)
			}
			fsys["checkpoint"] = &fstest.MapFile{Data: signed}
			changed = true
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		for i, o := range []verify.Options{{}, {Against: data}} {
			r, err := verify.Dir(ctx, fsys, l.Verifier, o)
			if err != nil {
				t.Fatalf("Dir(): %v, want a report: all files can be read", err)
			}
			if changed && r.Result != verify.Failed {
				t.Errorf("Dir() = %s with another %s of %d bytes, size %d", r.Result, path, len(data), size)
			}
			if !changed && i == 0 && r.Result == verify.Failed {
				t.Errorf("Dir() = %s of the export as it was made: %+v", r.Result, r.Findings)
			}
		}
	})
}
