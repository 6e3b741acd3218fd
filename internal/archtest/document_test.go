package archtest

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the import table of docs/architecture.md")

const (
	document = root + "/docs/architecture.md"
	begins   = "<!-- table: written by go test ./internal/archtest -update -->\n"
	ends     = "<!-- end of table -->\n"
)

// table prints layers() for people.
func table() string {
	var b strings.Builder
	b.WriteString("\n| package | may import |\n|---|---|\n")
	rows := layers()
	for _, pkg := range slices.Sorted(maps.Keys(rows)) {
		allowed := strings.Join(rows[pkg], ", ")
		switch allowed {
		case "":
			allowed = "–"
		case anything:
			allowed = "everything but test helpers"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", pkg, allowed)
	}
	b.WriteString("\n")
	return b.String()
}

func TestDocumentShowsTheTable(t *testing.T) {
	data, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begins)
	shown, after, ok2 := strings.Cut(rest, ends)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the lines around its table", document)
	}
	if shown == table() {
		return
	}
	if !*update {
		t.Fatalf("%s shows another table than layers(); run go test ./internal/archtest -update", document)
	}
	if err := os.WriteFile(document, []byte(before+begins+table()+ends+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
