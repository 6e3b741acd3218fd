package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A configuration has a language, a binding and a person may have another, and how a date is
// read follows the language unless register.dates says it.
func TestLanguages(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ add, binding, dates string }{
		{"", "", "iso"},
		{"language: de\n", "de", "day_first"},
		{"language: de\nregister: {dates: iso}\n", "de", "iso"},
		{"register: {dates: month_first}\n", "", "month_first"},
	} {
		c, err := Parse("conformd.yaml", []byte(string(small)+"\n"+x.add), environment("T=x"))
		if err != nil {
			t.Fatal(err)
		}
		code := c.Bindings[0].Language
		if got := c.Speaks(code).Code(); got != x.binding || c.DateOrder(code) != x.dates {
			t.Errorf("%q: language %q with dates %s, want %q with %s", x.add, got, c.DateOrder(code), x.binding, x.dates)
		}
	}
	c, err := Parse("conformd.yaml", []byte(strings.Replace(string(small), "- id: gh\n", "- id: gh\n    language: de\n", 1)), environment("T=x"))
	if err != nil {
		t.Fatal(err)
	}
	if c.Bindings[0].Language != "de" || c.Language != "en" {
		t.Errorf("the binding has the language %q and the organisation %q, want de and en", c.Bindings[0].Language, c.Language)
	}
}

// A further language is a file beside the configuration; its mistakes name its own lines.
func TestFurtherLanguages(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/smallest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	german, err := os.ReadFile("../catalogue/active.de.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	load := func(add string) (*Config, error) {
		write("conformd.yaml", string(small)+"\n"+add)
		return Load(filepath.Join(dir, "conformd.yaml"), environment("T=x"))
	}
	write("active.fr.yaml", strings.Replace(string(german), `"ist Platzhaltertext"`, `"est un texte de remplissage"`, 1))
	c, err := load("language: fr\nlanguages: [active.fr.yaml]\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Speaks("fr").Term("is placeholder text"); got != "est un texte de remplissage" {
		t.Errorf("French says %q", got)
	}
	write("active.it.yaml", strings.Replace(string(german), "„{{.Field}}“ fehlt", "manca", 1))
	for _, x := range []struct{ add, want string }{
		{"language: fr\n", `language: there is no language "fr"; write en or de, or name its catalogue in languages`},
		{"people:\n  - {id: olga, name: Olga, language: xx}\n", `people[0].language: there is no language "xx"`},
		{"languages: [active.es.yaml]\n", "languages[0]: the catalogue cannot be read"},
		{"languages: [active.it.yaml]\n", "active.it.yaml:"},
		{"languages: [active.it.yaml]\n", `the places are none: "manca"; write the places of its id: {{.Field}}`},
		{"languages: [active.fr.yaml, active.fr.yaml]\n", `languages[1]: the language "fr" is there already`},
	} {
		if _, err := load(x.add); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%q: %v, want %s", x.add, err, x.want)
		}
	}
}
