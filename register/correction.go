package register

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Correction is one thing that was done at once (nc.control). People write it as a line of text, and
// may say of what sort it is, who did it when, and what shows it:
//
//	containment: disabled the three accounts @erik done:2026-01-02 evidence:https://acme.example/4711
//
// A line without these says less, and no rule asks for more.
type Correction struct {
	ID   string         `json:"id"` // "K1"
	Text string         `json:"text"`
	Type CorrectionType `json:"type,omitempty"`
	By   string         `json:"done_by,omitempty"` // as it was written behind @
	On   string         `json:"done_at,omitempty"` // date
	// Evidence is what shows it, as written.
	Evidence string `json:"evidence,omitempty"`
}

// A CorrectionType is a sort of correction.
type CorrectionType string

// The sorts of correction.
const (
	OfContainment  CorrectionType = "containment"  // keeps it from getting worse
	OfCorrection   CorrectionType = "correction"   // puts it right
	OfConsequence  CorrectionType = "consequence"  // deals with what it led to (nc.consequences)
	OfNotification CorrectionType = "notification" // tells those who must know
)

// correctionTypes are the words that a line may begin with, in English and German.
func correctionTypes() map[string]CorrectionType {
	return map[string]CorrectionType{
		"containment": OfContainment, "correction": OfCorrection, "consequence": OfConsequence, "consequences": OfConsequence, "notification": OfNotification,
		"eindämmung": OfContainment, "korrektur": OfCorrection, "folge": OfConsequence, "folgen": OfConsequence, "benachrichtigung": OfNotification, "meldung": OfNotification,
	}
}

// Corrections returns what was done at once, in the order of the text: the items of a list of
// two or more, else the text as a whole.
func (r Record) Corrections() []Correction {
	var out []Correction
	for i, text := range listed(r.Fields[FieldCorrection]) {
		c := readCorrection(text)
		c.ID = correctionLetter + strconv.Itoa(r.number(numbersOf(FieldCorrection), i))
		out = append(out, c)
	}
	return out
}

// readCorrection reads a line. What is none of its parts stays in the text.
func readCorrection(line string) Correction {
	if strings.Contains(line, "\n") { // a text, and no line
		return Correction{Text: line}
	}
	var c Correction
	words := seen(line)
	if m := checkbox.FindString(line); m != "" {
		words = seen(line[len(m):])
	}
	if len(words) > 1 {
		if kind, ok := strings.CutSuffix(strings.ToLower(words[0]), ":"); ok {
			if c.Type = correctionTypes()[kind]; c.Type != "" {
				words = words[1:]
			}
		}
	}
	var text []string
	for i, w := range words {
		key, value, _ := strings.Cut(strings.TrimRight(w, ",;."), ":")
		_, err := time.Parse(time.DateOnly, value)
		switch key = strings.ToLower(key); {
		case (key == "evidence" || key == "nachweis") && value+strings.Join(words[i+1:], "") != "":
			c.Evidence = strings.TrimSpace(value + " " + strings.Join(words[i+1:], " "))
			c.Text = strings.Join(text, " ")
			return c
		case (key == "done" || key == "erledigt") && err == nil:
			c.On = value
		case c.By == "" && len(w) > 1 && strings.HasPrefix(w, "@") && value == "":
			c.By = key[1:]
		default:
			text = append(text, w)
		}
	}
	c.Text = strings.Join(text, " ")
	return c
}

// Words is the correction in one line for people: "containment: disabled the accounts, by erik on
// 2026-01-02". Name says what people are called.
func (c Correction) Words(name func(string) string) string {
	var out []string
	if c.Type != "" {
		out = append(out, string(c.Type)+":")
	}
	out = append(out, c.Text)
	if c.By != "" {
		out = append(out, "by "+name(c.By))
	}
	if c.On != "" {
		out = append(out, "on "+c.On)
	}
	if c.Evidence != "" {
		out = append(out, "(evidence: "+c.Evidence+")")
	}
	return strings.Join(slices.DeleteFunc(out, func(s string) bool { return s == "" }), " ")
}
