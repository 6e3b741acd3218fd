package register

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// readStandards reads the three tables. It refuses what would print a wrong number: a key, a
// standard or a source that nobody knows, a clause twice, and a checked number without a source.
func readStandards(standards, sources, clauses string) ([]Standard, error) {
	var all []Standard
	at := func(id string) int { return slices.IndexFunc(all, func(s Standard) bool { return s.ID == id }) }
	err := eachRow("standards.tsv", standards, []string{"standard", "family", "name", "names", "title"}, func(c []string) error {
		if at(c[0]) >= 0 {
			return fmt.Errorf("standard %q stands twice", c[0])
		}
		if !strings.HasPrefix(c[0], c[1]+"-") {
			return fmt.Errorf("standard %q is not of the family %q", c[0], c[1])
		}
		all = append(all, Standard{ID: c[0], Family: c[1], Name: c[2], names: strings.Split(c[3], "|"), Title: c[4], clauses: map[string]ClauseLabel{}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = eachRow("sources.tsv", sources, []string{"source", "standard", "what", "address", "looked_up"}, func(c []string) error {
		i := at(c[1])
		if i < 0 {
			return fmt.Errorf("source %q is of the standard %q, which standards.tsv does not have", c[0], c[1])
		}
		if _, err := time.Parse(time.DateOnly, c[4]); err != nil {
			return fmt.Errorf("source %q was looked up on %q, which is no date", c[0], c[4])
		}
		if all[i].source(c[0]) {
			return fmt.Errorf("source %q stands twice", c[0])
		}
		all[i].Sources = append(all[i].Sources, Source{ID: c[0], What: c[2], Address: c[3], LookedUp: c[4]})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, eachRow("clauses.tsv", clauses, []string{"standard", "requirement", "clause", "checked", "source"}, func(c []string) error {
		i := at(c[0])
		if i < 0 {
			return fmt.Errorf("standard %q is not in standards.tsv", c[0])
		}
		return all[i].add(c[1], c[2], c[3], c[4])
	})
}

func (s Standard) source(id string) bool {
	return slices.ContainsFunc(s.Sources, func(x Source) bool { return x.ID == id })
}

// add takes in one row of clauses.tsv.
func (s Standard) add(key, label, checked, source string) error {
	where := s.ID + " " + key
	if !slices.ContainsFunc(Requirements(), func(r Requirement) bool { return r.Key == key }) {
		return fmt.Errorf("%s: there is no such requirement key", where)
	}
	if _, twice := s.clauses[key]; twice {
		return fmt.Errorf("%s stands twice", where)
	}
	switch {
	case checked == "true" && s.source(source):
		s.clauses[key] = ClauseLabel{Label: label, Checked: true, Source: source}
	case checked == "true":
		return fmt.Errorf("%s is checked, and its source %q is none of %s in sources.tsv", where, source, s.ID)
	case checked == "false" && source == "-":
		s.clauses[key] = ClauseLabel{Label: label}
	default:
		return fmt.Errorf("%s has checked %q and source %q: it takes true and a source, or false and -", where, checked, source)
	}
	return nil
}

// eachRow calls take with each row of a table that has these columns and no empty cell.
func eachRow(file, table string, columns []string, take func([]string) error) error {
	head, n := false, 0
	for line := range strings.Lines(table) {
		n++
		line = strings.TrimRight(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "\t")
		if !head {
			if head = true; !slices.Equal(cells, columns) {
				return fmt.Errorf("%s:%d: the columns are %q, want %q", file, n, cells, columns)
			}
			continue
		}
		if len(cells) != len(columns) || slices.Contains(cells, "") {
			return fmt.Errorf("%s:%d: %d cells, want %d, and none empty", file, n, len(cells), len(columns))
		}
		if err := take(cells); err != nil {
			return fmt.Errorf("%s:%d: %w", file, n, err)
		}
	}
	return nil
}
