package store

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

var updateForms = flag.Bool("update-forms", false, "write the present forms of documents into testdata/stored, under a new number only")

// A stored document is written from a value and read back.
type storedForm struct {
	value any
	write func() (string, error)
	read  func(string) (any, error)
	// again reads a document and writes it in the present form.
	again func(string) (string, error)
	form  int // the present one
}

func formOf[T any](value T, write func(T) (string, error), read func(string) (T, error)) storedForm {
	again := func(s string) (string, error) {
		v, err := read(s)
		if err != nil {
			return "", err
		}
		return write(v)
	}
	return storedForm{value, func() (string, error) { return write(value) }, func(s string) (any, error) { return read(s) }, again, 1}
}

// in says that a document has a later form than the first.
func (f storedForm) in(form int) storedForm {
	f.form = form
	return f
}

// forms are all documents, with every field of every type set.
func forms() map[string]storedForm {
	issue := filled[connectors.Issue]()
	issue.Comments = nil // which have rows of their own
	event := filled[plan.Event]()
	event.React = false // a column
	intent := filled[Intent]()
	intent.Seq = 0 // a column
	return map[string]storedForm{
		"record":   formOf(filled[register.Record](), encodeRecord, decodeRecord).in(7),
		"issue":    formOf(&issue, encodeIssue, decodeIssue).in(3),
		"comment":  formOf(filled[connectors.Comment](), encodeComment, decodeComment).in(2),
		"base":     formOf(filled[plan.Base](), encodeBase, decodeBase).in(2),
		"sticky":   formOf(filled[sticky.State](), encodeState, decodeState).in(4),
		"event":    formOf(event, encodeEvent, decodeEvent).in(3),
		"conflict": formOf(filled[plan.Conflict](), encodeConflict, decodeConflict),
		"intent":   formOf(intent, encodeIntent, decodeIntent).in(4),
		"outbound": formOf(filled[plan.Outbound](), encodeOutbound, decodeOutbound),
		"refusal":  formOf(filled[plan.Refused](), encodeRefused, decodeRefused),
	}
}

// A field that is added to a type of another package and not to its stored form is lost;
// this says so.
func TestStoredFormsKeepEveryField(t *testing.T) {
	t.Parallel()
	for name, f := range forms() {
		doc, err := f.write()
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.read(doc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(f.value, got); diff != "" {
			t.Errorf("%s, written and read (-before +after):\n%s", name, diff)
		}
	}
	problem := filled[plan.Problem]().Kept()
	if diff := cmp.Diff(problem, problemOf(storeProblem(problem))); diff != "" {
		t.Errorf("problem, written and read (-before +after):\n%s", diff)
	}
}

// TestStoredFormsStay pins each form that was ever written: name.v1.json is what form 1
// looks like. A document without a number is of form 1. A form is never changed, only
// followed by the next, and what an earlier one says is said in the present one, too.
func TestStoredFormsStay(t *testing.T) {
	t.Parallel()
	for name, f := range forms() {
		doc, err := f.write()
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", "stored", fmt.Sprintf("%s.v%d.json", name, f.form))
		if _, err := os.Stat(path); *updateForms && errors.Is(err, os.ErrNotExist) {
			if err := os.WriteFile(path, []byte(doc+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		pinned, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(pinned)), doc); diff != "" {
			t.Errorf("form %d of %s is written in another way (-pinned +now): it needs the next number\n%s", f.form, name, diff)
		}
		got, err := f.read(string(pinned))
		if diff := cmp.Diff(f.value, got); err != nil || diff != "" {
			t.Errorf("form %d of %s: %v (-want +got):\n%s", f.form, name, err, diff)
		}
		for n := 1; n <= f.form; n++ {
			earlierForm(t, f, name, n)
		}
		now, next := fmt.Sprintf(`"v":%d`, f.form), fmt.Sprintf(`"v":%d`, f.form+1)
		if _, err := f.read(strings.Replace(string(pinned), now, next, 1)); err == nil {
			t.Errorf("%s of a form that this conformd does not know was read", name)
		}
	}
}

// earlierForm checks that a pinned form, and form 1 without its number, lose nothing when
// they are read and written again.
func earlierForm(t *testing.T, f storedForm, name string, form int) {
	t.Helper()
	pinned, err := os.ReadFile(filepath.Join("testdata", "stored", fmt.Sprintf("%s.v%d.json", name, form)))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{fmt.Sprintf("form %d", form): string(pinned)}
	want := unnumbered(t, string(pinned))
	if form == 1 {
		before := want
		if name == "base" { // which was the map alone
			before = want["fields"].(map[string]any)
		}
		b, err := json.Marshal(before)
		if err != nil {
			t.Fatal(err)
		}
		texts["the form without a number"] = string(b)
	}
	for what, text := range texts {
		doc, err := f.again(text)
		if err != nil {
			t.Errorf("%s of %s: %v", what, name, err)
			continue
		}
		if diff := cmp.Diff(want, unnumbered(t, doc)); diff != "" {
			t.Errorf("%s of %s, read and written again (-before +after):\n%s", what, name, diff)
		}
	}
}

// unnumbered returns what a document says beside the number of its form.
func unnumbered(t *testing.T, doc string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(doc), &out); err != nil {
		t.Fatal(err)
	}
	delete(out, "v")
	return out
}

// filled returns a value in which nothing is zero, so that whatever is lost shows. The
// installation of a mark alone is not stored: it counts when the mark is taken in.
func filled[T any]() (v T) {
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

func fill(v reflect.Value, n *int) {
	*n++
	if v.Type() == reflect.TypeFor[time.Time]() {
		v.Set(reflect.ValueOf(time.Date(2026, 1, 1, 0, 0, *n, 0, time.UTC)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text " + string(rune('A'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), n)
	case reflect.Map:
		key, val := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, n)
		fill(val, n)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, val)
	case reflect.Struct:
		for name, f := range v.Fields() {
			if name.Name != "Installation" {
				fill(f, n)
			}
		}
	default:
		panic("no value for a " + v.Type().String())
	}
}
