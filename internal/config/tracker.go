package config

import (
	"maps"
	"slices"
)

// A tracker is what the configuration must know of one kind of tracker. A further kind is
// one more row of trackers, and a value of kind in Site.
type tracker struct {
	// auth holds, for each way to sign in, the keys that it needs.
	auth map[string][]string
	// target judges what a binding selects.
	target func(*Config, *Binding)
	// status judges a status and its reason by the tracker's own words; nil where people
	// choose these.
	status func(c *Config, key string, s State)
	// statuses are those that every issue has one of, which must all mean something; nil
	// where people choose them.
	statuses []string
	// lacks says why an issue has no place of some kind, and what to write in its stead.
	lacks map[string]lack
}

// A lack is the reason and the remedy for a place that a tracker does not have.
type lack struct{ what, remedy string }

// TrackerKinds returns the kinds of tracker that a configuration can name, sorted.
func TrackerKinds() []string { return slices.Sorted(maps.Keys(trackers())) }

// trackers returns what is known of each kind of tracker, by Site.Kind.
func trackers() map[string]tracker {
	none := func(place string) lack {
		return lack{"an issue of a GitHub repository has no " + place + " to read", "write kind: section or kind: label"}
	}
	return map[string]tracker{
		TrackerJira: {
			auth:   map[string][]string{"basic": {"user", "token"}, "bearer": {"token"}},
			target: (*Config).checkJira,
			lacks:  map[string]lack{"section": {"the description of a Jira issue is not divided into sections", "write kind: field and the name of a custom field"}},
		},
		TrackerGitHub: {
			auth:     map[string][]string{"token": {"token"}, "app": {"app_id", "installation_id", "private_key"}},
			target:   (*Config).checkGitHub,
			status:   (*Config).githubStatus,
			statuses: []string{"open", "closed"},
			lacks:    map[string]lack{"due": none("due"), "priority": none("priority"), "type": none("type"), "field": none("field")},
		},
	}
}
