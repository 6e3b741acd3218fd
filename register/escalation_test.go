package register_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// The graver a nonconformity, the sooner and the higher its missed date is told. An improvement
// and the end of an exception are told to nobody else.
func TestDefaultEscalation(t *testing.T) {
	for _, c := range []struct {
		kind, grade, risk string
		exception         bool
		want              []string
	}{
		{"nonconformity", "major", "medium", false, []string{"2026-03-02 [isms_manager top_management]", "2026-04-01 [isms_manager]"}},
		{"nonconformity", "minor", "high", false, []string{"2026-03-02 [isms_manager]", "2026-04-01 [isms_manager]"}},
		{"potential_nonconformity", "minor", "low", false, []string{"2026-04-01 [isms_manager]"}},
		{"improvement", "ofi", "critical", false, nil},
		{"nonconformity", "major", "critical", true, nil},
	} {
		r := register.Record{Fields: map[register.Field]string{register.FieldKind: c.kind, register.FieldGrade: c.grade, register.FieldRisk: c.risk}}
		var got []string
		for _, e := range register.Escalations(r, register.DueItem{Milestone: register.MilestoneCause, Due: "2026-03-01", Exception: c.exception}, register.DefaultEscalation()) {
			got = append(got, fmt.Sprint(e.On, " ", e.Roles))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c, diff)
		}
	}
}
