package catalogue_test

import (
	"go/ast"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register/message"
)

type entry struct{ ID, One, Other string }

func german(t *testing.T) (list []entry, text []byte) {
	t.Helper()
	text, err := os.ReadFile("active.de.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	return list, text
}

// TestGermanIsComplete holds that German has every sentence of the code, in the singular too
// where one has it, and none that the code does not say.
func TestGermanIsComplete(t *testing.T) {
	t.Parallel()
	have := map[string]entry{}
	list, text := german(t)
	for _, e := range list {
		have[e.ID] = e
	}
	all, _ := sentences(t)
	for _, w := range words() {
		all = append(all, sentence{id: w, at: "a word"})
	}
	need := map[string]bool{}
	for _, s := range all {
		need[s.id] = true
		e, ok := have[s.id]
		if !ok {
			t.Errorf("active.de.yaml lacks %q (%s)", s.id, s.at)
		} else if (s.one == "") != (e.One == "") {
			t.Errorf("%q: the singular is %q in the code and %q in German", s.id, s.one, e.One)
		}
	}
	for _, e := range list {
		if !need[e.ID] {
			t.Errorf("active.de.yaml has %q, which the code does not say", e.ID)
		}
	}
	if _, faults := catalogue.Read(text, "active.de.yaml"); len(faults) > 0 {
		t.Errorf("active.de.yaml: %v", faults)
	}
	if len(all) < 300 {
		t.Errorf("the code has %d sentences; the test does not find them any more", len(all))
	}
}

// computedSentences are the places where a sentence is made of what the catalogue has in parts,
// or is what people wrote, with the reason.
func computedSentences() map[string]string {
	return map[string]string{
		"register/guards.go about":                 "add hands its own sentence on",
		"register/say.go say":                      "about hands its own sentence on",
		"register/command.go say":                  "a refusal at the command line has no words for trackers",
		"register/covers.go say":                   "the reason is in the log; words() has the sentences",
		"register/reason.go say":                   "the words of people, or a reason that covers.go has",
		"register/say.go message.New":              "say hands its own sentence on",
		"mapping/say.go message.New":               "say hands its own sentence on",
		"sync/plan/say.go message.New":             "say hands its own sentence on",
		"register/wording/wording.go message.New":  "clear and doubt hand their own sentence on",
		"internal/present/involved.go message.New": "words() has them",
		"sync/sticky/render.go in.New":             "say hands its own sentence on",
		"sync/sticky/render.go in.Term":            "the words of the register; words() has them",
		"sync/sticky/render.go p.say":              "line hands its own sentence on",
		"sync/sticky/waiting.go in.Term":           "the names of fields; words() has them",
	}
}

// TestSentencesStandInTheCode holds that what people read is a message with a sentence that the
// catalogue can have.
func TestSentencesStandInTheCode(t *testing.T) {
	t.Parallel()
	_, computed := sentences(t)
	for _, at := range computed {
		if strings.HasSuffix(at, "message.Term") {
			continue // a word, which words() has
		}
		if computedSentences()[at] == "" {
			t.Errorf("%s is given a sentence that is not written there: make a message with places", at)
		}
	}
	for at := range computedSentences() {
		if !slices.Contains(computed, at) {
			t.Errorf("%s has no such place any more", at)
		}
	}
}

// saying are the packages, and the files of others, in which every text is for people: each
// literal of several words is a sentence of a message, or has a reason not to be one.
func saying() []string {
	return []string{"sync/sticky", "internal/notices/digest.go", "internal/present/notice.go", "internal/present/remedy.go"}
}

// unsaid are literals of several words that nobody reads, or everybody as they are.
func unsaid() map[string]string {
	return map[string]string{
		"- [ ] what @who due:2026-12-31": "the form of a line, which is the same in every language",
		"new issue":                      "a line of the plan at the command line",
		"no issue can be filed for this record, because it has no title": "there is no issue whose people could read it",
		"%s and %d more":               "a line of the log",
		"an independent reviewer":      "whom a need waits for, on the pages and at the command line",
		" other than the owner":        "whom a need waits for, on the pages and at the command line",
		"someone other than the owner": "whom a need waits for, on the pages and at the command line",
		"the other rows":               "what a need waits for, on the pages and at the command line",
		"the ISMS manager":             "whom a need waits for, on the pages and at the command line",
		"the people of the issue":      "whom a need waits for, on the pages and at the command line",
		", the owner":                  "whom a need waits for, on the pages and at the command line",
	}
}

// fields are where a package puts a text for people.
func fields() []string {
	return []string{"What", "Told", "Remedy", "Refused", "Err", "Said", "SaidRemedy"}
}

// TestNoTextOutsideTheCatalogues finds the texts for people that are no sentence of a message.
func TestNoTextOutsideTheCatalogues(t *testing.T) {
	t.Parallel()
	all, _ := sentences(t)
	known := map[string]bool{}
	for _, s := range all {
		known[s.id], known[s.one] = true, true
	}
	for _, w := range words() {
		known[w] = true
	}
	looked := 0
	for _, file := range sources(t) {
		whole := slices.ContainsFunc(saying(), func(s string) bool { return strings.HasPrefix(file.name, s) })
		ast.Inspect(file.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ImportSpec, *ast.Field:
				return false
			case *ast.KeyValueExpr:
				key, _ := n.Key.(*ast.Ident)
				if key == nil || !slices.Contains(fields(), key.Name) || file.pkg == "register" && key.Name == "What" {
					return true // What of a refusal is for the log
				}
				looked++
				if s, ok := literal(n.Value); ok && several(s) && unsaid()[s] == "" {
					t.Errorf("%s: %s is %q: make a message of it", file.name, key.Name, s)
				}
			case *ast.BinaryExpr:
				if s, ok := literal(n); ok && known[s] {
					return false // a sentence in two lines
				}
			case *ast.BasicLit:
				s, ok := literal(n)
				if !whole || !ok || !several(s) {
					return true
				}
				looked++
				if !known[s] && unsaid()[s] == "" {
					t.Errorf("%s: people read %q: make a message of it", file.name, s)
				}
			}
			return true
		})
	}
	if looked < 100 {
		t.Errorf("%d texts were looked at; the test does not find them any more", looked)
	}
}

