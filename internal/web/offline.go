package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"sync"
)

// An Offline page checks an exported log in a browser without a server. It is one file.
type Offline struct {
	Page   []byte
	SHA256 string // of the page, hexadecimal: the same for everybody who has this version
}

// OfflineCheck is the page verify.html. It can ask no server for anything: its policy allows no connection.
//
//nolint:gochecknoglobals // what is embedded in the program does not change
var OfflineCheck = sync.OnceValue(func() Offline {
	read := func(names ...string) string {
		var b strings.Builder
		for _, name := range names {
			f, err := static.ReadFile("static/" + name)
			if err != nil {
				panic("web: there is no file " + name) // it is embedded: every test of the page would show its absence
			}
			b.Write(f)
		}
		return b.String()
	}
	style, script := read("vendor/pico.min.css", "app.css"), read("verify.js")
	var b bytes.Buffer
	if err := offlinePage(offlinePolicy(style, script), style, script, read("verify-worker.js")).Render(context.Background(), &b); err != nil { //nolint:forbidigo // it is made once, for nobody in particular
		panic(err) // a buffer takes what it is given
	}
	sum := sha256.Sum256(b.Bytes())
	return Offline{b.Bytes(), hex.EncodeToString(sum[:])}
})

// offlinePolicy lets the page use what is in it and nothing else.
func offlinePolicy(style, script string) string {
	return "default-src 'none'; img-src data:; style-src " + PolicySource(style) + "; script-src " + PolicySource(script) + "; worker-src blob:"
}

// PolicySource names a style or a script that stands in a page, so that the policy of the page allows it and no other one (CSP Level 3,
// hash-source).
func PolicySource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// oneLine writes keys, which stand one a line, for a field that has one line.
func oneLine(keys string) string { return strings.Join(strings.Fields(keys), " ") }
