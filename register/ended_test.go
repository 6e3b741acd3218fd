package register_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

// Nothing is requested of a record that is closed: whatever a tracker asks for, it either
// leaves that state or stays in it.
func TestClosedRequestsNothing(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for _, wanted := range []register.State{
		register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.Accepted, register.StateRejected, "",
	} {
		r := register.Record{ID: "1", State: register.Closed, Closed: at, Fields: map[register.Field]string{register.FieldKind: string(register.Nonconformity)}}
		got, _ := advance(r, wanted, register.Context{At: at.Add(time.Hour)}, register.DefaultPolicy())
		if got.State == register.Closed && got.Requested != "" {
			t.Errorf("closed, then asked for %q: requested %q", wanted, got.Requested)
		}
	}
}
