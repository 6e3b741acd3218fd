package mapping_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

func TestGermanCommands(t *testing.T) {
	t.Parallel()
	for german, english := range map[string]string{
		"/capa wirksam Stichprobe von 20 Konten, keines aktiv":                 "/capa effective Stichprobe von 20 Konten, keines aktiv",
		"/capa Unwirksam Zwei Konten waren noch aktiv":                         "/capa ineffective Zwei Konten waren noch aktiv",
		"/capa prüfen teilweise Nur ein Standort":                              "/capa verify partially Nur ein Standort",
		"/capa plan-freigeben":                                                 "/capa approve-plan",
		"/capa Plan-Freigeben Der Plan passt":                                  "/capa approve-plan Der Plan passt",
		"/capa wiedereroeffnen Wieder aufgetreten":                             "/capa reopen Wieder aufgetreten",
		"/capa wiedereröffnen Wieder aufgetreten":                              "/capa reopen Wieder aufgetreten",
		"/capa einstufung Nebenabweichung weil keine Daten betroffen waren":    "/capa grade minor because keine Daten betroffen waren",
		"/capa art potenzielle Nichtkonformität weil nichts geschehen ist":     "/capa kind potential_nonconformity because nichts geschehen ist",
		"/capa risiko hoch weil Kundendaten betroffen sind":                    "/capa risk high because Kundendaten betroffen sind",
		"/capa beibehalten status weil es zu früh ist":                         "/capa keep state because es zu früh ist",
		"/capa beibehalten Umsetzung weil der Hersteller liefert":              "/capa keep implementation because der Hersteller liefert",
		"/capa berichtigen ursache weil der Auditor gefragt hat":               "/capa amend root-cause because der Auditor gefragt hat",
		"/capa verknüpfen abgetrennt-von NC-2026-0007 weil zweiter Standort":   "/capa link split-from NC-2026-0007 because zweiter Standort",
		"/capa keine-wiederholung von NC-2026-0007 weil anderes Verzeichnis":   "/capa no-recurrence of NC-2026-0007 because anderes Verzeichnis",
		"/capa verlaengern umsetzung 31.12.2026 weil der Hersteller spät ist":  "/capa extend implementation 31.12.2026 because der Hersteller spät ist",
		"/capa verlängern Ursache und Plan 31.12.2026 weil Prüfung nötig":      "/capa extend cause 31.12.2026 because Prüfung nötig",
		"/capa akzeptieren bis 31.03.2027 weil die Schnittstelle ersetzt wird": "/capa accept until 31.03.2027 because die Schnittstelle ersetzt wird",
		"/capa ursache Die Personalabteilung meldet Austritte nur auf Papier":  "/capa root-cause Die Personalabteilung meldet Austritte nur auf Papier",
		"/capa sofortmassnahme Alle Konten gesperrt":                           "/capa correction Alle Konten gesperrt",
		"/capa annehmen Der neue Speicher bringt Snapshots mit":                "/capa adopt Der neue Speicher bringt Snapshots mit",
		"/capa verwerfen Der Aufwand lohnt nicht":                              "/capa decline Der Aufwand lohnt nicht",
		"/capa zurückstellen bis=01.03.2027 Das Geld fehlt":                    "/capa defer until=01.03.2027 Das Geld fehlt",
		"/capa zurueckstellen bis 01.03.2027 weil das Geld fehlt":              "/capa defer until 01.03.2027 because das Geld fehlt",
		"/capa hochstufen zur Verbesserung weil drei Teams sie sehen":          "/capa promote to improvement because drei Teams sie sehen",
		"/capa hochstufen potenzielle Nichtkonformität weil es kommen kann":    "/capa promote potential_nonconformity because es kommen kann",
		"/capa beibehalten entscheidung weil der Termin bleibt":                "/capa keep decision because der Termin bleibt",
		"/capa berichtigen anlass weil der Auditor gefragt hat":                "/capa amend driver because der Auditor gefragt hat",
		"/capa hilfe": "/capa help",
	} {
		got, want := mapping.ParseCommands(german), mapping.ParseCommands(english)
		if len(got) != 1 || len(want) != 1 || want[0].Err != "" {
			t.Fatalf("%q: %+v, want %+v", german, got, want)
		}
		g, w := got[0], want[0]
		if g.Verb != w.Verb || g.Subject != w.Subject || g.Outcome != w.Outcome || g.Field != w.Field || g.Value != w.Value || g.Text != w.Text || g.Keep != w.Keep || g.Err != w.Err {
			t.Errorf("%q is %+v, want %+v", german, g, w)
		}
	}
}

func TestGermanCommandMistyped(t *testing.T) {
	t.Parallel()
	for typed, meant := range map[string]string{
		"/capa wirksma ok":     "/capa wirksam",
		"/capa abhlehnen weil": "/capa ablehnen",
		"/capa verlängen x":    "/capa verlängern",
	} {
		c := mapping.ParseCommands(typed)
		if len(c) != 1 || !strings.Contains(c[0].Err.String(), "did you mean `"+meant+"`?") {
			t.Errorf("%q: %+v, want %s to be named", typed, c, meant)
		}
	}
	for _, plain := range []string{"Die Ursache ist unklar.", "hilfe", "capa hilfe", "Der Status ist offen, capa status"} {
		if c := mapping.ParseCommands(plain); len(c) > 0 {
			t.Errorf("%q is a command: %+v", plain, c)
		}
	}
}

// Each word leads to an English word that means something where it stands.
func TestGermanWords(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range mapping.GermanWords() {
		key := string(w.Kind) + " " + w.German
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
		known := false
		switch w.Kind {
		case mapping.CommandWord:
			c := mapping.ParseCommands("/capa " + w.English)
			known = len(c) == 1 && !strings.HasPrefix(c[0].Err.String(), "unknown")
		case mapping.FieldWord:
			_, known = register.FieldNamed(w.English)
		case mapping.MilestoneWord:
			_, known = register.MilestoneNamed(w.English)
		case mapping.LinkWord:
			_, known = register.LinkKindNamed(w.English)
		case mapping.ValueWord:
			for _, info := range register.Fields() {
				for _, v := range info.Enum {
					known = known || v == w.English
				}
			}
		}
		if !known {
			t.Errorf("%s: %q means nothing", key, w.English)
		}
	}
}

var updateGerman = flag.Bool("update-german", false, "rewrite the table of German words in the documents")

// TestGermanTable holds that the documents list every word.
func TestGermanTable(t *testing.T) {
	t.Parallel()
	const file = "../docs/operations.md"
	const begin, end = "<!-- table: written by go test ./mapping -run TestGermanTable -update-german -->\n", "<!-- end of table -->"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(data), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no table of German words", file)
	}
	var b strings.Builder
	b.WriteString("\n| in a command | German | English |\n|---|---|---|\n")
	words := mapping.GermanWords()
	for i := 0; i < len(words); {
		w, german := words[i], []string{}
		for ; i < len(words) && words[i].Kind == w.Kind && words[i].English == w.English; i++ {
			german = append(german, "`"+words[i].German+"`")
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` |\n", w.Kind, strings.Join(german, ", "), w.English)
	}
	want := before + begin + b.String() + "\n" + end + after
	if *updateGerman {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil { //nolint:gosec // a document
			t.Fatal(err)
		}
		return
	}
	if want != string(data) {
		t.Errorf("%s does not list the German words: go test ./mapping -run TestGermanTable -update-german", file)
	}
}