// several reports whether a text has words with a space between them.
func several(s string) bool {
	return regexp.MustCompile(`\pL[\pL,.:;]* +\pL`).MatchString(s)
}

// TestGermanCommandsAreCommands holds that what German tells people to type is what the English
// sentence tells them to type.
func TestGermanCommandsAreCommands(t *testing.T) {
	t.Parallel()
	n := 0
	list, _ := german(t)
	for _, e := range list {
		english, other := verbs(e.ID), verbs(e.Other)
		n += len(english)
		if !slices.Equal(english, other) {
			t.Errorf("%q tells people to type %v, and %q to type %v", e.ID, english, e.Other, other)
		}
	}
	if n < 50 {
		t.Errorf("%d commands in the catalogue; the test does not find them any more", n)
	}
}

// verbs are the commands in a sentence, as conformd understands them.
func verbs(s string) []string {
	var out []string
	for _, part := range strings.Split(s, "/capa ")[1:] {
		part, _, _ = strings.Cut(part, "`")
		for _, c := range mapping.ParseCommands("/capa " + part) {
			verb := c.Verb
			if strings.HasPrefix(c.Err.String(), "unknown") && !strings.HasPrefix(part, "{{") {
				verb = "unknown: " + c.Verb
			}
			out = append(out, verb)
		}
	}
	slices.Sort(out)
	return out
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	de, ok := catalogue.In("de")
	if !ok {
		t.Fatal("there is no German")
	}
	for _, c := range []struct {
		m             *message.Message
		english, said string
	}{
		{message.New("{{.Field}} is missing", "Field", message.Term("Root cause")), "Root cause is missing", "„Ursache“ fehlt"},
		{message.New("The waiting time ends on {{.Date}}", "Date", message.Day("2026-11-28")), "The waiting time ends on 2026-11-28", "Die Wartezeit endet am 28.11.2026"},
		{message.Plural("{{.N}} thing is needed", "{{.N}} things are needed", "N", message.Count(1)), "1 thing is needed", "1 Angabe fehlt"},
		{message.Plural("{{.N}} thing is needed", "{{.N}} things are needed", "N", message.Count(3)), "3 things are needed", "3 Angaben fehlen"},
		{message.New("Not triaged yet; that takes {{.Roles}}", "Roles", message.Roles("an ISMS manager or somebody with the role ciso")), "Not triaged yet; that takes an ISMS manager or somebody with the role ciso", "Die Triage steht noch aus; zuständig: ISMS-Beauftragte oder Personen mit der Rolle ciso"},
		{message.New("{{.Field}} {{.Value}} is not known", "Field", message.Term("Grade"), "Value", message.Quote("{{.Field}}")), `Grade "{{.Field}}" is not known`, "„Einstufung“: „{{.Field}}“ ist nicht bekannt"},
		{message.New("what {{.Nobody}} translated"), "what {{.Nobody}} translated", "what {{.Nobody}} translated"},
	} {
		if got := c.m.String(); got != c.english {
			t.Errorf("English: %q, want %q", got, c.english)
		}
		stored := c.m.Text().Message()
		if got := de.Say(stored); got != c.said {
			t.Errorf("German: %q, want %q", got, c.said)
		}
		if got := stored.String(); got != c.english {
			t.Errorf("English after it was stored: %q, want %q", got, c.english)
		}
	}
	if got, want := de.Command("/capa keep grade because …"), "/capa beibehalten einstufung weil …"; got != want {
		t.Errorf("Command: %q, want %q", got, want)
	}
	if _, ok := catalogue.In("fr"); ok {
		t.Error("French is there without a catalogue")
	}
}

