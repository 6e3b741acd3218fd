package textbench

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping/text"
)

// Convert sends a text from GitHub to Jira and back by conversion alone, as happens to a
// text that is new there, and names what is not the same afterwards.
func Convert(gfm string) []string {
	return Show(gfm).Differ(Show(text.FromWiki(text.ToWiki(gfm))))
}

// edited takes the place of a word in an edit.
const edited = "Qxzw"

// Circle sends a description from GitHub to Jira, where a person changes one word after
// the other and at last adds a paragraph, and each time back into the description. It
// names what is not the same afterwards but for the edit, and returns how many edits
// there were.
func Circle(description string) (lost []string, edits int) {
	register := text.Canonical(description)
	jira := text.ToWiki(register)
	before := Show(description)
	try := func(news, word string) {
		edits++
		after := text.Replace(description, text.IntoGFM(register, jira, news, nil))
		if !strings.Contains(after, edited) {
			lost = append(lost, "the edit")
		}
		lost = append(lost, before.Differ(Show(strings.ReplaceAll(after, edited, word)))...)
	}
	at := 0
	for line := range strings.Lines(jira) {
		for _, w := range editable(line) {
			try(jira[:at+w[0]]+edited+jira[at+w[1]:], line[w[0]:w[1]])
		}
		at += len(line)
	}
	try(jira+"\n\n"+edited, "")
	slices.Sort(lost)
	return slices.Compact(lost), edits
}

// Lossless returns the share of descriptions that come back whole from a full circle.
func Lossless(descriptions []string) float64 {
	same := 0
	for _, d := range descriptions {
		if lost, _ := Circle(d); len(lost) == 0 {
			same++
		}
	}
	return float64(same) / float64(max(len(descriptions), 1))
}

var (
	// markup matches what is no word of a line of wiki markup: tags, links, pictures,
	// addresses.
	markup  = regexp.MustCompile(`\{[^{}]*\}|\[[^\]]*\]|![^!]*!|<[^>]*>|\w+://\S*|www\.\S*|\S*@\S*|\\\S|&#?\w+;|^(?:h[1-6]|bq)\.`)
	letters = regexp.MustCompile(`[\pL]+`)
)

// editable returns the places of the words of a line that a person could change: those
// between blanks and plain punctuation.
func editable(line string) [][]int {
	blank := markup.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("\x00", len(s)) })
	var out [][]int
	for _, at := range letters.FindAllStringIndex(blank, -1) {
		const around = " \n.,;:()\"'|*_-"
		if (at[0] == 0 || strings.IndexByte(around, blank[at[0]-1]) >= 0) && (at[1] == len(blank) || strings.IndexByte(around, blank[at[1]]) >= 0) {
			out = append(out, at)
		}
	}
	return out[:min(len(out), mostEdits)]
}

// mostEdits bounds the edits of one line.
const mostEdits = 12

// CircleJira sends a description from Jira to GitHub, where a person changes one word
// after the other, and each time back into Jira. It returns the edits after which the
// description is not byte for byte what it was but for the word, and how many edits there
// were. The names of people and of files are not edited: in Jira they are no words.
func CircleJira(description string, people map[string]string) (lost []string, edits int) {
	names := func(id string) (string, bool) { name, ok := people[id]; return name, ok }
	register := text.FromWikiNamed(description, names)
	hidden := []string{}
	for _, name := range people {
		hidden = append(hidden, name, strings.Repeat("\x00", len(name)))
	}
	blank := strings.NewReplacer(hidden...)
	at := 0
	for line := range strings.Lines(register) {
		words := blank.Replace(fileNames.ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("\x00", len(s)) }))
		for _, w := range editable(words) {
			edits++
			word := line[w[0]:w[1]]
			news := register[:at+w[0]] + edited + register[at+w[1]:]
			after := text.IntoWiki(description, register, news, names)
			if !strings.Contains(after, edited) || strings.Replace(after, edited, word, 1) != description {
				lost = append(lost, word+" in "+strings.TrimSpace(line)+" leaves "+after)
			}
		}
		at += len(line)
	}
	return lost, edits
}

// fileNames matches what GitHub shows of an attachment.
var fileNames = regexp.MustCompile(`\(image: [^)]*\)|(?:\w+ ){1,2}\(\w+\.log\)|\w[\w -]*\.(?:csv|log|png)`)
