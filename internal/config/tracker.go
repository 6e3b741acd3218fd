package config

import (
	"maps"
	"slices"
)

// A tracker is what the configuration must know of one kind of tracker. To add a kind, add a
// row to trackers and a value to kind in Site.
type tracker struct {
	// auth holds, for each way to sign in, the keys that it needs.
	auth map[string][]string
	// target checks the project or repository of a binding and its selection.
	target func(*Config, *Binding)
	// status checks a status and its reason against the fixed ones of the tracker; nil if
	// people choose the statuses there.
	status func(c *Config, key string, s State)
	// statuses are the fixed statuses of the tracker, each of which needs a state; nil if
	// people choose the statuses there.
	statuses []string
	// lacks says, by the kind of a place, why issues do not have it and what to write instead.
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
