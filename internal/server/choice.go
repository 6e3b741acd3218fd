package server

import (
	"slices"

	"github.com/conformd/conformd/internal/web"
)

// choiceOf is a field of a form for one of some values, or for none of them. A value that an address has and that is not offered stays: a
// person who left, a step of a scale, an opposite order.
func choiceOf(name, label, none string, values []string, words func(string) string, chosen string) web.Choice {
	c := web.Choice{Name: name, Label: label, Options: []web.Option{{Label: none, Chosen: chosen == ""}}}
	for _, v := range values {
		c.Options = append(c.Options, web.Option{Value: v, Label: words(v), Chosen: chosen == v})
	}
	if chosen != "" && !slices.Contains(values, chosen) {
		c.Options = append(c.Options, web.Option{Value: chosen, Label: words(chosen), Chosen: true})
	}
	return c
}
