package ledger

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
)

// The course that figures are made of is held against the log, unless a value was erased: then
// nothing is left to hold it against. An export has none.
func TestCourseIsHeldAgainstTheLog(t *testing.T) {
	moved := Entries([]register.Fact{{Kind: register.FactMoved, At: day(), Move: &register.Moved{From: register.Implementing, To: register.Closed, Closed: day()}}})[0]
	title := Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldTitle, After: "Ada Example left", At: day(), By: "ana"}})[0]
	for name, c := range map[string]struct {
		change func(string) *string
		erased string
		want   string // of the first finding, "" for none
	}{
		"as the log tells": {func(s string) *string { return &s }, "", ""},
		"another state": {func(s string) *string {
			s = strings.ReplaceAll(s, "state=closed", "state=accepted")
			return &s
		}, "", `want "state=closed", got "state=accepted"`},
		"cut off":         {func(string) *string { s := ""; return &s }, "", `want "2", got ""`},
		"an export":       {func(string) *string { return nil }, "", ""},
		"a value is gone": {func(string) *string { s := "?"; return &s }, "title/after", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, replay := working(t)
			moved.Subject, title.Subject = CarriedEntry(r, 1).Subject, CarriedEntry(r, 1).Subject
			tell(t, replay, 1, moved)
			r = replay.records[r.ID].record.Clone()
			if c.erased != "" {
				tell(t, replay, 2, title, c.erased)
			}
			var text string
			for _, x := range replay.Courses() {
				text = x.String()
			}
			got, err := replay.Compare(func(yield func(any, error) bool) { yield(Row{Record: r, Course: c.change(text)}, nil) }, "record")
			if err != nil {
				t.Fatal(err)
			}
			found := ""
			if len(got.Findings) > 0 {
				f := got.Findings[0]
				found = `want "` + f.Want + `", got "` + f.Got + `"`
				if !strings.Contains(f.Text, "NC-2026-0001: the course that figures are made of") {
					t.Errorf("found %+v", f)
				}
			}
			if found != c.want {
				t.Errorf("found %s in %+v, want %s", found, got.Findings, c.want)
			}
		})
	}
}
