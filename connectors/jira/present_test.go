package jira_test

import (
	"testing"

	"github.com/conformd/conformd/connectors"
)

// An issue that a security level hides from conformd is not present, until it is shown again.
func TestPresentLeavesOutHiddenIssues(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		shown, hidden := r.file(t, "x", nil), r.file(t, "y", nil)
		for _, show := range []bool{false, true} {
			must(t, r.sim.Hide(hidden.ID, "conformd", show))
			got, err := r.client.Present(t.Context(), []connectors.Ref{shown, hidden})
			must(t, err)
			if _, there := got[hidden.ID]; there != show || got[shown.ID].Updated.IsZero() {
				t.Errorf("Present = %v, want %s and, %t, %s", got, shown, show, hidden)
			}
		}
	})
}
