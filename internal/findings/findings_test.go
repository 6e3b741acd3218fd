package findings_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/findings"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

var update = flag.Bool("update", false, "rewrite what is read of the lists in testdata")

func options() findings.Options {
	return findings.Options{Audit: "SA-2026", Typed: (&mapping.Profile{Binding: "register", Dates: mapping.DatesDayFirst}).Typed}
}

// told is what is read of a list, or what is wrong in it, as text.
func told(name string, data []byte, o findings.Options) string {
	list, err := findings.Read(name, data, o)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, f := range list.Findings {
		fmt.Fprintf(&b, "row %d: %s, %s\n", f.Row, f.Ref, f.Kind)
		for _, field := range slices.Sorted(maps.Keys(f.Values)) {
			fmt.Fprintf(&b, "  %s: %q\n", field, f.Values[field])
		}
	}
	for _, c := range list.Ignored {
		fmt.Fprintf(&b, "not read: %s\n", c)
	}
	return b.String()
}

// Each list of testdata has one peculiarity, and beside it stands what is read of it.
func TestLists(t *testing.T) {
	files, err := filepath.Glob("testdata/*.*s*")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d lists, %v", len(files), err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden := strings.TrimSuffix(path, filepath.Ext(path)) + ".want"
		got := told(filepath.Base(path), data, options())
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s reads as\n%s\nwant (%v)\n%s", path, got, err, want)
		}
	}
}

func TestNamedColumnsAndGrades(t *testing.T) {
	list := "Case,Type,Impact,Details of the case,Date\n7,process,Critical,No list of leavers.,12 November 2026\n"
	o := options()
	o.Columns = map[findings.Column]string{findings.Number: "case", findings.GradeOf: "Impact", findings.Text: "Details of the case"}
	o.Grades = map[string]findings.Grade{"critical": register.Major}
	got := told("list.csv", []byte(list), o)
	want := "row 2: SA-2026/7, nonconformity\n  grade: \"major\"\n  identified_at: \"2026-11-12\"\n  kind: \"nonconformity\"\n  problem: \"No list of leavers.\"\n  source: \"external_audit\"\n  source_ref: \"SA-2026/7\"\n  title: \"No list of leavers.\"\nnot read: Type\n"
	if got != want {
		t.Errorf("Read() =\n%s\nwant\n%s", got, want)
	}
	o.Columns[findings.Title] = "Headline"
	if got := told("list.csv", []byte(list), o); !strings.Contains(got, `there is no column "Headline"`) {
		t.Errorf("Read() = %s, want that there is no such column", got)
	}
}

// What is too large is refused before it costs anything.
func TestBounds(t *testing.T) {
	head := "Number,Grade,Finding,Title\n"
	for name, c := range map[string]struct{ list, want string }{
		"a cell of a megabyte": {head + "1,minor," + strings.Repeat("x", 1<<20) + ",t\n", "row 2, column \"Finding\": the cell has 1048576 characters, and cannot have more than 32767"},
		"too many findings":    {head + strings.Repeat("1,minor,x,t\n", 2001), "the list has 2001 findings, and cannot have more than 2000"},
		"too many blank rows":  {head + strings.Repeat(",,,\n", 20_001), "the list has more than 20000 rows"},
		"a title too long":     {head + "1,minor,x," + strings.Repeat("x", 256) + "\n", "the title has 256 characters"},
		"a number too long":    {head + strings.Repeat("1", 256) + ",minor,x,\n", "the number has more than 255 characters"},
		"too many columns":     {"Number,Grade,Finding" + strings.Repeat(",x", 300) + "\n", "the list has 303 columns"},
	} {
		if got := told("list.csv", []byte(c.list), options()); !strings.Contains(got, c.want) {
			t.Errorf("%s: %.300s, want %s", name, got, c.want)
		}
	}
}

// Each word of the list of known words has its grade, in lower case and in capitals.
func TestGrades(t *testing.T) {
	for word, want := range map[string]string{
		"Major nonconformity": "major nonconformity", "HAUPTABWEICHUNG": "major nonconformity", "minor": "minor nonconformity", "Nebenabweichung": "minor nonconformity",
		"OFI": "ofi improvement", "Verbesserungspotenzial": "ofi improvement", "Observation": "observation observation", "cat. 2": "minor nonconformity", "NC (minor)": "minor nonconformity",
	} {
		list, err := findings.Read("list.csv", []byte("Number,Grade,Finding\n1,"+word+",x\n"), options())
		if err != nil {
			t.Errorf("%s: %v", word, err)
			continue
		}
		if v := list.Findings[0].Values; v[register.FieldGrade]+" "+v[register.FieldKind] != want {
			t.Errorf("%s is %v, want %s", word, v, want)
		}
	}
}

// A title that is made of the text is one line of whole words.
func TestTitleOfTheText(t *testing.T) {
	text := strings.Repeat("Leavers keep their accounts ", 20)
	list, err := findings.Read("list.csv", []byte("Number,Grade,Finding\n1,minor,\""+text+"\nand more\"\n"), options())
	if err != nil {
		t.Fatal(err)
	}
	f := list.Findings[0]
	if title := f.Values[register.FieldTitle]; f.Titled || len(title) > 130 || !strings.HasSuffix(title, "their …") && !strings.HasSuffix(title, " …") || strings.Contains(title, "\n") {
		t.Errorf("title %q", title)
	}
}

func FuzzList(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.csv")
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add(sheetOf(f, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := findings.Read("list", data, options())
		if err == nil && len(list.Findings) == 0 {
			t.Error("a list without findings is no mistake")
		}
		for _, x := range list.Findings {
			if x.Ref == "" || x.Kind == "" || x.Values[register.FieldProblem] == "" || x.Values[register.FieldTitle] == "" {
				t.Errorf("a finding without number, kind, text or title: %+v", x)
			}
		}
	})
}
