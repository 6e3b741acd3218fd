package service_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// Both directions of a change are told: what it would hold, closed records first, and what
// it would let go. A person known by account alone is called by the name that people know.
func TestImpact(t *testing.T) {
	d := newDesk(t)
	rows := make([]store.Row, len(d.recs))
	for i, r := range d.recs {
		r.Fields = map[register.Field]string{register.FieldTitle: r.Ref, register.FieldProblem: "Three accounts of leavers were enabled.", register.FieldIdentified: "2026-06-01"}
		rows[i] = store.Row{Record: r}
	}
	rows[2].Record.State, rows[2].Record.Closed = register.Closed, time.Date(2026, 6, 2, 0, 0, 0, 0, time.UTC)
	rows[0].Record.Fields[register.FieldOwner] = "account:gh:9"
	after := register.DefaultPolicy()
	before := after
	for _, r := range before.Rules {
		var err error
		if before, err = before.With(r.ID, false, ""); err != nil {
			t.Fatal(err)
		}
	}
	got, err := d.Impact(t.Context(), rows, before, after)
	if err != nil {
		t.Fatal(err)
	}
	refs := func(list []service.Impacted) (out []string) {
		for _, x := range list {
			out = append(out, x.Ref+" "+string(x.State)+" "+string(x.To))
		}
		return out
	}
	want := []string{d.recs[2].Ref + " closed closed", d.recs[0].Ref + " reported analysis", d.recs[1].Ref + " reported analysis"}
	if diff := cmp.Diff(want, refs(got.Held)); diff != "" {
		t.Errorf("held (-want +got):\n%s", diff)
	}
	if len(got.LetGo) != 0 {
		t.Errorf("%v are let go, want none", refs(got.LetGo))
	}
	if v := got.Held[1].Rules; len(v) != 2 || v[1].Rule.ID != "G24" || v[0].Rule.ID != "G02" || v[0].Lacks[0].What.String() != "Owner account 9 of gh is not in the register's list of people" {
		t.Errorf("the open record is held by %+v, want G02 about its owner first, and G24", v)
	}
	back, err := d.Impact(t.Context(), rows, after, before)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, refs(back.LetGo)); diff != "" || len(back.Held) != 0 {
		t.Errorf("let go by the way back (-want +got):\n%s\n%v held", diff, refs(back.Held))
	}
}
