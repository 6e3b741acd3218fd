package mapping

import (
	"regexp"
	"strings"

	"golang.org/x/text/currency"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register/message"
)

// Numbers, amounts and addresses in the forms that people use, if they can mean only one thing.

var (
	plainNumber = regexp.MustCompile(`^\d+(?:[.,]\d+)?$`)
	// spaced, anglo and continental are numbers with groups of three digits.
	spaced      = regexp.MustCompile(`^\d{1,3}(?:[ '’\x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?$`)
	anglo       = regexp.MustCompile(`^\d{1,3}(?:,\d{3})+(?:\.\d+)?$`)
	continental = regexp.MustCompile(`^\d{1,3}(?:\.\d{3})+(?:,\d+)?$`)
	// twofold is 1,200 or 1.200: a thousand and more to some people, a little over one to others.
	twofold = regexp.MustCompile(`^[1-9]\d{0,2}[.,]\d{3}$`)

	jsonNumber = regexp.MustCompile(`^-?\d+(?:\.\d*[1-9])?$`)
	amount     = regexp.MustCompile(`^(\pL{3}|[€£])?\s*([-+−]?\d[\d., '’\x{a0}\x{202f}]*?)\s*(\pL{3}|[€£])?$`)
	page       = regexp.MustCompile("https?://[^\\s<>\\[\\]|\"`]+")
)

// mostDigits is how many digits a number has at most, so that a tracker that keeps numbers as
// floating-point ones keeps all of them.
const mostDigits = 15

// parseNumber returns a number as the register has it: "1200.5". Where it has three decimals it gets
// a fourth, so that its own form never looks like thousands.
func parseNumber(s string) (string, bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "−", "-"))
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || twofold.MatchString(digits) {
		return "", false
	}
	switch {
	case plainNumber.MatchString(digits), spaced.MatchString(digits):
		digits = strings.ReplaceAll(digits, ",", ".")
	case anglo.MatchString(digits):
		digits = strings.ReplaceAll(digits, ",", "")
	case continental.MatchString(digits):
		digits = strings.ReplaceAll(strings.ReplaceAll(digits, ".", ""), ",", ".")
	default:
		return "", false
	}
	digits = strings.NewReplacer(" ", "", "'", "", "’", "", "\u00a0", "", "\u202f", "").Replace(digits)
	return decimal(strings.HasPrefix(s, "-"), digits, 0)
}

// decimal returns a number of digits and at most one point in the register's form, with a number of
// decimals at least.
func decimal(negative bool, digits string, least int) (string, bool) {
	whole, part, _ := strings.Cut(digits, ".")
	whole, part = strings.TrimLeft(whole, "0"), strings.TrimRight(part, "0")
	if len(whole)+len(part) > mostDigits {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	for len(part) < least || len(part) == 3 {
		part += "0"
	}
	out := whole
	if part != "" {
		out += "." + part
	}
	if negative && strings.Trim(out, "0.") != "" {
		out = "-" + out
	}
	return out, true
}

// numberRaw normalises a number. A field of the tracker shows a point before decimals.
func (p *Profile) numberRaw(m FieldMap, s string) (string, Problem) {
	if s == "" || unanswered(s) {
		return "", Problem{}
	}
	if m.Remote.Kind == KindField && jsonNumber.MatchString(s) {
		if v, ok := decimal(strings.HasPrefix(s, "-"), strings.TrimPrefix(s, "-"), 0); ok {
			return v, Problem{}
		}
	}
	if v, ok := parseNumber(undressed(s)); ok {
		return v, Problem{}
	}
	return "", misread(m, s, "not-a-number", say("which is not a number, or may be two"), say("write it as 1200 or 1200.5: without a mark between thousands"))
}

// moneyRaw normalises an amount: "1200.50 EUR", with the decimals that the currency has.
func (p *Profile) moneyRaw(m FieldMap, s string) (string, Problem) {
	if s == "" || unanswered(s) {
		return "", Problem{}
	}
	if v, ok := parseMoney(undressed(s)); ok {
		return v, Problem{}
	}
	return "", misread(m, s, "not-an-amount", say("which is not an amount with its currency, or may be two"), say("write it as 1200.50 EUR: the currency by its three letters, and no mark between thousands"))
}

func parseMoney(s string) (string, bool) {
	parts := amount.FindStringSubmatch(s)
	if parts == nil || (parts[1] == "") == (parts[3] == "") {
		return "", false
	}
	code := parts[1] + parts[3]
	switch code {
	case "€":
		code = "EUR"
	case "£":
		code = "GBP"
	}
	unit, err := currency.ParseISO(code)
	if err != nil {
		return "", false
	}
	number, ok := parseNumber(parts[2])
	if !ok {
		return "", false
	}
	least, _ := currency.Standard.Rounding(unit)
	number, ok = decimal(strings.HasPrefix(number, "-"), strings.TrimPrefix(number, "-"), least)
	return number + " " + unit.String(), ok
}

// linkRaw normalises the address of a page, which may stand in a link of the tracker's markup.
func (p *Profile) linkRaw(m FieldMap, s string) (string, Problem) {
	if s == "" || unanswered(s) {
		return "", Problem{}
	}
	found := page.FindAllString(s, 2)
	if len(found) == 2 && found[0] == strings.TrimRight(found[1], ").,;") {
		found = found[:1] // [the address](the address)
	}
	if len(found) != 1 {
		return "", misread(m, s, "not-a-link", say("which is not the address of one page"), say("write one address that begins with https://"))
	}
	at := strings.TrimRight(found[0], ".,;")
	if strings.Count(at, ")") > strings.Count(at, "(") {
		at = strings.TrimSuffix(at, ")")
	}
	_, rest, _ := strings.Cut(at, "://")
	site := rest[:strings.IndexAny(rest+"/", "/?#")]
	switch {
	case site == "":
		return "", misread(m, s, "not-a-link", say("which is not the address of one page"), say("write one address that begins with https://"))
	case strings.Contains(site, "@"):
		return "", Problem{m.Field, "secret-in-link", say("{{.Place}} has an address with a user name or a password", "Place", m.Where()), say("remove them from the address, and change the password")}
	}
	return at, Problem{}
}

// misread is the problem of a value that is not of its field's type.
func misread(m FieldMap, s, code string, which, remedy message.Text) Problem {
	return Problem{m.Field, code, say("{{.Place}} says {{.Value}}, {{.Which}}", "Place", m.Where(), "Value", quoted(text.Line(s)), "Which", which), remedy}
}
