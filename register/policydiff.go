package register

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Difference is one thing in which two adopted documents differ.
type Difference struct {
	Key    string `json:"key"`              // what differs, "waiting_days.minor"
	Before string `json:"before,omitempty"` // "" when it was not there
	After  string `json:"after,omitempty"`  // "" when it is not there any more
	Words  string `json:"words"`            // for people: "waiting time of a minor: 60 → 0 days"
	// Personal says that the values identify a person beyond their id in the register.
	Personal bool `json:"-"`
}

// String returns the difference in words.
func (d Difference) String() string { return d.Words }

// Diff returns in words how the policy after differs from the policy before; nothing for
// equal ones.
func Diff(before, after PolicyDocument) []string {
	var out []string
	for _, d := range Differences(before, after) {
		out = append(out, d.Words)
	}
	return out
}

// Differences returns how the policy after differs from the policy before: the rules in the
// order of their ids, then waiting times, roles, the time matrix, the rigour matrix, scales, fields, the calendar, exceptions and the rest.
func Differences(before, after PolicyDocument) []Difference {
	var out []Difference
	add := func(key, was, is, words string) {
		if was != is {
			out = append(out, Difference{Key: key, Before: was, After: is, Words: words})
		}
	}
	old, now := byID(before.Rules), byID(after.Rules)
	for _, id := range keys(old, now) {
		out = append(out, ruleDifferences(id, old[id], now[id])...)
	}
	for _, g := range keys(before.WaitDays, after.WaitDays) {
		was, is := days(before.WaitDays, g), days(after.WaitDays, g)
		add("waiting_days."+string(g), was, is, "waiting time of "+named(g)+": "+cmp.Or(was, "none")+" → "+cmp.Or(is, "none")+" days")
	}
	for _, act := range keys(before.Roles, after.Roles) {
		was, is := strings.Join(before.Roles[act], ", "), strings.Join(after.Roles[act], ", ")
		add("roles."+string(act), was, is, "the roles that may "+string(act)+": "+cmp.Or(was, "nobody")+" → "+cmp.Or(is, "nobody"))
	}
	out = append(out, rowDifferences("times", "times of", "the time matrix", before.Times, after.Times)...)
	out = append(out, rowDifferences("rigour", "demands on", "the rigour matrix", before.Rigour, after.Rigour)...)
	out = append(out, scaleDifferences(before.Scales, after.Scales)...)
	out = append(out, fieldDifferences(before.Fields, after.Fields)...)
	out = append(out, calendarDifferences(before.Calendar, after.Calendar)...)
	for _, x := range []struct {
		key, of string
		was, is int
	}{
		{"major_days", "a major, or of a critical or high risk,", before.Acceptance.Major, after.Acceptance.Major},
		{"minor_days", "another record", before.Acceptance.Minor, after.Acceptance.Minor},
	} {
		was, is := strconv.Itoa(x.was), strconv.Itoa(x.is)
		add("acceptance."+x.key, was, is, "an exception of "+x.of+" lasts at most: "+was+" → "+is+" days")
	}
	small := "the reviewer of a minor nonconformity may not be involved in it any more"
	if after.SmallOrg {
		small = "the reviewer of a minor nonconformity may be involved in it"
	}
	add("small_org", strconv.FormatBool(before.SmallOrg), strconv.FormatBool(after.SmallOrg), small)
	add("edition", string(before.Edition), string(after.Edition), "clause numbers are those of "+string(after.Edition)+" (were "+string(before.Edition)+")")
	return out
}

// ruleDifferences compares one rule; nil is a policy without it.
func ruleDifferences(id string, was, is *PolicyRule) []Difference {
	key := "rules." + id
	switch {
	case was == nil && is.Enabled:
		return append([]Difference{{Key: key, After: is.strength(), Words: id + " is new (" + string(is.Severity) + ")"}}, casesOf(key, id, is)...)
	case was == nil:
		return append([]Difference{{Key: key, After: is.strength(), Words: id + " is new, and switched off"}}, casesOf(key, id, is)...)
	case is == nil:
		return []Difference{{Key: key, Before: was.strength(), Words: id + " is gone"}}
	}
	var out []Difference
	add := func(part, before, after, words string) {
		if before != after {
			out = append(out, Difference{Key: key + part, Before: before, After: after, Words: words})
		}
	}
	words := id + " is switched off"
	switch {
	case was.Enabled && is.Enabled && is.Severity == Must:
		words = id + " holds records back (only reported)"
	case was.Enabled && is.Enabled:
		words = id + " only reports (held records back)"
	case is.Enabled:
		words = id + " is switched on (" + string(is.Severity) + ")"
	}
	add("", was.strength(), is.strength(), words)
	add(".revision", strconv.Itoa(was.Revision), strconv.Itoa(is.Revision), fmt.Sprintf("%s demands something else (revision %d → %d of its check)", id, was.Revision, is.Revision))
	add(".to", string(was.To), string(is.To), id+" is needed for "+string(is.To)+" (was needed for "+string(was.To)+")")
	kinds, now := list(was.Kinds), list(is.Kinds)
	add(".kinds", kinds, now, id+" applies to other kinds: "+kinds+" → "+now)
	grades, now := cmp.Or(list(was.Grades), "all"), cmp.Or(list(is.Grades), "all")
	add(".grades", grades, now, id+" applies to other grades: "+grades+" → "+now)
	return append(out, rowDifferences(key+".cases", "cases of "+id+" for", "the cases of "+id, was.Cases, is.Cases)...)
}

// casesOf are the cases of a rule that is new.
func casesOf(key, id string, is *PolicyRule) []Difference {
	return rowDifferences(key+".cases", "cases of "+id+" for", "the cases of "+id, nil, is.Cases)
}

// strength is how much a rule does: its severity, or that it is off.
func (r *PolicyRule) strength() string {
	if !r.Enabled {
		return "off"
	}
	return string(r.Severity)
}

func byID(rules []PolicyRule) map[string]*PolicyRule {
	out := map[string]*PolicyRule{}
	for i := range rules {
		out[rules[i].ID] = &rules[i]
	}
	return out
}

// keys returns the keys of both maps, sorted.
func keys[K cmp.Ordered, V any](a, b map[K]V) []K {
	both := maps.Clone(a)
	if both == nil {
		both = map[K]V{}
	}
	maps.Copy(both, b)
	return slices.Sorted(maps.Keys(both))
}

// days is the waiting time of a grade, "" if it has none.
func days(of map[Grade]int, g Grade) string {
	n, ok := of[g]
	if !ok {
		return ""
	}
	return strconv.Itoa(n)
}

// named is a grade with its article.
func named(g Grade) string {
	switch g {
	case GradeObservation:
		return "an observation"
	case GradeOFI:
		return "an opportunity for improvement"
	default:
		return "a " + string(g)
	}
}

func list[T ~string](xs []T) string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return strings.Join(out, ", ")
}
