package findings

import (
	"maps"
	"strings"

	"github.com/conformd/conformd/register"
)

// A Grade is a grade of the register, which tells the kind of the record as well.
type Grade = register.Grade

// kindOf returns what sort of record a grade belongs to.
func kindOf(g Grade) register.Kind {
	switch g {
	case register.GradeObservation:
		return register.Observation
	case register.GradeOFI:
		return register.Improvement
	default:
		return register.Nonconformity
	}
}

// GradeNamed returns the grade of the register with a name.
func GradeNamed(name string) (Grade, bool) {
	g := Grade(strings.ToLower(strings.TrimSpace(name)))
	_, ok := bodyWords()[g]
	return g, ok
}

// bodyWords are the words that certification bodies use, in English and German.
func bodyWords() map[Grade][]string {
	return map[Grade][]string{
		register.Major: {
			"Major", "Major nonconformity", "Major nonconformance", "Major NC", "NC major", "Category 1", "Cat 1",
			"Hauptabweichung", "Wesentliche Abweichung", "Schwerwiegende Abweichung",
		},
		register.Minor: {
			"Minor", "Minor nonconformity", "Minor nonconformance", "Minor NC", "NC minor", "Category 2", "Cat 2",
			"Nebenabweichung", "Geringfügige Abweichung", "Untergeordnete Abweichung",
		},
		register.GradeOFI: {
			"OFI", "Opportunity for improvement", "Improvement", "Recommendation",
			"Verbesserungspotenzial", "Verbesserungspotential", "Verbesserungsmöglichkeit", "Empfehlung",
		},
		register.GradeObservation: {"Observation", "OBS", "Note", "Beobachtung", "Hinweis", "Anmerkung"},
	}
}

// grades returns the words for grades in the form in which they are compared.
func grades(more map[string]Grade) map[string]Grade {
	out := map[string]Grade{}
	for g, words := range bodyWords() {
		for _, w := range words {
			out[known(w)] = g
		}
	}
	for w, g := range more {
		out[known(w)] = g
	}
	delete(out, "")
	return out
}

// gradeRemedy says which words are known.
func gradeRemedy(more map[string]Grade) string {
	words := bodyWords()
	var out []string
	for _, g := range []Grade{register.Major, register.Minor, register.GradeOFI, register.GradeObservation} {
		out = append(out, string(g)+": "+strings.Join(words[g], ", "))
	}
	s := "the words known are " + strings.Join(out, "; ")
	if len(more) > 0 {
		var own []string
		for w := range maps.Keys(more) {
			own = append(own, w)
		}
		s += "; and by --grade " + strings.Join(sorted(own), ", ")
	}
	return s + `; say what another word means: --grade "Critical=major"`
}
