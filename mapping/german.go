package mapping

import (
	"slices"
	"strings"
	"sync"

	"github.com/conformd/conformd/register"
)

// A GermanWord is a word that people may type in a command in the place of an English one,
// whatever the language of the binding. The log and the register have the English word.
type GermanWord struct {
	Kind    WordKind
	German  string
	English string
}

// A WordKind is the part of a command where a word stands.
type WordKind string

// The kinds of words.
const (
	CommandWord   WordKind = "command"
	FieldWord     WordKind = "field"
	MilestoneWord WordKind = "milestone"
	LinkWord      WordKind = "link"
	ValueWord     WordKind = "value"
)

// GermanWords are the words, in the order of the documents. An umlaut may be typed as two
// letters.
func GermanWords() []GermanWord {
	var out []GermanWord
	add := func(k WordKind, pairs ...string) {
		for p := range slices.Chunk(pairs, 2) {
			out = append(out, GermanWord{k, p[0], p[1]})
		}
	}
	add(CommandWord,
		"wirksam", "effective", "unwirksam", "ineffective", "teilweise", "partially", "prüfen", "verify",
		"plan-freigeben", "approve-plan", "ablehnen", "reject", "wiedereröffnen", "reopen",
		"annehmen", "adopt", "verwerfen", "decline", "zurückstellen", "defer", "hochstufen", "promote", "messwert", "measure", "unterzeichnen", "sign",
		"art", "kind", "einstufung", "grade", "risiko", "risk", "quelle", "source", "verantwortlich", "owner",
		"beibehalten", "keep", "berichtigen", "amend", "verknüpfen", "link", "trennen", "unlink",
		"wiederholung", "recurrence", "keine-wiederholung", "no-recurrence", "verlängern", "extend", "akzeptieren", "accept",
		"ursache", "root-cause", "sofortmaßnahme", "correction", "korrektur", "correction", "ähnliche", "similar",
		"isms-änderung", "isms-change", "abschluss", "close-summary", "hilfe", "help")
	add(FieldWord,
		"status", string(register.FieldState), "titel", string(register.FieldTitle), "art", string(register.FieldKind), "einstufung", string(register.FieldGrade),
		"risiko", string(register.FieldRisk), "quelle", string(register.FieldSource), "verantwortlich", string(register.FieldOwner), "verantwortliche-person", string(register.FieldOwner),
		"meldende-person", string(register.FieldReporter), "anforderung", string(register.FieldRequirements), "beschreibung", string(register.FieldProblem),
		"nachweis", string(register.FieldEvidence), "bereich", string(register.FieldLocation), "normen", string(register.FieldStandards), "festgestellt-am", string(register.FieldIdentified),
		"auswirkungen", string(register.FieldConsequences), "sofortmaßnahme", string(register.FieldCorrection), "ursache", string(register.FieldRootCause),
		"ähnliche", string(register.FieldSimilarity), "maßnahmenplan", string(register.FieldActionPlan), "wirksamkeitskriterien", string(register.FieldCriteria),
		"isms-änderung", string(register.FieldISMSChange), "abschlussvermerk", string(register.FieldCloseSummary), "ablehnungsgrund", string(register.FieldRejectReason),
		"anlass", string(register.FieldDriver), "nutzen", string(register.FieldBenefit), "eintrittswahrscheinlichkeit", string(register.FieldLikelihood),
		"folgen-bei-eintritt", string(register.FieldEffect), "geprüftes-ausmaß", string(register.FieldExtent),
		"unmittelbare-ursache", string(register.FieldDirectCause), "warum-nicht-bemerkt", string(register.FieldEscapeCause))
	add(MilestoneWord,
		"sofortmaßnahme", string(register.MilestoneContainment), "ursache", string(register.MilestoneCause), "ursache-und-plan", string(register.MilestoneCause),
		"entscheidung", string(register.MilestoneDecision),
		"umsetzung", string(register.MilestoneImplementation), "wirksamkeitsprüfung", string(register.MilestoneVerification))
	add(LinkWord,
		"duplikat-von", "duplicate-of", "abgetrennt-von", "split-from", "wiederholung-von", "recurrence-of")
	add(ValueWord,
		"hauptabweichung", string(register.Major), "nebenabweichung", string(register.Minor), "beobachtung", string(register.Observation),
		"verbesserungspotenzial", string(register.GradeOFI), "nichtkonformität", string(register.Nonconformity), "potenzielle-nichtkonformität", string(register.PotentialNonconformity),
		"verbesserung", string(register.Improvement), "kritisch", "critical", "hoch", "high", "mittel", "medium", "niedrig", "low")
	return out
}

var germanWords = sync.OnceValue(GermanWords) //nolint:gochecknoglobals // a constant

// A typedWord is a German word in the form of germanForm, where it stands in a command.
type typedWord struct {
	kind WordKind
	form string
}

// englishWords holds the English words by what people may type for them. Every comment that is read asks for several.
var englishWords = sync.OnceValue(func() map[typedWord]string { //nolint:gochecknoglobals // a constant
	out := map[typedWord]string{}
	for _, w := range germanWords() {
		out[typedWord{w.Kind, germanForm(w.German)}] = w.English
	}
	return out
})

// inEnglish returns the English word for a German one, and any other word as it is.
func inEnglish(k WordKind, typed string) string {
	if word, ok := englishWords()[typedWord{k, germanForm(typed)}]; ok {
		return word
	}
	return typed
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss") //nolint:gochecknoglobals // a constant

// germanForm is the form in which German words are compared: in lower case, with two letters
// for an umlaut, and a dash between words.
func germanForm(s string) string {
	s = umlauts.Replace(strings.ToLower(s))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "-")
}