// TestReadRefuses holds that a catalogue of a further language is complete, and that each
// mistake names its line.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	_, text := german(t)
	whole := string(text)
	for name, c := range map[string]struct {
		file, from, to, want string
		line                 bool
	}{
		"a message is missing": {"active.fr.yaml", "- id: \"is placeholder text\"\n  other: \"ist Platzhaltertext\"\n", "", `the message is missing: "is placeholder text"`, false},
		"an unknown message":   {"active.fr.yaml", "- id: \"is placeholder text\"", "- id: \"is not a text\"", `conformd says no such message: "is not a text"`, true},
		"a wrong place":        {"active.fr.yaml", "„{{.Field}}“ fehlt", "„{{.Fild}}“ fehlt", "the places are {{.Fild}}", true},
		"a lost place":         {"active.fr.yaml", "„{{.Field}}“ fehlt", "fehlt", "the places are none", true},
		"nothing said":         {"active.fr.yaml", "\"ist Platzhaltertext\"", "\"\"", "other is missing", true},
		"an unknown key":       {"active.fr.yaml", "  other: \"ist Platzhaltertext\"", "  otter: \"ist Platzhaltertext\"", `unknown key "otter"`, true},
		"no language":          {"francais.yaml", "", "", "the name of the file says no language", false},
	} {
		content := whole
		if c.from != "" {
			if !strings.Contains(whole, c.from) {
				t.Fatalf("%s: the catalogue has no %q", name, c.from)
			}
			content = strings.Replace(whole, c.from, c.to, 1)
		}
		l, faults := catalogue.Read([]byte(content), c.file)
		i := slices.IndexFunc(faults, func(f catalogue.Fault) bool { return strings.Contains(f.What, c.want) })
		if l != nil || i < 0 {
			t.Errorf("%s: %v, want %q", name, faults, c.want)
			continue
		}
		if c.line && faults[i].Line < 5 || faults[i].Remedy == "" {
			t.Errorf("%s: %+v, want the line and what to do", name, faults[i])
		}
	}
	if l, faults := catalogue.Read(text, "active.fr.yaml"); l.Code() != "fr" || len(faults) > 0 {
		t.Errorf("a whole catalogue is refused: %v", faults)
	}
}
