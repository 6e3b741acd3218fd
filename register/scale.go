package register

import (
	"fmt"
	"slices"
	"strings"
)

// A Step is a step of an organisation's own scale of grades or risks. Rules and matrices see what it
// counts as; the register keeps its name.
type Step struct {
	Name string `json:"name"` // "Hauptabweichung"
	As   string `json:"as"`   // "major"
}

// Value is the step as a record has it: "Hauptabweichung (major)", or the bare word where the name is
// none of its own. A value says itself what it counted as on its day, so that a changed scale means
// nothing for records that have it.
func (s Step) Value() string {
	if s.Name == s.As {
		return s.Name
	}
	return s.Name + " (" + s.As + ")"
}

// Scaled returns the fields that may have a scale of their own.
func Scaled() []Field { return []Field{FieldGrade, FieldRisk} }

// CountsAs returns what rules see of a value of a field: "major" for "Hauptabweichung (major)".
func CountsAs(f Field, value string) string {
	_, as := split(f, value)
	return as
}

// StepName returns the name of the step that a value is: "Hauptabweichung" for "Hauptabweichung (major)".
func StepName(f Field, value string) string {
	name, _ := split(f, value)
	return name
}

func split(f Field, value string) (name, as string) {
	body, closed := strings.CutSuffix(value, ")")
	if !closed || f != FieldGrade && f != FieldRisk {
		return value, value
	}
	i := strings.LastIndex(body, " (")
	if i < 0 {
		return value, value
	}
	if info, _ := Info(f); !slices.Contains(info.Enum, body[i+2:]) {
		return value, value
	}
	return body[:i], body[i+2:]
}

// Risk returns the risk of r as rules see it, "" while it has none.
func (r Record) Risk() string { return CountsAs(FieldRisk, r.Fields[FieldRisk]) }

// StepNamed returns the step of a scale that somebody names: by its name, whatever its case and its
// spaces, or by the word it counts as where it is the only one that does.
func StepNamed(steps []Step, word string) (Step, bool) {
	plain := func(s string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" \t_-", r) }), " ")
	}
	for _, s := range steps {
		if plain(s.Name) == plain(word) || plain(s.Value()) == plain(word) {
			return s, true
		}
	}
	var found []Step
	for _, s := range steps {
		if s.As == plain(word) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return Step{}, false
	}
	return found[0], true
}

// knownValue reports whether a field may be decided to have a value: one of its scale, or of its list.
func (p Policy) knownValue(info FieldInfo, value string) bool {
	if steps := p.Steps()[info.Field]; len(steps) > 0 {
		return slices.ContainsFunc(steps, func(s Step) bool { return s.Value() == value })
	}
	return info.Enum == nil || slices.Contains(info.Enum, value)
}

// Choices are the values that people may name for a field, nil for any.
func (p Policy) Choices(f Field) []string {
	var out []string
	for _, s := range p.Steps()[f] {
		out = append(out, s.Name)
	}
	if info, _ := Info(f); out == nil {
		return info.Enum
	}
	return out
}

// stepFor returns the first value of a field that counts as a word.
func (p Policy) stepFor(f Field, as string) string {
	for _, s := range p.Scales[f] {
		if s.As == as {
			return s.Value()
		}
	}
	return as
}

// scaleDifferences compares the scales of two policies.
func scaleDifferences(before, after map[Field][]Step) []Difference {
	var out []Difference
	for _, f := range keys(before, after) {
		first := len(out)
		was, is := stepWords(before[f]), stepWords(after[f])
		for _, name := range keys(was, is) {
			a, b := was[name], is[name]
			key, what := "scales."+string(f)+"["+name+"]", strings.ToLower(label(f))+" "+quote(name)
			switch {
			case a == b:
			case a == "":
				out = append(out, Difference{Key: key, After: b, Words: what + " is new and counts as " + b})
			case b == "":
				out = append(out, Difference{Key: key, Before: a, Words: what + " is gone (counted as " + a + ")"})
			default:
				out = append(out, Difference{Key: key, Before: a, After: b, Words: fmt.Sprintf("%s counts as %s (counted as %s)", what, b, a)})
			}
		}
		if was, is := stepOrder(before[f]), stepOrder(after[f]); was != is && len(out) == first {
			out = append(out, Difference{Key: "scales." + string(f), Before: was, After: is, Words: "the steps of " + strings.ToLower(label(f)) + " stand in another order: " + is})
		}
	}
	return out
}

func stepWords(steps []Step) map[string]string {
	out := map[string]string{}
	for _, s := range steps {
		out[s.Name] = s.As
	}
	return out
}

func stepOrder(steps []Step) string {
	var out []string
	for _, s := range steps {
		out = append(out, s.Name)
	}
	return strings.Join(out, ", ")
}
