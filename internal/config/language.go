package config

import (
	"cmp"
	"path/filepath"

	"github.com/conformd/conformd/internal/catalogue"
)

// Speaks returns a language by its code. The configuration was checked: it names only languages
// that are there.
func (c *Config) Speaks(code string) *catalogue.Language {
	l, _ := c.languages.In(code)
	return l
}

// DateOrder is the order of day and month in dates that people of a language write: that of
// register.dates, or else that of the language.
func (c *Config) DateOrder(code string) string {
	return cmp.Or(c.Register.Dates, c.Speaks(code).DateOrder())
}

// readLanguages reads the catalogues of further languages, and checks that every language that
// is named is there. The mistakes of a catalogue name its own lines.
func (c *Config) readLanguages() {
	c.languages = catalogue.Languages{}
	for i, file := range c.Languages {
		key := Key("languages", i)
		data, err := readFile(file)
		if err != nil {
			c.source.fail(CodeUnreadable, key, "the catalogue cannot be read: "+err.Error(), "name a file such as active.fr.yaml; docs/configuration.md says how to make one")
			continue
		}
		l, faults := catalogue.Read(data, filepath.Base(file))
		for _, f := range faults {
			c.source.errs = append(c.source.errs, Error{Code: CodeForm, File: file, Line: f.Line, What: f.What, Remedy: f.Remedy})
		}
		if l == nil {
			continue
		}
		if _, taken := c.languages.In(l.Code()); taken {
			c.source.fail(CodeDuplicate, key, "the language "+quote(l.Code())+" is there already", "keep one catalogue of each language; conformd brings en and de")
			continue
		}
		c.languages[l.Code()] = l
	}
	c.checkLanguage("language", c.Language)
	for i, e := range c.Entries {
		c.checkLanguage(join(Key("bindings", i), "language"), e.Language)
	}
	for i, p := range c.People {
		c.checkLanguage(join(Key("people", i), "language"), p.Language)
	}
}

func (c *Config) checkLanguage(key, code string) {
	if _, ok := c.languages.In(code); !ok {
		c.source.fail(CodeReference, key, "there is no language "+quote(code), "write en or de, or name its catalogue in languages")
	}
}
