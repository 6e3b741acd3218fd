package figures_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/figures"
)

func TestPut(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bench.json")
	for _, rows := range [][]figures.Row{
		{{Name: "a", Value: 1, Unit: "x", Goal: "<= 2"}, {Name: "b", Value: 2}},
		{{Name: "a", Value: 1.5, Unit: "x", Goal: "<= 2"}, {Name: "c", Value: 3}},
	} {
		if err := figures.Put(path, rows...); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `[
  {
    "name": "a",
    "value": 1.5,
    "unit": "x",
    "goal": "\u003c= 2"
  },
  {
    "name": "b",
    "value": 2,
    "unit": "",
    "goal": ""
  },
  {
    "name": "c",
    "value": 3,
    "unit": "",
    "goal": ""
  }
]
`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("Put (-want +got):\n%s", diff)
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := figures.Put(path, figures.Row{Name: "a"}); err == nil {
		t.Error("Put into a file that is no list = nil, want an error: what stands there is not thrown away")
	}
}
