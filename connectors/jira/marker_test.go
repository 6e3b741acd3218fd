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

// A label that names another installation counts for nothing on Cloud, where the property
// tells, nor beside the label of this installation, which people may have added it to.
func TestAnInstallationLabelOfAPersonChangesNothing(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		r.cfg.Installation = "thisinstall0"
		r.client = r.connect(t)
		w, err := r.client.Create(t.Context(), connectors.Draft{Marker: "record-0001", Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: "x"}, connectors.Type: {Text: "Nonconformity"},
		}})
		must(t, err)
		labels := []string{"conformd-of-anotherone00", "conformd-id-record-0001"}
		if !r.cloud() {
			labels = append(labels, "conformd-of-thisinstall0")
		}
		must(t, r.sim.Person("erik").Edit(w.Ref.ID, map[string]any{"labels": labels}))
		listed := all(t, r.client, time.Time{})
		made, err := r.client.Created(t.Context(), time.Time{})
		must(t, err)
		if len(listed) != 1 || len(made) != 1 {
			t.Fatalf("Changed, Created = %d, %d issues, want the one", len(listed), len(made))
		}
		for how, got := range map[string]string{"Get": r.get(t, w.Ref).Installation, "Changed": listed[0].Installation, "Created": made[0].Installation} {
			if got != "thisinstall0" {
				t.Errorf("%s: installation = %q, want thisinstall0", how, got)
			}
		}
	})
}
