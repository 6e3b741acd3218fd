package mapping_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// owned is gitHub with fields of the organisation, each under a heading.
func owned() *mapping.Profile {
	p := gitHub()
	for name, typ := range map[string]string{"Customers": "number", "Loss": "money", "Notice": "link", "Data": "choice", "Officer": "person", "Told": "date"} {
		f := register.CustomField{Name: name, Type: typ}.Field()
		p.Fields = append(p.Fields, mapping.FieldMap{Field: f, Remote: mapping.Remote{Kind: mapping.KindSection, Name: name}})
	}
	p.Scales = register.Policy{Fields: []register.CustomField{{Name: "Data", Type: "choice", Values: []string{"none", "Of customers"}}}}.Steps()
	return p
}

func TestOwnFieldsAreReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ heading, field, text, want, problem string }{
		{"Customers", "Customers (number)", "1200", "1200", ""},
		{"Customers", "Customers (number)", "**1 200**", "1200", ""},
		{"Customers", "Customers (number)", "1,200,000", "1200000", ""},
		{"Customers", "Customers (number)", "1.200.000,5", "1200000.5", ""},
		{"Customers", "Customers (number)", "0,125", "0.1250", ""},
		{"Customers", "Customers (number)", "-0", "0", ""},
		{"Customers", "Customers (number)", "1,200", "", "not-a-number"}, // a thousand and more, or one and a little?
		{"Customers", "Customers (number)", "1.200", "", "not-a-number"},
		{"Customers", "Customers (number)", "about 40", "", "not-a-number"},
		{"Customers", "Customers (number)", "1e3", "", "not-a-number"},
		{"Customers", "Customers (number)", "1234567890123456", "", "not-a-number"},
		{"Customers", "Customers (number)", "_No response_", "", ""},
		{"Loss", "Loss (money)", "1.200,50 €", "1200.50 EUR", ""},
		{"Loss", "Loss (money)", "EUR 1,200.5", "1200.50 EUR", ""},
		{"Loss", "Loss (money)", "12 000 eur", "12000.00 EUR", ""},
		{"Loss", "Loss (money)", "£20", "20.00 GBP", ""},
		{"Loss", "Loss (money)", "5000 JPY", "5000 JPY", ""},
		{"Loss", "Loss (money)", "1.200 EUR", "", "not-an-amount"},
		{"Loss", "Loss (money)", "$20", "", "not-an-amount"}, // of which country?
		{"Loss", "Loss (money)", "20", "", "not-an-amount"},
		{"Loss", "Loss (money)", "20 EUR EUR", "", "not-an-amount"},
		{"Loss", "Loss (money)", "20 ABX", "", "not-an-amount"},
		{"Notice", "Notice (link)", "https://acme.example/a_b_c?x=1", "https://acme.example/a_b_c?x=1", ""},
		{"Notice", "Notice (link)", "see [the notice](https://acme.example/n).", "https://acme.example/n", ""},
		{"Notice", "Notice (link)", "<https://acme.example/n>", "https://acme.example/n", ""},
		{"Notice", "Notice (link)", "[https://acme.example/n](https://acme.example/n)", "https://acme.example/n", ""},
		{"Notice", "Notice (link)", "https://acme.example/a https://acme.example/b", "", "not-a-link"},
		{"Notice", "Notice (link)", "acme.example", "", "not-a-link"},
		{"Notice", "Notice (link)", "javascript:alert(1)", "", "not-a-link"},
		{"Notice", "Notice (link)", "https://erik:hunter2@acme.example/n", "", "secret-in-link"},
		{"Data", "Data (choice)", "of customers", "Of customers", ""},
		{"Data", "Data (choice)", "some", "", "unknown-value"},
		{"Told", "Told (date)", "28 November 2026", "2026-11-28", ""},
		{"Told", "Told (date)", "soon", "", "not-a-date"},
	} {
		p := owned()
		v, problems := p.View(open("### " + c.heading + "\n\n" + c.text + "\n"))
		code := ""
		for _, pr := range problems {
			code += pr.Code
			if strings.Contains(pr.String(), "hunter2") {
				t.Errorf("the problem of %q tells a password: %s", c.text, pr)
			}
		}
		if got := v[register.Field(c.field)].Value; got != c.want || code != c.problem {
			t.Errorf("%s %q is %q with the problem %q, want %q with %q", c.heading, c.text, got, code, c.want, c.problem)
		}
	}
}

// A number that the register has is written so that it is read as the same number, whatever the tracker.
func TestANumberIsWrittenAsItIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := owned()
		text := rapid.StringMatching(`-?[0-9]{1,6}([.,][0-9]{1,6})?`).Draw(t, "number")
		for _, x := range []struct{ field, text string }{{"Customers (number)", text}, {"Loss (money)", text + " EUR"}} {
			f := register.Field(x.field)
			value, wrong := p.Typed(f, x.text)
			if wrong.Code != "" {
				continue
			}
			raw, ok := p.Project(f, value)
			if back, readable := p.Lift(f, raw); !ok || !readable || back != value {
				t.Fatalf("%q of %s is %q, written %q, and read %q", x.text, f, value, raw, back)
			}
			if again, wrong := p.Typed(f, value); wrong.Code != "" || again != value {
				t.Fatalf("%q of %s is read as %q, and that as %q (%s)", x.text, f, value, again, wrong)
			}
		}
	})
}
