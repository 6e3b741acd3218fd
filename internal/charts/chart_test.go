package charts_test

import (
	"encoding/xml"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/charts"
)

func flow() charts.Chart {
	return charts.Chart{Title: "Opened and closed", Groups: []string{"Jun", "Jul"}, Series: []charts.Series{{Name: "Opened", Values: []int{3, 12}}, {Name: "Closed", Values: []int{0, 7}}}}
}

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

// Bars and lines are seen on their ground, and words are read (WCAG 1.4.11, 1.4.3).
func TestPalettesAreSeen(t *testing.T) {
	for name, p := range map[string]charts.Palette{"light": charts.Light(), "dark": charts.Dark()} {
		against := func(colour string) float64 {
			a, b := luminance(t, p.Ground), luminance(t, colour)
			return (max(a, b) + 0.05) / (min(a, b) + 0.05)
		}
		for _, fill := range append(p.Fills, p.Line) {
			if c := against(fill); c < 3 {
				t.Errorf("%s: %s has a contrast of %.2f, want 3", name, fill, c)
			}
		}
		if c := against(p.Ink); c < 4.5 {
			t.Errorf("%s: words have a contrast of %.2f, want 4.5", name, c)
		}
	}
}

// A chart says its counts and its groups in words, too.
func TestAlt(t *testing.T) {
	if got, want := flow().Alt(), "Opened and closed. Opened: Jun 3, Jul 12. Closed: Jun 0, Jul 7."; got != want {
		t.Errorf("Alt = %q, want %q", got, want)
	}
}

// Text that people wrote stays text.
func TestTextIsText(t *testing.T) {
	c := flow()
	c.Title, c.Groups[0], c.Series[0].Name = `</title><script>`, `<b>`, `"&`
	svg := string(c.SVG(charts.Light()))
	if strings.Contains(svg, "<script>") || strings.Contains(svg, "<b>") || !strings.Contains(svg, "&lt;b&gt;") {
		t.Errorf("the drawing has markup of its words: %s", svg)
	}
}

// For all counts the drawing is well-formed, its axis begins at 0, has whole numbers and reaches the highest count with two to
// seven lines, and each bar stands on the axis with a height in proportion to its count.
func TestBarsAreInProportion(t *testing.T) {
	line := regexp.MustCompile(`text-anchor="end" fill="[^"]+">(\d+)<`)
	bar := regexp.MustCompile(`<rect x="\d+\.\d" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"`)
	rapid.Check(t, func(t *rapid.T) {
		c := charts.Chart{Title: "x"}
		n := rapid.IntRange(0, 8).Draw(t, "groups")
		for range n {
			c.Groups = append(c.Groups, "g")
		}
		highest := 0
		for range rapid.IntRange(1, 3).Draw(t, "series") {
			values := rapid.SliceOfN(rapid.IntRange(0, 2_000_000), n, n).Draw(t, "values")
			for _, v := range values {
				highest = max(highest, v)
			}
			c.Series = append(c.Series, charts.Series{Name: "s", Values: values})
		}
		svg := string(c.SVG(charts.Dark()))
		if err := xml.Unmarshal([]byte(svg), new(struct{})); err != nil {
			t.Fatalf("%v: %s", err, svg)
		}
		var axis []int
		for _, m := range line.FindAllStringSubmatch(svg, -1) {
			k, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			axis = append(axis, k)
		}
		if len(axis) < 2 || len(axis) > 7 || axis[0] != 0 || axis[len(axis)-1] < highest {
			t.Fatalf("the axis is %v for counts up to %d", axis, highest)
		}
		bars := bar.FindAllStringSubmatch(svg, -1)
		if len(bars) != n*len(c.Series) {
			t.Fatalf("%d bars, want %d", len(bars), n*len(c.Series))
		}
		for i, m := range bars {
			y, err := strconv.ParseFloat(m[1], 64)
			if err != nil {
				t.Fatal(err)
			}
			h, err := strconv.ParseFloat(m[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			v := c.Series[i%len(c.Series)].Values[i/len(c.Series)]
			if want := float64(v) * 198 / float64(axis[len(axis)-1]); math.Abs(h-want) > 0.11 || math.Abs(y+h-232) > 0.11 {
				t.Fatalf("the bar of %d is %.1f high and ends at %.1f, want %.1f and 232", v, h, y+h, want)
			}
		}
	})
}
