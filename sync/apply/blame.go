package apply

import (
	"errors"
	"maps"
	"slices"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// blamed returns the fields of the register that a refusal is about, each with the
// tracker's own words. Where several share the place that the tracker names, it is the
// longest of them.
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

// words are what a tracker said of a refusal, without what conformd did.
func words(err error) string {
	if e, ok := errors.AsType[*connectors.Error](err); ok && e.Detail != "" {
		return e.Detail
	}
	if r, ok := asRefused(err); ok {
		return r.Err.Error()
	}
	return err.Error()
}
