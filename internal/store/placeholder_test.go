package store_test

import (
	"strconv"
	"testing"
)

// TestPlaceholdersAscend holds that the placeholders of every statement first appear in ascending
// order. One driver binds them by their number, and another by the order in which they appear.
func TestPlaceholdersAscend(t *testing.T) {
	t.Parallel()
	for _, q := range statements(t) {
		most := 0
		for _, m := range placeholder.FindAllStringSubmatch(q, -1) {
			n, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			if n > most+1 {
				t.Errorf("%s\n\t$%d appears before $%d", q, n, most+1)
				break
			}
			most = max(most, n)
		}
	}
}
