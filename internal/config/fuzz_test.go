package config

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// fuzzSecret is what every environment variable of FuzzLoad holds.
const fuzzSecret = "Zq7-not-to-be-shown-0x5"

// FuzzLoad feeds arbitrary files to the reader. It never panics. A refusal has a code and
// a remedy. An accepted configuration is valid, prints without its secrets, and loads again
// from what it printed, with the same bytes each time.
func FuzzLoad(f *testing.F) {
	data, err := os.ReadFile(example)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	files, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		ar, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		// A file that spells the secret out itself would show it rightly.
		if bytes.Contains(data, []byte(fuzzSecret)) {
			return
		}
		env := func(name string) (string, bool) { return fuzzSecret, !strings.HasPrefix(name, Prefix) }
		c, err := parse("fuzz.yaml", data, env, reading{})
		if err != nil {
			for _, e := range err.(Errors) { //nolint:errorlint // the type itself is what is shown
				if e.Code == "" || e.What == "" {
					t.Errorf("%+v says nothing", e)
				}
				if text := fmt.Sprintf("%+v %s", e, e); strings.Contains(text, fuzzSecret) {
					t.Errorf("the mistake shows a secret: %s", text)
				}
			}
			return
		}
		out, err := c.Redacted()
		if err != nil {
			t.Fatal(err)
		}
		if text := fmt.Sprintf("%s %+v %#v", out, c, c); strings.Contains(text, fuzzSecret) {
			t.Errorf("the configuration shows a secret: %s", text)
		}
		again, err := parse("fuzz.yaml", out, env, reading{})
		if err != nil {
			t.Fatalf("the printed configuration is refused: %v\n%s", err, out)
		}
		if c.Digest() != again.Digest() {
			t.Errorf("the printed configuration means something else:\n%s", out)
		}
		if twice, err := again.Redacted(); err != nil || !bytes.Equal(out, twice) {
			t.Errorf("printed again it is\n%s, %v, want\n%s", twice, err, out)
		}
	})
}
