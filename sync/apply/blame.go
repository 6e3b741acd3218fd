package apply

import (
	"errors"
	"maps"
	"slices"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// blamed returns the fields of the register that a refusal concerns, each with the tracker's
// own words. If several fields share the place that the tracker names, it blames the field
// with the longest text.
func blamed(p *mapping.Profile, want map[register.Field]string, err error) map[register.Field]string {
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		return nil
	}
	out := map[register.Field]string{}
	for _, place := range slices.Sorted(maps.Keys(e.Fields)) {
		for f := range longest(p, want, place) {
			out[f] = e.Fields[place]
		}
	}
	return out
}

// words returns what a tracker said about a refusal, without conformd's own context.
func words(err error) string {
	if e, ok := errors.AsType[*connectors.Error](err); ok && e.Detail != "" {
		return e.Detail
	}
	if r, ok := asRefused(err); ok {
		return r.Err.Error()
	}
	return err.Error()
}
