package register

import (
	"errors"
	"math/big"
	"strings"
)

// A Target is what a measured value is held against: a limit with its unit, or an answer.
type Target struct {
	// Compare is one of ">=", "<=", ">", "<" and "=".
	Compare string
	// Value is a decimal number, or "yes" or "passed" for what is answered and not counted.
	Value string
	Unit  string // "%", "days"; "" for a number without a unit
}

// errTarget says how a target is written.
var errTarget = errors.New("write it like >= 95 %, <= 4 days, 0, yes or passed")

// ParseTarget reads a target as people write it: ">= 95 %", "at least 95 %", "max 4 days", "0", "yes".
// A number alone must be met exactly.
func ParseTarget(text string) (Target, error) {
	text = strings.ReplaceAll(text, `\`, "") // a tracker escapes > at the beginning of a line
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if v, ok := answer(text); ok && isGood(v) {
		return Target{Compare: "=", Value: v}, nil
	}
	t := Target{Compare: "="}
	for _, c := range [][2]string{
		{">=", ">="},
		{"≥", ">="},
		{"at least ", ">="},
		{"min ", ">="},
		{"mindestens ", ">="},
		{"<=", "<="},
		{"≤", "<="},
		{"at most ", "<="},
		{"max ", "<="},
		{"höchstens ", "<="},
		{">", ">"},
		{"<", "<"},
		{"=", "="},
	} {
		if rest, ok := strings.CutPrefix(text, c[0]); ok {
			t.Compare, text = c[1], strings.TrimSpace(rest)
			break
		}
	}
	n, unit, ok := amount(text)
	if !ok {
		return Target{}, errTarget
	}
	t.Value, t.Unit = n, unit
	return t, nil
}

// String returns the target as ParseTarget reads it: "≥ 95 %". A line that begins with > is a quotation in
// the trackers.
func (t Target) String() string {
	s := t.Value
	if sign := strings.NewReplacer(">=", "≥", "<=", "≤", "=", "").Replace(t.Compare); sign != "" {
		s = sign + " " + s
	}
	if t.Unit != "" {
		s += " " + t.Unit
	}
	return s
}

// Read reads a measured value as people write it, and returns it as the register has it: a decimal
// number without its unit, or an answer.
func (t Target) Read(text string) (string, error) {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	if isGood(t.Value) {
		v, ok := answer(text)
		if !ok || (t.Value == answerYes) != (v == answerYes || v == answerNo) {
			if t.Value == answerYes {
				return "", errors.New("answer yes or no")
			}
			return "", errors.New("answer passed or failed")
		}
		return v, nil
	}
	n, unit, ok := amount(text)
	switch {
	case !ok:
		return "", errors.New("write a number, with a point for decimals: 97 or 97.5")
	case unit != "" && unit != t.Unit:
		return "", errors.New("the target is in " + orNone(t.Unit) + ", and the value in " + unit)
	}
	return n, nil
}

func orNone(unit string) string {
	if unit == "" {
		return "no unit"
	}
	return unit
}

// Met reports whether a value that Read returned meets the target.
func (t Target) Met(value string) bool {
	if isGood(t.Value) {
		return value == t.Value
	}
	v, ok := new(big.Rat).SetString(value)
	limit, known := new(big.Rat).SetString(t.Value)
	if !ok || !known {
		return false
	}
	switch c := v.Cmp(limit); t.Compare {
	case ">=":
		return c >= 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case "<":
		return c < 0
	default:
		return c == 0
	}
}

// The answers that are no numbers.
const (
	answerYes    = "yes"
	answerNo     = "no"
	answerPassed = "passed"
	answerFailed = "failed"
)

func isGood(v string) bool { return v == answerYes || v == answerPassed }

// answer reads an answer, in English or German.
func answer(text string) (string, bool) {
	switch text {
	case answerYes, "ja", "true":
		return answerYes, true
	case answerNo, "nein", "false":
		return answerNo, true
	case answerPassed, "pass", "bestanden":
		return answerPassed, true
	case answerFailed, "fail", "nicht bestanden":
		return answerFailed, true
	default:
		return "", false
	}
}

// mostDigits bounds a number that is entered.
const mostDigits = 30

// amount reads a decimal number and its unit. A comma is refused: it is read in two ways.
func amount(text string) (number, unit string, ok bool) {
	end := strings.IndexFunc(text, func(c rune) bool { return (c < '0' || c > '9') && c != '.' && c != '-' })
	if end < 0 {
		end = len(text)
	}
	number, unit = text[:end], strings.TrimSpace(text[end:])
	if _, valid := new(big.Rat).SetString(number); !valid || len(number) > mostDigits || strings.HasSuffix(number, ".") || strings.HasPrefix(strings.TrimPrefix(number, "-"), ".") || strings.ContainsAny(unit, "0123456789,") {
		return "", "", false
	}
	return number, unit, true
}
