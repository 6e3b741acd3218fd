package store

import (
	"encoding/json"
	"fmt"
)

// The documents of the database are types of this package, and each says in which form
// it is written. The types of other packages go in and out by explicit conversion only: a
// field that is renamed there does not compile here, and loses nothing that is stored.
//
// A document without a version is of form 1 as well: the first forms were written before
// they had a number. To change a form, add the next number (form of its type), keep reading
// the old ones, and give testdata/stored a file of each.

// A versioned is the head of each stored document.
type versioned struct {
	V int `json:"v"`
}

func (v *versioned) set(form int) { v.V = form }
func (v *versioned) version() int { return v.V }

// form is the number of the form that is written now, of the types that still have their
// first one.
func (v *versioned) form() int { return 1 }

// A document is what is stored.
type document interface {
	set(form int)
	version() int
	form() int
}

// encode writes a document in the present form.
func encode(d document) (string, error) {
	d.set(d.form())
	b, err := json.Marshal(d)
	return string(b), err
}

// decode reads a document of any form that was ever written.
func decode(text, what string, into document) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("%s in the store: %w", what, err)
	}
	if v := into.version(); v > into.form() {
		return fmt.Errorf("%s in the store: it is of form %d, this conformd knows %d", what, v, into.form())
	}
	return nil
}

// each converts the elements of a list, nil for none.
func each[A, B any](in []A, convert func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, x := range in {
		out[i] = convert(x)
	}
	return out
}

// eachOf converts a map, nil for nil.
func eachOf[K1, K2 ~string, A, B any](in map[K1]A, convert func(A) B) map[K2]B {
	if in == nil {
		return nil
	}
	out := make(map[K2]B, len(in))
	for k, x := range in {
		out[K2(k)] = convert(x)
	}
	return out
}

func same[T any](x T) T { return x }
