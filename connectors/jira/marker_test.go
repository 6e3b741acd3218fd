package jira_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A person who puts the marker of another record on an issue of ours as a label
// changes nothing: the property, which people do not see, decides.
func TestAMarkerLabelOfAPersonChangesNothing(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		start := r.sim.Clock().Now().Add(-time.Minute)
		w, err := r.client.Create(t.Context(), connectors.Draft{Marker: "record-0001", Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: "x"}, connectors.Type: {Text: "Nonconformity"},
		}})
		must(t, err)
		must(t, r.sim.Person("erik").Edit(w.Ref.ID, map[string]any{"labels": []string{"conformd-id-zzzz-9999", "conformd-id-record-0001"}}))
		if got := r.get(t, w.Ref).Marker; got != "record-0001" {
			t.Errorf("Marker = %q, want the one of the create, record-0001", got)
		}
		must(t, r.sim.Person("erik").Edit(w.Ref.ID, map[string]any{"labels": []string{"conformd-id-zzzz-9999"}}))
		if !r.cloud() {
			return // a hit of its search shows no property, so there the label is believed
		}
		refs, err := r.client.FindCreated(t.Context(), "zzzz-9999", start)
		if err != nil || len(refs) != 0 {
			t.Errorf("FindCreated(zzzz-9999) = %v, %v, want none", refs, err)
		}
		refs, err = r.client.FindCreated(t.Context(), "record-0001", start)
		if err != nil || len(refs) != 1 {
			t.Errorf("FindCreated(record-0001) = %v, %v, want the issue", refs, err)
		}
	})
}
