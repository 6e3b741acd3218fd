package plan

import (
	"slices"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// doubt keeps a value that the register would overwrite after a restore, where the issue
// was touched since the backup. The value may have been agreed on after the backup, or it
// may have replaced what was agreed on. The register cannot tell, so a person decides.
// That the value equals the base proves nothing: somebody may have put it back. So a
// conflict that a policy has decided is open again.
func (m *merge) doubt(f register.Field, s *Side, v mapping.Shown, now string) {
	base := m.plan.Bases[s.Binding][f]
	shown := ConflictValue{Place: s.Binding, Value: v.Value, Base: base.Register}
	i := slices.IndexFunc(m.plan.Conflicts, func(c Conflict) bool { return c.Field == f })
	if i >= 0 {
		c := &m.plan.Conflicts[i]
		c.Winner, c.Policy = "", "ask"
		if !slices.ContainsFunc(c.Values, func(x ConflictValue) bool { return x.Place == s.Binding }) {
			c.Values = append(c.Values, shown)
		}
		return
	}
	m.plan.Conflicts = append(m.plan.Conflicts, Conflict{
		Field: f, Policy: "ask", Values: []ConflictValue{{Place: Register, Value: now, Base: base.Register}, shown},
	})
}
