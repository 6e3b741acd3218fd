package register

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	// leadIn matches what people write before the number of a requirement.
	leadIn = regexp.MustCompile(`^(iso(/iec)?\s*)?(27001|27002)?(:\d{4})?[\s,]*(annex|anhang)?\s*(clause|control|kapitel|abschnitt)?\s*`)
	// numberOf matches the number of a requirement: "a.5.18", "5.18", "10.2".
	numberOf = regexp.MustCompile(`^(a[.\s]*)?(\d{1,2})\.(\d{1,2})\b`)
)

// isControl reports whether a number without a letter is one of a control of Annex A: the clauses
// 4 to 10 of ISO/IEC 27001 have fewer parts than the annex has controls.
func isControl(clause, part string) bool {
	parts := map[string]int{"4": 4, "5": 3, "6": 3, "7": 5, "8": 3, "9": 3, "10": 2}
	n, err := strconv.Atoi(part)
	return err == nil && n > parts[clause]
}

// requirementsOf returns the requirements of r in one form.
func requirementsOf(r Record) []string { return SameRequirements(r.Fields[FieldRequirements]) }

// SameRequirements returns the members of a set of requirements in one form, so that "A.5.18",
// "5.18" and "Annex A 5.18" are the same. What has no number is compared by its words.
func SameRequirements(set string) []string {
	var out []string
	for _, ref := range members(set) {
		bare := leadIn.ReplaceAllString(strings.ToLower(strings.TrimSpace(ref)), "")
		q := normal(ref)
		if m := numberOf.FindStringSubmatch(bare); m != nil {
			q = m[2] + "." + m[3]
			if m[1] != "" || isControl(m[2], m[3]) {
				q = "a." + q
			}
		}
		if q != "" {
			out = append(out, q)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
