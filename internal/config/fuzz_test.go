package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// FuzzLoad shows that no file stops the reader, that whatever it refuses it
// refuses with a code and a cure, and that whatever it takes it can print and
// take again.
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
		env := func(name string) (string, bool) { return "hidden", !strings.HasPrefix(name, Prefix) }
		c, err := parse("fuzz.yaml", data, env, false)
		if err != nil {
			for _, e := range err.(Errors) { //nolint:errorlint // the type itself is what is shown
				if e.Code == "" || e.What == "" {
					t.Errorf("%+v says nothing", e)
				}
			}
			return
		}
		out, err := c.Redacted()
		if err != nil {
			t.Fatal(err)
		}
		again, err := parse("fuzz.yaml", out, env, false)
		if err != nil {
			t.Fatalf("the printed configuration is refused: %v\n%s", err, out)
		}
		if c.Digest() != again.Digest() {
			t.Errorf("the printed configuration means something else:\n%s", out)
		}
	})
}
