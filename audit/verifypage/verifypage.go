// Package verifypage makes the page verify.html, which checks an exported log in a browser without a server. conformd serves it and
// conform-verify writes it: both have it from here, so the same version makes the same page.
package verifypage

import (
	"crypto/sha256"
	_ "embed" // the page
	"encoding/hex"
	"strings"
	"sync"

	"github.com/conformd/conformd/internal/web/static"
)

//go:embed page.html
var skeleton string

// A File is the page.
type File struct {
	Page   string
	SHA256 string // of the page, hexadecimal
}

// Made is the page verify.html in one file. It can ask no server for anything: its policy allows no connection.
//
//nolint:gochecknoglobals // what is embedded in the program does not change
var Made = sync.OnceValue(func() File {
	style, script := read("vendor/pico.min.css")+read("app.css"), read("verify.js")
	page := strings.NewReplacer(
		"{{policy}}", "default-src 'none'; img-src data:; style-src "+static.PolicySource(style)+"; script-src "+static.PolicySource(script)+"; worker-src blob:",
		"{{style}}", style,
		"{{script}}", script,
		"{{worker}}", read("verify-worker.js"), // a text that the script starts
	).Replace(skeleton)
	sum := sha256.Sum256([]byte(page))
	return File{page, hex.EncodeToString(sum[:])}
})

func read(name string) string {
	b, err := static.Check.ReadFile(name)
	if err != nil {
		panic("verifypage: there is no file " + name) // it is embedded: every test of the page would show its absence
	}
	return string(b)
}
