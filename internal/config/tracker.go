package config

import (
	"maps"
	"slices"
)

// A tracker is what the configuration must know of one kind of tracker. To add a kind, add a
// file beside tracker_jira.go, a row to trackers and a value to kind in Site. Nothing else in
// this package asks which kind a tracker is.
type tracker struct {
	name string // as its vendor writes it
	// keys are those of an entry of bindings that say which of its issues are selected.
	keys []string
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
	return map[string]tracker{trackerJira: jiraTracker(), trackerGitHub: githubTracker()}
}
