package apitest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
)

// hostile draws a text that a program sends by mistake, or on purpose.
func hostile(r *rand.Rand) string {
	long := []int{65, 201, 2001, 5000}
	texts := []string{
		"", " ", "\x00", "a\x00b", "\xff\xfe", "\xc3\x28", "null", "undefined", "-1", "0", "00012", "1e999", "9223372036854775808", "-9223372036854775809", "NaN", "true",
		"../../etc/passwd", "..%2f..%2f", "%", "%zz", "%00", "' OR 1=1 --", `"`, "\\", "<script>alert(1)</script>", "🙂", "\u202egnp.exe", "\ufeff", "a,b,,c", ",,,,", "2026-13-45", "0000-00-00", "9999-12-31",
		"{}", "[]", "\r\nX-Injected: yes", "\n", "NC-", "NC-2026-0001 ", "nc-2026-0001", "*", "^", "AND OR NOT (", `"unbalanced`, "a:b:c", "NEAR(", "+", "W/\"1\"", "\"1\"", "\"-1.x\"", "\"9223372036854775807\"",
		"https://", "http://[::1", "acme/isms#1", "#", "Ⅷ", "İ", strings.Repeat("a,", 60), strings.Repeat("(", 300),
	}
	if r.IntN(12) == 0 {
		return strings.Repeat(pick(r, []string{"x", "ä", "\x00", "\xff", "%41", " "}), pick(r, long))
	}
	return pick(r, texts)
}

// pick draws one of some values, which are at least one.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// mutated changes a JSON value somewhere: a part is missing, has another type, or there is more than is described.
func mutated(r *rand.Rand, v any) any {
	if m, ok := v.(map[string]any); ok && len(m) > 0 && r.IntN(4) > 0 {
		key := pick(r, sorted(m))
		switch r.IntN(5) {
		case 0:
			delete(m, key)
		case 1:
			m[pick(r, []string{"extra", "__proto__", "", "Inputs", "inputs ", "\x00"})] = strange(r)
		default:
			m[key] = mutated(r, m[key])
		}
		return m
	}
	return strange(r)
}

// strange draws a JSON value of any type.
func strange(r *rand.Rand) any {
	switch r.IntN(9) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return pick(r, []any{0, -1, 1.5, json.Number("1e400"), json.Number("123456789012345678901234567890")})
	case 3:
		return []any{}
	case 4:
		return map[string]any{}
	case 5:
		return map[string]any{hostile(r): hostile(r), "field": nil}
	case 6:
		return strings.Repeat(pick(r, []string{"x", "ä", "\\", "\n"}), pick(r, []int{10_000, 300_000}))
	case 7:
		return []any{hostile(r), nil, 1, []any{map[string]any{}}}
	default:
		return hostile(r)
	}
}

// encoded writes a JSON value as a body, which may be broken in its bytes.
func encoded(r *rand.Rand, v any, broken bool) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "{" // no JSON has such a value
	}
	s := string(text)
	if !broken {
		return s
	}
	at := r.IntN(len(s))
	switch r.IntN(10) {
	case 0:
		return ""
	case 1:
		return s[:at]
	case 2:
		return s[:at] + pick(r, []string{"\x00", "\xff", "\xc3\x28", "\\u0000", `\ud800`, "\r\n"}) + s[at:]
	case 3:
		return s + pick(r, []string{s, "}", "\x00", " null", "garbage"})
	case 4:
		return "\ufeff" + s
	case 5:
		return strings.Repeat("[", 200_000)
	case 6:
		return `{"inputs":` + strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_001)
	case 7:
		return fmt.Sprintf(`{"inputs":{"title":%q},"inputs":{"title":1},"inputs":null}`, "twice")
	case 8:
		return `{"inputs":{"title":"` + strings.Repeat("x", 1<<20) + `"}}`
	default:
		return pick(r, []string{"null", "0", `"text"`, "[]", "true", "{}", "inputs=1", "<inputs/>", "---\ninputs: {}", "\x1f\x8b\x08\x00"})
	}
}
