package ledger

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// An earlier version told of a correction and not since when the record is contained, and its
// rows do not say so either: the log verifies, and goes on to verify when the correction is
// emptied and stated again.
func TestALogFromBeforeContainmentHadADay(t *testing.T) {
	const doc = `{"id":"rec-1","ref":"NC-2026-0001","state":"analysis","recorded_at":"2026-03-02T09:30:00Z","fields":{` +
		`"kind":"nonconformity","correction":"The accounts were disabled the same day."},` +
		`"involved":[{"as":"author","person":"ben","field":"correction","since":"2026-03-02T09:30:00.123456789Z"}]}`
	var row register.Record
	if err := json.Unmarshal([]byte(doc), &row); err != nil {
		t.Fatal(err)
	}
	begin := register.Record{ID: row.ID, Ref: row.Ref, State: row.State, Recorded: row.Recorded, Fields: map[register.Field]string{register.FieldKind: "nonconformity"}}
	replay := NewReplay()
	seq := int64(0)
	told := func(entries ...audit.Entry) {
		t.Helper()
		for _, e := range entries {
			e.Subject = audit.Subject{Type: audit.SubjectRecord, ID: row.ID, Ref: row.Ref}
			tell(t, replay, seq, e)
			seq++
		}
		if d := differences(replay.records[row.ID].record, row, nil); seq > 1 && len(d) > 0 {
			t.Fatalf("the log and the row differ: %+v", d)
		}
	}
	told(CarriedEntry(begin, 1))
	told(Entries([]register.Fact{{Kind: register.FactSet, Field: register.FieldCorrection, After: row.Fields[register.FieldCorrection], By: "ben", At: day(), From: "gh", Means: "changelog"}})...)
	for n, text := range []string{"The accounts were disabled the same day, and the sessions ended.", "", "The accounts were disabled."} {
		facts := written(t, row, register.FieldCorrection, text, day().Add(time.Duration(n+1)*time.Hour))
		row = register.Replay(row, facts)
		told(Entries(facts)...)
		if want := n == 2; want == row.Contained.IsZero() {
			t.Errorf("after %q it is contained since %s", text, row.Contained)
		}
	}
}
