// Package charts draws bars as SVG: in light and dark, readable in print and without colour. A chart is an image
// of its own, because the policy of the pages allows no style inside a page.
package charts

import (
	"fmt"
	"html"
	"strings"
)

// A Chart compares counts of some series, group by group.
type Chart struct {
	Title  string // what the chart shows, for who cannot see it
	Groups []string
	Series []Series
}

// A Series is one count for each group.
type Series struct {
	Name   string
	Values []int // none is below 0
}

// A Palette is the colours of a chart. Each has a contrast of 3:1 or more with the ground.
type Palette struct {
	Ground, Ink, Line string
	Fills             []string // of the series, in their order
}

// Light is the palette on white, for paper too.
func Light() Palette {
	return Palette{Ground: "#ffffff", Ink: "#1d2433", Line: "#8a94a6", Fills: []string{"#b54708", "#175cd3"}}
}

// Dark is the palette on the dark ground of the pages.
func Dark() Palette {
	return Palette{Ground: "#13171f", Ink: "#e4e7ec", Line: "#667085", Fills: []string{"#fdb022", "#84caff"}}
}

// The measures of a drawing, in pixels.
const (
	width, height              = 640, 260
	left, right, top, bottom   = 44, 8, 34, 28
	plotWidth, plotHeight      = width - left - right, height - top - bottom
	groupShare                 = 0.7 // of the room of a group that its bars fill
	stripes, labelUp, textSize = 6, 4, 13
)

// SVG draws the chart. The axis begins at 0 and counts in whole numbers. Series differ by pattern as well as by
// colour, and each bar says its count.
func (c Chart) SVG(p Palette) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="system-ui, sans-serif" font-size="%d">`, width, height, width, height, textSize)
	fmt.Fprintf(&b, `<title>%s</title><rect width="%d" height="%d" fill="%s"/>`, html.EscapeString(c.Title), width, height, p.Ground)
	c.patterns(&b, p)
	most := c.axis(&b, p)
	c.bars(&b, p, most)
	c.legend(&b, p)
	fmt.Fprintf(&b, `<path d="M%d %dH%d" stroke="%s"/></svg>`, left, height-bottom, width-right, p.Ink)
	return []byte(b.String())
}

// patterns defines the fill of each series: the first is plain, the others are striped.
func (c Chart) patterns(b *strings.Builder, p Palette) {
	b.WriteString("<defs>")
	for i := 1; i < len(c.Series); i++ {
		fmt.Fprintf(b, `<pattern id="s%d" width="%d" height="%d" patternUnits="userSpaceOnUse" patternTransform="rotate(%d)"><rect width="%d" height="%d" fill="%s"/><path d="M0 0V%d" stroke="%s" stroke-width="2"/></pattern>`,
			i, stripes, stripes, 45*i, stripes, stripes, p.fill(i), stripes, p.Ground)
	}
	b.WriteString("</defs>")
}

func (p Palette) fill(i int) string { return p.Fills[i%len(p.Fills)] }

// paint is what fills the bars of a series.
func (p Palette) paint(i int) string {
	if i == 0 {
		return p.fill(0)
	}
	return fmt.Sprintf("url(#s%d)", i)
}

// axis draws the counts on the left and returns the highest.
func (c Chart) axis(b *strings.Builder, p Palette) int {
	step := c.step()
	most := max(step, (c.highest()+step-1)/step*step)
	for n := 0; n <= most; n += step {
		y := level(n, most)
		fmt.Fprintf(b, `<path d="M%d %.1fH%d" stroke="%s" stroke-width=".5"/><text x="%d" y="%.1f" text-anchor="end" fill="%s">%d</text>`, left, y, width-right, p.Line, left-6, y+labelUp, p.Ink, n)
	}
	return most
}

func (c Chart) highest() int {
	most := 0
	for _, s := range c.Series {
		for _, n := range s.Values {
			most = max(most, n)
		}
	}
	return most
}

// step is the distance of the lines of the axis: 1, 2 or 5 times a power of ten, so that there are at most six.
func (c Chart) step() int {
	const lines = 5
	for power := 1; ; power *= 10 {
		for _, k := range []int{1, 2, 5} {
			if k*power*lines >= c.highest() {
				return k * power
			}
		}
	}
}

// level is the height of a count in the drawing.
func level(n, most int) float64 {
	return float64(height-bottom) - float64(n)*plotHeight/float64(most)
}

func (c Chart) bars(b *strings.Builder, p Palette, most int) {
	room := float64(plotWidth) / float64(max(1, len(c.Groups)))
	bar := room * groupShare / float64(max(1, len(c.Series)))
	for g, name := range c.Groups {
		x := left + room*float64(g)
		fmt.Fprintf(b, `<text x="%.1f" y="%d" text-anchor="middle" fill="%s">%s</text>`, x+room/2, height-8, p.Ink, html.EscapeString(name))
		for i, s := range c.Series {
			n, at := s.Values[g], x+room*(1-groupShare)/2+bar*float64(i)
			y := level(n, most)
			fmt.Fprintf(b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s" stroke="%s"/>`, at+1, y, bar-2, float64(height-bottom)-y, p.paint(i), p.fill(i))
			fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="middle" fill="%s">%d</text>`, at+bar/2, y-labelUp, p.Ink, n)
		}
	}
}

func (c Chart) legend(b *strings.Builder, p Palette) {
	x := left
	for i, s := range c.Series {
		fmt.Fprintf(b, `<rect x="%d" y="6" width="14" height="14" fill="%s" stroke="%s"/><text x="%d" y="18" fill="%s">%s</text>`, x, p.paint(i), p.fill(i), x+20, p.Ink, html.EscapeString(s.Name))
		x += 40 + 8*len([]rune(s.Name))
	}
}

// Alt says the chart in words, for who cannot see it: "Opened: June 2, July 5. Closed: …".
func (c Chart) Alt() string {
	var b strings.Builder
	b.WriteString(c.Title + ".")
	for _, s := range c.Series {
		words := make([]string, len(s.Values))
		for i, n := range s.Values {
			words[i] = fmt.Sprintf("%s %d", c.Groups[i], n)
		}
		fmt.Fprintf(&b, " %s: %s.", s.Name, strings.Join(words, ", "))
	}
	return b.String()
}
