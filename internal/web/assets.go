package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/conformd/conformd/internal/web/static"
)

// An Embedded is a file that the pages load: a style, a script, a symbol.
type Embedded struct {
	Name    string // "app.css"
	Address string // path with a digest of the content, so that a browser may keep the file for ever
	Type    string // media type
	Data    []byte
	Gzip    []byte // Data compressed
}

// Files returns the files that the pages load, by their address.
func Files() map[string]Embedded { return embedded().byAddress }

// Asset returns the address of a file below static. A name of no file is a mistake of ours: it panics, and
// each page has a test.
func Asset(name string) string {
	f, ok := embedded().byName[name]
	if !ok {
		panic("web: there is no file " + name)
	}
	return f.Address
}

type assets struct{ byName, byAddress map[string]Embedded }

// embedded reads the files once.
//
//nolint:gochecknoglobals // what is embedded in the program does not change
var embedded = sync.OnceValue(func() assets {
	out := assets{map[string]Embedded{}, map[string]Embedded{}}
	err := fs.WalkDir(static.Files, ".", func(name string, d fs.DirEntry, err error) error {
		kind := mediaType(name)
		if err != nil || d.IsDir() || kind == "" {
			return err
		}
		f := Embedded{Name: name, Type: kind}
		if f.Data, err = static.Files.ReadFile(name); err != nil {
			return err
		}
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(f.Data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		digest := sha256.Sum256(f.Data)
		ext := path.Ext(f.Name)
		f.Gzip = b.Bytes()
		f.Address = "/static/" + strings.TrimSuffix(f.Name, ext) + "." + hex.EncodeToString(digest[:8]) + ext
		out.byName[f.Name], out.byAddress[f.Address] = f, f
		return nil
	})
	if err != nil {
		panic(err) // reading what is embedded does not fail
	}
	return out
})

// mediaType is the type of what the pages load, "" for a file that is no part of them, a licence for instance.
func mediaType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return ""
}
