// Package static holds the files that the pages load, and those of the page that checks a log without a server. It imports
// nothing else of conformd: the program of the auditor has the second ones, too.
package static

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
)

// Files are what the pages load, with its licences.
//
//go:embed app.css app.js icon.svg verify.js verify-worker.js vendor
var Files embed.FS

// Check are those of Files that the page verify.html is made of.
//
//go:embed vendor/pico.min.css app.css verify.js verify-worker.js
var Check embed.FS

// PolicySource names a style or a script that stands in a page, so that the policy of the page allows it and no other one (CSP Level 3,
// hash-source).
func PolicySource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
