package register

import (
	"regexp"
	"slices"
	"strings"
)

// A SimilarityReview is what was found out about similar nonconformities (nc.similar). People write it as a text, and
// may say apart in lines of their own where they looked, what they found, and what is similar:
//
//	scope: all admin consoles of SaaS
//	result: found
//	siblings: NC-2026-0007, NC-2026-0009
//
// A text without these lines says less, and nothing more is asked of it.
type SimilarityReview struct {
	Scope  string           `json:"scope,omitempty"`
	Result SimilarityResult `json:"result,omitempty"`
	// Unknown is what stands as the result and is none.
	Unknown string `json:"unknown,omitempty"`
	// Siblings are the records and issues that the text names, this record left out.
	Siblings []string `json:"siblings,omitempty"`
}

// A SimilarityResult is what a search for similar nonconformities came to.
type SimilarityResult string

// The results.
const (
	NoneFound  SimilarityResult = "none found"
	SimilarOne SimilarityResult = "found"       // there are others, which have records of their own
	CouldOccur SimilarityResult = "could occur" // there is none yet, and something is done so that none comes
)

// similarLine matches a line that says one thing apart, in English and German.
var similarLine = regexp.MustCompile(`(?im)^[ \t]*(?:[-*+][ \t]+)?\**(scope|searched|bereich|durchsucht|result|ergebnis|siblings|ähnliche)\**[ \t]*:\**[ \t]*(.+?)[ \t]*$`)

// results are the words for each result, in English and German.
func results() map[string]SimilarityResult {
	return map[string]SimilarityResult{
		"none found": NoneFound, "none": NoneFound, "keine gefunden": NoneFound, "keine": NoneFound,
		"found": SimilarOne, "gefunden": SimilarOne,
		"could occur": CouldOccur, "möglich": CouldOccur, "kann auftreten": CouldOccur,
	}
}

var similarities memo[SimilarityReview] //nolint:gochecknoglobals // the same for the same texts

// Similarity returns the similarity review of r.
func (r Record) Similarity() SimilarityReview {
	text := r.Fields[FieldSimilarity]
	if empty(text) {
		return SimilarityReview{}
	}
	out := similarities.get(text, func() SimilarityReview { return readSimilarity(text) })
	out.Siblings = slices.DeleteFunc(slices.Clone(out.Siblings), func(ref string) bool { return ref == r.Ref })
	return out
}

// readSimilarity reads a text. Siblings are all that it names.
func readSimilarity(text string) SimilarityReview {
	out := SimilarityReview{Siblings: References(text)}
	for _, m := range similarLine.FindAllStringSubmatch(text, -1) {
		switch strings.ToLower(m[1]) {
		case "scope", "searched", "bereich", "durchsucht":
			out.Scope = m[2]
		case "result", "ergebnis":
			word := strings.ToLower(strings.Trim(oneLine(m[2]), ".*_ "))
			if out.Result = results()[word]; out.Result == "" {
				out.Unknown = m[2]
			}
		}
	}
	return out
}

// Words says for people what was found out: "found: NC-2026-0007; looked in all consoles".
func (s SimilarityReview) Words() string {
	var out []string
	if s.Result != "" {
		found := string(s.Result)
		if len(s.Siblings) > 0 {
			found += ": " + strings.Join(s.Siblings, ", ")
		}
		out = append(out, found)
	}
	if s.Scope != "" {
		out = append(out, "looked in "+s.Scope)
	}
	return strings.Join(out, "; ")
}

// unanswered returns what a similarity review that says its result still owes: what was found has a
// record, and what could occur an action that prevents it, or a record of its own.
func (s SimilarityReview) unanswered(r Record) *Message {
	switch {
	case s.Unknown != "":
		return about(FieldSimilarity, `{{.Field}} has the result {{.Value}}; write "none found", "found" or "could occur"`, "Value", quoted(s.Unknown))
	case s.Result == SimilarOne && len(s.Siblings) == 0:
		return about(FieldSimilarity, "{{.Field}} says that similar ones were found, and names none; name their records, as in NC-2026-0007")
	case s.Result == CouldOccur && len(s.Siblings) == 0 && !slices.ContainsFunc(r.AllActions(), func(a Action) bool { return a.Kind == Preventive && a.State != ActionCancelled }):
		return about(FieldSimilarity, "{{.Field}} says that similar ones could occur; plan a preventive action (kind:preventive), or name the record about it")
	default:
		return nil
	}
}
