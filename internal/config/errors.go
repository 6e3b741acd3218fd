package config

import (
	"fmt"
	"slices"
	"strings"
)

// A Code is the stable name of a kind of mistake. Codes are only ever added.
type Code string

// The kinds of mistake.
const (
	CodeUnreadable Code = "CFG-001" // the file cannot be read
	CodeSyntax     Code = "CFG-002" // the file is not YAML
	CodeUnknownKey Code = "CFG-003" // an unknown key
	CodeTwice      Code = "CFG-004" // a key that stands twice
	CodeType       Code = "CFG-005" // a value of another type
	CodeMissing    Code = "CFG-006" // a key that is needed
	CodeChoice     Code = "CFG-007" // a value that is not one of those allowed
	CodeRange      Code = "CFG-008" // a number or time that is too small or too large
	CodeForm       Code = "CFG-009" // a name or address that is not well formed
	CodePlainHTTP  Code = "CFG-010" // a credential would travel in the clear
	CodeInFile     Code = "CFG-011" // a secret stands in the file
	CodeSecret     Code = "CFG-012" // a secret is not where the file says
	CodeDuplicate  Code = "CFG-013" // two entries that must differ
	CodeReference  Code = "CFG-014" // a name of something that does not exist
	CodeMisplaced  Code = "CFG-015" // a key that does not fit its neighbours
	CodeMapping    Code = "CFG-016" // a mapping that cannot work
	CodeOpenPages  Code = "CFG-017" // passwords and sessions would travel in the clear
	CodeExposed    Code = "CFG-020" // a secret that others can read or write
	CodeLoginAlone Code = "CFG-021" // a person with a role whose account has no id
	CodeOldShape   Code = "CFG-022" // the shape of an earlier version
	CodeOwnAccount Code = "CFG-023" // conformd's own account, given to a person
	CodeNoAccount  Code = "CFG-024" // an account that the tracker does not know
	CodeSameName   Code = "CFG-025" // a warning: two people with one name
	// CodeLoginChanged is a warning: an account that has another login than the file says.
	CodeLoginChanged Code = "CFG-026"
	CodeNoAdmin      Code = "CFG-027" // a warning: nobody can sign in to the pages
)

// An Error is one mistake in the configuration. Its text never holds a secret.
type Error struct {
	Code   Code
	File   string // "environment" for an override
	Line   int    // from 1; 0 when the mistake has no line
	Column int    // from 1; 0 when the mistake has no line
	Key    string // "bindings[0].auth.token"; the variable's name for an override
	What   string // what is wrong
	Remedy string // what to do about it
}

func (e Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", e.Line, e.Column)
	}
	fmt.Fprintf(&b, ": %s ", e.Code)
	if e.Key != "" {
		b.WriteString(e.Key + ": ")
	}
	b.WriteString(e.What)
	if e.Remedy != "" {
		b.WriteString("; " + e.Remedy)
	}
	return b.String()
}

// Errors are all the mistakes of a configuration, in the order of their lines.
type Errors []Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes each mistake visible to errors.As.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// sort orders the mistakes by line; those without one come first.
func (es Errors) sort() {
	slices.SortStableFunc(es, func(a, b Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
}
