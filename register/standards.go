package register

import (
	_ "embed"
	"slices"
	"sync"
)

// The table of standards is data, which people can check against the documents without reading
// code: a TSV each for the standards, for where their numbers were looked up, and for the clauses.
var (
	//go:embed standards/standards.tsv
	standardsTable string
	//go:embed standards/sources.tsv
	sourcesTable string
	//go:embed standards/clauses.tsv
	clausesTable string
)

// A Standard is an edition of a standard, a set of criteria or a law that has clauses for the
// requirement keys.
type Standard struct {
	ID      string   `json:"id"`      // "iso9001-2015"
	Family  string   `json:"family"`  // the standard in whatever edition: "iso9001"
	Name    string   `json:"name"`    // "ISO 9001:2015"
	Title   string   `json:"title"`   // what it is about, in our own words
	Sources []Source `json:"sources"` // where its numbers were looked up

	names   []string // what people call it, without edition and publisher: "9001"
	clauses map[string]ClauseLabel
}

// A Source is a public page that shows a clause number. It is not the publisher's document.
type Source struct {
	ID       string `json:"id"`
	What     string `json:"what"`
	Address  string `json:"address"`
	LookedUp string `json:"looked_up"` // date
}

// A ClauseLabel is the number of the clause that comes nearest to a requirement key. Without a
// label the standard has no counterpart.
type ClauseLabel struct {
	Label   string `json:"clause,omitempty"`
	Checked bool   `json:"checked"`          // the number was found in the source
	Source  string `json:"source,omitempty"` // id of the source; "" if the number was not checked
}

// Unchecked stands behind a number that was found in no source, in every language.
const Unchecked = " (?)"

// Marked returns the label, with [Unchecked] behind it if it was not checked.
func (c ClauseLabel) Marked() string {
	if c.Label == "" || c.Checked {
		return c.Label
	}
	return c.Label + Unchecked
}

// Clause returns the label of a requirement key, the zero value if there is none.
func (s Standard) Clause(key string) ClauseLabel { return s.clauses[key] }

// Standards returns the known standards, the newest edition of each before its older ones.
func Standards() []Standard { return slices.Clone(allStandards()) }

// allStandards is made once: every need and every field of a page asks for a clause.
var allStandards = sync.OnceValue(func() []Standard { //nolint:gochecknoglobals // a constant
	all, err := readStandards(standardsTable, sourcesTable, clausesTable)
	if err != nil {
		panic("register: " + err.Error()) // the tables are part of the program, and a test reads them
	}
	return all
})

func standardOf(id string) (Standard, bool) {
	i := slices.IndexFunc(allStandards(), func(s Standard) bool { return s.ID == id })
	if i < 0 {
		return Standard{}, false
	}
	return allStandards()[i], true
}
