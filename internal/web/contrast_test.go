package web_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// luminance is the relative luminance of a colour #rrggbb (WCAG 2.2).
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}

// contrast is the contrast of two colours (WCAG 2.2): 1 for the same colour, 21 for black on white.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// Text in each colour of meaning can be read on each ground, in light and in dark (WCAG 1.4.3); lines of
// tables are seen (1.4.11).
func TestColoursCanBeRead(t *testing.T) {
	b, err := os.ReadFile("static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := regexp.MustCompile(`(?s)\{\s*(--ground:.*?)\}`).FindAllStringSubmatch(string(b), -1)
	if len(schemes) != 3 {
		t.Fatalf("app.css has %d schemes, want light, dark of the system, dark by choice", len(schemes))
	}
	if clean := func(s string) string { return strings.Join(strings.Fields(s), " ") }; clean(schemes[1][1]) != clean(schemes[2][1]) {
		t.Error("the two dark schemes differ")
	}
	for i, s := range schemes {
		tokens := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(s[1], -1) {
			tokens[m[1]] = m[2]
		}
		for _, ground := range []string{"ground", "band"} {
			for _, ink := range []string{"ink", "quiet", "link", "major", "minor", "observation", "verified", "conflict"} {
				if c := contrast(t, tokens[ink], tokens[ground]); c < 4.5 {
					t.Errorf("scheme %d: %s on %s has a contrast of %.2f, want 4.5", i, ink, ground, c)
				}
			}
		}
		if c := contrast(t, tokens["on"], tokens["link"]); c < 4.5 {
			t.Errorf("scheme %d: words on a button have a contrast of %.2f, want 4.5", i, c)
		}
	}
}
